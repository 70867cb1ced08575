/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --state: output (see state-print.h)
 */
#include "tools/diff/state-print.h"

#include "tools/analysis/json-line.h"
#include "tools/analysis/table.h"
#include "tools/common/tool.h"
#include "tools/diff/number.h"

/* Registers in a row that are shown as one range, unless all are wanted */
#define RANGE_MIN 8

static const char *const kind_names[DIFF_STATE__MAX] = {
    [DIFF_STATE_EQUAL] = "equal",
    [DIFF_STATE_WRITTEN] = "written",
    [DIFF_STATE_READ] = "read",
    [DIFF_STATE_UNSEEN] = "unseen",
};

static const char *const kind_titles[DIFF_STATE__MAX] = {
    [DIFF_STATE_READ] = "these were only read:",
    [DIFF_STATE_UNSEEN] =
        "these were read in one log, and not accessed in the other one:",
};

static const DiffRegister *register_at(const DiffStateReport *report, guint i)
{
    return &g_array_index(report->registers, DiffRegister, i);
}

static const DiffRegister *shown_at(const DiffStateReport *report,
                                    const GArray *shown, guint i)
{
    return register_at(report, g_array_index(shown, guint, i));
}

/* How a value is known: written, read, or some bytes so and some so */
static const char *known_how(const DiffKnown *known, const char *written,
                             const char *read, const char *both)
{
    return known->written == known->known ? written :
           known->written ? both : read;
}

static void count_kinds(const DiffStateReport *report,
                        uint64_t counts[DIFF_STATE__MAX])
{
    guint i;

    for (i = 0; i < report->registers->len; i++) {
        counts[diff_state_kind(register_at(report, i))]++;
    }
}

/* Bytes that are not known are "??". */
static void put_bytes(const DiffKnown *known, unsigned width, GString *text)
{
    unsigned i;

    for (i = width; i-- > 0;) {
        if (known->known >> i * 8 & 0xff) {
            g_string_append_printf(text, "%02x",
                                   (unsigned)(known->value >> i * 8 & 0xff));
        } else {
            g_string_append(text, "??");
        }
    }
}

static uint64_t all_bytes(unsigned width)
{
    return width < 8 ? (UINT64_C(1) << width * 8) - 1 : UINT64_MAX;
}

static void put_known(const DiffKnown *known, unsigned width, GString *text)
{
    if (!known->known) {
        g_string_append_c(text, '-');
        return;
    }
    g_string_append_printf(text, "%s 0x", known_how(known, "W", "R", "W/R"));
    if (known->known == all_bytes(width)) {
        g_string_append_printf(text, "%" PRIx64, known->value);
    } else {
        put_bytes(known, width, text);
    }
}

static void put_line(const DiffKnown *known, GString *text)
{
    if (known->line) {
        g_string_append_printf(text, "%" PRIu64, known->line);
    } else {
        g_string_append_c(text, '-');
    }
}

/* The fields that differ, if all bytes are known on both sides */
static void put_change(const DiffStateReport *report, const DiffRegister *reg,
                       GString *text)
{
    const DiffPlace place = {
        .offset = reg->offset,
        .region = reg->region,
        .op = MMT_ENTRY_WRITE,
        .width = reg->width,
    };
    g_autoptr(GString) change = g_string_new(NULL);

    if (reg->side[0].known == all_bytes(reg->width) &&
        reg->side[1].known == all_bytes(reg->width)) {
        diff_words_put_change(report->words, &place, reg->side[0].value,
                              reg->side[1].value, change);
        g_string_append(text, g_strstrip(change->str));
    }
}

static void put_row(Table *table, const DiffStateReport *report,
                    const DiffRegister *reg)
{
    unsigned side;

    diff_words_put_register(report->words, reg->region, reg->offset,
                            table_cell(table));
    for (side = 0; side < DIFF_SIDES; side++) {
        put_known(&reg->side[side], reg->width, table_cell(table));
        put_line(&reg->side[side], table_cell(table));
    }
    put_change(report, reg, table_cell(table));
}

/* What is known of the first register, and that there are others */
static void put_range_side(Table *table, const DiffStateReport *report,
                           const GArray *shown, guint first, guint end,
                           unsigned side)
{
    const DiffRegister *reg = shown_at(report, shown, first);
    const DiffKnown *known = &reg->side[side];
    GString *text = table_cell(table);
    guint i;

    put_known(known, reg->width, text);
    for (i = first + 1; i < end; i++) {
        if (shown_at(report, shown, i)->side[side].value != known->value) {
            g_string_append(text, ", ...");
            break;
        }
    }
    put_line(known, table_cell(table));
}

static void put_range(Table *table, const DiffStateReport *report,
                      const GArray *shown, guint first, guint end)
{
    const DiffRegister *reg = shown_at(report, shown, first);
    const DiffRegister *last = shown_at(report, shown, end - 1);
    uint64_t stride = (last->offset - reg->offset) / (end - 1 - first);
    GString *text = table_cell(table);
    unsigned side;

    diff_words_put_register(report->words, reg->region, reg->offset, text);
    g_string_append_printf(text, " to +0x%" PRIx64, last->offset);
    for (side = 0; side < DIFF_SIDES; side++) {
        put_range_side(table, report, shown, first, end, side);
    }
    text = table_cell(table);
    g_string_append_printf(text, "%u registers of %u bytes", end - first,
                           reg->width);
    if (stride != reg->width) {
        g_string_append_printf(text, ", step 0x%" PRIx64, stride);
    }
}

static bool same_look(const DiffKnown *a, const DiffKnown *b)
{
    return a->known == b->known && a->written == b->written;
}

