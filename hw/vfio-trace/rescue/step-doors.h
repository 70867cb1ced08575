/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: exception handlers that a stepped instruction may enter (doors)
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_DOORS_H
#define HW_VFIO_TRACE_RESCUE_STEP_DOORS_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_find_doors() - find the handlers that it may enter
 * @s: the step, after vfio_trace_step_identify(); gets @door, @doors and
 *     @vectors for its @phase, and @uncertain
 */
void vfio_trace_step_find_doors(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_DOORS_H */
