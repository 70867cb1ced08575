/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: exception handlers that a stepped instruction may enter (doors)
 *
 * Theory of operation
 *
 * A door is the first instruction of a handler, with a breakpoint on it.  When
 * the vCPU gets there, TF, which makes it step, has been pushed on the guest's
 * stack, and is cleared there (step-tf.c).  A handler without a breakpoint
 * would run freely, with the windows lifted, and could return unnoticed.
 * There are four breakpoints, but more exceptions.  And the instruction does
 * not tell which exceptions are possible: the guest has set up the tables for
 * their delivery, and each delivery may raise another exception.
 *
 * So the vCPU sees only the first part of the IDT during the step.  An
 * exception beyond the IDT's limit raises #GP; if #GP is beyond it, too, it
 * raises #DF, which is one door for all of them (Intel SDM volume 3, "Interrupt
 * 8 - Double Fault Exception"; AMD APM volume 2, 8.2.9).  If the vCPU gets to
 * that door, its registers are restored, and it runs the instruction again with
 * another limit (step-fold.c):
 *
 *      FIRST       0-8     doors: #DF, #UD, #NM, and the instruction's own
 *                          exception
 *      SEGMENTS    0-12    doors: #DF, #TS, #NP, #SS
 *      REST        0-15    doors: #DF, #GP, #PF.  If #GP's error code names a
 *                          vector beyond the limit, that exception is raised
 *                          after the windows are back
 *
 * All other vCPUs are stopped, and interrupts are blocked, so it raises the
 * same exception each time.  Some handlers may have no door if the guest's IDT
 * has no #DF, or the instruction reads or changes IDTR, or is a software
 * interrupt.  Then the log says that accesses may be missing.
 */
#include "qemu/osdep.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/step-doors.h"
#include "hw/vfio-trace/rescue/step-gates.h"
#include "hw/vfio-trace/rescue/step-insn.h"

/* CR4.FRED: the IDT is not used */
#define FRED_MASK (1ull << 32)

#define MSR_IA32_DEBUGCTL 0x1d9
#define DEBUGCTL_BTF      (1u << 1)

static bool rescue_doors_pushes_error_code(unsigned vector)
{
    return vector == EXCP08_DBLE || vector == EXCP11_ALGN ||
           (vector >= EXCP0A_TSS && vector <= EXCP0E_PAGE);
}

static void rescue_doors_add(Stepper *s, const Door *door)
{
    unsigned i;

    /* Two exceptions with the same handler can't be distinguished. */
    for (i = 0; i < s->doors; i++) {
        s->uncertain |= s->door[i].linear == door->linear;
    }
    /* A breakpoint on the stepped instruction would keep it from starting. */
    if (s->doors < DOORS && door->linear != vfio_trace_step_rip(s)) {
        s->door[s->doors++] = *door;
    } else {
        s->uncertain = true;
    }
}

static void rescue_doors_add_vector(Stepper *s, unsigned vector, bool fault)
{
    Door door = { .vector = vector, .below = 2 };

    switch (vfio_trace_step_read_gate(s, vector, &door)) {
    case GATE_NONE:
        break;
    case GATE_DOOR:
        door.below += fault && rescue_step_is_protected(s) &&
                      rescue_doors_pushes_error_code(vector);
        rescue_doors_add(s, &door);
        break;
    case GATE_UNKNOWN:
        s->uncertain = true;
    }
}

/* SYSCALL pushes nothing; it saves RFLAGS in R11. */
static void rescue_doors_add_syscall(Stepper *s)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = s->sregs.cs.l ? MSR_LSTAR : MSR_CSTAR,
    };

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_MSRS, &msrs) == 1) {
        Door door = { .vector = -1, .linear = msrs.entry.data };

        rescue_doors_add(s, &door);
    } else {
        s->uncertain = true;
    }
}

/* Exceptions, up to #NM, that only these instructions raise */
static const struct {
    ZydisMnemonic mnemonic;
    unsigned vector;
} own_vector[] = {
    { ZYDIS_MNEMONIC_DIV, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_IDIV, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_AAM, EXCP00_DIVZ },
    { ZYDIS_MNEMONIC_INT3, EXCP03_INT3 },
    { ZYDIS_MNEMONIC_INTO, EXCP04_INTO },
    { ZYDIS_MNEMONIC_BOUND, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDCL, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDCN, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDCU, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDLDX, EXCP05_BOUND },
    { ZYDIS_MNEMONIC_BNDSTX, EXCP05_BOUND },
};

