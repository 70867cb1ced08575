/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the trap flag, where the processor shows it
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_TF_H
#define HW_VFIO_TRACE_RESCUE_STEP_TF_H

#include "hw/vfio-trace/rescue/step-internal.h"

/**
 * vfio_trace_step_mend_tf() - leave TF to the guest as it was
 * @s: the step
 * @end: how it has ended
 *
 * The windows are laid again.
 */
void vfio_trace_step_mend_tf(Stepper *s, End end);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_TF_H */
