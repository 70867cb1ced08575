/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: entries of rings and watches as text
 *
 *      1.000020  SQ[0] 5 at 0x7874140: OPC = 0x6, CID = 0x12, ...
 *                  prp1: 4096 of 4096 bytes at 0x7875000
 *                    0000  36 1b f4 1a ...
 */
#include "tools/decode/memory.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/layout.h"

#define DUMP_BYTES 16

/* What is shown if not all is wanted */
#define SHORT_INLINE 64     /* bytes of an entry without a layout */
#define SHORT_DATA   2      /* lines of a datum */
#define SHORT_WATCH  4      /* lines of a watch */

static const char indent_data[] = "                  ";
static const char indent_dump[] = "                    ";

static bool is_full(const Decode *d)
{
    return d->memory_mode == DECODE_MEMORY_FULL;
}

/* d->work is the line, without its time */
static void print(Decode *d, bool timed)
{
    if (timed) {
        char *p = convert_out_room(&d->out, DECODE_ROOM);

        convert_out_took(&d->out, decode_text_time(d, p, d->memory_entry));
    }
    g_string_append_c(d->work, '\n');
    convert_out_put(&d->out, d->work->str, d->work->len);
}

static void put_word(Decode *d, const char *word)
{
    g_autofree char *copy = tool_printable(g_strdup(word));

    g_string_append(d->work, copy);
}

/* "gpu:SQ[0]" */
static void put_name(Decode *d, const AnalysisMemoryThing *thing)
{
    g_string_append(d->work, d->colors->name);
    if (d->names.several) {
        put_word(d, thing->device);
        g_string_append_c(d->work, ':');
    }
    put_word(d, thing->name);
    g_string_append(d->work, d->colors->reset);
}

static void put_state(Decode *d, const char *state)
{
    if (*state) {
        g_string_append(d->work, " (");
        put_word(d, state);
        g_string_append_c(d->work, ')');
    }
}

/* --- bytes --------------------------------------------------------------- */

static void dump_line(Decode *d, uint64_t offset, const uint8_t *bytes,
                      size_t n)
{
    size_t i;

    g_string_printf(d->work, "%s%s%04" PRIx64 " ", indent_dump,
                    d->colors->reg.number, offset);
    for (i = 0; i < DUMP_BYTES; i++) {
        g_string_append(d->work, i % 4 ? "" : " ");
        if (i < n) {
            g_string_append_printf(d->work, "%02x ", bytes[i]);
        } else {
            g_string_append(d->work, "   ");
        }
    }
    g_string_append_printf(d->work, "%s |", d->colors->reg.reset);
    for (i = 0; i < n; i++) {
        g_string_append_c(d->work,
                          g_ascii_isprint(bytes[i]) ? bytes[i] : '.');
    }
    g_string_append_c(d->work, '|');
    print(d, false);
}

/* Does a line show what the two before it show, and is it not the last? */
static bool is_repeated(const uint8_t *bytes, size_t at, size_t len)
{
    return at >= 2 * DUMP_BYTES && at + DUMP_BYTES < len &&
           !memcmp(bytes + at, bytes + at - DUMP_BYTES, DUMP_BYTES);
}

/* Return: number of lines that are left of @max */
static unsigned dump(Decode *d, uint64_t offset, const uint8_t *bytes,
                     size_t len, unsigned max)
{
    bool again = false;
    size_t at;

    for (at = 0; at < len && max; at += DUMP_BYTES) {
        bool repeated = is_repeated(bytes, at, len);

        if (!repeated) {
            dump_line(d, offset + at, bytes + at, MIN(DUMP_BYTES, len - at));
            max--;
        } else if (!again) {
            g_string_printf(d->work, "%s*", indent_dump);
            print(d, false);
        }
        again = repeated;
    }
    if (at < len) {
        g_string_printf(d->work, "%s... %zu more bytes", indent_dump,
                        len - at);
        print(d, false);
    }
    return max;
}

/* Words of four bytes, as they lie in memory */
static void put_inline(Decode *d, const GByteArray *bytes)
{
    size_t max = is_full(d) ? bytes->len : MIN(bytes->len, SHORT_INLINE);
    size_t i;

    g_string_append(d->work, d->colors->reg.number);
    for (i = 0; i < max; i++) {
        g_string_append_printf(d->work, "%s%02x", i % 4 ? "" : " ",
                               bytes->data[i]);
    }
    g_string_append(d->work, d->colors->reg.reset);
    if (i < bytes->len) {
        g_string_append_printf(d->work, " ... %zu more bytes",
                               bytes->len - i);
    }
}

