/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log as a sequence of accesses to BARs (see accesses.h)
 */
#include "tools/compare/accesses.h"

#include <stdio.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/reader.h"

/* Bytes of a foreign line that are kept for a message */
#define FOREIGN_MAX 40

/**
 * struct Bar: the BAR of a map id
 * @device: index of the device, or -1 if the BAR is unknown
 * @bar: resource of the device
 * @port: it is an I/O-port BAR
 */
typedef struct Bar {
    int device;
    int bar;
    bool port;
} Bar;

static AccessLog *accesses_new(AccessView view)
{
    AccessLog *log = g_new0(AccessLog, 1);

    log->view = view;
    log->devices = g_array_new(FALSE, TRUE, sizeof(AccessDevice));
    log->accesses = g_array_new(FALSE, FALSE, sizeof(Access));
    log->maps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return log;
}

void accesses_free(AccessLog *log)
{
    if (!log) {
        return;
    }
    g_hash_table_unref(log->maps);
    g_array_unref(log->accesses);
    g_array_unref(log->devices);
    g_free(log->cut_file);
    g_free(log->foreign_text);
    g_free(log->name);
    g_free(log);
}

/* A second line with the same address and IDs: the device was plugged again. */
static void add_device(AccessLog *log, const MmtPciDev *pci)
{
    AccessDevice device = { .pci = *pci, .peer = -1 };
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        MmtPciDev *old = &accesses_device(log, i)->pci;

        if (old->bus == pci->bus && old->devfn == pci->devfn &&
            old->vendor == pci->vendor && old->device == pci->device) {
            *old = *pci;
            return;
        }
    }
    g_array_append_val(log->devices, device);
}

static bool bar_is_taken(AccessLog *log, unsigned device, int bar,
                         uint32_t by_others_than)
{
    GHashTableIter iter;
    gpointer id;
    gpointer value;

    g_hash_table_iter_init(&iter, log->maps);
    while (g_hash_table_iter_next(&iter, &id, &value)) {
        const Bar *b = value;

        if (b->device == (int)device && b->bar == bar &&
            GPOINTER_TO_UINT(id) != by_others_than) {
            return true;
        }
    }
    return false;
}

/*
 * In our log, a map id belongs to one BAR for the whole log.  A memory BAR and
 * a port BAR may have the same address; their map ids differ.
 */
static void bind_map(AccessLog *log, const MmtEvent *ev)
{
    Bar *bar = g_hash_table_lookup(log->maps, GUINT_TO_POINTER(ev->map_id));
    unsigned d;
    int i;

    if (!bar) {
        bar = g_new(Bar, 1);
        bar->device = -1;
        g_hash_table_insert(log->maps, GUINT_TO_POINTER(ev->map_id), bar);
    }
    for (d = 0; bar->device < 0 && d < log->devices->len; d++) {
        const MmtPciDev *pci = &accesses_device(log, d)->pci;

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            if (pci->size[i] && pci->size[i] == ev->len &&
                mmt_resource_base(pci, i) == ev->addr &&
                !bar_is_taken(log, d, i, ev->map_id)) {
                bar->device = d;
                bar->bar = i;
                bar->port = mmt_resource_is_port(pci, i);
                break;
            }
        }
    }
    if (bar->device >= 0 && !bar->port) {
        accesses_device(log, bar->device)->guest[bar->bar] = ev->virt;
    }
}

/* Find the memory BAR at an address. */
static bool find_bar(const AccessLog *log, uint64_t addr, Bar *bar)
{
    unsigned d;
    int i;

    for (d = 0; d < log->devices->len; d++) {
        const MmtPciDev *pci = &accesses_device(log, d)->pci;

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t base = mmt_resource_base(pci, i);

            if (pci->size[i] && base && !mmt_resource_is_port(pci, i) &&
                addr >= base && addr - base < pci->size[i]) {
                *bar = (Bar) { .device = d, .bar = i };
                return true;
            }
        }
    }
    return false;
}

