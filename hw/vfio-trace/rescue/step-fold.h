/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: exceptions that a short IDT folds into #DF or #GP
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_FOLD_H
#define HW_VFIO_TRACE_RESCUE_STEP_FOLD_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_fold() - handle a door that several exceptions share
 * @s: the step, at the door @at
 * @end: becomes END_RAISED if the exception is known now, END_LOST if it is not
 *       an exception's vector, END_FAILED if the vCPU can't be restored
 *
 * If it is such a door, the vCPU is restored to the state before the
 * instruction.
 *
 * Return: whether the instruction is to be run again, in the next @phase
 */
bool vfio_trace_step_fold(Stepper *s, End *end);

/**
 * vfio_trace_step_recheck() - check for changes of doors and instruction
 * @s: the step, run in its @phase; gets @uncertain if there are changes
 *
 * Return: whether a door or the instruction has changed
 */
bool vfio_trace_step_recheck(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_FOLD_H */
