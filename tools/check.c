/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: is a log what it should be?
 *
 * Theory of operation
 *
 * One pass.  What a line says by itself is the parser's business; here is
 * what it says together with the lines before it: the order of time, which
 * mappings are live, and whether the numbers go together.  The one thing
 * that looks ahead is an access to a mapping that is gone: the mark on the
 * next line may say that it failed, which is how it should be.
 */
#include "libmmiotrace/parse.h"
#include "libmmiotrace/parts.h"
#include "libmmiotrace/reader.h"
#include "tool.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define FAULTS_DEFAULT 20

#define NO_END "no end mark: QEMU still runs, was killed, or the log was cut"
#define CUT_FRAME "ends within a compressed frame: what was to come of it is " \
    "missing"

/* x86 has 64 Ki of ports, accessed up to four bytes at a time. */
#define PORT_LIMIT     0x10000u
#define PORT_WIDTH_MAX 4

static gboolean opt_complete;
static gboolean opt_json;
static gboolean opt_kernel;
static int opt_max_faults = FAULTS_DEFAULT;

static const GOptionEntry entries[] = {
    { "complete", 'c', 0, G_OPTION_ARG_NONE, &opt_complete,
      "A log that is not whole is a fault", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print the result as JSON", NULL },
    { "kernel", 'k', 0, G_OPTION_ARG_NONE, &opt_kernel,
      "It is a log of Linux's own mmiotrace: bear with its faults", NULL },
    { "max-faults", 'm', 0, G_OPTION_ARG_INT, &opt_max_faults,
      "Print so many faults (20); all are counted", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Place: a line
 * @file: the part that it is in; the reader's pointer
 * @line: in that part, from 1 up; 0 is no line
 */
typedef struct Place {
    const char *file;
    uint64_t line;
} Place;

/**
 * struct Map: one map id
 * @id: the id
 * @live: mapped, and not unmapped since
 * @port: an I/O-port BAR, as far as PCIDEV tells
 * @device: index into Check.devices, or -1
 * @bar: resource of that device
 * @phys: address that it was mapped at last
 * @len: bytes
 * @at: the latest MAP or UNMAP
 * @maps: number of MAPs
 * @reads: number of accesses
 * @writes: likewise
 * @unknown: likewise
 * @failed: accesses that did not reach the device
 */
typedef struct Map {
    uint32_t id;
    bool live;
    bool port;
    int device;
    int bar;
    uint64_t phys;
    uint64_t len;
    Place at;
    uint64_t maps;
    uint64_t reads;
    uint64_t writes;
    uint64_t unknown;
    uint64_t failed;
} Map;

typedef struct Fault {
    Place at;
    uint64_t column;
    char *what;
} Fault;

/**
 * struct Check: what is known of the log so far
 * @name: of the log
 * @lines: read
 * @at: the line being checked
 * @counts: events of each type
 * @last_ns: time of @last
 * @last: the last line with a time, if there is one yet
 * @last_exact_ns: exact time of @last_exact
 * @last_exact: the last line with an exact time, if there is one yet
 * @extras_told: the log says what its accesses have besides
 * @extras: MmtExtra: that
 * @lost: lost events, where the number is known
 * @failed: accesses that a mark says did not reach the device
 * @losses: marks that tell of text that is missing
 * @pending: accesses that a mark says were never answered
 * @quirks: values that only the kernel's decoder can explain
 * @ours: the tracer has introduced itself
 * @repeating: what a later part repeats: its times are old ones
 * @end: the tracer's end mark, if there is one yet
 * @after_end: something happens after that
 * @cut_file: a file that ends within a compressed frame, or NULL
 * @maps: uint32_t id -> Map
 * @devices: MmtPciDev of every PCIDEV line
 * @access: the event of the line before, if it was an access
 * @access_at: its line
 * @held: what is wrong with it, unless a mark excuses it
 * @held_column: where
 * @faults: the first ones
 * @fault_count: all of them
 */
typedef struct Check {
    const char *name;
    uint64_t lines;
    Place at;
    uint64_t counts[MMT_EVENT__MAX];
    uint64_t last_ns;
    Place last;
    uint64_t last_exact_ns;
    Place last_exact;
    bool extras_told;
    uint32_t extras;
    uint64_t lost;
    uint64_t failed;
    uint64_t losses;
    uint64_t pending;
    uint64_t quirks;
    bool ours;
    bool repeating;
    Place end;
    bool after_end;
    const char *cut_file;
    GHashTable *maps;
    GArray *devices;
    MmtEvent access;
    Place access_at;
    char *held;
    uint32_t held_column;
    GArray *faults;
    uint64_t fault_count;
} Check;

static void fault_at(Check *check, Place at, uint64_t column,
                     const char *fmt, ...) G_GNUC_PRINTF(4, 5);

static void fault_at(Check *check, Place at, uint64_t column,
                     const char *fmt, ...)
{
    Fault fault = { .at = at, .column = column };
    va_list ap;

    check->fault_count++;
    if (check->fault_count > (uint64_t)opt_max_faults) {
        return;
    }
    va_start(ap, fmt);
    fault.what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (!opt_json) {
        printf("%s:%" PRIu64 ":%" PRIu64 ": %s\n", at.file, at.line, column,
               fault.what);
    }
    g_array_append_val(check->faults, fault);
}

#define FAULT(check, ev, field, ...) \
    fault_at(check, (check)->at, (ev)->column[field], __VA_ARGS__)

/* "line 5", or "line 5 of" the part if it is in another one; to be freed. */
static char *line_name(const Check *check, Place at)
{
    return at.file == check->at.file
        ? g_strdup_printf("line %" PRIu64, at.line)
        : g_strdup_printf("line %" PRIu64 " of %s", at.line, at.file);
}

static Map *find_map(Check *check, uint32_t id)
{
    return g_hash_table_lookup(check->maps, GUINT_TO_POINTER(id));
}

static Map *get_map(Check *check, uint32_t id)
{
    Map *map = find_map(check, id);

    if (!map) {
        map = g_new0(Map, 1);
        map->id = id;
        map->device = -1;
        g_hash_table_insert(check->maps, GUINT_TO_POINTER(id), map);
    }
    return map;
}

static const MmtPciDev *device(const Check *check, int i)
{
    return &g_array_index(check->devices, MmtPciDev, i);
}

/* Which BAR is it?  The largest number is the latest PCIDEV: hot-plug. */
static void name_map(const Check *check, Map *map)
{
    int d;
    int i;

    map->device = -1;
    map->port = false;
    for (d = check->devices->len - 1; d >= 0; d--) {
        const MmtPciDev *dev = device(check, d);

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            if (dev->size[i] && dev->size[i] == map->len &&
                mmt_resource_base(dev, i) == map->phys) {
                map->device = d;
                map->bar = i;
                map->port = mmt_resource_is_port(dev, i);
                return;
            }
        }
    }
}

static bool is_power_of_2(uint64_t v)
{
    return v && !(v & (v - 1));
}

static void check_pcidev(Check *check, const MmtEvent *ev)
{
    const MmtPciDev *dev = &ev->pci;
    int i;

    g_array_append_val(check->devices, *dev);
    if (opt_kernel) {
        /* The guest's bridges and legacy devices follow no such rule. */
        return;
    }
    if (dev->vendor == 0 || dev->vendor == 0xffff) {
        FAULT(check, ev, MMT_FIELD_VENDOR_DEVICE, "no device has vendor ID "
              "%04x", dev->vendor);
    }
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        const uint32_t *column = ev->resource_column;
        uint64_t base = mmt_resource_base(dev, i);

        if (!dev->size[i]) {
            continue;
        }
        if (!is_power_of_2(dev->size[i])) {
            fault_at(check, check->at, column[MMT_PCI_RESOURCES + i],
                     "the size of %s is 0x%" PRIx64 ": no power of two",
                     mmt_resource_name(i), dev->size[i]);
            continue;
        }
        if (base & (dev->size[i] - 1)) {
            fault_at(check, check->at, column[i], "%s at 0x%" PRIx64 " is "
                     "not aligned to its size 0x%" PRIx64,
                     mmt_resource_name(i), base, dev->size[i]);
        }
        if (mmt_resource_is_port(dev, i) &&
            base + dev->size[i] > PORT_LIMIT) {
            fault_at(check, check->at, column[i], "%s is for I/O ports, but "
                     "0x%" PRIx64 " is beyond the last one",
                     mmt_resource_name(i), base);
        }
        if (i < MMT_PCI_RESOURCES - 1 && (dev->start[i] & 7) == 4 &&
            (i == 5 || dev->start[i + 1] || dev->size[i + 1])) {
            fault_at(check, check->at, column[i], "%s is a 64-bit BAR, but "
                     "the slot for its upper half is not empty",
                     mmt_resource_name(i));
        }
    }
}

static void check_map(Check *check, const MmtEvent *ev)
{
    Map *map = get_map(check, ev->map_id);

    if (map->live) {
        g_autofree char *where = line_name(check, map->at);

        FAULT(check, ev, MMT_FIELD_MAP_ID, "map %" PRIu32 " is mapped already, "
              "in %s", ev->map_id, where);
    }
    if (!ev->len) {
        FAULT(check, ev, MMT_FIELD_LEN, "the mapping has no length");
    } else if (ev->addr + (ev->len - 1) < ev->addr) {
        FAULT(check, ev, MMT_FIELD_LEN, "the mapping ends beyond the last "
              "address");
    }
    map->live = true;
    map->phys = ev->addr;
    map->len = ev->len;
    map->at = check->at;
    map->maps++;
    name_map(check, map);
}

static void check_unmap(Check *check, const MmtEvent *ev)
{
    Map *map;

    if (ev->map_id == MMT_MAP_NONE) {
        if (!opt_kernel) {
            FAULT(check, ev, MMT_FIELD_MAP_ID, "map -1 is unmapped: only the "
                  "kernel's logs have that (--kernel)");
        }
        return;
    }
    map = find_map(check, ev->map_id);
    if (!map || !map->live) {
        if (!map) {
            FAULT(check, ev, MMT_FIELD_MAP_ID, "map %" PRIu32 " is unmapped, "
                  "but was never mapped", ev->map_id);
        } else {
            g_autofree char *where = line_name(check, map->at);

            FAULT(check, ev, MMT_FIELD_MAP_ID, "map %" PRIu32 " is unmapped "
                  "already, in %s", ev->map_id, where);
        }
        return;
    }
    map->live = false;
    map->at = check->at;
}

/*
 * The kernel's decoder prints the whole register or immediate: a sign-
 * extended load, a REX.W store of an immediate.
 */
static bool is_decoder_quirk(const MmtEvent *ev)
{
    return ev->type == MMT_EVENT_READ ? ev->width < 4 : ev->width == 4;
}

static void check_value(Check *check, const MmtEvent *ev)
{
    if (ev->type == MMT_EVENT_UNKNOWN || ev->width == 8 ||
        ev->value >> (ev->width * 8) == 0) {
        return;
    }
    if (opt_kernel && is_decoder_quirk(ev)) {
        check->quirks++;
        return;
    }
    FAULT(check, ev, MMT_FIELD_VALUE, "the value 0x%" PRIx64 " does not fit "
          "into %u byte%s", ev->value, ev->width, ev->width > 1 ? "s" : "");
}

static void hold(Check *check, uint32_t column, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

static void hold(Check *check, uint32_t column, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    check->held = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    check->held_column = column;
}

/* The marks of an access follow it directly. */
static void release_held(Check *check)
{
    if (check->held) {
        fault_at(check, check->access_at, check->held_column, "%s",
                 check->held);
        g_clear_pointer(&check->held, g_free);
    }
    check->access_at.line = 0;
}

/* The kernel's time is this one, cut off. */
static void check_exact_time(Check *check, const MmtEvent *ev)
{
    if (ev->exact_ns / 1000 != ev->ns / 1000) {
        FAULT(check, ev, MMT_FIELD_EXTRA, "ns=%" PRIu64 ".%09" PRIu64 " is "
              "not the time of the line", ev->exact_ns / 1000000000,
              ev->exact_ns % 1000000000);
    } else if (check->last_exact.line &&
               ev->exact_ns < check->last_exact_ns) {
        g_autofree char *where = line_name(check, check->last_exact);

        FAULT(check, ev, MMT_FIELD_EXTRA, "time goes back by %" PRIu64 " ns, "
              "to before %s", check->last_exact_ns - ev->exact_ns, where);
    }
    check->last_exact_ns = ev->exact_ns;
    check->last_exact = check->at;
}

static void check_extras(Check *check, const MmtEvent *ev)
{
    uint32_t missing = check->extras & ~ev->extras;
    uint32_t more = ev->extras & ~check->extras;
    char names[MMT_EXTRA_NAMES_MAX];

    if (missing) {
        FAULT(check, ev, MMT_FIELD_PID, "the access has no %s, which the "
              "log's first mark promises",
              mmt_extra_to_names(missing, names));
    }
    if (check->extras_told && more) {
        FAULT(check, ev, MMT_FIELD_EXTRA, "the access has %s, which the log's "
              "first mark does not tell", mmt_extra_to_names(more, names));
    }
    if (ev->extras & MMT_EXTRA_NS) {
        check_exact_time(check, ev);
    }
}

static void check_access(Check *check, const MmtEvent *ev)
{
    Map *map = find_map(check, ev->map_id);
    unsigned width = MAX(1, ev->width);

    check_value(check, ev);
    check_extras(check, ev);
    if (!map) {
        FAULT(check, ev, MMT_FIELD_MAP_ID, "map %" PRIu32 " was never mapped",
              ev->map_id);
        map = get_map(check, ev->map_id);
    } else if (!map->maps) {
        /* Said once. */
    } else if (ev->addr < map->phys || map->len < width ||
               ev->addr - map->phys > map->len - width) {
        FAULT(check, ev, MMT_FIELD_ADDR, "0x%" PRIx64 " (%u byte%s) is outside "
              "map %" PRIu32 ", which is 0x%" PRIx64 " bytes at 0x%" PRIx64,
              ev->addr, width, width > 1 ? "s" : "", map->id, map->len,
              map->phys);
    } else if (!map->live) {
        g_autofree char *where = line_name(check, map->at);

        hold(check, ev->column[MMT_FIELD_MAP_ID], "map %" PRIu32 " is not "
             "mapped since %s, and no mark says that the access failed",
             map->id, where);
    }
    if (map->port && ev->width > PORT_WIDTH_MAX) {
        FAULT(check, ev, MMT_FIELD_WIDTH, "an I/O port can not be accessed %u "
              "bytes at a time", ev->width);
    }
    map->reads += ev->type == MMT_EVENT_READ;
    map->writes += ev->type == MMT_EVENT_WRITE;
    map->unknown += ev->type == MMT_EVENT_UNKNOWN;
    check->access = *ev;
    check->access_at = check->at;
}

/* The value of a "key=value" word of a mark; empty if there is none. */
static MmtSpan mark_value(MmtSpan text, const char *key)
{
    const char *end = text.p + text.len;
    size_t n = strlen(key);
    const char *p = text.p;

    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        const char *stop = blank ? blank : end;

        if ((size_t)(stop - p) > n && !memcmp(p, key, n) && p[n] == '=') {
            return (MmtSpan) { .p = p + n + 1, .len = stop - (p + n + 1) };
        }
        p = blank ? blank + 1 : end;
    }
    return (MmtSpan) { .p = end };
}

static void take_part_mark(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check->ours = true;
}

static void take_log_mark(Check *check, const MmtEvent *ev)
{
    MmtSpan extra = mark_value(ev->text, "extra");

    check->ours = true;
    check->extras_told = mmt_extra_from_names(extra.p, extra.len,
                                              &check->extras);
    if (!check->extras_told) {
        check->extras = 0;
        fault_at(check, check->at, ev->column[MMT_FIELD_TEXT] +
                 (extra.p - ev->text.p), "extra= has a name that no field "
                 "has");
    }
}

/* Something that was in the log, or should have been, is not. */
static void take_loss_mark(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check->losses++;
}

static void take_end_mark(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check->end = check->at;
}

/* docs/log-format.md; what failed and pending say is check_mark()'s part. */
static void check_own_mark(Check *check, const MmtEvent *ev)
{
    static const struct {
        const char *word;
        void (*take)(Check *check, const MmtEvent *ev);
    } words[] = {
        { "log", take_log_mark }, { "clock", NULL }, { "device", NULL },
        { "coverage", NULL }, { "pc", NULL }, { "failed", NULL },
        { "pending", NULL }, { "detached", NULL }, { "end", take_end_mark },
        { "part", take_part_mark }, { "recovered", NULL },
        { "unsynced", NULL }, { "cut", take_loss_mark },
        { "damaged", take_loss_mark }, { "reader", take_loss_mark },
    };
    const size_t prefix = strlen(MMT_MARK_PREFIX);
    g_autofree char *printable = NULL;
    g_autofree char *word = NULL;
    size_t i;

    if (ev->text.len < prefix ||
        memcmp(ev->text.p, MMT_MARK_PREFIX, prefix)) {
        return;
    }
    word = g_strndup(ev->text.p + prefix, ev->text.len - prefix);
    word[strcspn(word, " ")] = '\0';
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(word, words[i].word)) {
            if (words[i].take) {
                words[i].take(check, ev);
            }
            return;
        }
    }
    if (check->ours) {
        printable = g_strescape(word, NULL);
        fault_at(check, check->at, ev->column[MMT_FIELD_TEXT] + prefix,
                 "'%.40s' is no word of the tracer's", printable);
    }
}

