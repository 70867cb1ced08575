/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --json: an object for each difference, and a summary
 *
 * vfio-trace-diff(1) describes the members.
 */
#include "tools/diff/report.h"

#include <inttypes.h>

#include "tools/analysis/json-line.h"
#include "tools/diff/source.h"

/* Accesses of an object; those of a longer sequence need --full */
#define ACCESSES_MAX 1000

/**
 * struct Json: state
 * @report: the report
 * @line: the line that is being made
 */
typedef struct Json {
    DiffReport *report;
    GString *line;
} Json;

static const char *const json_ops[] = {
    [MMT_ENTRY_READ] = "read",
    [MMT_ENTRY_WRITE] = "write",
    [MMT_ENTRY_UNKNOWN] = "unknown",
};

static void *json_begin(DiffReport *report)
{
    Json *json = g_new0(Json, 1);

    json->report = report;
    json->line = g_string_new(NULL);
    return json;
}

static void put_phase(GString *line, const char *name, const DiffLog *log,
                      uint32_t phase)
{
    const GArray *phases = diff_log_phases(log);

    if (phase < phases->len) {
        json_line_text(line, name,
                       g_array_index(phases, DiffPhase, phase).name);
    }
}

/* Numbers of the first and last line, and of accesses */
static void put_side(GString *line, const char *name, const DiffLog *log,
                     uint64_t from, uint64_t to)
{
    g_string_append_printf(line, ", \"%s\": {\"accesses\": %" PRIu64, name,
                           diff_report_accesses(log, from, to));
    if (from < to) {
        json_line_number(line, "first_line", diff_log_line(log, from));
        json_line_number(line, "last_line", diff_log_last_line(log, to - 1));
    } else if (from > diff_log_start(log)) {
        json_line_number(line, "behind_line",
                         diff_log_last_line(log, from - 1));
    }
    g_string_append_c(line, '}');
}

static void put_access(Json *json, const DiffLog *log, uint64_t i)
{
    DiffPlace place = *diff_report_place(log, i);
    const DiffRun *run = diff_log_run(log, i);

    json_line_item(json->line);
    json_line_text(json->line, "op", json_ops[place.op]);
    diff_words_json(json->report->words, &place, json->line);
    json_line_number(json->line, "width", place.width);
    json_line_number(json->line, "line", diff_log_line(log, i));
    if (run) {
        json_line_number(json->line, "reads", run->rounds);
    }
}

static void put_value(Json *json, const DiffLog *log, uint64_t i,
                      const char *name)
{
    if (diff_report_place(log, i)->op != MMT_ENTRY_UNKNOWN) {
        json_line_hex(json->line, name, diff_log_token(log, i)->value);
    }
}

static uint64_t limited(const Json *json, uint64_t from, uint64_t to)
{
    return json->report->full ? to : MIN(to, from + ACCESSES_MAX);
}

static void put_left_out(Json *json, uint64_t n)
{
    json_line_list_end(json->line);
    if (n) {
        json_line_number(json->line, "left_out", n);
    }
}

static void put_sequence(Json *json, const char *name, const DiffLog *log,
                         uint64_t from, uint64_t to)
{
    uint64_t end = limited(json, from, to);

    json_line_list(json->line, name);
    for (; from < end; from++) {
        put_access(json, log, from);
        put_value(json, log, from, "value");
        json_line_item_end(json->line);
    }
    put_left_out(json, to - end);
}

static void put_pairs(Json *json, const DiffHunk *hunk)
{
    DiffReport *report = json->report;
    uint64_t i, end = limited(json, hunk->a0, hunk->a1);

    json_line_list(json->line, "pairs");
    for (i = hunk->a0; i < end; i++) {
        uint64_t ib = hunk->b0 + (i - hunk->a0);
        DiffSource source;

        put_access(json, report->a, i);
        json_line_number(json->line, "line_b", diff_log_line(report->b, ib));
        put_value(json, report->a, i, "a");
        put_value(json, report->b, ib, "b");
        if (diff_report_place(report->a, i)->op == MMT_ENTRY_WRITE &&
            diff_source_find(report->a, i, report->b, ib, &source)) {
            DiffPlace read = *diff_places_get(diff_log_places(report->a),
                                              source.place);

            g_string_append_printf(json->line, ", \"from\": {\"op\": \"%s\"",
                                   json_ops[read.op]);
            diff_words_json(report->words, &read, json->line);
            json_line_hex(json->line, "plus", source.plus);
            g_string_append_c(json->line, '}');
        }
        json_line_item_end(json->line);
    }
    put_left_out(json, hunk->a1 - end);
}

