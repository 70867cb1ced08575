/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: where a difference begins
 *
 * Of "X Y X Y" in one log and "X Y" in the other, "X Y" may have been added at
 * the start or at the end, or "Y X" in the middle.
 */
#ifndef VFIO_TRACE_DIFF_SLIDE_H
#define VFIO_TRACE_DIFF_SLIDE_H

#include "tools/diff/keys.h"

/**
 * diff_slide() - move what only one log has to where it makes sense
 * @a: tokens of the first log
 * @b: tokens of the second one
 * @is_start: does a token begin something?  Called with the log (0 or 1) and
 *            the number of the token
 * @opaque: its argument
 * @blocks: AlignBlock, the pairs; from @first on, they are changed
 * @first: index of the first block
 *
 * It begins where something does, and else as early as it can.
 */
void diff_slide(const AlignSide *a, const AlignSide *b,
                bool (*is_start)(unsigned log, uint32_t token, void *opaque),
                void *opaque, GArray *blocks, guint first);

#endif /* VFIO_TRACE_DIFF_SLIDE_H */
