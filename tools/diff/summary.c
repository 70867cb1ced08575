/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --summary: a table of phases and registers
 */
#include "tools/diff/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/analysis/table.h"
#include "tools/common/tool.h"

/* Rows that are kept; differences of others are counted together */
#define ROWS_MAX (1u << 20)

/**
 * struct Row: a place in a phase
 * @place: number of the place
 * @phase_a: phase in A
 * @phase_b: phase in B
 * @a: accesses in A
 * @b: accesses in B
 * @only_a: those that are in A only
 * @only_b: those that are in B only
 * @values: pairs with other values
 * @other: pairs in another order, and polls with another end or length
 * @line_a: line of A at the first difference, or 0
 * @line_b: line of B there
 */
typedef struct Row {
    uint32_t place;
    uint32_t phase_a;
    uint32_t phase_b;
    uint64_t a;
    uint64_t b;
    uint64_t only_a;
    uint64_t only_b;
    uint64_t values;
    uint64_t other;
    uint64_t line_a;
    uint64_t line_b;
} Row;

/**
 * struct Summary: state
 * @report: the report
 * @rows: Row -> itself
 * @order: the rows with differences, in the order of their first one
 * @more: there are more rows than are kept
 */
typedef struct Summary {
    DiffReport *report;
    GHashTable *rows;
    GPtrArray *order;
    bool more;
} Summary;

static guint row_hash(gconstpointer p)
{
    const Row *row = p;

    return row->place * 0x9e3779b1u ^ row->phase_a * 0x85ebca77u ^
           row->phase_b * 0xc2b2ae3du;
}

static gboolean row_equal(gconstpointer p, gconstpointer q)
{
    const Row *a = p, *b = q;

    return a->place == b->place && a->phase_a == b->phase_a &&
           a->phase_b == b->phase_b;
}

static void *summary_begin(DiffReport *report)
{
    Summary *summary = g_new0(Summary, 1);

    summary->report = report;
    summary->rows = g_hash_table_new_full(row_hash, row_equal, g_free, NULL);
    summary->order = g_ptr_array_new();
    return summary;
}

/* The row of a token; NULL if there is no room for one more */
static Row *row_of(Summary *summary, const DiffHunk *hunk, const DiffLog *log,
                   uint64_t i)
{
    Row key = { .place = diff_log_token(log, i)->place,
                .phase_a = hunk->phase_a, .phase_b = hunk->phase_b };
    Row *row = g_hash_table_lookup(summary->rows, &key);

    if (!row && g_hash_table_size(summary->rows) >= ROWS_MAX) {
        summary->more = true;
    } else if (!row) {
        row = g_memdup2(&key, sizeof(key));
        g_hash_table_add(summary->rows, row);
    }
    return row;
}

static uint64_t line_at(const DiffLog *log, uint64_t i)
{
    if (i < diff_log_end(log)) {
        return diff_log_line(log, i);
    }
    return i > diff_log_start(log) ? diff_log_last_line(log, i - 1) : 0;
}

static void differs(Summary *summary, Row *row, uint64_t ia, uint64_t ib)
{
    if (!row->only_a && !row->only_b && !row->values && !row->other) {
        g_ptr_array_add(summary->order, row);
        row->line_a = line_at(summary->report->a, ia);
        row->line_b = line_at(summary->report->b, ib);
    }
}

static uint64_t rounds_of(const DiffLog *log, uint64_t i)
{
    const DiffRun *run = diff_log_run(log, i);

    return run ? run->rounds : 1;
}