static bool locate(AccessLog *log, const MmtEvent *ev, Bar *bar)
{
    const Bar *bound = NULL;

    if (log->view == ACCESS_VIEW_HOST) {
        bound = g_hash_table_lookup(log->maps, GUINT_TO_POINTER(ev->map_id));
    }
    if (bound && bound->device >= 0) {
        *bar = *bound;
        return true;
    }
    return find_bar(log, ev->addr, bar);
}

static uint64_t low_bytes(uint64_t v, unsigned bytes)
{
    return bytes >= 8 ? v : v & ((1ull << (bytes * 8)) - 1);
}

/* Sign-extend @v from @from bytes to @to bytes. */
static uint64_t sign_extend(uint64_t v, unsigned from, unsigned to)
{
    unsigned shift = 64 - from * 8;

    return low_bytes((uint64_t)((int64_t)(v << shift) >> shift), to);
}

static void undo_quirks(Access *a)
{
    uint64_t low = low_bytes(a->value, a->width);

    if (low == a->value) {
        return;
    }
    if (a->op == ACCESS_READ && a->width <= 2 &&
        (a->value == sign_extend(low, a->width, 2) ||
         a->value == sign_extend(low, a->width, 4) ||
         a->value == sign_extend(low, a->width, 8))) {
        a->value = low;
        a->quirk = ACCESS_QUIRK_SIGN_EXTENDED;
    } else if (a->op == ACCESS_WRITE && a->width == 4) {
        a->value = sign_extend(low, 4, 8);
        a->width = 8;
        a->quirk = ACCESS_QUIRK_REX_W;
    }
}

static void add_access(AccessLog *log, const MmtEvent *ev, uint64_t line)
{
    static const uint8_t op[MMT_EVENT__MAX] = {
        [MMT_EVENT_READ] = ACCESS_READ,
        [MMT_EVENT_WRITE] = ACCESS_WRITE,
        [MMT_EVENT_UNKNOWN] = ACCESS_UNKNOWN,
    };
    Access a = {
        .value = ev->value,
        .line = line,
        .op = op[ev->type],
        .width = ev->width,
    };
    Bar bar;

    if (!locate(log, ev, &bar)) {
        log->elsewhere_line = log->elsewhere ? log->elsewhere_line : line;
        log->elsewhere++;
        return;
    }
    if (bar.port) {
        log->ports++;
        return;
    }
    a.device = bar.device;
    a.bar = bar.bar;
    a.offset = ev->addr -
               mmt_resource_base(&accesses_device(log, bar.device)->pci,
                                 bar.bar);
    if (log->view == ACCESS_VIEW_GUEST) {
        undo_quirks(&a);
    }
    accesses_device(log, bar.device)->accesses++;
    g_array_append_val(log->accesses, a);
}

static void add_lost(AccessLog *log, const MmtEvent *ev)
{
    log->lost = true;
    if (ev->type == MMT_EVENT_LOST) {
        log->lost_marks += ev->value;
    } else if (ev->value != MMT_LOST_UNKNOWN) {
        log->lost_cpu += ev->value;
    }
}

/* Does the line begin like one that the comparison uses? */
static bool looks_like_event(const MmtLine *line)
{
    static const char *const keyword[] = {
        "R", "W", "UNKNOWN", "MAP", "PCIDEV",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(keyword); i++) {
        size_t n = strlen(keyword[i]);

        if (line->len >= n && !memcmp(line->p, keyword[i], n) &&
            (line->len == n || g_ascii_isspace(line->p[n]))) {
            return true;
        }
    }
    return false;
}

/*
 * Foreign text, such as the second line of a marker, only causes a note.  A bad
 * access invalidates the comparison.
 */
