/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: output as JSON (see report.h)
 */
#include "tools/stat/report.h"
#include "tools/analysis/json-line.h"
#include "tools/stat/top.h"

#include <stdio.h>

static void begin(const StatReport *report, GString *json, const char *type)
{
    json_line_begin(json, type);
    json_line_text(json, "log", report->path);
}

static void add_counts(GString *json, const uint64_t counts[3], uint64_t polls)
{
    json_line_number(json, "reads", counts[MMT_ENTRY_READ]);
    json_line_number(json, "writes", counts[MMT_ENTRY_WRITE]);
    json_line_number(json, "unknown", counts[MMT_ENTRY_UNKNOWN]);
    json_line_number(json, "polls", polls);
}

static void add_times(GString *json, bool timed, uint64_t first, uint64_t last)
{
    if (timed) {
        json_line_number(json, "first-ns", first);
        json_line_number(json, "last-ns", last);
    }
}

static void add_rate(GString *json, const uint64_t counts[3], uint64_t ns)
{
    double rate = stat_rate(stat_total(counts), ns);

    if (rate > 0) {
        json_line_real(json, "rate", rate);
    }
}

static void print_summary(const StatReport *report, GString *json)
{
    const StatResult *r = report->result;
    const StatTally *total = &r->total;
    const char *format = mmt_trace_format(report->trace);
    MmtTotals totals;

    mmt_trace_totals(report->trace, &totals);
    begin(report, json, "summary");
    if (format) {
        json_line_text(json, "format", format);
    }
    json_line_number(json, "lines", totals.lines);
    json_line_number(json, "bytes", totals.bytes);
    json_line_number(json, "skipped", totals.skipped);
    json_line_number(json, "damaged", totals.damaged);
    add_counts(json, total->counts, total->polls);
    add_times(json, total->timed, total->first_ns, total->last_ns);
    add_rate(json, total->counts, total->last_ns - total->first_ns);
    json_line_number(json, "marks", r->marks);
    json_line_number(json, "lost", r->lost);
    json_line_bool(json, "lost-unknown", r->lost_unknown);
    json_line_number(json, "groups", r->n_groups);
    json_line_print(json);
}

static void print_regions(const StatReport *report, const AnalysisNames *names,
                          GString *json)
{
    const StatResult *r = report->result;
    uint32_t i;

    for (i = 0; i < r->n_regions; i++) {
        const MmtRegion *region = mmt_trace_region(report->trace, i);

        if (stat_total(r->regions[i].counts)) {
            begin(report, json, "region");
            analysis_json_region(names, i, json);
            if (region->size) {
                json_line_number(json, "size", region->size);
            }
            add_counts(json, r->regions[i].counts, r->regions[i].polls);
            json_line_print(json);
        }
    }
}

static void print_phases(const StatReport *report, GString *json)
{
    const StatResult *r = report->result;
    uint32_t i;

    for (i = 0; i < r->n_phases; i++) {
        const StatTally *phase = &r->phases[i];

        if (stat_total(phase->counts)) {
            begin(report, json, "phase");
            json_line_number(json, "phase", i);
            json_line_text(json, "phase-name",
                           mmt_trace_phase(report->trace, i));
            add_counts(json, phase->counts, phase->polls);
            add_times(json, phase->timed, phase->first_ns, phase->last_ns);
            json_line_number(json, "first-line", phase->first_line);
            json_line_print(json);
        }
    }
}

static void print_gaps(const StatReport *report, GString *json)
{
    const StatResult *r = report->result;
    unsigned i;

    for (i = 0; i < r->n_gaps; i++) {
        begin(report, json, "gap");
        json_line_number(json, "gap-ns", r->gaps[i].ns);
        json_line_number(json, "end-ns", r->gaps[i].end_ns);
        json_line_number(json, "line", r->gaps[i].line);
        json_line_print(json);
    }
}

static void add_widths(GString *json, unsigned widths)
{
    g_autoptr(GString) text = g_string_new(NULL);

    stat_put_widths(widths, text);
    json_line_text(json, "widths", text->str);
}

static void print_group(const StatReport *report, const AnalysisNames *names,
                        const StatGroup *group, GString *json)
{
    unsigned i;

    begin(report, json, "group");
    for (i = 0; i < report->by->n; i++) {
        report->by->fields[i]->json(names, group, json);
    }
    add_counts(json, group->counts, group->polls);
    add_widths(json, group->widths);
    add_times(json, group->timed, group->first_ns, group->last_ns);
    add_rate(json, group->counts, group->last_ns - group->first_ns);
    if (group->gap_line) {
        json_line_number(json, "gap-ns", group->gap_ns);
        json_line_number(json, "gap-line", group->gap_line);
    }
    json_line_number(json, "first-line", group->first_line);
    json_line_number(json, "last-line", group->last_line);
    json_line_print(json);
}

void stat_json(const StatReport *report)
{
    const StatResult *r = report->result;
    AnalysisNames names = analysis_names(report->trace, report->db);
    g_autoptr(GString) json = g_string_new(NULL);
    g_autoptr(GPtrArray) top = stat_top(r, report->top);
    guint i;

    print_summary(report, json);
    print_regions(report, &names, json);
    print_phases(report, json);
    print_gaps(report, json);
    for (i = 0; i < top->len && !ferror(stdout); i++) {
        print_group(report, &names, top->pdata[i], json);
    }
    if (stat_total(r->others->counts)) {
        begin(report, json, "others");
        add_counts(json, r->others->counts, r->others->polls);
        json_line_print(json);
    }
}
