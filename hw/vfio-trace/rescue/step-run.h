/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: running a vCPU for one instruction
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_RUN_H
#define HW_VFIO_TRACE_RESCUE_STEP_RUN_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_usable() - can this host's KVM step a vCPU?
 */
bool vfio_trace_step_usable(void);

/**
 * vfio_trace_step_run() - run the vCPU for the one instruction
 * @s: the step, after vfio_trace_step_identify(); gets @at for END_DOOR, and
 *     @uncertain
 *
 * Settings of guest debugging by gdb are restored afterwards.
 *
 * Return: how the step has ended
 */
End vfio_trace_step_run(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_RUN_H */