static void check_mark(Check *check, const MmtEvent *ev)
{
    const MmtEvent *access = &check->access;
    MmtFlagMark mark;
    size_t i;

    for (i = 0; !opt_kernel && i < ev->text.len; i++) {
        unsigned char ch = ev->text.p[i];

        if (ch < 0x20 || ch == 0x7f) {
            fault_at(check, check->at, ev->column[MMT_FIELD_TEXT] + i,
                     "the mark has a control character (0x%02x)", ch);
            break;
        }
    }
    check_own_mark(check, ev);
    if (!mmt_parse_flag_mark(ev, &mark)) {
        release_held(check);
        return;
    }
    if (!check->access_at.line || mark.type != access->type ||
        mark.width != access->width || mark.map_id != access->map_id ||
        mark.addr != access->addr) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark does not belong to the "
              "access before it");
        return;
    }
    check->pending += mark.flag == MMT_FLAG_PENDING;
    if (mark.flag == MMT_FLAG_FAILED) {
        check->failed++;
        find_map(check, mark.map_id)->failed++;
        g_clear_pointer(&check->held, g_free);
    }
}

static void check_lost(Check *check, const MmtEvent *ev)
{
    if (ev->value == MMT_LOST_UNKNOWN) {
        FAULT(check, ev, MMT_FIELD_COUNT, "events were lost here");
        return;
    }
    check->lost += ev->value;
    FAULT(check, ev, ev->type == MMT_EVENT_LOST ? MMT_FIELD_TEXT :
          MMT_FIELD_COUNT, "%" PRIu64 " event%s lost %s", ev->value,
          ev->value == 1 ? " was" : "s were",
          opt_kernel ? "here or before" : "here");
}

