/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: the words for how a sequence ended
 */
#ifndef VFIO_TRACE_PLAY_SAY_H
#define VFIO_TRACE_PLAY_SAY_H

#include "tools/play/job.h"

/**
 * play_say() - describe how a sequence ended
 * @seq: the sequence
 * @result: the result
 *
 * Texts of the sequence are in it: use tool_print() or tool_printable().
 *
 * Return: lines, the last one without a newline; to be freed
 */
char *play_say(const Sequence *seq, const PlayResult *result);

#endif /* VFIO_TRACE_PLAY_SAY_H */
