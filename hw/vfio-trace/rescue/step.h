/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stepped instructions, which only the vCPU can execute
 *
 * Some instructions can neither be emulated by KVM nor executed by libinsn:
 * XSAVE, ENQCMD, code that the guest executes from a BAR.  The vCPU executes
 * them itself, if there is memory below the windows: the other vCPUs are
 * stopped, the windows of the regions that it touches are lifted, the vCPU runs
 * one instruction, and the windows are put back.  Its accesses to the device
 * can't be seen.  So the log gets, before it, an UNKNOWN line, which kernel
 * mmiotrace writes for instructions that it can't decode, and a mark with all
 * of the instruction's bytes.
 *
 * A step takes milliseconds: the windows, and KVM's memory slots, change twice,
 * and all vCPUs are stopped.  After a step, no vCPU makes another one for the
 * time that the step took, so that the main loop and the rest of the guest can
 * run.
 *
 * The vCPU steps by RFLAGS.TF, which KVM hides from the guest.  But the
 * processor pushes RFLAGS on the guest's stack when it delivers an exception.
 * So the guest's handlers get breakpoints, where TF is cleared in the pushed
 * flags; step-doors.c explains why four breakpoints are enough.  A guest that
 * single-steps itself gets its #DB; the guest's own breakpoints do not work
 * during a step.  If a handler may have run unnoticed, or the deadline passed
 * when the vCPU was no longer at the instruction, the log says that accesses
 * may be missing.
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_H
#define HW_VFIO_TRACE_RESCUE_STEP_H

#include "hw/vfio-trace/rescue/step-place.h"

/**
 * vfio_trace_step() - let the vCPU execute the instruction
 * @cpu: the vCPU, on its own thread, after an exit for failed emulation
 * @step: the instruction; copied
 *
 * Under the BQL.  The step is made after kvm_cpu_exec() has returned, for which
 * it must return EXCP_INTERRUPT; the vCPU must not be changed until then.  The
 * device of the first place counts the instruction as stepped, or as refused if
 * KVM fails to execute it; vfio_trace_rescue_refuse() is called in that case.
 *
 * Return: false if this host can't step, or @step has no place; nothing has
 * been done then
 */
bool vfio_trace_step(CPUState *cpu, const VFIOTraceStep *step);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_H */