static void check_comment(Check *check, const MmtEvent *ev)
{
    if (!opt_kernel) {
        FAULT(check, ev, MMT_FIELD_KEYWORD, "a comment: only the kernel's "
              "logs have them (--kernel)");
    }
}

static void check_version(Check *check, const MmtEvent *ev)
{
    if (check->counts[MMT_EVENT_VERSION] > 1) {
        FAULT(check, ev, MMT_FIELD_KEYWORD, "VERSION once more: are these two "
              "logs in one file?");
    }
}

static void (*const check_type[MMT_EVENT__MAX])(Check *, const MmtEvent *) = {
    [MMT_EVENT_COMMENT] = check_comment,
    [MMT_EVENT_VERSION] = check_version,
    [MMT_EVENT_PCIDEV] = check_pcidev,
    [MMT_EVENT_READ] = check_access,
    [MMT_EVENT_WRITE] = check_access,
    [MMT_EVENT_UNKNOWN] = check_access,
    [MMT_EVENT_MAP] = check_map,
    [MMT_EVENT_UNMAP] = check_unmap,
    [MMT_EVENT_MARK] = check_mark,
    [MMT_EVENT_LOST] = check_lost,
    [MMT_EVENT_LOST_CPU] = check_lost,
};

static void check_time(Check *check, const MmtEvent *ev)
{
    if (!mmt_event_has_time(ev) || check->repeating) {
        return;
    }
    if (check->last.line && ev->ns < check->last_ns) {
        g_autofree char *where = line_name(check, check->last);

        FAULT(check, ev, MMT_FIELD_TIME, "time goes back by %" PRIu64 ".%06"
              PRIu64 " s, to before %s",
              (check->last_ns - ev->ns) / 1000000000,
              (check->last_ns - ev->ns) / 1000 % 1000000, where);
    }
    check->last_ns = ev->ns;
    check->last = check->at;
}

