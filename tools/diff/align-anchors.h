/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: items that belong together for certain
 *
 * A run of items that each sequence has exactly once is an anchor.  Of anchors
 * that contradict each other, those stay that most others agree with.
 */
#ifndef VFIO_TRACE_DIFF_ALIGN_ANCHORS_H
#define VFIO_TRACE_DIFF_ALIGN_ANCHORS_H

#include "tools/diff/align-types.h"

/**
 * align_anchors() - find anchors
 * @a: a sequence
 * @b: another one
 * @work: number of items that may be looked at; updated
 * @blocks: where to append the anchors: AlignBlock, in their order
 *
 * Return: were any found?
 */
bool align_anchors(const AlignSide *a, const AlignSide *b, int64_t *work,
                   GArray *blocks);

#endif /* VFIO_TRACE_DIFF_ALIGN_ANCHORS_H */