static void put_poll(Json *json, const DiffHunk *hunk)
{
    DiffReport *report = json->report;

    put_sequence(json, "a_poll", report->a, hunk->a0, hunk->a1);
    put_sequence(json, "b_poll", report->b, hunk->b0, hunk->b1);
    json_line_number(json->line, "rounds_a", hunk->rounds_a);
    json_line_number(json->line, "rounds_b", hunk->rounds_b);
    if (hunk->ns_a || hunk->ns_b) {
        json_line_number(json->line, "ns_a", hunk->ns_a);
        json_line_number(json->line, "ns_b", hunk->ns_b);
    }
}

static void put_rounds(Json *json, const DiffHunk *hunk)
{
    json_line_number(json->line, "cycle", hunk->cycle);
    json_line_number(json->line, "rounds_a", hunk->rounds_a);
    json_line_number(json->line, "rounds_b", hunk->rounds_b);
}

static void put_contents(Json *json, const DiffHunk *hunk)
{
    DiffReport *report = json->report;

    switch (hunk->kind) {
    case DIFF_VALUE:
        put_pairs(json, hunk);
        break;
    case DIFF_POLL_END:
    case DIFF_POLL_TIME:
        put_poll(json, hunk);
        break;
    case DIFF_ROUNDS:
        put_rounds(json, hunk);
        break;
    default:
        if (hunk->a1 > hunk->a0) {
            put_sequence(json, "a_accesses", report->a, hunk->a0, hunk->a1);
        }
        if (hunk->b1 > hunk->b0) {
            put_sequence(json, "b_accesses", report->b, hunk->b0, hunk->b1);
        }
        break;
    }
}

static void json_hunk(void *state, const DiffHunk *hunk)
{
    Json *json = state;
    DiffReport *report = json->report;

    if (hunk->kind == DIFF_SAME) {
        return;
    }
    json_line_begin(json->line, diff_kind_name(hunk->kind));
    put_phase(json->line, "phase_a", report->a, hunk->phase_a);
    put_phase(json->line, "phase_b", report->b, hunk->phase_b);
    put_side(json->line, "a", report->a, hunk->a0, hunk->a1);
    put_side(json->line, "b", report->b, hunk->b0, hunk->b1);
    put_contents(json, hunk);
    json_line_print(json->line);
}

static void put_ignored(const char *what, uint64_t n, unsigned registers,
                        void *opaque)
{
    GString *line = opaque;

    json_line_item(line);
    json_line_text(line, "what", what);
    json_line_number(line, "differences", n);
    json_line_number(line, "registers", registers);
    json_line_item_end(line);
}

static void print_summary(Json *json)
{
    DiffReport *report = json->report;
    unsigned kind;

    json_line_begin(json->line, "summary");
    json_line_text(json->line, "a", diff_log_name(report->a));
    json_line_text(json->line, "b", diff_log_name(report->b));
    json_line_number(json->line, "differences",
                     diff_report_differences(report));
    for (kind = 0; kind < DIFF_KIND__MAX; kind++) {
        if (diff_kind_name(kind)) {
            json_line_number(json->line, diff_kind_name(kind),
                             report->counts[kind].hunks);
        }
    }
    json_line_list(json->line, "ignored");
    diff_ignore_each(report->ignore, put_ignored, json->line);
    json_line_list_end(json->line);
    json_line_print(json->line);
}

static void json_end(void *state)
{
    Json *json = state;

    if (!json->report->failed) {
        print_summary(json);
    }
    g_string_free(json->line, TRUE);
    g_free(json);
}

const DiffForm diff_json = {
    .begin = json_begin,
    .hunk = json_hunk,
    .end = json_end,
};