/* A later part that is checked alone. */
static void check_part(Check *check, const MmtLine *line)
{
    unsigned part;
    MmtPartMark mark = mmt_part_mark(line->p, line->len, &part);

    if (mark == MMT_PART_BEGINS && check->lines == 2) {
        check->repeating = true;
    } else if (mark == MMT_PART_HEADER_ENDS) {
        check->repeating = false;
    }
}

/* The end mark means it: nothing of the guest's comes after. */
static void check_end(Check *check, const MmtEvent *ev)
{
    if (!check->end.line || check->after_end ||
        (!mmt_event_is_access(ev) && ev->type != MMT_EVENT_MAP &&
         ev->type != MMT_EVENT_UNMAP && ev->type != MMT_EVENT_PCIDEV)) {
        return;
    }
    /* Said once. */
    check->after_end = true;
    if (check->ours) {
        g_autofree char *where = line_name(check, check->end);

        FAULT(check, ev, MMT_FIELD_KEYWORD, "the log goes on after its end "
              "mark in %s: are these two logs in one file?", where);
    }
}

static void check_line(Check *check, const MmtLine *line)
{
    MmtParseError err;
    MmtEvent ev;
    bool ok;

    check->lines++;
    check->at.line = line->number;
    ok = !line->overlong && mmt_parse_line(line->p, line->len, &ev, &err);
    if (!ok || ev.type != MMT_EVENT_MARK) {
        release_held(check);
    }

    if (line->unterminated) {
        fault_at(check, check->at, line->len + 1, "the log ends without a "
                 "newline: its last line is cut off");
        if (!ok) {
            return;
        }
    }
    /* The newline counts, and so does the NUL behind it. */
    if (line->overlong || line->len + 2 > MMT_LINE_MAX) {
        fault_at(check, check->at, MMT_LINE_MAX - 1, "the line has %s%zu "
                 "bytes; programs that read such logs take %d",
                 line->overlong ? "more than " : "", line->len,
                 MMT_LINE_MAX - 2);
    }
    if (line->overlong) {
        return;
    }
    if (!ok) {
        fault_at(check, check->at, err.column, "%s: %s", err.field,
                 err.message);
        return;
    }

    check->counts[ev.type]++;
    if (ev.type != MMT_EVENT_VERSION && ev.type != MMT_EVENT_COMMENT &&
        !check->counts[MMT_EVENT_VERSION]) {
        fault_at(check, check->at, 1, "the log does not begin with "
                 "VERSION");
        /* Said once. */
        check->counts[MMT_EVENT_VERSION] = 1;
    }
    check_time(check, &ev);
    check_part(check, line);
    check_end(check, &ev);
    check_type[ev.type](check, &ev);
}

