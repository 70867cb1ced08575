/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of log lines (see parse.h)
 *
 * Theory of operation
 *
 * A cursor runs over the line once.  A static table lists the fields of each
 * kind of line; for every field, a function takes its bytes from the cursor and
 * stores its value in the event.  The first function that fails sets the error.
 */
#include "libmmiotrace/parse.h"

#include "libmmiotrace/cursor.h"

static bool take_prefixed_hex(MmtCursor *c, MmtField field, uint64_t *out)
{
    return mmt_cursor_begin_field(c, field) &&
           mmt_take_word_hex(c, mmt_field_name[field], out);
}

static bool take_width(MmtCursor *c)
{
    return mmt_cursor_begin_field(c, MMT_FIELD_WIDTH) &&
           mmt_take_width_number(c);
}

static bool take_time(MmtCursor *c)
{
    return mmt_cursor_begin_field(c, MMT_FIELD_TIME) &&
           mmt_take_seconds(c, mmt_field_name[MMT_FIELD_TIME], true,
                            &c->ev->ns);
}

static bool take_map_id(MmtCursor *c)
{
    const char *word;

    if (!mmt_cursor_begin_field(c, MMT_FIELD_MAP_ID)) {
        return false;
    }
    word = c->p;
    if (c->ev->type == MMT_EVENT_UNMAP && c->end - word >= 2 &&
        !memcmp(word, "-1", 2)) {
        c->p += 2;
        c->ev->map_id = MMT_MAP_NONE;
        if (mmt_cursor_at_word_end(c)) {
            return true;
        }
        c->p = word;
    }
    return mmt_take_map_id_number(c);
}

static bool take_addr(MmtCursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_ADDR, &c->ev->addr);
}

static bool take_value(MmtCursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_VALUE, &c->ev->value);
}

static bool take_virt(MmtCursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_VIRT, &c->ev->virt);
}

static bool take_len(MmtCursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_LEN, &c->ev->len);
}

static bool take_pc(MmtCursor *c)
{
    return take_prefixed_hex(c, MMT_FIELD_PC, &c->ev->pc);
}

static bool take_opcode(MmtCursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_OPCODE];
    const char *word;
    int i;

    if (!mmt_cursor_begin_field(c, MMT_FIELD_OPCODE)) {
        return false;
    }
    word = c->p;
    for (i = 0; i < 3; i++) {
        if (c->end - c->p < 2 || mmt_digit(c->p[0]) > 15 ||
            mmt_digit(c->p[1]) > 15 ||
            (i < 2 && (c->end - c->p < 3 || c->p[2] != ','))) {
            break;
        }
        c->ev->opcode[i] = mmt_digit(c->p[0]) << 4 | mmt_digit(c->p[1]);
        c->p += i < 2 ? 3 : 2;
    }
    if (i < 3 || !mmt_cursor_at_word_end(c)) {
        return mmt_cursor_fail(c, name, word,
                               "opcode is '%s'; three bytes like 0f,b6,00 expected",
                               mmt_cursor_quote(c, word).s);
    }
    return true;
}

static bool take_pid(MmtCursor *c)
{
    return mmt_cursor_begin_field(c, MMT_FIELD_PID) &&
           mmt_take_number(c, mmt_field_name[MMT_FIELD_PID], 10, INT32_MAX,
                           &c->ev->pid);
}

/* The text may be empty, but the blank before it is required. */
static bool take_text(MmtCursor *c)
{
    if (c->p == c->end) {
        return mmt_cursor_fail(c, mmt_field_name[MMT_FIELD_TEXT], c->p,
                               "text is missing: the line ends");
    }
    c->p++;
    return mmt_take_rest(c, MMT_FIELD_TEXT, &c->ev->text);
}

static bool take_version(MmtCursor *c)
{
    const char *name = "version";
    const char *word;

    if (!mmt_cursor_begin_field(c, MMT_FIELD_VALUE)) {
        return false;
    }
    word = c->p;
    if (!mmt_take_number(c, name, 10, UINT32_MAX, &c->ev->value)) {
        return false;
    }
    if (c->ev->value != MMT_VERSION) {
        return mmt_cursor_fail(c, name, word,
                               "version is %" PRIu64 "; %u expected",
                               c->ev->value, MMT_VERSION);
    }
    return true;
}

