/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what a page is told (see update.h)
 */
#include "tools/serve/update.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/analysis/register.h"
#include "tools/report/json.h"

static const char *const states[] = {
    [SERVE_READING] = "reading",
    [SERVE_LIVE] = "live",
    [SERVE_ENDED] = "ended",
    [SERVE_CUT] = "cut",
    [SERVE_FAILED] = "failed",
};

void serve_position_parse(ServePosition *position, const char *id,
                          const char *instance)
{
    g_auto(GStrv) words = g_strsplit(id ? id : "", "-", -1);
    guint64 numbers[3];
    unsigned i;

    if (g_strv_length(words) != 4 || strcmp(words[0], instance)) {
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!g_ascii_string_to_unsigned(words[i + 1], 10, 0, G_MAXINT64,
                                        &numbers[i], NULL)) {
            return;
        }
    }
    position->epoch = numbers[0];
    position->line = numbers[1];
    position->mark = numbers[2];
}

static void put_kinds(const uint64_t counts[SERVE_KINDS], GString *json)
{
    report_json_number(json, "reads", counts[MMT_ENTRY_READ]);
    report_json_number(json, "writes", counts[MMT_ENTRY_WRITE]);
    report_json_number(json, "unknown", counts[MMT_ENTRY_UNKNOWN]);
}

static void put_region(const ServeLive *live, uint32_t number,
                       const char *label, GString *json)
{
    report_json_open(json, NULL, '{');
    report_json_text(json, "label", label);
    put_kinds(live->regions[number], json);
    report_json_close(json, '}');
}

static void put_regions(const ServeLive *live, AnalysisDb *db, GString *json)
{
    AnalysisNames names = analysis_names(live->trace, db);
    uint32_t n = mmt_trace_regions(live->trace);
    const uint64_t *others = live->regions[SERVE_REGIONS - 1];
    uint32_t i;

    report_json_open(json, "regions", '[');
    for (i = 0; i < MIN(n, SERVE_REGIONS - 1); i++) {
        g_autoptr(GString) label = g_string_new(NULL);

        analysis_put_region(&names, i, label);
        put_region(live, i, label->str, json);
    }
    if (others[0] || others[1] || others[2]) {
        put_region(live, SERVE_REGIONS - 1, "others", json);
    }
    report_json_close(json, ']');
}

/* [processor, accesses] of each that has some */
static void put_cpus(const ServeLive *live, GString *json)
{
    uint32_t i;

    report_json_open(json, "cpus", '[');
    for (i = 0; i < SERVE_CPUS; i++) {
        if (live->cpus[i]) {
            report_json_open(json, NULL, '[');
            report_json_number(json, NULL, i);
            report_json_number(json, NULL, live->cpus[i]);
            report_json_close(json, ']');
        }
    }
    report_json_close(json, ']');
}

static void put_counts(const ServeLive *live, AnalysisDb *db, GString *json)
{
    const uint64_t *counts = live->counts;
    uint64_t damaged;
    uint64_t lines = serve_live_lines(live, &damaged);

    report_json_text(json, "name", live->name);
    report_json_bool(json, "trace", mmt_trace_format(live->trace));
    report_json_text(json, "state", states[live->state]);
    report_json_text(json, "message", live->message ? live->message : "");
    report_json_number(json, "epoch", live->epoch);
    report_axis_put(&live->axis, json);
    report_json_number(json, "lines", lines);
    report_json_number(json, "damaged", damaged);
    report_json_number(json, "lost", live->lost);
    report_json_bool(json, "lost-unknown", live->lost_unknown);
    report_json_number(json, "accesses", counts[0] + counts[1] + counts[2]);
    put_kinds(counts, json);
    put_regions(live, db, json);
    put_cpus(live, json);
}

/* From the last bin that the page knows on: that one may have grown. */
static void put_bins(const ServeLive *live, ServePosition *position,
                     GString *json)
{
    uint64_t width = serve_bins_width(live->bins);
    uint32_t used = serve_bins_used(live->bins);

    if (width != position->width) {
        position->bin = 0;
    }
    serve_bins_put(live->bins, position->bin, json);
    position->width = width;
    position->bin = used ? used - 1 : 0;
}

static void put_status(const ServeStatus *status, ServePosition *position,
                       GString *json)
{
    if (status->number == position->sample) {
        return;
    }
    position->sample = status->number;
    if (status->sample) {
        g_string_append_printf(json, ",\"status\":%s", status->sample);
    } else {
        report_json_null(json, "status");
    }
}

/* Of another log than the page knows, everything is new. */
static void forget(const ServeLive *live, ServePosition *position)
{
    if (position->epoch != live->epoch) {
        *position = (ServePosition) {
            .epoch = live->epoch,
            .sample = position->sample,
        };
    }
    position->line = MIN(position->line, serve_newest_last(live->lines));
    position->mark = MIN(position->mark, serve_newest_last(live->marks));
}

GString *serve_update(const ServeLive *live, AnalysisDb *db,
                      const ServeStatus *status, const char *instance,
                      ServePosition *position)
{
    GString *event;
    GString *json;

    if (position->version == live->version &&
        position->sample == status->number) {
        return NULL;
    }
    json = g_string_new(NULL);
    forget(live, position);
    position->version = live->version;
    report_json_open(json, NULL, '{');
    put_counts(live, db, json);
    put_bins(live, position, json);
    position->line = serve_newest_put(live->lines, position->line,
                                      SERVE_UPDATE_LINES, "newest", json);
    position->mark = serve_newest_put(live->marks, position->mark,
                                      SERVE_MARKS, "marks", json);
    put_status(status, position, json);
    report_json_close(json, '}');

    event = g_string_new(NULL);
    g_string_printf(event, "id: %s-%" PRIu64 "-%" PRIu64 "-%" PRIu64
                    "\ndata: ", instance, position->epoch, position->line,
                    position->mark);
    g_string_append_len(event, json->str, json->len);
    g_string_append(event, "\n\n");
    g_string_free(json, TRUE);
    return event;
}
