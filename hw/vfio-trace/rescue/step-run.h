/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a vCPU that runs for one instruction
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_RUN_H
#define HW_VFIO_TRACE_RESCUE_STEP_RUN_H

#include "hw/vfio-trace/rescue/step-internal.h"

/**
 * vfio_trace_step_usable() - can this host's KVM step a vCPU?
 */
bool vfio_trace_step_usable(void);

/**
 * vfio_trace_step_run() - run the vCPU for the one instruction
 * @s: the step, after vfio_trace_step_identify(); gets @at for END_DOOR, and
 *     @uncertain
 *
 * What guest debugging of gdb's there is, is as before afterwards.
 *
 * Return: how it has ended
 */
End vfio_trace_step_run(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_RUN_H */
