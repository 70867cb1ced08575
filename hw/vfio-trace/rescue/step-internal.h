/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what step.c is made of
 *
 * step.c has the windows, the log and what follows from the step's end,
 * step-doors.c what is known of the instruction and of its ways out,
 * step-run.c KVM.  All of it on the vCPU's own thread, under the BQL.
 */
#ifndef HW_VFIO_TRACE_RESCUE_STEP_PARTS_H
#define HW_VFIO_TRACE_RESCUE_STEP_PARTS_H

#include "libinsn/insn.h"
#include "hw/vfio-trace/rescue/step.h"
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
 * @interrupted: somebody has called it
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
 * vfio_trace_step_find_doors() - find where it may end besides the next one
 * @s: the step, after vfio_trace_step_identify(); gets @door, @doors and
 *     @vectors for its @phase, and @uncertain
 */
void vfio_trace_step_find_doors(Stepper *s);

/**
 * vfio_trace_step_fold() - was it a door behind which several exceptions are?
 * @s: the step, at the door @at
 * @end: becomes END_RAISED if it is known now which one it is, END_FAILED if the
 *       vCPU can't be put back
 *
 * The vCPU is put back to before the instruction then.
 *
 * Return: whether it is to be run again, in the next @phase
 */
bool vfio_trace_step_fold(Stepper *s, End *end);

/**
 * vfio_trace_step_recheck() - are the doors still where they were?
 * @s: the step, run in its @phase; @uncertain if not
 *
 * Return: whether they are others by now, or the instruction is
 */
bool vfio_trace_step_recheck(Stepper *s);

/**
 * vfio_trace_step_gate_bytes() - how large the IDT's entries are
 * @s: the step
 */
unsigned vfio_trace_step_gate_bytes(const Stepper *s);

/**
 * vfio_trace_step_mend_tf() - leave TF to the guest as if nobody had used it
 * @s: the step
 * @end: how it has ended
 *
 * The windows are laid again.
 */
void vfio_trace_step_mend_tf(Stepper *s, End end);

/**
 * vfio_trace_step_usable() - can this host's KVM step a vCPU?
 */
bool vfio_trace_step_usable(void);

/**
 * vfio_trace_step_run() - run the vCPU for the one instruction
 * @s: the step, after vfio_trace_step_identify(); gets @at for END_DOOR, and
 *     @uncertain
 *
 * What guest debugging of gdb's there is, is as before afterwards.
 *
 * Return: how it has ended
 */
End vfio_trace_step_run(Stepper *s);

#endif /* HW_VFIO_TRACE_RESCUE_STEP_PARTS_H */
