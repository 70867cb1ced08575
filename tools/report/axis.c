/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: where entries are on a page's axis (see axis.h)
 */
#include "tools/report/axis.h"

#include <inttypes.h>

#include "tools/report/json.h"

/* The first access decides, or what has a time before it. */
static void decide(ReportAxis *axis, const MmtEntry *entry)
{
    if (entry->flags & MMT_ENTRY_TIMED) {
        axis->decided = true;
        axis->timed = true;
    } else if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        axis->decided = true;
    }
}

/* What the axis has been since the cut @n, or since its start, as a cut */
static ReportCut part_of(const ReportAxis *axis, uint32_t n)
{
    return n ? axis->cuts[n - 1] : (ReportCut) { .ns = axis->start };
}

static uint64_t cut(ReportAxis *axis, const MmtEntry *entry)
{
    uint64_t length = CLAMP(axis->last / 8, REPORT_CUT_MIN_NS,
                            REPORT_CUT_MAX_NS);
    ReportCut *new = &axis->cuts[axis->n_cuts++];

    new->from = axis->last;
    new->to = axis->last + length;
    new->line = entry->line;
    new->ns = entry->ns;
    return new->to;
}

static uint64_t go_back(ReportAxis *axis, const MmtEntry *entry, uint64_t by,
                        bool can_cut)
{
    if (can_cut && by > REPORT_BACK_NS) {
        return cut(axis, entry);
    }
    axis->clamped += entry->kind <= MMT_ENTRY_UNKNOWN;
    return axis->last;
}

static uint64_t go_on(ReportAxis *axis, const MmtEntry *entry, uint64_t by,
                      bool can_cut)
{
    if (can_cut && by > REPORT_JUMP_NS &&
        by / REPORT_JUMP_TIMES > axis->last) {
        return cut(axis, entry);
    }
    return by > UINT64_MAX - axis->last ? UINT64_MAX : axis->last + by;
}

/*
 * The kernel's mark of lost events has the time 0: it is no beginning of the
 * axis, and not a jump.
 */
static uint64_t take_time(ReportAxis *axis, const MmtEntry *entry)
{
    bool can_cut = axis->n_cuts < REPORT_CUTS && entry->ns &&
                   axis->last < UINT64_MAX / 2;
    ReportCut part;
    uint64_t now;

    if (!axis->started && entry->ns) {
        axis->started = true;
        axis->start = entry->ns;
    }
    if (!axis->started) {
        return 0;
    }
    part = part_of(axis, axis->n_cuts);
    now = part.ns + (axis->last - part.to);
    return entry->ns < now ? go_back(axis, entry, now - entry->ns, can_cut)
                           : go_on(axis, entry, entry->ns - now, can_cut);
}

uint64_t report_axis_take(ReportAxis *axis, const MmtEntry *entry)
{
    uint64_t line = entry->line ? entry->line - 1 : 0;

    if (!axis->decided) {
        decide(axis, entry);
    }
    if (axis->decided && !axis->timed) {
        axis->last = line > axis->last ? line : axis->last;
    } else if (entry->flags & MMT_ENTRY_TIMED) {
        axis->last = take_time(axis, entry);
    }
    return axis->last;
}

uint64_t report_axis_at(const ReportAxis *axis, bool timed, uint64_t ns,
                        uint64_t line)
{
    uint32_t n = axis->n_cuts;
    uint64_t end = axis->last;
    ReportCut part;

    if (!axis->timed) {
        return line ? line - 1 : 0;
    }
    while (n && axis->cuts[n - 1].line > line) {
        end = axis->cuts[--n].from;
    }
    part = part_of(axis, n);
    if (!timed || ns < part.ns) {
        return part.to;
    }
    return ns - part.ns < end - part.to ? part.to + (ns - part.ns) : end;
}

void report_axis_put(const ReportAxis *axis, GString *json)
{
    g_autofree char *start = g_strdup_printf("%" PRIu64, axis->start);
    uint32_t i;

    report_json_text(json, "axis", axis->timed ? "time" : "line");
    report_json_text(json, "start", start);
    report_json_number(json, "end", axis->last);
    report_json_number(json, "clamped", axis->clamped);
    report_json_open(json, "cuts", '[');
    for (i = 0; i < axis->n_cuts; i++) {
        g_autofree char *ns = g_strdup_printf("%" PRIu64, axis->cuts[i].ns);

        report_json_open(json, NULL, '{');
        report_json_number(json, "from", axis->cuts[i].from);
        report_json_number(json, "to", axis->cuts[i].to);
        report_json_number(json, "line", axis->cuts[i].line);
        report_json_text(json, "time", ns);
        report_json_close(json, '}');
    }
    report_json_close(json, ']');
}
