/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: hiding a step's trap flag from the guest
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_TF_H
#define HW_VFIO_TRACE_RESCUE_STEP_TF_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_mend_tf() - make TF look to the guest as without the step
 * @s: the step; the windows are back
 * @end: how it has ended
 */
void vfio_trace_step_mend_tf(Stepper *s, End end);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_TF_H */
