/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: times of a trace (see clock.h)
 */
#include "tools/export/clock.h"

#include "tools/convert/sink.h"

void export_clock_begin(ExportClock *clock, const MmtEntry *entries, size_t n)
{
    size_t i;

    for (i = 0; !clock->begun && i < n; i++) {
        if (entries[i].flags & MMT_ENTRY_TIMED) {
            uint64_t ns = MIN(entries[i].ns, EXPORT_CLOCK_MAX);

            clock->last = ns - MIN(ns, i * EXPORT_CLOCK_STEP_NS);
            clock->begun = true;
        }
    }
}

uint64_t export_clock_next(ExportClock *clock, const MmtEntry *entry)
{
    uint64_t ns = MIN(entry->ns, EXPORT_CLOCK_MAX);

    clock->begun = true;
    if (!(entry->flags & MMT_ENTRY_TIMED)) {
        clock->untimed++;
        ns = MIN(clock->last + EXPORT_CLOCK_STEP_NS, EXPORT_CLOCK_MAX);
    } else if (ns < clock->last) {
        clock->late += clock->last - ns > EXPORT_CLOCK_PRECISION_NS;
        ns = clock->last;
    }
    clock->last = ns;
    return ns;
}

void export_clock_end(const ExportClock *clock, GString *notes)
{
    convert_note(notes,
                 "entries without a time, shown 1 us after the one before",
                 clock->untimed);
    convert_note(notes,
                 "entries with an earlier time than the one before, shown at its time",
                 clock->late);
}

void export_clock_note_moved(GString *notes, uint64_t n)
{
    convert_note(notes,
                 "entries shown more than 1 us later, since no two have the same time",
                 n);
}
