/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: alignment of two sequences of numbers
 *
 * It knows nothing of traces.
 */
#ifndef VFIO_TRACE_DIFF_ALIGN_H
#define VFIO_TRACE_DIFF_ALIGN_H

#include "tools/diff/align-types.h"

/**
 * align_sequences() - pair the items of two sequences
 * @a: the first one
 * @b: the second one
 * @blocks: where to append the pairs: AlignBlock, in their order
 *
 * Items that are in no block have no pair.  Time is at most proportional to the
 * number of items times a constant, so that more may be unpaired than needed.
 */
void align_sequences(const AlignSide *a, const AlignSide *b, GArray *blocks);

#endif /* VFIO_TRACE_DIFF_ALIGN_H */