static void count_a(Summary *summary, const DiffHunk *hunk, uint64_t i)
{
    DiffReport *report = summary->report;
    Row *row = row_of(summary, hunk, report->a, i);
    uint64_t n = rounds_of(report->a, i);

    if (!row) {
        return;
    }
    row->a += n;
    if (hunk->kind == DIFF_ONLY_A) {
        differs(summary, row, i, hunk->b0);
        row->only_a += n;
    } else if (hunk->kind == DIFF_VALUE) {
        differs(summary, row, i, hunk->b0 + (i - hunk->a0));
        row->values++;
    } else if (hunk->kind == DIFF_ORDER || ((hunk->kind == DIFF_POLL_END ||
                hunk->kind == DIFF_POLL_TIME) && i == hunk->a1 - 1)) {
        differs(summary, row, i, MIN(hunk->b0 + (i - hunk->a0), hunk->b1 - 1));
        row->other++;
    }
}

static void count_b(Summary *summary, const DiffHunk *hunk, uint64_t i)
{
    DiffReport *report = summary->report;
    Row *row = row_of(summary, hunk, report->b, i);
    uint64_t n = rounds_of(report->b, i);

    if (!row) {
        return;
    }
    row->b += n;
    if (hunk->kind == DIFF_ONLY_B) {
        differs(summary, row, hunk->a0, i);
        row->only_b += n;
    }
}

static void summary_hunk(void *state, const DiffHunk *hunk)
{
    uint64_t i;

    for (i = hunk->a0; i < hunk->a1; i++) {
        count_a(state, hunk, i);
    }
    for (i = hunk->b0; i < hunk->b1; i++) {
        count_b(state, hunk, i);
    }
}

static void put_number(Table *table, uint64_t n)
{
    g_string_append_printf(table_cell(table), "%" PRIu64, n);
}

/* What is 0 everywhere has a dash, so that the numbers can be seen. */
static void put_some(Table *table, uint64_t n)
{
    if (n) {
        put_number(table, n);
    } else {
        g_string_append_c(table_cell(table), '-');
    }
}

static void put_row(Summary *summary, Table *table, bool phases,
                    const Row *row)
{
    DiffReport *report = summary->report;
    const DiffHunk where = { .phase_a = row->phase_a,
                             .phase_b = row->phase_b };
    DiffPlace place = *diff_places_get(diff_log_places(report->a), row->place);

    if (phases) {
        diff_report_phase(report, &where, table_cell(table));
    }
    diff_words_put_place(report->words, &place, table_cell(table));
    put_number(table, row->a);
    put_number(table, row->b);
    put_some(table, row->only_a);
    put_some(table, row->only_b);
    put_some(table, row->values);
    put_some(table, row->other);
    put_some(table, row->line_a);
    put_some(table, row->line_b);
}

static void print_table(Summary *summary)
{
    const DiffReport *report = summary->report;
    bool phases = diff_log_phases(report->a)->len > 1 ||
                  diff_log_phases(report->b)->len > 1;
    Table *table = table_new();
    guint i;

    if (phases) {
        table_column(table, "phase", false);
    }
    table_column(table, "register", false);
    table_column(table, "A", true);
    table_column(table, "B", true);
    table_column(table, "only-A", true);
    table_column(table, "only-B", true);
    table_column(table, "values", true);
    table_column(table, "other", true);
    table_column(table, "line-A", true);
    table_column(table, "line-B", true);
    for (i = 0; i < summary->order->len; i++) {
        put_row(summary, table, phases, summary->order->pdata[i]);
    }
    table_free(table);
}

static void summary_end(void *state)
{
    Summary *summary = state;
    DiffReport *report = summary->report;
    g_autoptr(GString) text = g_string_new("# ");

    if (!report->failed) {
        print_table(summary);
    }
    if (summary->more) {
        tool_print("# more than %u registers: some are left out\n", ROWS_MAX);
    }
    if (!report->failed && (diff_report_differences(report) ||
                            diff_ignore_count(report->ignore))) {
        diff_report_put_counts(report, text);
        tool_print("%s\n", text->str);
    }
    g_ptr_array_unref(summary->order);
    g_hash_table_unref(summary->rows);
    g_free(summary);
}

const DiffForm diff_summary = {
    .begin = summary_begin,
    .hunk = summary_hunk,
    .end = summary_end,
};