/* Is the next register one like this, so that they are a table? */
static bool continues(const DiffRegister *reg, const DiffRegister *next,
                      uint64_t stride)
{
    return next->region == reg->region && next->width == reg->width &&
           next->offset - reg->offset == stride &&
           same_look(&next->side[0], &reg->side[0]) &&
           same_look(&next->side[1], &reg->side[1]);
}

/* @shown: indexes of registers, in order */
static guint range_end(const DiffStateReport *report, const GArray *shown,
                       guint first)
{
    uint64_t stride = first + 1 < shown->len ?
        shown_at(report, shown, first + 1)->offset -
        shown_at(report, shown, first)->offset : 0;
    guint end = first + 1;

    while (end < shown->len &&
           continues(shown_at(report, shown, end - 1),
                     shown_at(report, shown, end), stride)) {
        end++;
    }
    return end;
}

static Table *begin_table(void)
{
    Table *table = table_new();

    table_column(table, "register", false);
    table_column(table, "A", false);
    table_column(table, "line", true);
    table_column(table, "B", false);
    table_column(table, "line", true);
    table_column(table, "what differs", false);
    return table;
}

static GArray *find_kind(const DiffStateReport *report, DiffStateKind kind)
{
    GArray *shown = g_array_new(FALSE, FALSE, sizeof(guint));
    guint i;

    for (i = 0; i < report->registers->len; i++) {
        if (diff_state_kind(register_at(report, i)) == kind) {
            g_array_append_val(shown, i);
        }
    }
    return shown;
}

static void print_kind(const DiffStateReport *report, DiffStateKind kind)
{
    g_autoptr(GArray) shown = find_kind(report, kind);
    Table *table = begin_table();
    guint i = 0;

    if (kind_titles[kind]) {
        tool_print("\n%s\n", kind_titles[kind]);
    }
    while (i < shown->len) {
        guint end = range_end(report, shown, i);

        if (!report->full && end - i >= RANGE_MIN) {
            put_range(table, report, shown, i, end);
            i = end;
        } else {
            put_row(table, report, shown_at(report, shown, i));
            i++;
        }
    }
    table_free(table);
}

static void print_summary(const DiffStateReport *report,
                          const uint64_t counts[DIFF_STATE__MAX])
{
    g_autoptr(GString) text = g_string_new("# ");

    diff_put_number(text, counts[DIFF_STATE_WRITTEN] +
                          counts[DIFF_STATE_READ],
                    "register differs", "registers differ");
    g_string_append_printf(text, ": %" PRIu64 " written, %" PRIu64
                           " only read; %" PRIu64 " equal",
                           counts[DIFF_STATE_WRITTEN],
                           counts[DIFF_STATE_READ], counts[DIFF_STATE_EQUAL]);
    if (counts[DIFF_STATE_UNSEEN]) {
        g_string_append_printf(text, ", %" PRIu64 " read in one log only%s",
                               counts[DIFF_STATE_UNSEEN],
                               report->full ? "" : " (--full shows them)");
    }
    tool_print("\n%s\n", text->str);
}

bool diff_state_print(const DiffStateReport *report)
{
    uint64_t counts[DIFF_STATE__MAX] = { 0 };

    count_kinds(report, counts);
    if (!counts[DIFF_STATE_WRITTEN] && !counts[DIFF_STATE_READ]) {
        return false;
    }
    tool_print("--- A %s\n+++ B %s\n\n", report->names[0], report->names[1]);
    if (counts[DIFF_STATE_WRITTEN]) {
        print_kind(report, DIFF_STATE_WRITTEN);
    }
    if (counts[DIFF_STATE_READ]) {
        print_kind(report, DIFF_STATE_READ);
    }
    if (counts[DIFF_STATE_UNSEEN] && report->full) {
        print_kind(report, DIFF_STATE_UNSEEN);
    }
    print_summary(report, counts);
    return true;
}

static void json_side(const DiffRegister *reg, unsigned side, GString *json)
{
    const DiffKnown *known = &reg->side[side];

    if (!known->known) {
        return;
    }
    g_string_append_printf(json, ", \"%s\": {", side ? "b" : "a");
    json_line_hex(json, "value", known->value);
    if (known->known != all_bytes(reg->width)) {
        json_line_hex(json, "known", known->known);
    }
    json_line_text(json, "from", known_how(known, "write", "read", "both"));
    json_line_number(json, "line", known->line);
    g_string_append_c(json, '}');
}

static void json_register(const DiffStateReport *report,
                          const DiffRegister *reg, GString *json)
{
    const DiffPlace place = { .offset = reg->offset, .region = reg->region,
                              .op = MMT_ENTRY_WRITE, .width = reg->width };

    json_line_begin(json, "state");
    json_line_text(json, "kind", kind_names[diff_state_kind(reg)]);
    diff_words_json(report->words, &place, json);
    json_line_number(json, "width", reg->width);
    json_side(reg, 0, json);
    json_side(reg, 1, json);
    json_line_print(json);
}

bool diff_state_json(const DiffStateReport *report)
{
    g_autoptr(GString) json = g_string_new(NULL);
    uint64_t counts[DIFF_STATE__MAX] = { 0 };
    guint i;

    for (i = 0; i < report->registers->len; i++) {
        const DiffRegister *reg = register_at(report, i);
        DiffStateKind kind = diff_state_kind(reg);

        if (kind == DIFF_STATE_WRITTEN || kind == DIFF_STATE_READ ||
            (kind == DIFF_STATE_UNSEEN && report->full)) {
            json_register(report, reg, json);
        }
    }
    count_kinds(report, counts);
    json_line_begin(json, "summary");
    for (i = 0; i < DIFF_STATE__MAX; i++) {
        json_line_number(json, kind_names[i], counts[i]);
    }
    json_line_print(json);
    return counts[DIFF_STATE_WRITTEN] || counts[DIFF_STATE_READ];
}
