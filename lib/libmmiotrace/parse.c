/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text to events (see parse.h)
 *
 * Theory of operation
 *
 * A cursor runs over the line once.  Every kind of line is a row of fields in
 * a static table; every field is a function that takes its bytes from the
 * cursor and puts them into the event.  The first one to fail leaves the
 * reason.
 */
#include "libmmiotrace/parse.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_SEC 1000000000ull

/* As much of a foreign word as an error message quotes. */
#define QUOTE_MAX 24

/**
 * struct Cursor: a line on its way to becoming an event
 * @start: its first byte
 * @p: the next byte
 * @end: behind its last byte, the end of line left out
 * @ev: the event
 * @err: the reason
 */
typedef struct Cursor {
    const char *start;
    const char *p;
    const char *end;
    MmtEvent *ev;
    MmtParseError *err;
} Cursor;

static const char *const field_name[MMT_FIELD__MAX] = {
    [MMT_FIELD_KEYWORD] = "keyword",
    [MMT_FIELD_WIDTH] = "width",
    [MMT_FIELD_TIME] = "time",
    [MMT_FIELD_MAP_ID] = "map id",
    [MMT_FIELD_ADDR] = "physical address",
    [MMT_FIELD_VALUE] = "value",
    [MMT_FIELD_OPCODE] = "opcode",
    [MMT_FIELD_VIRT] = "virtual address",
    [MMT_FIELD_LEN] = "length",
    [MMT_FIELD_PC] = "PC",
    [MMT_FIELD_PID] = "PID",
    [MMT_FIELD_EXTRA] = "extra",
    [MMT_FIELD_TEXT] = "text",
    [MMT_FIELD_COUNT] = "count",
    [MMT_FIELD_BUS_DEVFN] = "bus and devfn",
    [MMT_FIELD_VENDOR_DEVICE] = "vendor and device",
    [MMT_FIELD_IRQ] = "IRQ",
    [MMT_FIELD_START] = "resource start",
    [MMT_FIELD_SIZE] = "resource size",
    [MMT_FIELD_DRIVER] = "driver",
};

static bool fail(Cursor *c, const char *field, const char *at,
                 const char *fmt, ...) G_GNUC_PRINTF(4, 5);

static bool fail(Cursor *c, const char *field, const char *at,
                 const char *fmt, ...)
{
    va_list ap;

    c->err->field = field;
    c->err->column = at - c->start + 1;
    va_start(ap, fmt);
    vsnprintf(c->err->message, sizeof(c->err->message), fmt, ap);
    va_end(ap);
    return false;
}

/* The word at @at, fit to be shown. */
typedef struct Quote {
    char s[QUOTE_MAX + 4];
} Quote;

static Quote quote(const Cursor *c, const char *at)
{
    Quote q;
    size_t n = 0;

    while (at + n < c->end && at[n] != ' ' && n < QUOTE_MAX) {
        q.s[n] = at[n] > 0x20 && at[n] < 0x7f ? at[n] : '?';
        n++;
    }
    strcpy(q.s + n, at + n < c->end && at[n] != ' ' ? "..." : "");
    return q;
}

static bool at_end_of_word(const Cursor *c)
{
    return c->p == c->end || *c->p == ' ';
}

/* Take the blank before a field, and note where the field begins. */
static bool begin_field(Cursor *c, MmtField field)
{
    const char *name = field_name[field];

    if (c->p == c->end) {
        return fail(c, name, c->p, "%s is missing: the line ends", name);
    }
    if (*c->p != ' ') {
        return fail(c, name, c->p, "a blank is missing before the %s", name);
    }
    c->p++;
    if (c->p == c->end) {
        return fail(c, name, c->p, "%s is missing: the line ends", name);
    }
    if (*c->p == ' ') {
        return fail(c, name, c->p, "two blanks before the %s; one expected",
                    name);
    }
    if (!c->ev->column[field]) {
        c->ev->column[field] = c->p - c->start + 1;
    }
    return true;
}

static int digit_of(char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }
    if (ch >= 'a' && ch <= 'f') {
        return ch - 'a' + 10;
    }
    if (ch >= 'A' && ch <= 'F') {
        return ch - 'A' + 10;
    }
    return 16;
}

/*
 * Digits of a base up to the first byte that is none.  At least one is
 * needed; @max is the largest number allowed.
 */
