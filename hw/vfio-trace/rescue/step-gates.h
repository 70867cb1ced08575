/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gates of the IDT
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_GATES_H
#define HW_VFIO_TRACE_RESCUE_STEP_GATES_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * enum Gate: target of an exception's gate
 * @GATE_NONE: no target: the delivery raises another exception
 * @GATE_DOOR: a handler
 * @GATE_UNKNOWN: a task, or the gate can't be read
 */
typedef enum Gate {
    GATE_NONE,
    GATE_DOOR,
    GATE_UNKNOWN,
} Gate;

/**
 * vfio_trace_step_gate_bytes() - size of the IDT's entries in bytes
 * @s: the step
 */
unsigned vfio_trace_step_gate_bytes(const Stepper *s);

/**
 * vfio_trace_step_read_gate() - find an exception's handler
 * @s: the step; the vCPU's registers are loaded
 * @vector: vector of the exception
 * @door: gets @linear and @width for GATE_DOOR
 */
Gate vfio_trace_step_read_gate(const Stepper *s, unsigned vector, Door *door);

/**
 * vfio_trace_step_gate_is_near() - does a gate stay in the code segment?
 * @s: the step; the vCPU's registers are loaded
 * @vector: vector of the exception
 *
 * True for a gate from a kernel's code to the same code segment, without a
 * switch of stacks: its delivery can't raise #TS, #NP or #SS.
 */
bool vfio_trace_step_gate_is_near(const Stepper *s, unsigned vector);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_GATES_H */
