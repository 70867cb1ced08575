/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: output for people (see report.h)
 */
#include "tools/stat/report.h"
#include "tools/analysis/table.h"
#include "tools/common/tool.h"
#include "tools/stat/top.h"

#include <inttypes.h>
#include <stdio.h>

#define NS_PER_SECOND 1000000000u

static void put_number(Table *table, uint64_t n)
{
    g_string_append_printf(table_cell(table), "%" PRIu64, n);
}

/* A number that is not known is "-". */
static void put_known(Table *table, bool known, uint64_t n)
{
    g_string_append_printf(table_cell(table), known ? "%" PRIu64 : "-", n);
}

static void append_seconds(GString *text, uint64_t ns)
{
    g_string_append_printf(text, "%" PRIu64 ".%06" PRIu64, ns / NS_PER_SECOND,
                           ns % NS_PER_SECOND / 1000);
}

static void put_seconds(Table *table, bool known, uint64_t ns)
{
    GString *text = table_cell(table);

    if (known) {
        append_seconds(text, ns);
    } else {
        g_string_append_c(text, '-');
    }
}

static void put_rate(Table *table, uint64_t n, uint64_t ns)
{
    double rate = stat_rate(n, ns);
    GString *text = table_cell(table);

    if (rate > 0) {
        g_string_append_printf(text, "%.*f", rate < 100, rate);
    } else {
        g_string_append_c(text, '-');
    }
}

static char *seconds(uint64_t ns)
{
    GString *text = g_string_new(NULL);

    append_seconds(text, ns);
    return g_string_free(text, FALSE);
}

static void print_time(const StatTally *total)
{
    uint64_t span = total->last_ns - total->first_ns;
    g_autofree char *first = seconds(total->first_ns);
    g_autofree char *last = seconds(total->last_ns);
    g_autofree char *all = seconds(span);
    double rate = stat_rate(stat_total(total->counts), span);

    if (!total->timed) {
        tool_print("time      the trace has no times\n");
        return;
    }
    tool_print("time      %s s, from %s to %s\n", all, first, last);
    if (rate > 0) {
        tool_print("rate      %.1f accesses per second\n", rate);
    }
}

static void print_kinds(const StatTally *total)
{
    tool_print("accesses  %" PRIu64 ": %" PRIu64 " reads, %" PRIu64 " writes",
               stat_total(total->counts), total->counts[MMT_ENTRY_READ],
               total->counts[MMT_ENTRY_WRITE]);
    if (total->counts[MMT_ENTRY_UNKNOWN]) {
        tool_print(", %" PRIu64 " unknown", total->counts[MMT_ENTRY_UNKNOWN]);
    }
    tool_print("\n");
}

static void print_polls(const StatTally *total)
{
    tool_print("polls     %" PRIu64 " reads, %.1f %% of all accesses\n",
               total->polls,
               100.0 * total->polls / stat_total(total->counts));
}

static void print_widths(const StatResult *r)
{
    const char *comma = "";
    unsigned i;

    tool_print("widths    ");
    for (i = 0; i < G_N_ELEMENTS(r->widths); i++) {
        unsigned width = (i + 1) % G_N_ELEMENTS(r->widths);

        if (r->widths[width]) {
            tool_print(width ? "%s%" PRIu64 " of %u" : "%s%" PRIu64
                       " not known", comma, r->widths[width], width);
            comma = ", ";
        }
    }
    tool_print("%s\n", *comma ? " bytes" : "-");
}

static void print_summary(const StatReport *report)
{
    const StatResult *r = report->result;
    const char *format = mmt_trace_format(report->trace);
    MmtTotals totals;

    mmt_trace_totals(report->trace, &totals);
    tool_print("%s\n\n", report->path);
    tool_print("format    %s\n", format ? format : "-");
    tool_print("lines     %" PRIu64 ", %" PRIu64 " bytes\n", totals.lines,
               totals.bytes);
    print_kinds(&r->total);
    if (stat_total(r->total.counts)) {
        print_time(&r->total);
        print_polls(&r->total);
        print_widths(r);
    }
    if (r->marks) {
        tool_print("marks     %" PRIu64 "\n", r->marks);
    }
    if (r->lost) {
        tool_print("lost      %" PRIu64 " events%s\n", r->lost,
                   r->lost_unknown ? ", and more" : "");
    } else if (r->lost_unknown) {
        tool_print("lost      events; the trace does not say how many\n");
    }
}

static void add_kind_columns(Table *table)
{
    table_column(table, "reads", true);
    table_column(table, "writes", true);
}

static void put_kinds(Table *table, const uint64_t counts[3])
{
    put_number(table, counts[MMT_ENTRY_READ]);
    put_number(table, counts[MMT_ENTRY_WRITE]);
}

static uint32_t *count_registers(const StatReport *report)
{
    const StatResult *r = report->result;
    uint32_t *registers;
    uint32_t i;

    if (report->by->key != STAT_KEY_REGISTER) {
        return NULL;
    }
    registers = g_new0(uint32_t, MAX(1, r->n_regions));
    for (i = 0; i < r->n_groups; i++) {
        if (r->groups[i].key.region < r->n_regions) {
            registers[r->groups[i].key.region]++;
        }
    }
    return registers;
}

static void print_left_out(uint32_t n, const char *what)
{
    if (n) {
        tool_print("%" PRIu32 " more %s; --top 0 shows all\n", n, what);
    }
}