/* Take exactly @places hexadecimal digits, as %04x prints them. */
static bool take_places(MmtCursor *c, MmtField field, int places, uint64_t *out)
{
    const char *name = mmt_field_name[field];
    const char *word;

    if (!mmt_cursor_begin_field(c, field)) {
        return false;
    }
    word = c->p;
    if (!mmt_take_number(c, name, 16, UINT64_MAX, out)) {
        return false;
    }
    if (c->p - word != places) {
        return mmt_cursor_fail(c, name, word,
                               "%s is '%s'; %d hexadecimal digits expected",
                               name, mmt_cursor_quote(c, word).s, places);
    }
    return true;
}

static bool take_bus_devfn(MmtCursor *c)
{
    uint64_t v;

    if (!take_places(c, MMT_FIELD_BUS_DEVFN, 4, &v)) {
        return false;
    }
    c->ev->pci.bus = v >> 8;
    c->ev->pci.devfn = v & 0xff;
    return true;
}

static bool take_vendor_device(MmtCursor *c)
{
    uint64_t v;

    if (!take_places(c, MMT_FIELD_VENDOR_DEVICE, 8, &v)) {
        return false;
    }
    c->ev->pci.vendor = v >> 16;
    c->ev->pci.device = v & 0xffff;
    return true;
}

static bool take_irq(MmtCursor *c)
{
    uint64_t v;

    if (!mmt_cursor_begin_field(c, MMT_FIELD_IRQ) ||
        !mmt_take_number(c, mmt_field_name[MMT_FIELD_IRQ], 16, UINT32_MAX,
                         &v)) {
        return false;
    }
    c->ev->pci.irq = v;
    return true;
}

static bool take_resources(MmtCursor *c, MmtField field, uint64_t *out,
                           uint32_t *column)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (!mmt_cursor_begin_field(c, field)) {
            return false;
        }
        column[i] = c->p - c->start + 1;
        if (!mmt_take_number(c, mmt_field_name[field], 16, UINT64_MAX,
                             &out[i])) {
            return false;
        }
    }
    return true;
}

static bool take_starts(MmtCursor *c)
{
    return take_resources(c, MMT_FIELD_START, c->ev->pci.start,
                          c->ev->resource_column);
}

static bool take_sizes(MmtCursor *c)
{
    return take_resources(c, MMT_FIELD_SIZE, c->ev->pci.size,
                          c->ev->resource_column + MMT_PCI_RESOURCES);
}

/*
 * If there is no driver, the kernel prints a blank and no name; editors that
 * trim lines remove the blank.  Names may have blanks ("HDA Intel").
 */
static bool take_driver(MmtCursor *c)
{
    size_t len;

    if (c->p < c->end) {
        c->p++;
    }
    if (!mmt_take_rest(c, MMT_FIELD_DRIVER, &c->ev->text)) {
        return false;
    }
    len = c->ev->text.len;
    if (len >= sizeof(c->ev->pci.driver)) {
        len = sizeof(c->ev->pci.driver) - 1;
    }
    memcpy(c->ev->pci.driver, c->ev->text.p, len);
    return true;
}

/* An empty line of lspci may have lost its blank, too. */
static bool take_lspci(MmtCursor *c)
{
    c->p += c->p < c->end;
    return mmt_take_rest(c, MMT_FIELD_TEXT, &c->ev->text);
}

static bool take_comment(MmtCursor *c)
{
    return mmt_take_rest(c, MMT_FIELD_TEXT, &c->ev->text);
}

/* "CPU:0 [LOST 5 EVENTS]" or "CPU:0 [LOST EVENTS]" */
static bool take_lost_cpu(MmtCursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_COUNT];
    static const char before[] = " [LOST ";
    static const char after[] = "EVENTS]";
    uint64_t cpu;

    if (!mmt_take_number(c, "CPU", 10, UINT32_MAX, &cpu)) {
        return false;
    }
    if ((size_t)(c->end - c->p) < sizeof(before) - 1 ||
        memcmp(c->p, before, sizeof(before) - 1)) {
        return mmt_cursor_fail(c, name, c->p,
                               "' [LOST' expected after the CPU");
    }
    c->p += sizeof(before) - 1;
    c->ev->value = MMT_LOST_UNKNOWN;
    c->ev->column[MMT_FIELD_COUNT] = c->p - c->start + 1;
    if (c->p < c->end && *c->p != 'E') {
        if (!mmt_take_number(c, name, 10, UINT64_MAX - 1, &c->ev->value)) {
            return false;
        }
        if (c->p < c->end) {
            c->p++;
        }
    }
    if ((size_t)(c->end - c->p) != sizeof(after) - 1 ||
        memcmp(c->p, after, sizeof(after) - 1)) {
        return mmt_cursor_fail(c, name, c->p,
                               "'EVENTS]' and the end of the line expected");
    }
    c->p = c->end;
    return true;
}

