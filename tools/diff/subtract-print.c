/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --subtract: output (see subtract-print.h)
 */
#include "tools/diff/subtract-print.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/analysis/json-line.h"
#include "tools/analysis/table.h"
#include "tools/common/tool.h"
#include "tools/diff/hashes.h"
#include "tools/diff/lines.h"
#include "tools/diff/number.h"

/* Registers in a row that are shown as one range, unless all are wanted */
#define RANGE_MIN 8

/* Rows of a table, unless all are wanted */
#define ROWS_MAX 40

/* Sequences that are shown, unless all are wanted */
#define SHOWN_MAX 50

/* Tokens that are folded together */
#define PIECE 65536

/* Sequences that were not shown: lines about them */
#define LISTED_MAX 10

static const char *const json_ops[] = {
    [MMT_ENTRY_READ] = "read",
    [MMT_ENTRY_WRITE] = "write",
    [MMT_ENTRY_UNKNOWN] = "unknown",
};

/**
 * struct Shape: sequences that access the same places
 * @key: hash of the places
 * @place: the first of them
 * @tokens: number of their tokens
 * @hidden: number of sequences that were not shown
 * @first: line of the first one of these
 * @last: line of the last one
 */
typedef struct Shape {
    uint64_t key;
    uint32_t place;
    uint64_t tokens;
    uint64_t hidden;
    uint64_t first;
    uint64_t last;
} Shape;

/**
 * struct DiffSubtractPrint: state
 * @report: both logs, and names
 * @subtract: what is new
 * @json: print JSON
 * @lines: makes lines of sequences
 * @shapes: Shape.key -> Shape
 * @order: Shape, in the order of the log
 * @hasher: factors of their hashes
 * @n_lines: lines of the sequence that were shown
 * @n_hidden: lines that were not
 * @shown: sequences that were shown
 * @others: sequences that were neither shown nor counted in @shapes
 * @text: a line that is being made
 * @began: something was printed
 * @places: places that A does not access
 * @values: places with values that A does not write
 * @sequences: number of sequences
 * @accesses: accesses in them
 */
struct DiffSubtractPrint {
    DiffReport *report;
    const DiffSubtract *subtract;
    bool json;
    DiffLines *lines;
    GHashTable *shapes;
    GPtrArray *order;
    DiffHasher hasher;
    uint64_t n_lines;
    uint64_t n_hidden;
    unsigned shown;
    uint64_t others;
    GString *text;
    bool began;
    uint64_t places;
    uint64_t values;
    uint64_t sequences;
    uint64_t accesses;
};

/* Is there room for one more line of the sequence? */
static bool has_room(const DiffSubtractPrint *print)
{
    const DiffReport *report = print->report;

    return report->full || !report->lines || print->n_lines < report->lines;
}

static void take_line(const DiffLine *line, void *opaque)
{
    DiffSubtractPrint *print = opaque;

    if (has_room(print)) {
        printf("%c %8" PRIu64 "  %s\n", line->sign, line->b, line->text);
        print->n_lines++;
    } else {
        print->n_hidden++;
    }
}

DiffSubtractPrint *diff_subtract_print_new(DiffReport *report,
                                           const DiffSubtract *subtract,
                                           bool json)
{
    DiffSubtractPrint *print = g_new0(DiffSubtractPrint, 1);

    print->report = report;
    print->subtract = subtract;
    print->json = json;
    print->lines = diff_lines_new(report, take_line, print);
    print->shapes = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                          g_free);
    print->order = g_ptr_array_new();
    diff_hasher_init(&print->hasher);
    print->text = g_string_new(NULL);
    return print;
}

void diff_subtract_print_free(DiffSubtractPrint *print)
{
    diff_lines_free(print->lines);
    g_hash_table_unref(print->shapes);
    g_ptr_array_unref(print->order);
    g_string_free(print->text, TRUE);
    g_free(print);
}

static void begin(DiffSubtractPrint *print)
{
    if (!print->began && !print->json) {
        tool_print("--- A %s\n+++ B %s\n", diff_log_name(print->report->a),
                   diff_log_name(print->report->b));
    }
    print->began = true;
}

static DiffPlace place_of(const DiffSubtractPrint *print, uint32_t place)
{
    return *diff_places_get(diff_log_places(print->report->b), place);
}

static bool is_ignored(const DiffSubtractPrint *print, const DiffNew *new)
{
    DiffIgnore *ignore = print->report->ignore;

    return ignore && (diff_ignore_register(ignore, new->place) ||
                      (!new->new_place &&
                       diff_ignore_class(ignore, new->place)));
}

