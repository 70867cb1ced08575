/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the instruction that is stepped
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_INSN_H
#define HW_VFIO_TRACE_RESCUE_STEP_INSN_H

#include "hw/vfio-trace/rescue/step-internal.h"

/**
 * vfio_trace_step_rip() - the instruction's linear address
 * @s: the step; the vCPU's registers are there
 */
uint64_t vfio_trace_step_rip(const Stepper *s);

/**
 * vfio_trace_step_identify() - find out what the instruction is
 * @s: the step; gets @bytes, @len, @insn and @known
 *
 * The windows are lifted: of code in a BAR nothing has been read yet.
 */
void vfio_trace_step_identify(Stepper *s);

/**
 * vfio_trace_step_is_one_of() - is it one of several instructions?
 * @s: the step, after vfio_trace_step_identify()
 * @these: the instructions
 * @n: how many
 */
bool vfio_trace_step_is_one_of(const Stepper *s, const ZydisMnemonic *these,
                               unsigned n);

/**
 * vfio_trace_step_is_int() - is it INT n?
 * @s: the step, after vfio_trace_step_identify()
 */
bool vfio_trace_step_is_int(const Stepper *s);

/**
 * vfio_trace_step_leads_elsewhere() - does other code run without TF then?
 * @s: the step, after vfio_trace_step_identify()
 */
bool vfio_trace_step_leads_elsewhere(const Stepper *s);

/**
 * vfio_trace_step_is_plain() - does it stop behind itself, or at its exception?
 * @s: the step, after vfio_trace_step_identify()
 *
 * It is known, runs no other code without TF, changes to no other task, does
 * not load SS, and has written nothing yet when it raises an exception.
 */
bool vfio_trace_step_is_plain(const Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_INSN_H */