typedef bool TakeField(MmtCursor *c);

/**
 * struct Grammar: a kind of line
 * @keyword: beginning of the line
 * @glued: the first field follows the keyword without a blank
 * @type: the event's type
 * @take: functions for its fields, in order
 */
typedef struct Grammar {
    const char *keyword;
    bool glued;
    MmtEventType type;
    TakeField *take[10];
} Grammar;

/* The most frequent kinds come first. */
static const Grammar grammar[] = {
    { "R", false, MMT_EVENT_READ,
      { take_width, take_time, take_map_id, take_addr, take_value, take_pc,
        take_pid, mmt_take_extra } },
    { "W", false, MMT_EVENT_WRITE,
      { take_width, take_time, take_map_id, take_addr, take_value, take_pc,
        take_pid, mmt_take_extra } },
    { "UNKNOWN", false, MMT_EVENT_UNKNOWN,
      { take_time, take_map_id, take_addr, take_opcode, take_pc, take_pid,
        mmt_take_extra } },
    { "MARK", false, MMT_EVENT_MARK, { take_time, take_text } },
    { "MAP", false, MMT_EVENT_MAP,
      { take_time, take_map_id, take_addr, take_virt, take_len, take_pc,
        take_pid, mmt_take_extra } },
    { "UNMAP", false, MMT_EVENT_UNMAP,
      { take_time, take_map_id, take_pc, take_pid, mmt_take_extra } },
    { "PCIDEV", false, MMT_EVENT_PCIDEV,
      { take_bus_devfn, take_vendor_device, take_irq, take_starts, take_sizes,
        take_driver } },
    { "VERSION", false, MMT_EVENT_VERSION, { take_version } },
    { "LSPCI", false, MMT_EVENT_LSPCI, { take_lspci } },
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

/* Recognize the kernel's notice of lost events: only it has time zero. */
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
        unsigned d = mmt_digit(*p);

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
    MmtCursor c = { .start = line, .p = line, .end = line + len,
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
        return mmt_cursor_fail(&c, mmt_field_name[MMT_FIELD_KEYWORD], line,
                               "the line is empty");
    }
    g = find_grammar(line, c.end);
    if (!g) {
        return mmt_cursor_fail(&c, mmt_field_name[MMT_FIELD_KEYWORD], line,
                               "a line can not begin with '%s'",
                               mmt_cursor_quote(&c, line).s);
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
        return mmt_cursor_fail(&c, "end of line", c.p,
                               "'%s' follows where the line should end",
                               mmt_cursor_quote(&c, c.p + (*c.p == ' ')).s);
    }
    if (ev->type == MMT_EVENT_MARK) {
        recognize_lost(ev);
        mmt_recognize_config(ev);
    }
    return true;
}

const char *mmt_event_type_name(MmtEventType type)
{
    static const char *const name[MMT_EVENT__MAX] = {
        [MMT_EVENT_COMMENT] = "#",
        [MMT_EVENT_VERSION] = "VERSION",
        [MMT_EVENT_PCIDEV] = "PCIDEV",
        [MMT_EVENT_LSPCI] = "LSPCI",
        [MMT_EVENT_READ] = "R",
        [MMT_EVENT_WRITE] = "W",
        [MMT_EVENT_UNKNOWN] = "UNKNOWN",
        [MMT_EVENT_MAP] = "MAP",
        [MMT_EVENT_UNMAP] = "UNMAP",
        [MMT_EVENT_MARK] = "MARK",
        [MMT_EVENT_CONFIG_READ] = "MARK",
        [MMT_EVENT_CONFIG_WRITE] = "MARK",
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