static void rescue_doors_add_own(Stepper *s)
{
    unsigned i;

    if (s->known && s->insn.z.mnemonic == ZYDIS_MNEMONIC_SYSCALL) {
        rescue_doors_add_syscall(s);
        return;
    }
    for (i = 0; s->known && i < ARRAY_SIZE(own_vector); i++) {
        if (s->insn.z.mnemonic == own_vector[i].mnemonic) {
            rescue_doors_add_vector(s, own_vector[i].vector, true);
        }
    }
}

/* With BTF set, TF traps after branches only. */
static bool rescue_doors_steps_branches(const Stepper *s)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = MSR_IA32_DEBUGCTL,
    };

    return kvm_vcpu_ioctl(s->cpu, KVM_GET_MSRS, &msrs) == 1 &&
           (msrs.entry.data & DEBUGCTL_BTF);
}

static bool rescue_doors_is_safe(const Stepper *s)
{
    return vfio_trace_step_is_plain(s) && !rescue_doors_steps_branches(s) &&
           !(s->sregs.cr4 & FRED_MASK);
}

/*
 * A shortened IDT can be used if the instruction does not use the IDT itself
 * (INT n, LIDT, SIDT), does not continue with another IDT, whose limit would
 * stay short, and if there is a handler of #DF.
 */
static bool rescue_doors_can_fold(const Stepper *s)
{
    static const ZydisMnemonic idtr[] = {
        ZYDIS_MNEMONIC_LIDT, ZYDIS_MNEMONIC_SIDT,
    };
    Door door;

    return !vfio_trace_step_is_int(s) && !vfio_trace_step_leads_elsewhere(s) &&
           !vfio_trace_step_is_one_of(s, idtr, ARRAY_SIZE(idtr)) &&
           vfio_trace_step_read_gate(s, EXCP08_DBLE, &door) == GATE_DOOR &&
           door.linear != vfio_trace_step_rip(s);
}

/* Without a shortened IDT: the likeliest doors, as breakpoints allow */
static void rescue_doors_find_some(Stepper *s)
{
    if (vfio_trace_step_is_int(s)) {
        unsigned vector = s->insn.z.raw.imm[0].value.u & 0xff;

        s->uncertain |= rescue_step_is_protected(s) &&
                        !vfio_trace_step_gate_is_near(s, vector);
        rescue_doors_add_vector(s, vector, false);
        rescue_doors_add_vector(s, EXCP08_DBLE, true);
        rescue_doors_add_vector(s, EXCP0D_GPF, true);
        rescue_doors_add_vector(s, rescue_step_is_protected(s)
                                   ? EXCP0E_PAGE : EXCP0C_STACK, true);
        return;
    }
    s->uncertain = true;
    rescue_doors_add_vector(s, EXCP0E_PAGE, true);
    rescue_doors_add_vector(s, EXCP0D_GPF, true);
    rescue_doors_add_vector(s, EXCP06_ILLOP, true);
    rescue_doors_add_own(s);
    if (s->doors < DOORS) {
        rescue_doors_add_vector(s, EXCP0C_STACK, true);
    }
}

static void rescue_doors_find_folded(Stepper *s)
{
    rescue_doors_add_vector(s, EXCP08_DBLE, true);
    switch (s->phase) {
    case PHASE_FIRST:
        s->vectors = EXCP08_DBLE + 1;
        rescue_doors_add_vector(s, EXCP06_ILLOP, true);
        rescue_doors_add_vector(s, EXCP07_PREX, true);
        rescue_doors_add_own(s);
        break;
    case PHASE_SEGMENTS:
        s->vectors = EXCP0C_STACK + 1;
        rescue_doors_add_vector(s, EXCP0A_TSS, true);
        rescue_doors_add_vector(s, EXCP0B_NOSEG, true);
        rescue_doors_add_vector(s, EXCP0C_STACK, true);
        break;
    case PHASE_REST:
        rescue_doors_add_vector(s, EXCP0D_GPF, true);
        if (rescue_step_is_protected(s)) {
            s->vectors = INSN_MF;
            rescue_doors_add_vector(s, EXCP0E_PAGE, true);
        } else {
            /* Without error codes, folded exceptions can't be identified. */
            rescue_doors_add_vector(s, INSN_MF, true);
            rescue_doors_add_vector(s, INSN_XM, true);
        }
        break;
    }
}

void vfio_trace_step_find_doors(Stepper *s)
{
    s->doors = 0;
    s->vectors = 0;
    s->uncertain |= !rescue_doors_is_safe(s);
    if (rescue_doors_can_fold(s)) {
        rescue_doors_find_folded(s);
    } else {
        rescue_doors_find_some(s);
    }
}
