/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a step in hand, private to the files that make it
 *
 * step.c has the log and what follows from the step's end, step-place.c the
 * windows, step-insn.c the instruction, step-doors.c, step-gates.c and
 * step-fold.c its ways out, step-tf.c the trap flag, step-run.c KVM.  All of it
 * on the vCPU's own thread, under the BQL.
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_INTERNAL_H
#define HW_VFIO_TRACE_RESCUE_STEP_INTERNAL_H

#include "cpu.h"
#include "libinsn/insn.h"
#include "hw/vfio-trace/rescue/step-place.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

#include <linux/kvm.h>

/* Debug registers: one for each way out of the instruction */
#define DOORS 4

/**
 * enum Phase: which exceptions are let through, and which folded
 * @PHASE_FIRST: those up to #NM; all above fold into #DF
 * @PHASE_SEGMENTS: #TS, #NP and #SS; #GP and all above fold into #DF
 * @PHASE_REST: #GP and #PF; all above fold into #GP
 */
typedef enum Phase {
    PHASE_FIRST,
    PHASE_SEGMENTS,
    PHASE_REST,
} Phase;

/**
 * struct Door: where the instruction may end besides the next one
 * @vector: the exception's; -1: a system call
 * @linear: address of the first instruction there
 * @width: bytes of each register that the processor has pushed; 0: none
 * @below: of these registers and error codes, those below RFLAGS
 */
typedef struct Door {
    int vector;
    uint64_t linear;
    unsigned width;
    unsigned below;
} Door;

/**
 * enum End: how it has ended
 * @END_STEPPED: the instruction is done
 * @END_DOOR: it has raised an exception, or called the system
 * @END_EXIT: it is KVM's user who has to complete it
 * @END_RAISED: it raises an exception, which the vCPU takes when it goes on
 * @END_AGAIN: it has not begun; the guest is going to try again
 * @END_LOST: the vCPU has done more than the instruction
 * @END_FAILED: KVM can't do it
 */
typedef enum End {
    END_STEPPED,
    END_DOOR,
    END_EXIT,
    END_RAISED,
    END_AGAIN,
    END_LOST,
    END_FAILED,
} End;

/**
 * struct Stepper: the step in hand
 * @cpu: the vCPU
 * @step: the instruction
 * @vcpu: the vCPU's registers, before it
 * @regs: the general ones, as KVM has them
 * @sregs: the others
 * @bytes: the instruction's
 * @len: how many; 0: not known
 * @insn: what it is
 * @known: @insn is valid
 * @phase: which exceptions have doors
 * @doors: how many of @door there are
 * @door: where breakpoints are
 * @vectors: how much of the IDT the vCPU sees meanwhile; 0: all of it
 * @uncertain: there may have been a way out without a door, in any phase
 * @at: through which it has gone
 * @raise: the exception, for END_RAISED
 * @timer: calls the vCPU back
 * @deadline: when
 * @interrupted: another thread has called it
 */
typedef struct Stepper {
    CPUState *cpu;
    const VFIOTraceStep *step;
    RescueVCPU vcpu;
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    uint8_t bytes[INSN_MAX_LEN];
    unsigned len;
    Insn insn;
    bool known;
    Phase phase;
    unsigned doors;
    Door door[DOORS];
    unsigned vectors;
    bool uncertain;
    const Door *at;
    unsigned raise;
    timer_t timer;
    int64_t deadline;
    bool interrupted;
} Stepper;

static inline bool rescue_step_is_protected(const Stepper *s)
{
    return s->sregs.cr0 & CR0_PE_MASK;
}

static inline bool rescue_step_is_long(const Stepper *s)
{
    return s->sregs.efer & MSR_EFER_LMA;
}

#endif /* HW_VFIO_TRACE_RESCUE_STEP_INTERNAL_H */