static uint64_t distance(const DiffSubtractPrint *print, const DiffNew *from,
                         const DiffNew *to)
{
    return place_of(print, to->place).offset -
           place_of(print, from->place).offset;
}

/* Is @next one like @new, so that they are a table? */
static bool continues(const DiffSubtractPrint *print, const DiffNew *new,
                      const DiffNew *next, uint64_t stride)
{
    DiffPlace a = place_of(print, new->place);
    DiffPlace b = place_of(print, next->place);

    return a.region == b.region && a.op == b.op && a.width == b.width &&
           distance(print, new, next) == stride;
}

static guint range_end(const DiffSubtractPrint *print, const GPtrArray *news,
                       guint from)
{
    uint64_t stride = from + 1 < news->len ?
        distance(print, news->pdata[from], news->pdata[from + 1]) : 0;
    guint to = from + 1;

    while (to < news->len &&
           continues(print, news->pdata[to - 1], news->pdata[to], stride)) {
        to++;
    }
    return print->report->full || to - from < RANGE_MIN ? from + 1 : to;
}

static void put_values(DiffSubtractPrint *print, const DiffNew *new,
                       GString *text)
{
    DiffPlace place = place_of(print, new->place);
    unsigned i;

    for (i = 0; i < new->n_values; i++) {
        g_string_append_printf(text, "%s0x%" PRIx64, i ? ", " : "",
                               new->values[i]);
        diff_words_put_meaning(print->report->words, &place, new->values[i],
                               text);
    }
    g_string_append(text, new->more_values ? ", ..." : "");
}

static void put_row(Table *table, DiffSubtractPrint *print,
                    const GPtrArray *news, guint from, guint to)
{
    const DiffNew *new = news->pdata[from];
    DiffPlace place = place_of(print, new->place);
    GString *text = table_cell(table);
    uint64_t count = 0;
    guint i;

    diff_words_put_place(print->report->words, &place, text);
    for (i = from; i < to; i++) {
        count += ((const DiffNew *)news->pdata[i])->count;
    }
    if (to - from > 1) {
        g_string_append_printf(text, " to +0x%" PRIx64,
                               place.offset + distance(print, new,
                                                       news->pdata[to - 1]));
    }
    g_string_append_printf(table_cell(table), "%" PRIu64, count);
    g_string_append_printf(table_cell(table), "%" PRIu64, new->first);
    g_string_append_printf(table_cell(table), "%" PRIu64,
                           ((const DiffNew *)news->pdata[to - 1])->last);
    text = table_cell(table);
    if (to - from > 1) {
        g_string_append_printf(text, "%u registers, step 0x%" PRIx64,
                               to - from,
                               distance(print, new, news->pdata[from + 1]));
    } else {
        put_values(print, new, text);
    }
}

static void print_table(DiffSubtractPrint *print, const GPtrArray *news,
                        const char *title)
{
    Table *table;
    unsigned rows = 0;
    guint i = 0;

    if (!news->len) {
        return;
    }
    begin(print);
    tool_print("\n%s\n", title);
    table = table_new();
    table_column(table, "access", false);
    table_column(table, "times", true);
    table_column(table, "line", true);
    table_column(table, "last", true);
    table_column(table, "values", false);
    while (i < news->len && (print->report->full || rows++ < ROWS_MAX)) {
        guint to = range_end(print, news, i);

        put_row(table, print, news, i, to);
        i = to;
    }
    table_free(table);
    if (i < news->len) {
        tool_print("... %u more (--full shows all)\n", news->len - i);
    }
}

static void json_new(DiffSubtractPrint *print, const DiffNew *new)
{
    GString *json = print->text;
    DiffPlace place = place_of(print, new->place);
    unsigned i;

    json_line_begin(json, new->new_place ? "new-access" : "new-values");
    json_line_text(json, "op", json_ops[place.op]);
    json_line_number(json, "width", place.width);
    diff_words_json(print->report->words, &place, json);
    json_line_number(json, "accesses", new->count);
    json_line_number(json, "first_line", new->first);
    json_line_number(json, "last_line", new->last);
    json_line_list(json, "values");
    for (i = 0; i < new->n_values; i++) {
        json_line_item(json);
        json_line_hex(json, "value", new->values[i]);
        json_line_item_end(json);
    }
    json_line_list_end(json);
    json_line_bool(json, "more_values", new->more_values);
    json_line_print(json);
}

