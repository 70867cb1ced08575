/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: takes the device, plays, gives it back
 */
#ifndef VFIO_TRACE_PLAY_TAKE_H
#define VFIO_TRACE_PLAY_TAKE_H

#include "tools/common/tool.h"
#include "tools/play/plan.h"

/**
 * play_take() - take the device from its driver, play, give it back
 * @plan: the plan, whose device fits the sequence
 *
 * Return: the verb's exit status
 */
ToolStatus play_take(PlayPlan *plan);

#endif /* VFIO_TRACE_PLAY_TAKE_H */
