/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: text for people
 *
 *      1185.269146  R4 PMC.ID = 0x140000a1 { CHIPSET = GV100 }  +SLU -RST
 *
 * The head of a line, up to the value, belongs to its slot; its tail, what the
 * value means and what has changed, is kept with the value.
 */
#include "tools/decode/decode.h"
#include "tools/decode/memory.h"

#include <inttypes.h>
#include <unistd.h>

#include "tools/analysis/mark.h"
#include "tools/decode/time.h"

#define TIME_COLUMNS 14

/* Room for a line besides its head, and for two texts that are kept */
#define DECODE_ROOM_ALL (DECODE_ROOM + 2 * (DECODE_VALUE_MAX + DECODE_SLACK))

const DecodeColors decode_no_colors = {
    "", "", "", "", { "", "", "", "", "", "" },
};

#define RESET "\033[0m"

const DecodeColors decode_colors = {
    .time = "\033[2m",
    .name = "\033[1m",
    .mark = "\033[36m",
    .reset = RESET,
    .reg = {
        .number = "\033[33m",
        .value = "\033[35m",
        .flag = "\033[32m",
        .field = "\033[32m",
        .error = "\033[31m",
        .reset = RESET,
    },
};

const DecodeColors *decode_choose_colors(const char *when)
{
    const char *no_color = g_getenv("NO_COLOR");
    const char *term = g_getenv("TERM");
    bool want = isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
                strcmp(term, "dumb");

    if (when && strcmp(when, "auto")) {
        want = !strcmp(when, "always");
    }
    return want ? &decode_colors : &decode_no_colors;
}

static const char text_ops[] = { 'R', 'W', '?' };

/* Most output has none. */
static inline char *put_color(char *p, const char *color)
{
    return G_UNLIKELY(*color) ? convert_put_str(p, color, strlen(color)) : p;
}

/* A trace without times: the number of the line */
static char *put_line(char *p, uint64_t line)
{
    char digits[24];
    size_t len = convert_put_dec(digits + 1, line) - digits;

    digits[0] = '@';
    if (len < TIME_COLUMNS) {
        memset(p, ' ', TIME_COLUMNS - len);
        p += TIME_COLUMNS - len;
    }
    return convert_put_str(p, digits, len);
}

static inline char *put_time(Decode *d, char *p, const MmtEntry *entry)
{
    p = put_color(p, d->colors->time);
    p = entry->flags & MMT_ENTRY_TIMED ?
        decode_put_ns(&d->second, p, entry->ns, TIME_COLUMNS) :
        put_line(p, entry->line);
    p = put_color(p, d->colors->reset);
    memcpy(p, "  ", 2);
    return p + 2;
}

char *decode_text_time(Decode *d, char *p, const MmtEntry *entry)
{
    return put_time(d, p, entry);
}

/* "R4 " */
static inline char *put_op(char *p, const MmtEntry *entry)
{
    p[0] = text_ops[entry->kind];
    p[1] = '0' + entry->width;
    p[2] = ' ';
    return p + 3;
}

static void put_name(Decode *d, const DecodeSlot *slot, unsigned i,
                     GString *text)
{
    g_string_append(text, d->colors->name);
    decode_put_part(d, slot, i, text);
    g_string_append_printf(text, "%s = %s", d->colors->reset,
                           d->colors->reg.number);
}

/* A slot with several parts has only the operation as its head. */
static void make_head(Decode *d, const DecodeRegion *region, DecodeSlot *slot)
{
    decode_slot_fill(d, region, slot);
    g_string_printf(d->work, "%c%u ", text_ops[slot->kind], slot->width);
    if (slot->n == 1) {
        put_name(d, slot, 0, d->work);
    }
    slot->head_len = d->work->len;
    slot->head = decode_slots_text(region->slots, d->work);
}

static void append_hex(GString *text, uint64_t value)
{
    g_string_append_printf(text, "0x%" PRIx64, value);
}

/* Is a text the number itself, that is there already? */
static bool is_number(const char *text, uint64_t value)
{
    char number[24];

    g_snprintf(number, sizeof(number), value < 10 ? "%" PRIu64 : "0x%" PRIx64,
               value);
    return !strcmp(text, number) ||
           (g_str_has_prefix(text, "0x") && !strcmp(text + 2, number));
}

