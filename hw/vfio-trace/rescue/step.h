/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stepped instructions, which only the vCPU itself can do
 *
 * What KVM can't emulate and libinsn can't carry out - XSAVE, ENQCMD, code that
 * the guest executes from a BAR - the processor does by itself, if there is
 * memory below the windows.  The other vCPUs are held, the windows of the
 * regions concerned are lifted, this vCPU does one instruction, the windows are
 * laid again.  What it did at the device can't be seen; so the log gets before
 * it what kernel mmiotrace writes for what it can't decode, UNKNOWN, and a mark
 * with all of the instruction's bytes.
 *
 * The windows change twice, with KVM's memory slots, and all vCPUs stand still:
 * that costs milliseconds.  After each step none follows for as long as it has
 * taken, on whichever vCPU, so that the main loop and what else the guest does
 * have their turn.
 *
 * The vCPU steps by RFLAGS.TF, which KVM hides.  The processor does not: an
 * exception leaves RFLAGS on the guest's stack.  So breakpoints stand at the
 * guest's handlers, and TF is taken out of what was pushed; how four of them
 * are enough is in step-doors.c.  A guest that steps itself gets its #DB; its
 * own breakpoints are not there meanwhile.  Where something may get past all of
 * this, or a deadline has caught a vCPU that went elsewhere, the log says that
 * accesses may be missing from it.
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_H
#define HW_VFIO_TRACE_RESCUE_STEP_H

#include "hw/vfio-trace/rescue/step-place.h"

/**
 * vfio_trace_step() - let the vCPU do the instruction
 * @cpu: the vCPU, on its own thread, out of KVM_RUN by the failed emulation
 * @step: the instruction, at least one place; copied
 *
 * Under the BQL.  It is done when kvm_cpu_exec() has been left, which is to
 * return EXCP_INTERRUPT; nothing may have been done to the vCPU by then.  The
 * first place's device counts it as stepped, or as refused if it turns out that
 * KVM can't do it: vfio_trace_rescue_refuse() has been called then.
 *
 * Return: false if this host can't; nothing has been done then
 */
bool vfio_trace_step(CPUState *cpu, const VFIOTraceStep *step);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_H */
