/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a step, private to the files step*.c
 *
 *   step.c                      log, actions at the end of a step
 *   step-place.c                windows that are touched
 *   step-insn.c                 the instruction
 *   step-doors.c, step-gates.c  handlers that it may enter
 *   step-fold.c                 exceptions that share a handler
 *   step-tf.c                   the trap flag
 *   step-run.c                  KVM
 *
 * All of it runs on the vCPU's own thread, under the BQL.
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEPPER_H
#define HW_VFIO_TRACE_RESCUE_STEPPER_H

#include "cpu.h"
#include "libinsn/insn.h"
#include "hw/vfio-trace/rescue/step-place.h"
#include "hw/vfio-trace/rescue/vcpu-state.h"

#include <linux/kvm.h>

/* Most doors: each needs a debug register */
#define DOORS 4

/**
 * enum Phase: which exceptions have doors, and which are folded
 * @PHASE_FIRST: those up to #NM have doors; all above fold into #DF
 * @PHASE_SEGMENTS: #TS, #NP, #SS have doors; #GP and all above fold into #DF
 * @PHASE_REST: #GP and #PF have doors; all above fold into #GP
 */
typedef enum Phase {
    PHASE_FIRST,
    PHASE_SEGMENTS,
    PHASE_REST,
} Phase;

/**
 * struct Door: first instruction of a handler that the instruction may enter
 * @vector: vector of the exception; -1: a system call
 * @linear: linear address
 * @width: width in bytes of the values that the processor pushes; 0: none
 * @below: number of these values that are below RFLAGS on the stack
 */
typedef struct Door {
    int vector;
    uint64_t linear;
    unsigned width;
    unsigned below;
} Door;

/**
 * enum End: how a step has ended
 * @END_STEPPED: the instruction is executed
 * @END_DOOR: it has raised an exception, or made a system call
 * @END_EXIT: KVM has exited, and QEMU has to complete the instruction
 * @END_RAISED: it raises an exception, which the vCPU takes when it resumes
 * @END_AGAIN: it has not begun; the guest is going to retry it
 * @END_LOST: the vCPU has executed more than the instruction
 * @END_FAILED: KVM can't execute it
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
 * struct Stepper: the current step
 * @cpu: the vCPU
 * @step: description of the instruction
 * @vcpu: the vCPU's registers before the instruction, for libinsn
 * @regs: its general registers, as KVM has them
 * @sregs: its special registers, likewise
 * @bytes: the instruction's bytes
 * @len: number of bytes; 0: not known
 * @insn: the decoded instruction
 * @known: @insn is valid
 * @phase: which exceptions have doors
 * @doors: number of valid entries in @door
 * @door: the doors, which have breakpoints
 * @vectors: number of vectors in the IDT during the step; 0: all
 * @uncertain: a handler without a door may have run, in any phase
 * @at: the door that the vCPU got to
 * @raise: vector of the exception, for END_RAISED
 * @timer: interrupts KVM_RUN at @deadline
 * @deadline: time on the host's clock
 * @interrupted: another thread may have interrupted KVM_RUN
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

#endif /* HW_VFIO_TRACE_RESCUE_STEPPER_H */