static void add_bad(AccessLog *log, const MmtLine *line,
                    const MmtParseError *err)
{
    if (looks_like_event(line)) {
        if (!log->bad_events++) {
            log->bad_line = line->number;
            log->bad_error = *err;
        }
    } else if (!log->foreign++) {
        g_autofree char *text = g_strndup(line->p, MIN(line->len,
                                                       FOREIGN_MAX));

        log->foreign_line = line->number;
        log->foreign_text = g_strescape(text, NULL);
    }
}

static void add_line(AccessLog *log, const MmtLine *line)
{
    MmtParseError err = { .field = "line", .column = 1,
                          .message = "the line is too long" };
    MmtEvent ev;

    if (line->unterminated) {
        log->cut_line = line->number;
    }
    if (line->overlong || !mmt_parse_line(line->p, line->len, &ev, &err)) {
        if (!line->unterminated) {
            add_bad(log, line, &err);
        }
        return;
    }
    if (mmt_event_is_access(&ev)) {
        add_access(log, &ev, line->number);
    } else if (ev.type == MMT_EVENT_MAP && log->view == ACCESS_VIEW_HOST) {
        bind_map(log, &ev);
    } else if (ev.type == MMT_EVENT_PCIDEV) {
        add_device(log, &ev.pci);
    } else if (ev.type == MMT_EVENT_LOST || ev.type == MMT_EVENT_LOST_CPU) {
        add_lost(log, &ev);
    }
}

/* Number of accesses that a GArray can hold */
#define ACCESSES_MAX ((uint64_t)(UINT32_MAX / sizeof(Access)))

/* Limits for logs that were made to exhaust memory; far above real machines */
#define DEVICES_MAX 4096u
#define MAPS_MAX    65536u

AccessLog *accesses_load(const char *path, AccessView view, uint64_t max,
                         GError **error)
{
    g_autoptr(MmtReader) reader = mmt_reader_open(path, error);
    g_autoptr(AccessLog) log = accesses_new(view);
    MmtReadResult result;
    uint64_t lines = 0;
    MmtLine line;

    if (!reader) {
        return NULL;
    }
    log->name = g_strdup(mmt_reader_name(reader));
    while ((result = mmt_reader_next(reader, &line, error)) ==
           MMT_READ_LINE) {
        line.number = ++lines;
        add_line(log, &line);
        if (log->accesses->len > MIN(max, ACCESSES_MAX)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                        "%s has more than %" PRIu64
                        " accesses, which are kept in memory, %zu bytes each: raise the limit with --max-accesses (up to %"
                        PRIu64 ")", log->name, MIN(max, ACCESSES_MAX),
                        sizeof(Access), ACCESSES_MAX);
            return NULL;
        }
        if (log->devices->len > DEVICES_MAX ||
            g_hash_table_size(log->maps) > MAPS_MAX) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                        "%s has more than %u devices or %u map ids: such a log can not be compared",
                        log->name, DEVICES_MAX, MAPS_MAX);
            return NULL;
        }
    }
    log->parts = mmt_reader_parts(reader);
    log->cut_file = g_strdup(mmt_reader_truncated(reader));
    return result == MMT_READ_END ? g_steal_pointer(&log) : NULL;
}

/* "8086:10d3" */
static bool is_kind(const MmtPciDev *pci, const char *filter)
{
    g_autofree char *kind = g_strdup_printf("%04x:%04x", pci->vendor,
                                            pci->device);

    return !g_ascii_strcasecmp(filter, kind);
}

/* "01:00.0", with or without a domain before it */
static bool is_at(const MmtPciDev *pci, const char *filter)
{
    g_autofree char *bdf = g_strdup_printf("%02x:%02x.%x", pci->bus,
                                           pci->devfn >> 3, pci->devfn & 7);
    const char *colon = strchr(filter, ':');

    return !g_ascii_strcasecmp(filter, bdf) ||
           (colon && !g_ascii_strcasecmp(colon + 1, bdf));
}