static bool take_digits(Cursor *c, const char *name, const char *word,
                        unsigned base, uint64_t max, uint64_t *out)
{
    const char *first = c->p;
    uint64_t v = 0;

    while (c->p < c->end) {
        unsigned d = digit_of(*c->p);

        if (d >= base) {
            break;
        }
        if (d > max || v > (max - d) / base) {
            return fail(c, name, word, "%s %s is too large; at most %" PRIu64
                        " fits", name, quote(c, word).s, max);
        }
        v = v * base + d;
        c->p++;
    }
    if (c->p == first) {
        return fail(c, name, word, "%s is '%s'; a %s number expected", name,
                    quote(c, word).s, base == 10 ? "decimal" : "hexadecimal");
    }
    *out = v;
    return true;
}

/* A number that must fill its field. */
static bool take_number(Cursor *c, const char *name, unsigned base,
                        uint64_t max, uint64_t *out)
{
    const char *word = c->p;

    if (!take_digits(c, name, word, base, max, out)) {
        return false;
    }
    if (!at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; a %s number expected", name,
                    quote(c, word).s, base == 10 ? "decimal" : "hexadecimal");
    }
    return true;
}

static bool take_prefixed_hex(Cursor *c, MmtField field, uint64_t *out)
{
    const char *name = field_name[field];
    const char *word;

    if (!begin_field(c, field)) {
        return false;
    }
    word = c->p;
    if (c->end - c->p < 2 || memcmp(c->p, "0x", 2)) {
        return fail(c, name, word, "%s is '%s'; a number beginning with 0x "
                    "expected", name, quote(c, word).s);
    }
    c->p += 2;
    if (!take_digits(c, name, word, 16, UINT64_MAX, out)) {
        return false;
    }
    if (!at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; a hexadecimal number expected",
                    name, quote(c, word).s);
    }
    return true;
}

static bool take_width(Cursor *c)
{
    const char *name = field_name[MMT_FIELD_WIDTH];
    const char *word;
    uint64_t v;

    if (!begin_field(c, MMT_FIELD_WIDTH)) {
        return false;
    }
    word = c->p;
    if (!take_number(c, name, 10, UINT32_MAX, &v)) {
        return false;
    }
    if (v != 1 && v != 2 && v != 4 && v != 8) {
        return fail(c, name, word, "width is %" PRIu64 "; 1, 2, 4 or 8 "
                    "expected", v);
    }
    c->ev->width = v;
    return true;
}

/* Seconds, a point and 9 digits, or, if that is allowed, 6. */
static bool take_seconds(Cursor *c, const char *name, bool micro,
                         uint64_t *ns)
{
    const char *want = micro ? "6 or 9" : "9";
    const char *word = c->p;
    const char *point;
    uint64_t sec;
    uint64_t frac;
    size_t digits;

    if (!take_digits(c, name, word, 10, UINT64_MAX / NS_PER_SEC, &sec)) {
        return false;
    }
    point = c->p;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
    }
    if (point == c->p || c->p == c->end || digit_of(*c->p) > 9 ||
        !take_digits(c, name, word, 10, UINT64_MAX, &frac) ||
        !at_end_of_word(c)) {
        return fail(c, name, c->p, "%s is '%s'; seconds, a point and %s "
                    "digits expected", name, quote(c, word).s, want);
    }
    digits = c->p - point - 1;
    if (digits != 9 && !(micro && digits == 6)) {
        return fail(c, name, point + 1, "%s has %zu digits after the point; "
                    "%s expected", name, digits, want);
    }
    if (digits == 6) {
        frac *= 1000;
    }
    if (sec == UINT64_MAX / NS_PER_SEC && frac > UINT64_MAX % NS_PER_SEC) {
        return fail(c, name, word, "%s %s is too large", name,
                    quote(c, word).s);
    }
    *ns = sec * NS_PER_SEC + frac;
    return true;
}

static bool take_time(Cursor *c)
{
    return begin_field(c, MMT_FIELD_TIME) &&
           take_seconds(c, field_name[MMT_FIELD_TIME], true, &c->ev->ns);
}

