/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: carries a sequence out on a backend
 */
#ifndef VFIO_TRACE_PLAY_ENGINE_H
#define VFIO_TRACE_PLAY_ENGINE_H

#include "tools/play/job.h"

/**
 * play_run() - carry operations out until one fails
 * @job: the operations
 * @result: how it ended; its error is to be freed
 */
void play_run(const PlayJob *job, PlayResult *result);

/**
 * play_phases() - find the operations of some phases
 * @seq: the sequence
 * @from: the mark with which the first phase begins; NULL: from the beginning
 * @to: the mark with which the last phase begins; NULL: up to the end
 * @first: where to store the number of the first operation
 * @end: where to store the number of the operation after the last one
 * @error: where to store that there is no such mark, or that @to is before
 *         @from
 *
 * A mark in a loop begins no phase.
 */
bool play_phases(const Sequence *seq, const char *from, const char *to,
                 uint32_t *first, uint32_t *end, GError **error);

#endif /* VFIO_TRACE_PLAY_ENGINE_H */
