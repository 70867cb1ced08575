/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences of which there are many
 *
 * Of differences of the same kind and at the same place, the first ones are
 * shown, and the others are counted.  Of registers that are written alike, as
 * those of an array, what is around the first one stands for all of them.
 */
#ifndef VFIO_TRACE_DIFF_REPEATS_H
#define VFIO_TRACE_DIFF_REPEATS_H

#include "tools/diff/report.h"

typedef struct DiffRepeats DiffRepeats;

/* How a group of differences is shown */
typedef enum DiffShow {
    DIFF_SHOW_FULL,     /* with what is around it */
    DIFF_SHOW_BRIEF,    /* only what differs */
    DIFF_SHOW_NEXT,     /* likewise, and it belongs to the group before */
    DIFF_SHOW_NOTHING,  /* it is counted */
} DiffShow;

/**
 * diff_repeats_new() - begin
 * @report: the report
 */
DiffRepeats *diff_repeats_new(DiffReport *report);

/**
 * diff_repeats_free() - free the state
 * @repeats: the state, or NULL
 */
void diff_repeats_free(DiffRepeats *repeats);

/**
 * diff_repeats_take() - decide how a group of differences is shown
 * @repeats: the state
 * @group: DiffHunk: the group
 *
 * Counts it if each of its differences was shown often enough.
 */
DiffShow diff_repeats_take(DiffRepeats *repeats, const GArray *group);

/**
 * diff_repeats_each() - list what was counted
 * @repeats: the state
 * @line: takes each line
 * @opaque: for @line
 */
void diff_repeats_each(DiffRepeats *repeats,
                       void (*line)(const char *text, void *opaque),
                       void *opaque);

#endif /* VFIO_TRACE_DIFF_REPEATS_H */
