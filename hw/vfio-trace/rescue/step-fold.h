/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: exceptions that are folded onto #DF
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_FOLD_H
#define HW_VFIO_TRACE_RESCUE_STEP_FOLD_H

#include "hw/vfio-trace/rescue/step-internal.h"

/**
 * vfio_trace_step_fold() - was it a door behind which several exceptions are?
 * @s: the step, at the door @at
 * @end: becomes END_RAISED if it is known now which one it is, END_FAILED if
 *       the vCPU can't be put back
 *
 * The vCPU is put back to before the instruction then.
 *
 * Return: whether it is to be run again, in the next @phase
 */
bool vfio_trace_step_fold(Stepper *s, End *end);

/**
 * vfio_trace_step_recheck() - are the doors still where they were?
 * @s: the step, run in its @phase; @uncertain if not
 *
 * Return: whether they are others by now, or the instruction is
 */
bool vfio_trace_step_recheck(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_FOLD_H */
