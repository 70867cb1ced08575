/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: questions to the user
 *
 * They are asked on standard error and answered on standard input.
 */
#ifndef VFIO_TRACE_PLAY_ASK_H
#define VFIO_TRACE_PLAY_ASK_H

#include "tools/play/job.h"
#include "tools/play/plan.h"
#include "tools/play/stop.h"

/**
 * play_ask_start() - ask whether the device may be taken
 * @plan: the plan
 * @error: where to store that it may not
 *
 * Without a terminal, it may not: nobody was asked.
 */
bool play_ask_start(const PlayPlan *plan, GError **error);

/**
 * play_ask_step() - ask whether an operation may be carried out
 * @seq: the sequence
 * @i: the operation's number
 * @stop: the signals
 */
PlayAnswer play_ask_step(const Sequence *seq, uint32_t i, PlayStop *stop);

#endif /* VFIO_TRACE_PLAY_ASK_H */
