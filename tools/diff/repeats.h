/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences of which there are many
 *
 * Of differences of the same kind and at the same place, the first ones are
 * shown, and the others are counted.
 */
#ifndef VFIO_TRACE_DIFF_REPEATS_H
#define VFIO_TRACE_DIFF_REPEATS_H

#include "tools/diff/report.h"

typedef struct DiffRepeats DiffRepeats;

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
 * diff_repeats_take() - decide whether a group of differences is shown
 * @repeats: the state
 * @group: DiffHunk: the group
 *
 * Return: false if each of them was shown often enough; they are counted
 */
bool diff_repeats_take(DiffRepeats *repeats, const GArray *group);

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