void decode_put_meaning(Decode *d, const DecodeSlot *slot, unsigned i,
                        uint64_t value, GString *text)
{
    const RegDbPart *part = &slot->reach->parts[i].part;
    gsize at = text->len;

    if (!part->reg || !part->reg->type) {
        return;
    }
    g_string_append_c(text, ' ');
    regdb_put_part(slot->reach->view, part, value, &regdb_no_colors, text);
    if (text->str[at + 1] != '{' &&
        is_number(text->str + at + 1,
                  value >> part->shift & decode_part_mask(part))) {
        g_string_truncate(text, at);
    } else if (d->colors != &decode_no_colors) {
        g_string_truncate(text, at + 1);
        regdb_put_part(slot->reach->view, part, value, &d->colors->reg, text);
    }
}

static bool has_fields(const RegDbType *type)
{
    while (type && type->kind == REGDB_NAMED) {
        type = type->base;
    }
    return type && type->kind == REGDB_BITSET;
}

void decode_put_change(Decode *d, const DecodeSlot *slot, unsigned i,
                       uint64_t before, uint64_t after, GString *text)
{
    const RegDbPart *part = &slot->reach->parts[i].part;
    const RegDbRegister *reg = part->reg;
    uint64_t mask = decode_part_mask(part);
    bool fields = reg && reg->bits && has_fields(reg->type);
    bool whole = reg && part->bits >= reg->bits;
    /* a part of a number is a number */
    unsigned low = fields ? part->low : 0;
    gsize at = text->len;

    before = before >> part->shift & mask;
    after = after >> part->shift & mask;
    g_string_append(text, "  ");
    if (!regdb_put_change(slot->reach->view,
                          fields || whole ? reg->type : NULL,
                          fields ? reg->bits : part->bits,
                          before << low, after << low, mask << low,
                          &d->colors->reg, text)) {
        g_string_truncate(text, at);
    }
}

/* What the value of the only part means */
static void make_meaning(Decode *d, const DecodeSlot *slot, uint64_t before,
                         uint64_t after)
{
    (void)before;
    g_string_assign(d->work, d->colors->reg.reset);
    decode_put_meaning(d, slot, 0, after, d->work);
}

/* What has changed in the only part */
static void make_change(Decode *d, const DecodeSlot *slot, uint64_t before,
                        uint64_t after)
{
    g_string_truncate(d->work, 0);
    decode_put_change(d, slot, 0, before, after, d->work);
}

/* All parts, with their values */
static void make_parts(Decode *d, const DecodeSlot *slot, uint64_t before,
                       uint64_t after)
{
    unsigned i;

    g_string_truncate(d->work, 0);
    for (i = 0; i < slot->n; i++) {
        g_string_append(d->work, i ? "; " : "");
        put_name(d, slot, i, d->work);
        append_hex(d->work, after >> slot->reach->parts[i].part.shift &
                            decode_part_mask(&slot->reach->parts[i].part));
        g_string_append(d->work, d->colors->reg.reset);
        decode_put_meaning(d, slot, i, after, d->work);
        decode_put_change(d, slot, i, before, after, d->work);
    }
}

typedef void Make(Decode *d, const DecodeSlot *slot, uint64_t before,
                  uint64_t after);

/* Write a text that depends on two values, and keep it for the next time. */
static inline char *put_kept(Decode *d, char *p, const DecodeSlot *slot,
                             uint64_t before, uint64_t after, Make *make)
{
    DecodeValue *value = decode_values_place(&d->values, slot->number, before,
                                             after);

    if (G_UNLIKELY(!decode_value_is(value, slot->number, before, after))) {
        make(d, slot, before, after);
        decode_values_keep(value, slot->number, before, after, d->work);
        if (d->work->len > DECODE_VALUE_MAX) {
            convert_out_took(&d->out, p);
            p = convert_out_room(&d->out, d->work->len + DECODE_ROOM_ALL);
            return convert_put_str(p, d->work->str, d->work->len);
        }
    }
    return decode_copy(p, value->text, value->len);
}

/* 0 as libregdb writes it */
static inline char *put_number(char *p, uint64_t value)
{
    if (!value) {
        *p = '0';
        return p + 1;
    }
    return convert_put_hex(p, value);
}