static bool take_map_id(Cursor *c)
{
    const char *name = field_name[MMT_FIELD_MAP_ID];
    const char *word;
    uint64_t v;

    if (!begin_field(c, MMT_FIELD_MAP_ID)) {
        return false;
    }
    word = c->p;
    if (c->ev->type == MMT_EVENT_UNMAP && c->end - word >= 2 &&
        !memcmp(word, "-1", 2)) {
        c->p += 2;
        c->ev->map_id = MMT_MAP_NONE;
        if (at_end_of_word(c)) {
            return true;
        }
        c->p = word;
    }
    if (!take_number(c, name, 10, INT32_MAX, &v)) {
        return false;
    }
    if (v == 0) {
        return fail(c, name, word, "map id is 0; 1 or more expected");
    }
    c->ev->map_id = v;
    return true;
}

static bool take_addr(Cursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_ADDR, &c->ev->addr);
}

static bool take_value(Cursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_VALUE, &c->ev->value);
}

static bool take_virt(Cursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_VIRT, &c->ev->virt);
}

static bool take_len(Cursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_LEN, &c->ev->len);
}

static bool take_pc(Cursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_PC, &c->ev->pc);
}

static bool take_opcode(Cursor *c)
{
    const char *name = field_name[MMT_FIELD_OPCODE];
    const char *word;
    int i;

    if (!begin_field(c, MMT_FIELD_OPCODE)) {
        return false;
    }
    word = c->p;
    for (i = 0; i < 3; i++) {
        if (c->end - c->p < 2 || digit_of(c->p[0]) > 15 ||
            digit_of(c->p[1]) > 15 ||
            (i < 2 && (c->end - c->p < 3 || c->p[2] != ','))) {
            break;
        }
        c->ev->opcode[i] = digit_of(c->p[0]) << 4 | digit_of(c->p[1]);
        c->p += i < 2 ? 3 : 2;
    }
    if (i < 3 || !at_end_of_word(c)) {
        return fail(c, name, word, "opcode is '%s'; three bytes like 0f,b6,00 "
                    "expected", quote(c, word).s);
    }
    return true;
}

static bool take_pid(Cursor *c)
{
    return begin_field(c, MMT_FIELD_PID) &&
           take_number(c, field_name[MMT_FIELD_PID], 10, INT32_MAX,
                       &c->ev->pid);
}

/* The rest of the line, which a reader that takes strings must see whole. */
static bool take_rest(Cursor *c, MmtField field, MmtSpan *span)
{
    const char *p;

    c->ev->column[field] = c->p - c->start + 1;
    span->p = c->p;
    span->len = c->end - c->p;
    for (p = c->p; p < c->end; p++) {
        if (*p == '\0' || *p == '\n' || *p == '\r') {
            return fail(c, field_name[field], p, "a %s inside the line",
                        *p == '\0' ? "zero byte" :
                        *p == '\n' ? "newline" : "carriage return");
        }
    }
    c->p = c->end;
    return true;
}

static bool take_cpu(Cursor *c)
{
    uint64_t v;

    if (c->p < c->end && *c->p == '-') {
        c->p++;
        c->ev->cpu = UINT32_MAX;
        if (at_end_of_word(c)) {
            return true;
        }
        c->p--;
    }
    if (!take_number(c, "cpu", 10, UINT32_MAX - 1, &v)) {
        return false;
    }
    c->ev->cpu = v;
    return true;
}

static bool take_ns(Cursor *c)
{
    return take_seconds(c, "ns", false, &c->ev->exact_ns);
}

/* One of the words after the PID: those that we know must be right. */
static bool take_extra_word(Cursor *c)
{
    static const struct {
        MmtExtra extra;
        const char *key;
        bool (*take)(Cursor *c);
    } words[] = {
        { MMT_EXTRA_CPU, "cpu=", take_cpu },
        { MMT_EXTRA_NS, "ns=", take_ns },
    };
    const char *word = c->p;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t n = strlen(words[i].key);

        if ((size_t)(c->end - word) < n || memcmp(word, words[i].key, n)) {
            continue;
        }
        if (c->ev->extras & words[i].extra) {
            return fail(c, field_name[MMT_FIELD_EXTRA], word,
                        "%s is there twice", words[i].key);
        }
        c->ev->extras |= words[i].extra;
        c->p += n;
        return words[i].take(c);
    }
    while (!at_end_of_word(c)) {
        c->p++;
    }
    return true;
}

static bool take_extra_words(Cursor *c)
{
    while (take_extra_word(c)) {
        if (c->p == c->end) {
            return true;
        }
        c->p++;
    }
    return false;
}