static int compare_maps(gconstpointer a, gconstpointer b)
{
    const Map *x = a;
    const Map *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static char *map_title(const Check *check, const Map *map)
{
    const MmtPciDev *dev;

    if (!map->maps) {
        return g_strdup("never mapped");
    }
    if (map->device < 0) {
        return g_strdup_printf("0x%" PRIx64 " +0x%" PRIx64, map->phys,
                               map->len);
    }
    dev = device(check, map->device);
    return g_strdup_printf("0x%" PRIx64 " +0x%" PRIx64 ", %s%s of %04x:%04x",
                           map->phys, map->len, map->port ? "port " : "",
                           mmt_resource_name(map->bar), dev->vendor,
                           dev->device);
}

static void print_text(const Check *check, GList *maps)
{
    const uint64_t *n = check->counts;
    GList *l;

    if (check->fault_count > check->faults->len) {
        printf("%s: and %" PRIu64 " more faults (--max-faults)\n", check->name,
               check->fault_count - check->faults->len);
    }
    printf("%s: %" PRIu64 " lines: %" PRIu64 " R, %" PRIu64 " W, %" PRIu64
           " UNKNOWN, %" PRIu64 " MAP, %" PRIu64 " UNMAP, %" PRIu64 " MARK, %"
           PRIu64 " PCIDEV\n", check->name, check->lines, n[MMT_EVENT_READ],
           n[MMT_EVENT_WRITE], n[MMT_EVENT_UNKNOWN], n[MMT_EVENT_MAP],
           n[MMT_EVENT_UNMAP], n[MMT_EVENT_MARK], n[MMT_EVENT_PCIDEV]);
    for (l = maps; l; l = l->next) {
        const Map *map = l->data;
        g_autofree char *title = map_title(check, map);

        printf("  map %" PRIu32 " (%s): %" PRIu64 " R, %" PRIu64 " W", map->id,
               title, map->reads, map->writes);
        if (map->unknown) {
            printf(", %" PRIu64 " UNKNOWN", map->unknown);
        }
        if (map->failed) {
            printf(", %" PRIu64 " failed", map->failed);
        }
        putchar('\n');
    }
    if (check->ours && !check->end.line && !opt_complete) {
        printf("%s: note: " NO_END "\n", check->name);
    }
    if (check->cut_file && !opt_complete) {
        printf("%s: note: " CUT_FRAME "\n", check->cut_file);
    }
    printf("%s: ", check->name);
    if (check->quirks) {
        printf("%" PRIu64 " values wider than the access (known of the "
               "kernel's decoder); ", check->quirks);
    }
    if (check->losses) {
        printf("%" PRIu64 " place%s where text is missing; ", check->losses,
               check->losses == 1 ? "" : "s");
    }
    if (check->pending) {
        printf("%" PRIu64 " accesses without an answer; ", check->pending);
    }
    printf("%" PRIu64 " lost, %" PRIu64 " fault%s\n", check->lost,
           check->fault_count, check->fault_count == 1 ? "" : "s");
}

static void add_u64(JsonBuilder *b, const char *name, uint64_t v)
{
    json_builder_set_member_name(b, name);
    json_builder_add_int_value(b, v);
}

static void add_file(JsonBuilder *b, const char *file)
{
    g_autofree char *name = g_utf8_make_valid(file, -1);

    json_builder_set_member_name(b, "file");
    json_builder_add_string_value(b, name);
}

/* Addresses are beyond what JSON's readers hold exactly: they are strings. */
static void add_hex(JsonBuilder *b, const char *name, uint64_t v)
{
    g_autofree char *text = g_strdup_printf("0x%" PRIx64, v);

    json_builder_set_member_name(b, name);
    json_builder_add_string_value(b, text);
}

static void print_json(const Check *check, GList *maps)
{
    static const struct {
        const char *name;
        MmtEventType type;
    } counts[] = {
        { "reads", MMT_EVENT_READ }, { "writes", MMT_EVENT_WRITE },
        { "unknown", MMT_EVENT_UNKNOWN }, { "maps", MMT_EVENT_MAP },
        { "unmaps", MMT_EVENT_UNMAP }, { "marks", MMT_EVENT_MARK },
        { "devices", MMT_EVENT_PCIDEV },
    };
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;
    GList *l;
    size_t i;

    json_builder_begin_object(b);
    add_file(b, check->name);
    add_u64(b, "lines", check->lines);
    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        add_u64(b, counts[i].name, check->counts[counts[i].type]);
    }
    add_u64(b, "lost", check->lost);
    add_u64(b, "failed", check->failed);
    add_u64(b, "pending", check->pending);
    add_u64(b, "missing-text", check->losses);
    add_u64(b, "decoder-quirks", check->quirks);
    json_builder_set_member_name(b, "complete");
    json_builder_add_boolean_value(b, check->end.line && !check->after_end);
    json_builder_set_member_name(b, "truncated");
    json_builder_add_boolean_value(b, check->cut_file != NULL);

    json_builder_set_member_name(b, "map-ids");
    json_builder_begin_array(b);
    for (l = maps; l; l = l->next) {
        const Map *map = l->data;

        json_builder_begin_object(b);
        add_u64(b, "map-id", map->id);
        add_hex(b, "address", map->phys);
        add_hex(b, "size", map->len);
        if (map->device >= 0) {
            add_hex(b, "vendor", device(check, map->device)->vendor);
            add_hex(b, "device", device(check, map->device)->device);
            add_u64(b, "bar", map->bar);
        }
        add_u64(b, "reads", map->reads);
        add_u64(b, "writes", map->writes);
        add_u64(b, "unknown", map->unknown);
        add_u64(b, "failed", map->failed);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);

    add_u64(b, "fault-count", check->fault_count);
    json_builder_set_member_name(b, "faults");
    json_builder_begin_array(b);
    for (i = 0; i < check->faults->len; i++) {
        const Fault *fault = &g_array_index(check->faults, Fault, i);

        json_builder_begin_object(b);
        add_file(b, fault->at.file);
        add_u64(b, "line", fault->at.line);
        add_u64(b, "column", fault->column);
        json_builder_set_member_name(b, "what");
        json_builder_add_string_value(b, fault->what);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);

    root = json_builder_get_root(b);
    text = json_to_string(root, TRUE);
    puts(text);
}