/* The tail of a register of which the value is a number */
static inline char *put_plain(Decode *d, char *p, uint64_t before,
                              uint64_t after)
{
    const RegDbColors *colors = &d->colors->reg;

    p = put_color(p, colors->reset);
    if (before != after) {
        memcpy(p, "  ", 2);
        p = put_color(p + 2, colors->number);
        p = put_number(p, before);
        p = put_color(p, colors->reset);
        memcpy(p, " -> ", 4);
        p = put_color(p + 4, colors->number);
        p = put_number(p, after);
        p = put_color(p, colors->reset);
    }
    *p = '\n';
    return p + 1;
}

static inline char *begin_line(Decode *d, const DecodeSlot *slot,
                               const MmtEntry *entry)
{
    char *p = convert_out_room(&d->out, slot->head_len + DECODE_ROOM_ALL);

    p = put_time(d, p, entry);
    return decode_copy(p, slot->head, slot->head_len);
}

static inline char *put_tail(Decode *d, char *p, const DecodeSlot *slot,
                             uint64_t before, uint64_t after)
{
    if (slot->n > 1) {
        p = put_kept(d, p, slot, before, after, make_parts);
    } else {
        p = convert_put_hex(p, after);
        p = put_kept(d, p, slot, after, after, make_meaning);
        if (before != after) {
            p = put_kept(d, p, slot, before, after, make_change);
        }
    }
    *p = '\n';
    return p + 1;
}

static void print_access(Decode *d, const DecodeSlot *slot,
                         const MmtEntry *entry, uint64_t before, uint64_t after)
{
    char *p = begin_line(d, slot, entry);

    if (slot->flags & DECODE_PLAIN) {
        p = convert_put_hex(p, after);
        p = put_plain(d, p, before, after);
    } else {
        p = put_tail(d, p, slot, before, after);
    }
    convert_out_took(&d->out, p);
}

/* An access of which the direction and the value are not known */
static void print_unknown(Decode *d, const DecodeSlot *slot,
                          const MmtEntry *entry)
{
    char *p = begin_line(d, slot, entry);

    p = put_color(p, d->colors->reg.reset);
    *p++ = '?';
    *p++ = '\n';
    convert_out_took(&d->out, p);
}

/* What a window of a GPU shows of its memory */
static void print_memory(Decode *d, const MmtEntry *entry, const char *name,
                         uint64_t address)
{
    char *p = convert_out_room(&d->out, DECODE_ROOM);

    p = put_op(put_time(d, p, entry), entry);
    p = put_color(p, d->colors->name);
    if (d->several) {
        g_string_truncate(d->work, 0);
        analysis_put_device(&d->names, entry->region, d->work);
        p = convert_put_str(p, d->work->str, d->work->len);
        *p++ = ':';
    }
    p = convert_put_str(p, name, strlen(name));
    *p++ = '+';
    p = convert_put_hex(p, address);
    p = put_color(p, d->colors->reset);
    memcpy(p, " = ", 3);
    p = convert_put_hex(p + 3, entry->value);
    *p++ = '\n';
    convert_out_took(&d->out, p);
}

static void take_access(Decode *d, const MmtEntry *entry)
{
    const DecodeRegion *region = decode_region(d, entry->region);
    const char *memory;
    DecodeSlot *slot;
    uint64_t before, address;
    bool known;

    memory = decode_take_memory(region, entry, &address);
    if (memory) {
        decode_count(d, region, NULL);
        if (!d->only_changes) {
            print_memory(d, entry, memory, address);
        }
        return;
    }
    slot = decode_slots_find(region->slots, entry);
    if (G_UNLIKELY(!slot)) {
        region = decode_ready(d, entry);
        slot = decode_slots_add(region->slots, entry);
        make_head(d, region, slot);
    }
    decode_count(d, region, slot);
    if (G_UNLIKELY(entry->kind == MMT_ENTRY_UNKNOWN)) {
        print_unknown(d, slot, entry);
        return;
    }
    before = decode_slot_take(slot, entry->value, &known);
    if (!d->only_changes || before != entry->value || !known) {
        print_access(d, slot, entry, before, entry->value);
    }
}