static bool take_extra(Cursor *c)
{
    if (c->p == c->end) {
        return true;
    }
    c->p++;
    if (c->p == c->end) {
        return fail(c, field_name[MMT_FIELD_EXTRA], c->p - 1,
                    "a blank at the end of the line");
    }
    if (*c->p == ' ') {
        return fail(c, field_name[MMT_FIELD_EXTRA], c->p,
                    "two blanks after the PID; one expected");
    }
    if (!take_rest(c, MMT_FIELD_EXTRA, &c->ev->extra)) {
        return false;
    }
    c->p = c->ev->extra.p;
    return take_extra_words(c);
}

/* An empty text is one: the blank before it is all that is needed. */
static bool take_text(Cursor *c)
{
    if (c->p == c->end) {
        return fail(c, field_name[MMT_FIELD_TEXT], c->p,
                    "text is missing: the line ends");
    }
    c->p++;
    return take_rest(c, MMT_FIELD_TEXT, &c->ev->text);
}

static bool take_version(Cursor *c)
{
    const char *name = "version";
    const char *word;

    if (!begin_field(c, MMT_FIELD_VALUE)) {
        return false;
    }
    word = c->p;
    if (!take_number(c, name, 10, UINT32_MAX, &c->ev->value)) {
        return false;
    }
    if (c->ev->value != MMT_VERSION) {
        return fail(c, name, word, "version is %" PRIu64 "; %u expected",
                    c->ev->value, MMT_VERSION);
    }
    return true;
}

/* Hexadecimal digits of exactly that many places, as %04x prints them. */
static bool take_places(Cursor *c, MmtField field, int places, uint64_t *out)
{
    const char *name = field_name[field];
    const char *word;

    if (!begin_field(c, field)) {
        return false;
    }
    word = c->p;
    if (!take_number(c, name, 16, UINT64_MAX, out)) {
        return false;
    }
    if (c->p - word != places) {
        return fail(c, name, word, "%s is '%s'; %d hexadecimal digits "
                    "expected", name, quote(c, word).s, places);
    }
    return true;
}

static bool take_bus_devfn(Cursor *c)
{
    uint64_t v;

    if (!take_places(c, MMT_FIELD_BUS_DEVFN, 4, &v)) {
        return false;
    }
    c->ev->pci.bus = v >> 8;
    c->ev->pci.devfn = v & 0xff;
    return true;
}

static bool take_vendor_device(Cursor *c)
{
    uint64_t v;

    if (!take_places(c, MMT_FIELD_VENDOR_DEVICE, 8, &v)) {
        return false;
    }
    c->ev->pci.vendor = v >> 16;
    c->ev->pci.device = v & 0xffff;
    return true;
}

static bool take_irq(Cursor *c)
{
    uint64_t v;

    if (!begin_field(c, MMT_FIELD_IRQ) ||
        !take_number(c, field_name[MMT_FIELD_IRQ], 16, UINT32_MAX, &v)) {
        return false;
    }
    c->ev->pci.irq = v;
    return true;
}

static bool take_resources(Cursor *c, MmtField field, uint64_t *out,
                           uint32_t *column)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (!begin_field(c, field)) {
            return false;
        }
        column[i] = c->p - c->start + 1;
        if (!take_number(c, field_name[field], 16, UINT64_MAX, &out[i])) {
            return false;
        }
    }
    return true;
}

static bool take_starts(Cursor *c)
{
    return take_resources(c, MMT_FIELD_START, c->ev->pci.start,
                          c->ev->resource_column);
}

static bool take_sizes(Cursor *c)
{
    return take_resources(c, MMT_FIELD_SIZE, c->ev->pci.size,
                          c->ev->resource_column + MMT_PCI_RESOURCES);
}

/*
 * The kernel prints a blank and no name where there is no driver; editors
 * that trim lines take the blank away.  Names may have blanks ("HDA Intel").
 */
static bool take_driver(Cursor *c)
{
    size_t len;

    if (c->p < c->end) {
        c->p++;
    }
    if (!take_rest(c, MMT_FIELD_DRIVER, &c->ev->text)) {
        return false;
    }
    len = c->ev->text.len;
    if (len >= sizeof(c->ev->pci.driver)) {
        len = sizeof(c->ev->pci.driver) - 1;
    }
    memcpy(c->ev->pci.driver, c->ev->text.p, len);
    return true;
}