void diff_subtract_print_news(DiffSubtractPrint *print)
{
    const GArray *news = diff_subtract_news(print->subtract);
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    guint i;

    for (i = 0; i < news->len; i++) {
        DiffNew *new = &g_array_index(news, DiffNew, i);

        if (is_ignored(print, new)) {
            continue;
        }
        g_ptr_array_add(new->new_place ? places : values, new);
        if (print->json) {
            json_new(print, new);
        }
    }
    print->places = places->len;
    print->values = values->len;
    if (!print->json) {
        print_table(print, places, "accesses that A never makes:");
        print_table(print, values, "values that A never writes:");
    }
}

static uint64_t hash_places(const DiffSubtractPrint *print,
                            const DiffSequence *sequence)
{
    uint64_t hash = 1;
    uint64_t i;

    for (i = sequence->from; i < sequence->to; i++) {
        hash = diff_hash(&print->hasher, hash,
                         diff_log_token(print->report->b, i)->place);
    }
    return hash;
}

/* One access that the tables have: they tell all of it. */
static bool is_listed(DiffSubtractPrint *print, const DiffSequence *sequence)
{
    const DiffToken *token = diff_log_token(print->report->b, sequence->from);

    return sequence->to - sequence->from == 1 &&
           diff_subtract_is_new(print->subtract, token->place, token->value);
}

/* Return: false if it is only to be counted */
static bool take_shape(DiffSubtractPrint *print, const DiffSequence *sequence)
{
    uint64_t key = hash_places(print, sequence);
    Shape *shape = g_hash_table_lookup(print->shapes, &key);

    if (shape) {
        shape->last = diff_log_line(print->report->b, sequence->from);
        shape->first = shape->hidden++ ? shape->first : shape->last;
        return false;
    }
    if (print->shown == SHOWN_MAX) {
        print->others++;
        return false;
    }
    shape = g_new0(Shape, 1);
    shape->key = key;
    shape->place = diff_log_token(print->report->b, sequence->from)->place;
    shape->tokens = sequence->to - sequence->from;
    g_hash_table_insert(print->shapes, &shape->key, shape);
    g_ptr_array_add(print->order, shape);
    print->shown++;
    return true;
}

static void print_head(DiffSubtractPrint *print, const DiffSequence *sequence)
{
    const DiffLog *b = print->report->b;
    const GArray *phases = diff_log_phases(b);
    uint32_t phase = diff_log_phase(b, sequence->from);

    tool_print("@@ B %" PRIu64 "-%" PRIu64,
               diff_log_line(b, sequence->from),
               diff_log_last_line(b, sequence->to - 1));
    if (phases->len > 1) {
        g_autoptr(GString) name = g_string_new(NULL);

        diff_report_put_phase(name,
                              g_array_index(phases, DiffPhase, phase).name);
        tool_print(", phase %s", name->str);
    }
    tool_print(" @@\n");
}

static void print_text(DiffSubtractPrint *print, const DiffSequence *sequence)
{
    uint64_t from = sequence->from;

    print_head(print, sequence);
    print->n_lines = 0;
    print->n_hidden = 0;
    while (from < sequence->to && has_room(print)) {
        const DiffHunk hunk = { .kind = DIFF_ONLY_B, .b0 = from,
                                .b1 = MIN(from + PIECE, sequence->to) };

        diff_lines_add(print->lines, &hunk);
        diff_lines_flush(print->lines);
        from = hunk.b1;
    }
    if (from < sequence->to || print->n_hidden) {
        tool_print("... and more, up to line %" PRIu64
                   " (--lines 0 shows all)\n",
                   diff_log_last_line(print->report->b, sequence->to - 1));
    }
}

static void json_token(DiffSubtractPrint *print, uint64_t i)
{
    const DiffToken *token = diff_log_token(print->report->b, i);
    const DiffRun *run = diff_log_run(print->report->b, i);
    DiffPlace place = place_of(print, token->place);
    GString *json = print->text;

    json_line_item(json);
    json_line_text(json, "op", json_ops[place.op]);
    json_line_number(json, "width", place.width);
    diff_words_json(print->report->words, &place, json);
    json_line_hex(json, "value", token->value);
    json_line_number(json, "line", diff_log_line(print->report->b, i));
    if (run) {
        json_line_number(json, "reads", run->rounds);
    }
    json_line_item_end(json);
}