static void append_mark(Decode *d, const MmtEntry *entry)
{
    size_t len;
    const char *text = mmt_trace_text(d->trace, entry, &len);

    g_string_append(d->work, "mark ");
    analysis_put_mark(text, len, d->work);
}

static void append_map(Decode *d, const MmtEntry *entry)
{
    g_string_append(d->work, "map ");
    analysis_put_region(&d->names, entry->region, d->work);
    g_string_append_printf(d->work, " at 0x%" PRIx64 ", %" PRIu64 " bytes",
                           entry->address, entry->value);
}

static void append_unmap(Decode *d, const MmtEntry *entry)
{
    g_string_append(d->work, "unmap ");
    analysis_put_region(&d->names, entry->region, d->work);
}

static void append_lost(Decode *d, const MmtEntry *entry)
{
    if (entry->value == UINT64_MAX) {
        g_string_append(d->work, "lost events");
    } else {
        g_string_append_printf(d->work, "lost %" PRIu64 " events",
                               entry->value);
    }
}

static void (*const text_others[])(Decode *, const MmtEntry *) = {
    [MMT_ENTRY_MARK] = append_mark,
    [MMT_ENTRY_MAP] = append_map,
    [MMT_ENTRY_UNMAP] = append_unmap,
    [MMT_ENTRY_LOST] = append_lost,
};

static void take_other(Decode *d, const MmtEntry *entry)
{
    char *p;

    decode_take_other(d, entry);
    if (decode_memory_take(d, entry, &decode_memory_text)) {
        return;
    }
    if (entry->kind >= G_N_ELEMENTS(text_others) || !text_others[entry->kind] ||
        (entry->kind == MMT_ENTRY_MARK && !d->marks)) {
        return;
    }
    g_string_assign(d->work, d->colors->mark);
    text_others[entry->kind](d, entry);
    g_string_append_printf(d->work, "%s\n", d->colors->reset);
    p = convert_out_room(&d->out, d->work->len + DECODE_ROOM);
    p = put_time(d, p, entry);
    p = convert_put_str(p, d->work->str, d->work->len);
    convert_out_took(&d->out, p);
}

static void text_entries(Decode *d, void *state, const MmtEntry *entries,
                         size_t n)
{
    size_t i;

    (void)state;
    for (i = 0; i < n; i++) {
        if (decode_is_access(&entries[i])) {
            take_access(d, &entries[i]);
        } else {
            take_other(d, &entries[i]);
        }
    }
}

static void append_unnamed(Decode *d, GString *text)
{
    const DecodeCounts *counts = &d->counts;
    unsigned i;

    for (i = 0; i < counts->n_first; i++) {
        g_string_append(text, i ? ", " : ": ");
        decode_put_register(d, counts->first[i].region,
                            counts->first[i].offset, text);
    }
    if (g_hash_table_size(counts->registers) > counts->n_first) {
        g_string_append(text, ", ...");
    }
}

void decode_put_summary(Decode *d, GString *text)
{
    const DecodeCounts *counts = &d->counts;
    unsigned n = g_hash_table_size(counts->registers);

    g_string_append_printf(text, "%" PRIu64 " access%s", counts->accesses,
                           counts->accesses == 1 ? "" : "es");
    if (!counts->accesses) {
        return;
    }
    g_string_append_printf(text, ", %" PRIu64 " named (%.1f %%)",
                           counts->named,
                           100.0 * counts->named / counts->accesses);
    if (counts->bare) {
        g_string_append_printf(text, ", %" PRIu64
                               " in regions without a database", counts->bare);
    }
    if (n) {
        g_string_append_printf(text, "; %s%u register%s without a name",
                               counts->more ? "more than " : "", n,
                               n == 1 ? "" : "s");
        append_unnamed(d, text);
    }
}

void decode_text_summary(Decode *d)
{
    g_string_assign(d->work, "# ");
    decode_put_summary(d, d->work);
    g_string_append_c(d->work, '\n');
    convert_out_put(&d->out, d->work->str, d->work->len);
}

const DecodeFormat decode_text = {
    .name = "text",
    .comments = true,
    .rings = true,
    .entries = text_entries,
    .summary = decode_text_summary,
};