static bool take_comment(Cursor *c)
{
    return take_rest(c, MMT_FIELD_TEXT, &c->ev->text);
}

/* "CPU:0 [LOST 5 EVENTS]" or "CPU:0 [LOST EVENTS]" */
static bool take_lost_cpu(Cursor *c)
{
    const char *name = field_name[MMT_FIELD_COUNT];
    static const char before[] = " [LOST ";
    static const char after[] = "EVENTS]";
    uint64_t cpu;

    if (!take_number(c, "CPU", 10, UINT32_MAX, &cpu)) {
        return false;
    }
    if ((size_t)(c->end - c->p) < sizeof(before) - 1 ||
        memcmp(c->p, before, sizeof(before) - 1)) {
        return fail(c, name, c->p, "' [LOST' expected after the CPU");
    }
    c->p += sizeof(before) - 1;
    c->ev->value = MMT_LOST_UNKNOWN;
    c->ev->column[MMT_FIELD_COUNT] = c->p - c->start + 1;
    if (c->p < c->end && *c->p != 'E') {
        if (!take_number(c, name, 10, UINT64_MAX - 1, &c->ev->value)) {
            return false;
        }
        if (c->p < c->end) {
            c->p++;
        }
    }
    if ((size_t)(c->end - c->p) != sizeof(after) - 1 ||
        memcmp(c->p, after, sizeof(after) - 1)) {
        return fail(c, name, c->p, "'EVENTS]' and the end of the line "
                    "expected");
    }
    c->p = c->end;
    return true;
}

typedef bool TakeField(Cursor *c);

/**
 * struct Grammar: a kind of line
 * @keyword: how it begins
 * @glued: the first field follows the keyword without a blank
 * @type: what it becomes
 * @take: its fields, in order
 */
typedef struct Grammar {
    const char *keyword;
    bool glued;
    MmtEventType type;
    TakeField *take[10];
} Grammar;

/* The most frequent ones first. */
static const Grammar grammar[] = {
    { "R", false, MMT_EVENT_READ,
      { take_width, take_time, take_map_id, take_addr, take_value, take_pc,
        take_pid, take_extra } },
    { "W", false, MMT_EVENT_WRITE,
      { take_width, take_time, take_map_id, take_addr, take_value, take_pc,
        take_pid, take_extra } },
    { "UNKNOWN", false, MMT_EVENT_UNKNOWN,
      { take_time, take_map_id, take_addr, take_opcode, take_pc, take_pid,
        take_extra } },
    { "MARK", false, MMT_EVENT_MARK, { take_time, take_text } },
    { "MAP", false, MMT_EVENT_MAP,
      { take_time, take_map_id, take_addr, take_virt, take_len, take_pc,
        take_pid, take_extra } },
    { "UNMAP", false, MMT_EVENT_UNMAP,
      { take_time, take_map_id, take_pc, take_pid, take_extra } },
    { "PCIDEV", false, MMT_EVENT_PCIDEV,
      { take_bus_devfn, take_vendor_device, take_irq, take_starts, take_sizes,
        take_driver } },
    { "VERSION", false, MMT_EVENT_VERSION, { take_version } },
    { "#", true, MMT_EVENT_COMMENT, { take_comment } },
    { "CPU:", true, MMT_EVENT_LOST_CPU, { take_lost_cpu } },
};

static const Grammar *find_grammar(const char *line, const char *end)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(grammar); i++) {
        const Grammar *g = &grammar[i];
        size_t n = strlen(g->keyword);

        if ((size_t)(end - line) >= n && !memcmp(line, g->keyword, n) &&
            (g->glued || line + n == end || line[n] == ' ')) {
            return g;
        }
    }
    return NULL;
}

/* The kernel's own words, at a time that no other line has. */
static void recognize_lost(MmtEvent *ev)
{
    static const char before[] = "Lost ";
    static const char after[] = " events.";
    const char *p = ev->text.p;
    const char *end = p + ev->text.len;
    uint64_t n = 0;

    if (ev->ns || ev->text.len < sizeof(before) - 1 + sizeof(after) ||
        memcmp(p, before, sizeof(before) - 1) ||
        memcmp(end - (sizeof(after) - 1), after, sizeof(after) - 1)) {
        return;
    }
    end -= sizeof(after) - 1;
    for (p += sizeof(before) - 1; p < end; p++) {
        unsigned d = digit_of(*p);

        if (d > 9 || n > (UINT64_MAX - 1 - d) / 10) {
            return;
        }
        n = n * 10 + d;
    }
    ev->type = MMT_EVENT_LOST;
    ev->value = n;
}