static void print_json(DiffSubtractPrint *print, const DiffSequence *sequence)
{
    const DiffLog *b = print->report->b;
    uint64_t i;

    json_line_begin(print->text, "sequence");
    json_line_number(print->text, "first_line",
                     diff_log_line(b, sequence->from));
    json_line_number(print->text, "last_line",
                     diff_log_last_line(b, sequence->to - 1));
    json_line_text(print->text, "phase",
                   g_array_index(diff_log_phases(b), DiffPhase,
                                 diff_log_phase(b, sequence->from)).name);
    json_line_list(print->text, "accesses");
    for (i = sequence->from; i < sequence->to; i++) {
        json_token(print, i);
    }
    json_line_list_end(print->text);
    json_line_print(print->text);
}

/* Nothing of an ignored sequence is worth to be shown. */
static bool is_ignored_sequence(const DiffSubtractPrint *print,
                                const DiffSequence *sequence)
{
    DiffIgnore *ignore = print->report->ignore;
    uint64_t i = sequence->from;

    while (ignore && i < sequence->to) {
        uint32_t place = diff_log_token(print->report->b, i)->place;

        if (!diff_ignore_register(ignore, place) &&
            !diff_ignore_class(ignore, place)) {
            return false;
        }
        i++;
    }
    return ignore;
}

void diff_subtract_print_sequences(DiffSubtractPrint *print,
                                   const GArray *sequences)
{
    guint i;

    for (i = 0; i < sequences->len; i++) {
        const DiffSequence *sequence = &g_array_index(sequences, DiffSequence,
                                                      i);

        if (is_ignored_sequence(print, sequence)) {
            continue;
        }
        if (!print->json && !print->report->full &&
            is_listed(print, sequence)) {
            continue;
        }
        begin(print);
        if (!print->sequences++ && !print->json) {
            tool_print("\nsequences that A does not have:\n");
        }
        print->accesses += diff_report_accesses(print->report->b,
                                                sequence->from, sequence->to);
        if (print->json) {
            print_json(print, sequence);
        } else if (take_shape(print, sequence) || print->report->full) {
            print_text(print, sequence);
        }
    }
}

static void print_hidden(DiffSubtractPrint *print, const Shape *shape)
{
    DiffPlace place = place_of(print, shape->place);
    GString *text = print->text;

    g_string_printf(text, "... %" PRIu64 " more of the same accesses: ", shape->hidden);
    diff_words_put_place(print->report->words, &place, text);
    if (shape->tokens > 1) {
        g_string_append_printf(text, " and %" PRIu64 " behind it",
                               shape->tokens - 1);
    }
    g_string_append_printf(text, "; B %" PRIu64,
                           shape->first);
    if (shape->last > shape->first) {
        g_string_append_printf(text, " to %" PRIu64, shape->last);
    }
    tool_print("%s\n", text->str);
}

static void print_shapes(DiffSubtractPrint *print)
{
    uint64_t rest = 0;
    unsigned listed = 0;
    guint i;

    for (i = 0; i < print->order->len; i++) {
        const Shape *shape = print->order->pdata[i];

        if (!shape->hidden) {
            continue;
        }
        if (listed++ < LISTED_MAX) {
            print_hidden(print, shape);
        } else {
            rest += shape->hidden;
        }
    }
    rest += print->others;
    if (rest) {
        tool_print("... %" PRIu64 " more sequences (--full shows all)\n",
                   rest);
    }
}

static void print_summary(DiffSubtractPrint *print)
{
    GString *text = print->text;

    g_string_assign(text, "# not in A: ");
    diff_put_number(text, print->places, "access to a register",
                    "accesses to registers");
    g_string_append(text, ", ");
    diff_put_number(text, print->values, "register with other values",
                    "registers with other values");
    g_string_append(text, ", ");
    diff_put_number(text, print->sequences, "sequence", "sequences");
    if (print->sequences) {
        g_string_append(text, " (");
        diff_put_number(text, print->accesses, "access", "accesses");
        g_string_append_c(text, ')');
    }
    tool_print("\n%s\n", text->str);
}

bool diff_subtract_print_end(DiffSubtractPrint *print)
{
    bool any = print->places || print->values || print->sequences;

    if (print->json) {
        json_line_begin(print->text, "summary");
        json_line_number(print->text, "new_accesses", print->places);
        json_line_number(print->text, "new_values", print->values);
        json_line_number(print->text, "sequences", print->sequences);
        json_line_number(print->text, "accesses", print->accesses);
        json_line_print(print->text);
        return any;
    }
    if (any) {
        if (!print->report->full) {
            print_shapes(print);
        }
        print_summary(print);
    }
    return any;
}
