/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: times of a trace for formats that order events by them
 *
 * A trace's order is that of its lines.  The times of neighbours may contradict
 * it: marks have microseconds where accesses have nanoseconds, and entries of
 * some formats have no time.
 */
#ifndef VFIO_TRACE_EXPORT_CLOCK_H
#define VFIO_TRACE_EXPORT_CLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/* Time from an entry to the next one, if that has no time */
#define EXPORT_CLOCK_STEP_NS 1000

/*
 * Formats have signed numbers of nanoseconds.  Half of them are for what is
 * shown behind the last time.
 */
#define EXPORT_CLOCK_MAX ((uint64_t)INT64_MAX / 2)

/* Less than that is not worth a word: most times have microseconds. */
#define EXPORT_CLOCK_PRECISION_NS 1000

/**
 * struct ExportClock: the state, which begins as 0
 * @begun: the first time was found, or an entry got one without it
 * @last: time of the last entry
 * @untimed: entries without a time
 * @late: entries whose time is more than a microsecond before that of an
 *        earlier one
 */
typedef struct ExportClock {
    bool begun;
    uint64_t last;
    uint64_t untimed;
    uint64_t late;
} ExportClock;

/**
 * export_clock_begin() - look for the first time; to be called with each batch
 * @clock: the state
 * @entries: the next entries
 * @n: their number
 *
 * What comes before the first entry with a time, in its batch, is shown just
 * before that one.  Without this, it is shown at the time 0.
 */
void export_clock_begin(ExportClock *clock, const MmtEntry *entries, size_t n);

/**
 * export_clock_next() - get the time of the next entry
 * @clock: the state
 * @entry: the entry
 *
 * Return: its time in nanoseconds, not less than that of the entry before
 */
uint64_t export_clock_next(ExportClock *clock, const MmtEntry *entry);

/**
 * export_clock_end() - append to the notes what was done to times
 * @clock: the state
 * @notes: the notes
 */
void export_clock_end(const ExportClock *clock, GString *notes);

/**
 * export_clock_note_moved() - append to the notes that entries have been moved
 * @notes: the notes
 * @n: entries shown more than EXPORT_CLOCK_PRECISION_NS after their time, for
 *     formats of which readers do not show two of the same time
 */
void export_clock_note_moved(GString *notes, uint64_t n);

#endif /* VFIO_TRACE_EXPORT_CLOCK_H */
