/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what is kept of a log that grows (see live.h)
 */
#include "tools/serve/live.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/marks.h"
#include "tools/analysis/mark.h"

static void begin(ServeLive *live)
{
    live->bins = serve_bins_new();
    live->lines = serve_newest_new(SERVE_LINES);
    live->marks = serve_newest_new(SERVE_MARKS);
}

static void end(ServeLive *live)
{
    serve_bins_free(live->bins);
    serve_newest_free(live->lines);
    serve_newest_free(live->marks);
    g_free(live->message);
}

ServeLive *serve_live_new(const MmtTrace *trace, const char *name)
{
    ServeLive *live = g_new0(ServeLive, 1);

    live->trace = trace;
    live->name = name;
    live->version = 1;
    begin(live);
    return live;
}

void serve_live_free(ServeLive *live)
{
    if (live) {
        end(live);
        g_free(live);
    }
}

void serve_live_replaced(ServeLive *live, const MmtTotals *before)
{
    ServeLive fresh = {
        .trace = live->trace,
        .name = live->name,
        .version = live->version + 1,
        .epoch = live->epoch + 1,
        .before = *before,
    };

    end(live);
    *live = fresh;
    begin(live);
}

/* The trace counts on when its log is replaced. */
uint64_t serve_live_lines(const ServeLive *live, uint64_t *damaged)
{
    MmtTotals totals = { 0 };

    mmt_trace_totals(live->trace, &totals);
    if (damaged) {
        *damaged = totals.damaged - live->before.damaged;
    }
    return totals.lines - live->before.lines;
}

void serve_live_state(ServeLive *live, ServeState state, const char *message)
{
    if (live->state != state) {
        live->state = state;
        live->version++;
        g_free(live->message);
        live->message = g_strdup(message);
    }
}

static void take_access(ServeLive *live, const MmtEntry *entry, uint64_t t)
{
    uint32_t region = MIN(entry->region, SERVE_REGIONS - 1);

    live->counts[entry->kind]++;
    live->regions[region][entry->kind]++;
    if (entry->cpu < SERVE_CPUS) {
        live->cpus[entry->cpu]++;
    }
    serve_bins_take(live->bins, t, live->axis.timed, entry->region,
                    entry->kind == MMT_ENTRY_READ);
}

/* Of the tracer's marks, those that say why nothing happens */
static const char *mark_kind(const MmtEntry *entry, MmtSpan text)
{
    MmtSpan name;

    if (entry->flags & MMT_ENTRY_GUEST) {
        return "guest";
    }
    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        return "user";
    }
    name = mmt_mark_name(text);
    return name.p && mmt_mark_find(name.p, name.len) == MMT_MARK_VM
           ? "tracer" : NULL;
}

static void take_mark(ServeLive *live, const MmtEntry *entry, uint64_t t)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    const char *kind;
    MmtSpan text;

    text.p = mmt_trace_text(live->trace, entry, &text.len);
    kind = mark_kind(entry, text);
    if (kind) {
        text = analysis_mark_shown(entry, text);
        analysis_put_mark(text.p, text.len, shown);
        serve_newest_add(live->marks, t, kind, shown->str, shown->len);
    }
}

static void take_lost(ServeLive *live, const MmtEntry *entry)
{
    if (entry->value == UINT64_MAX) {
        live->lost_unknown = true;
    } else {
        live->lost += entry->value;
    }
}

void serve_live_take(ServeLive *live, const MmtEntry *entry,
                     const GString *text)
{
    static const char *const kinds[SERVE_KINDS] = {
        "read", "write", "unknown"
    };
    uint64_t t = report_axis_take(&live->axis, entry);
    bool access = entry->kind < SERVE_KINDS;

    live->version++;
    if (access) {
        take_access(live, entry, t);
    } else if (entry->kind == MMT_ENTRY_MARK) {
        take_mark(live, entry, t);
    } else if (entry->kind == MMT_ENTRY_LOST) {
        take_lost(live, entry);
    }
    if (text->len) {
        serve_newest_add(live->lines, t, access ? kinds[entry->kind] : "mark",
                         text->str, text->len);
    }
}

void serve_live_say(ServeLive *live, const GString *text)
{
    if (text->len) {
        live->version++;
        serve_newest_add(live->lines, live->axis.last, "script", text->str,
                         text->len);
    }
}
