/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: ways out of an instruction that is stepped
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_DOORS_H
#define HW_VFIO_TRACE_RESCUE_STEP_DOORS_H

#include "hw/vfio-trace/rescue/step-internal.h"

/**
 * vfio_trace_step_find_doors() - find where it may end besides the next one
 * @s: the step, after vfio_trace_step_identify(); gets @door, @doors and
 *     @vectors for its @phase, and @uncertain
 */
void vfio_trace_step_find_doors(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_DOORS_H */
