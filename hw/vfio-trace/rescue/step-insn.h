/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of the stepped instruction
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_INSN_H
#define HW_VFIO_TRACE_RESCUE_STEP_INSN_H

#include "hw/vfio-trace/rescue/stepper.h"

/**
 * vfio_trace_step_rip() - the instruction's linear address
 * @s: the step; the vCPU's registers are loaded
 */
uint64_t vfio_trace_step_rip(const Stepper *s);

/**
 * vfio_trace_step_identify() - decode the instruction
 * @s: the step; gets @bytes, @len, @insn and @known
 *
 * The windows must be lifted: code in a BAR is read only now.
 */
void vfio_trace_step_identify(Stepper *s);

/**
 * vfio_trace_step_is_one_of() - is it one of several instructions?
 * @s: the step, after vfio_trace_step_identify()
 * @these: the instructions
 * @n: number of instructions
 */
bool vfio_trace_step_is_one_of(const Stepper *s, const ZydisMnemonic *these,
                               unsigned n);

/**
 * vfio_trace_step_is_int() - is it INT n?
 * @s: the step, after vfio_trace_step_identify()
 */
bool vfio_trace_step_is_int(const Stepper *s);

/**
 * vfio_trace_step_leads_elsewhere() - does it run other code without TF?
 * @s: the step, after vfio_trace_step_identify()
 */
bool vfio_trace_step_leads_elsewhere(const Stepper *s);

/**
 * vfio_trace_step_is_plain() - does it stop after itself or at its exception?
 * @s: the step, after vfio_trace_step_identify()
 *
 * If so, it is known, runs no other code without TF, does not switch tasks or
 * load SS, and writes nothing before it raises an exception.
 */
bool vfio_trace_step_is_plain(const Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_INSN_H */