/* --- entries ------------------------------------------------------------- */

/**
 * struct Words: the words of an entry are written
 * @d: the state
 * @view: the layout
 * @any: one was written
 */
typedef struct Words {
    Decode *d;
    RegDbView *view;
    bool any;
} Words;

/* Words that are 0 are left out. */
static void put_field(const RegDbRegister *reg, uint64_t offset,
                      unsigned bits, uint64_t value, void *opaque)
{
    Words *words = opaque;
    Decode *d = words->d;

    if (!value) {
        return;
    }
    g_string_append(d->work, words->any ? ", " : " ");
    words->any = true;
    if (reg) {
        g_string_append_printf(d->work, "%s%s%s = ", d->colors->name,
                               reg->name, d->colors->reset);
    } else {
        g_string_append_printf(d->work, "+0x%" PRIx64 " = ", offset);
    }
    regdb_put_value(words->view, reg ? reg->type : NULL, value, bits,
                    &d->colors->reg, d->work);
}

static void print_head(Decode *d, const AnalysisMemoryThing *thing)
{
    Words words = { .d = d, .view = decode_memory_layout(d, thing) };

    g_string_truncate(d->work, 0);
    put_name(d, thing);
    g_string_append_printf(d->work, " %" PRIu64 " at 0x%" PRIx64, thing->index,
                           thing->at);
    put_state(d, thing->state);
    g_string_append_c(d->work, ':');
    if (words.view) {
        analysis_layout_each(words.view, thing->bytes->data,
                             thing->bytes->len, put_field, &words);
        g_string_append(d->work, words.any ? "" : " 0");
    } else {
        put_inline(d, thing->bytes);
    }
    print(d, true);
}

static void print_data(Decode *d, const AnalysisMemoryThing *thing)
{
    const AnalysisMemoryData *data =
        thing->data->pdata[thing->data->len - 1];

    g_string_assign(d->work, indent_data);
    put_word(d, data->name);
    g_string_append_printf(d->work, ": %u of %" PRIu64 " bytes at 0x%" PRIx64,
                           data->bytes->len, data->of, data->at);
    put_state(d, data->state);
    print(d, false);
    dump(d, 0, data->bytes->data, data->bytes->len,
         is_full(d) ? UINT_MAX : SHORT_DATA);
}

static void print_left_out(Decode *d, const AnalysisMemoryThing *thing)
{
    if (thing->left_out) {
        g_string_printf(d->work, "%s%u more, which are too many", indent_data,
                        thing->left_out);
        print(d, false);
    }
}

/* --- watches ------------------------------------------------------------- */

static void print_watch(Decode *d, const AnalysisMemoryThing *thing)
{
    unsigned max = is_full(d) ? UINT_MAX : SHORT_WATCH;
    guint i;

    g_string_truncate(d->work, 0);
    put_name(d, thing);
    g_string_append_printf(d->work, ", %" PRIu64 " bytes at 0x%" PRIx64 ": ",
                           thing->len, thing->at);
    put_word(d, thing->state);
    if (thing->lines) {
        g_string_append_printf(d->work, ", %" PRIu64 " line%s", thing->lines,
                               thing->lines == 1 ? "" : "s");
    }
    if (thing->left) {
        g_string_append_printf(d->work, ", %" PRIu64 " left", thing->left);
    }
    print(d, true);
    for (i = 0; i < thing->runs->len && thing->contents && max; i++) {
        const AnalysisMemoryRun *run = &g_array_index(thing->runs,
                                                      AnalysisMemoryRun, i);

        max = dump(d, run->offset, thing->contents + run->offset, run->len,
                   max);
    }
    if (thing->contents && i < thing->runs->len) {
        g_string_printf(d->work, "%s... %u more places", indent_dump,
                        thing->runs->len - i);
        print(d, false);
    }
}

static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    static void (*const prints[])(Decode *, const AnalysisMemoryThing *) = {
        [ANALYSIS_MEMORY_HEAD] = print_head,
        [ANALYSIS_MEMORY_DATA] = print_data,
        [ANALYSIS_MEMORY_ENTRY] = print_left_out,
        [ANALYSIS_MEMORY_WATCH] = print_watch,
    };
    Decode *d = opaque;

    if (decode_memory_shown(d) && thing->kind < G_N_ELEMENTS(prints) &&
        prints[thing->kind]) {
        prints[thing->kind](d, thing);
    }
}

const AnalysisMemoryUser decode_memory_text = { .take = take };