static void free_fault(gpointer p)
{
    g_free(((Fault *)p)->what);
}

static int check_log(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MmtReader) reader = mmt_reader_open(path, &error);
    g_autoptr(GHashTable) by_id = g_hash_table_new_full(NULL, NULL, NULL,
                                                        g_free);
    g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(MmtPciDev));
    g_autoptr(GArray) faults = g_array_new(FALSE, FALSE, sizeof(Fault));
    g_autoptr(GList) maps = NULL;
    Check check = { .maps = by_id, .devices = devices, .faults = faults };
    MmtReadResult result;
    Place first = { .line = 1 };
    MmtLine line;

    if (!reader) {
        tool_error(&verb_check, "%s", error->message);
        return TOOL_TROUBLE;
    }
    g_array_set_clear_func(faults, free_fault);
    check.name = check.at.file = mmt_reader_name(reader);
    while ((result = mmt_reader_next(reader, &line, &error)) ==
           MMT_READ_LINE) {
        check.at.file = mmt_reader_name(reader);
        check_line(&check, &line);
    }
    release_held(&check);
    if (result == MMT_READ_ERROR) {
        tool_error(&verb_check, "%s", error->message);
        return TOOL_TROUBLE;
    }
    first.file = check.name;
    check.at.line = MAX(1, check.at.line);
    check.cut_file = mmt_reader_truncated(reader);
    if (!check.lines) {
        fault_at(&check, first, 1, "the log is empty");
    } else if (!check.counts[MMT_EVENT_VERSION]) {
        fault_at(&check, first, 1, "there is no VERSION line");
    }
    if (opt_complete && !check.end.line) {
        fault_at(&check, check.at, 1, NO_END);
    }
    if (opt_complete && check.losses) {
        fault_at(&check, check.at, 1, "text is missing in %" PRIu64 " places: "
                 "see the marks cut, damaged and reader", check.losses);
    }
    if (opt_complete && check.cut_file) {
        fault_at(&check, check.at, 1, "%s " CUT_FRAME, check.cut_file);
    }

    maps = g_list_sort(g_hash_table_get_values(by_id), compare_maps);
    (opt_json ? print_json : print_text)(&check, maps);
    return tool_finish(&verb_check, check.fault_count ? TOOL_FAULT : TOOL_OK);
}

static int check(int argc, char **argv)
{
    if (!tool_options(&verb_check, "LOG",
                      "LOG '-' is standard input.\n\n"
                      "Exit status: 0 no fault, 1 faults, 2 the log can't be "
                      "read or bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_check, "one LOG is needed; try 'vfio-trace check "
                   "--help'");
        return TOOL_TROUBLE;
    }
    if (opt_complete && opt_kernel) {
        tool_error(&verb_check, "--complete is not for the kernel's logs "
                   "(--kernel): they have no end mark");
        return TOOL_TROUBLE;
    }
    if (opt_max_faults < 0) {
        tool_error(&verb_check, "--max-faults can't be negative");
        return TOOL_TROUBLE;
    }
    return check_log(argv[1]);
}

const Verb verb_check = {
    .name = "check",
    .brief = "Check a log: grammar, order of time, mappings",
    .run = check,
};