bool mmt_parse_line(const char *line, size_t len, MmtEvent *ev,
                    MmtParseError *err)
{
    Cursor c = { .start = line, .p = line, .end = line + len,
                 .ev = ev, .err = err };
    const Grammar *g;
    size_t i;

    memset(ev, 0, sizeof(*ev));
    if (c.end > line && c.end[-1] == '\n') {
        c.end--;
    }
    if (c.end > line && c.end[-1] == '\r') {
        c.end--;
    }
    if (c.end == line) {
        return fail(&c, field_name[MMT_FIELD_KEYWORD], line,
                    "the line is empty");
    }
    g = find_grammar(line, c.end);
    if (!g) {
        return fail(&c, field_name[MMT_FIELD_KEYWORD], line,
                    "a line can not begin with '%s'", quote(&c, line).s);
    }
    ev->type = g->type;
    ev->column[MMT_FIELD_KEYWORD] = 1;
    c.p += strlen(g->keyword);

    for (i = 0; i < G_N_ELEMENTS(g->take) && g->take[i]; i++) {
        if (!g->take[i](&c)) {
            return false;
        }
    }
    if (c.p != c.end) {
        return fail(&c, "end of line", c.p, "'%s' follows where the line "
                    "should end", quote(&c, c.p + (*c.p == ' ')).s);
    }
    if (ev->type == MMT_EVENT_MARK) {
        recognize_lost(ev);
    }
    return true;
}

const char *mmt_event_type_name(MmtEventType type)
{
    static const char *const name[MMT_EVENT__MAX] = {
        [MMT_EVENT_COMMENT] = "#",
        [MMT_EVENT_VERSION] = "VERSION",
        [MMT_EVENT_PCIDEV] = "PCIDEV",
        [MMT_EVENT_READ] = "R",
        [MMT_EVENT_WRITE] = "W",
        [MMT_EVENT_UNKNOWN] = "UNKNOWN",
        [MMT_EVENT_MAP] = "MAP",
        [MMT_EVENT_UNMAP] = "UNMAP",
        [MMT_EVENT_MARK] = "MARK",
        [MMT_EVENT_LOST] = "MARK",
        [MMT_EVENT_LOST_CPU] = "CPU",
    };

    return name[type];
}

const char *mmt_resource_name(int i)
{
    static const char *const name[MMT_PCI_RESOURCES] = {
        "BAR0", "BAR1", "BAR2", "BAR3", "BAR4", "BAR5", "ROM",
    };

    return name[i];
}

static bool take_literal(Cursor *c, const char *s)
{
    size_t n = strlen(s);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n)) {
        return false;
    }
    c->p += n;
    return true;
}

bool mmt_parse_flag_mark(const MmtEvent *ev, MmtFlagMark *mark)
{
    static const struct {
        const char *word;
        MmtFlags flag;
    } words[] = {
        { MMT_MARK_PREFIX "failed ", MMT_FLAG_FAILED },
        { MMT_MARK_PREFIX "pending ", MMT_FLAG_PENDING },
    };
    MmtParseError err;
    Cursor c = { .start = ev->text.p, .p = ev->text.p,
                 .end = ev->text.p + ev->text.len, .err = &err };
    uint64_t width;
    uint64_t map_id;
    size_t i;

    if (ev->type != MMT_EVENT_MARK) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (take_literal(&c, words[i].word)) {
            break;
        }
    }
    if (i == G_N_ELEMENTS(words)) {
        return false;
    }
    mark->flag = words[i].flag;
    mark->type = take_literal(&c, "R") ? MMT_EVENT_READ : MMT_EVENT_WRITE;
    if ((mark->type == MMT_EVENT_WRITE && !take_literal(&c, "W")) ||
        !take_literal(&c, " width=") ||
        !take_number(&c, "width", 10, 8, &width) ||
        !take_literal(&c, " map=") ||
        !take_number(&c, "map", 10, INT32_MAX, &map_id) ||
        !take_literal(&c, " addr=0x") ||
        !take_number(&c, "addr", 16, UINT64_MAX, &mark->addr) ||
        c.p != c.end) {
        return false;
    }
    mark->width = width;
    mark->map_id = map_id;
    return true;
}
