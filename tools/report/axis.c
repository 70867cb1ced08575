/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: where entries are on a page's axis (see axis.h)
 */
#include "tools/report/axis.h"

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

/*
 * The kernel's mark of lost events has the time 0: it is no beginning of the
 * axis, and does not count as going back.
 */
static uint64_t take_time(ReportAxis *axis, const MmtEntry *entry)
{
    if (!axis->started && entry->ns) {
        axis->started = true;
        axis->start = entry->ns;
    }
    if (!axis->started) {
        return 0;
    }
    if (entry->ns < axis->start || entry->ns - axis->start < axis->last) {
        axis->clamped += entry->kind <= MMT_ENTRY_UNKNOWN;
        return axis->last;
    }
    return entry->ns - axis->start;
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
    if (!axis->timed) {
        return line ? line - 1 : 0;
    }
    if (!timed || ns < axis->start) {
        return 0;
    }
    return ns - axis->start < axis->last ? ns - axis->start : axis->last;
}