static bool same_kind(const AccessDevice *a, const AccessDevice *b)
{
    return a->pci.vendor == b->pci.vendor && a->pci.device == b->pci.device;
}

static bool same_kind_needed(const AccessDevice *theirs,
                             const AccessDevice *ours)
{
    return same_kind(theirs, ours) && !theirs->spare;
}

/* Is @ours mapped where @theirs has its BARs? */
static bool same_place(const AccessDevice *theirs, const AccessDevice *ours)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (ours->guest[i] && theirs->pci.size[i] == ours->pci.size[i] &&
            mmt_resource_base(&theirs->pci, i) == ours->guest[i]) {
            return true;
        }
    }
    return false;
}

typedef bool Same(const AccessDevice *theirs, const AccessDevice *ours);

static void pair_by(AccessLog *oracle, AccessLog *log, Same *same)
{
    unsigned i;
    unsigned j;

    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        for (j = 0; ours->peer < 0 && j < oracle->devices->len; j++) {
            AccessDevice *theirs = accesses_device(oracle, j);

            if (theirs->peer < 0 && same_kind(theirs, ours) &&
                same(theirs, ours)) {
                theirs->peer = i;
                ours->peer = j;
            }
        }
    }
}

static unsigned count_unpaired(const AccessLog *log,
                               const AccessDevice *of_kind)
{
    unsigned n = 0;
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        const AccessDevice *device = accesses_device(log, i);

        n += device->peer < 0 && same_kind(device, of_kind);
    }
    return n;
}

/*
 * Not all devices of the guest need be traced: if our log has fewer devices
 * with some IDs, they are more likely those that the guest accessed.
 */
static void mark_spares(AccessLog *oracle, const AccessLog *log)
{
    unsigned i;

    for (i = 0; i < oracle->devices->len; i++) {
        AccessDevice *theirs = accesses_device(oracle, i);

        theirs->spare = !theirs->accesses &&
                        count_unpaired(oracle, theirs) >
                        count_unpaired(log, theirs);
    }
}

/*
 * A filter by BDF selects one of our devices only; a filter by IDs selects all
 * devices of the oracle with these IDs.
 */
static void mark_missing(AccessLog *oracle, const char *filter)
{
    unsigned i;

    for (i = 0; i < oracle->devices->len; i++) {
        AccessDevice *theirs = accesses_device(oracle, i);

        theirs->missing = theirs->peer < 0 && theirs->accesses &&
                          (!filter || is_kind(&theirs->pci, filter));
    }
}

/* Keep accesses of paired devices; device indexes become those of our log. */
static void keep_paired(AccessLog *log)
{
    GArray *accesses = log->accesses;
    guint out = 0;
    guint i;

    for (i = 0; i < accesses->len; i++) {
        Access a = g_array_index(accesses, Access, i);
        int peer = accesses_device(log, a.device)->peer;

        if (peer >= 0) {
            if (log->view == ACCESS_VIEW_GUEST) {
                a.device = peer;
            }
            g_array_index(accesses, Access, out++) = a;
        }
    }
    g_array_set_size(accesses, out);
}

unsigned accesses_pair(AccessLog *oracle, AccessLog *log, const char *filter)
{
    unsigned pairs = 0;
    unsigned i;

    pair_by(oracle, log, same_place);
    mark_spares(oracle, log);
    pair_by(oracle, log, same_kind_needed);
    pair_by(oracle, log, same_kind);
    for (i = 0; i < log->devices->len; i++) {
        AccessDevice *ours = accesses_device(log, i);

        if (ours->peer >= 0 && filter && !is_kind(&ours->pci, filter) &&
            !is_at(&ours->pci, filter)) {
            accesses_device(oracle, ours->peer)->peer = -1;
            ours->peer = -1;
        }
        pairs += ours->peer >= 0;
    }
    mark_missing(oracle, filter);
    keep_paired(oracle);
    keep_paired(log);
    return pairs;
}