static void print_regions(const StatReport *report, const AnalysisNames *names)
{
    const StatResult *r = report->result;
    g_autofree uint32_t *registers = count_registers(report);
    Table *table = table_new();
    uint32_t left_out = 0;
    uint32_t n = 0;
    uint32_t i;

    table_column(table, "region", false);
    add_kind_columns(table);
    table_column(table, "polls", true);
    if (registers) {
        table_column(table, "registers", true);
    }
    table_column(table, "size", true);
    for (i = 0; i < r->n_regions; i++) {
        const StatTally *tally = &r->regions[i];
        const MmtRegion *region = mmt_trace_region(report->trace, i);

        if (!stat_total(tally->counts)) {
            continue;
        }
        if (report->top && n++ >= report->top) {
            left_out++;
            continue;
        }
        analysis_put_region(names, i, table_cell(table));
        put_kinds(table, tally->counts);
        put_number(table, tally->polls);
        if (registers) {
            put_number(table, registers[i]);
        }
        put_known(table, region->size, region->size);
    }
    tool_print("\n");
    table_free(table);
    print_left_out(left_out, "regions");
}

static void print_phases(const StatReport *report)
{
    const StatResult *r = report->result;
    Table *table;
    uint32_t left_out = 0;
    uint32_t n = 0;
    uint32_t i;

    if (mmt_trace_phases(report->trace) < 2) {
        return;
    }
    table = table_new();
    table_column(table, "phase", true);
    add_kind_columns(table);
    table_column(table, "polls", true);
    table_column(table, "first", true);
    table_column(table, "last", true);
    table_column(table, "line", true);
    table_column(table, "name", false);
    for (i = 0; i < r->n_phases; i++) {
        const StatTally *tally = &r->phases[i];

        if (!stat_total(tally->counts)) {
            continue;
        }
        if (report->top && n++ >= report->top) {
            left_out++;
            continue;
        }
        put_number(table, i);
        put_kinds(table, tally->counts);
        put_number(table, tally->polls);
        put_seconds(table, tally->timed, tally->first_ns);
        put_seconds(table, tally->timed, tally->last_ns);
        put_number(table, tally->first_line);
        g_string_append(table_cell(table), mmt_trace_phase(report->trace, i));
    }
    tool_print("\n");
    table_free(table);
    print_left_out(left_out, "phases");
}

static void print_gaps(const StatResult *r)
{
    Table *table;
    unsigned i;

    if (!r->n_gaps) {
        return;
    }
    table = table_new();
    table_column(table, "gap", true);
    table_column(table, "until", true);
    table_column(table, "line", true);
    for (i = 0; i < r->n_gaps; i++) {
        put_seconds(table, true, r->gaps[i].ns);
        put_seconds(table, true, r->gaps[i].end_ns);
        put_number(table, r->gaps[i].line);
    }
    tool_print("\n");
    table_free(table);
}

/* The columns of a group behind those that --by names */
static void add_group_columns(Table *table, const StatReport *report)
{
    add_kind_columns(table);
    if (report->result->total.counts[MMT_ENTRY_UNKNOWN]) {
        table_column(table, "unknown", true);
    }
    table_column(table, "polls", true);
    if (!(report->by->key & STAT_KEY_WIDTH)) {
        table_column(table, "width", true);
    }
    if (report->result->total.timed) {
        table_column(table, "first", true);
        table_column(table, "last", true);
        table_column(table, "rate", true);
        table_column(table, "gap", true);
        table_column(table, "gap-line", true);
    }
    table_column(table, "first-line", true);
    table_column(table, "last-line", true);
}

static void put_group(Table *table, const StatReport *report,
                      const StatGroup *group)
{
    put_kinds(table, group->counts);
    if (report->result->total.counts[MMT_ENTRY_UNKNOWN]) {
        put_number(table, group->counts[MMT_ENTRY_UNKNOWN]);
    }
    put_number(table, group->polls);
    if (!(report->by->key & STAT_KEY_WIDTH)) {
        stat_put_widths(group->widths, table_cell(table));
    }
    if (report->result->total.timed) {
        put_seconds(table, group->timed, group->first_ns);
        put_seconds(table, group->timed, group->last_ns);
        put_rate(table, stat_total(group->counts),
                 group->last_ns - group->first_ns);
        put_seconds(table, group->gap_line, group->gap_ns);
        put_known(table, group->gap_line, group->gap_line);
    }
    put_number(table, group->first_line);
    put_number(table, group->last_line);
}

static void print_groups(const StatReport *report, const AnalysisNames *names)
{
    const StatResult *r = report->result;
    g_autoptr(GPtrArray) top = stat_top(r, report->top);
    Table *table = table_new();
    guint row;
    unsigned i;

    for (i = 0; i < report->by->n; i++) {
        table_column(table, report->by->fields[i]->name,
                     report->by->fields[i]->right);
    }
    add_group_columns(table, report);
    tool_print("\n");
    for (row = 0; row < top->len && !ferror(stdout); row++) {
        for (i = 0; i < report->by->n; i++) {
            report->by->fields[i]->put(names, top->pdata[row],
                                       table_cell(table));
        }
        put_group(table, report, top->pdata[row]);
    }
    table_free(table);
    print_left_out(r->n_groups - top->len, stat_by_plural(report->by));
    if (stat_total(r->others->counts)) {
        tool_print("%" PRIu64
                   " accesses of further %s are not divided: there are more than %"
                   PRIu32 "\n",
                   stat_total(r->others->counts), stat_by_plural(report->by),
                   r->n_groups);
    }
}

void stat_print(const StatReport *report)
{
    AnalysisNames names = analysis_names(report->trace, report->db);

    print_summary(report);
    if (!stat_total(report->result->total.counts)) {
        return;
    }
    print_regions(report, &names);
    print_phases(report);
    print_gaps(report->result);
    print_groups(report, &names);
}
