/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: ways out of an instruction that is stepped
 *
 * Theory of operation
 *
 * The handlers' first instructions are the doors, where breakpoints stand: at
 * one of these TF, by which it was stepped, is on the guest's stack, and is
 * taken away there (step-tf.c).  A handler without a breakpoint would run
 * freely, with the windows lifted, and could come back as if nothing had been.
 * There are four breakpoints, and more exceptions than that; nor does the
 * instruction say which are possible: the guest has made the tables by which
 * they are delivered, and each may end in another one.
 *
 * So the vCPU sees only the IDT's beginning meanwhile.  What is beyond its
 * limit raises #GP, and where #GP is beyond it, too, #DF: one door for all of
 * them (Intel SDM volume 3, "Interrupt 8 - Double Fault Exception"; AMD APM
 * volume 2, 8.2.9).  If the vCPU comes out there it is put back, and runs the
 * instruction again with another part of the table (step-fold.c):
 *
 *      FIRST       0-8     doors: #DF, #UD, #NM, and the instruction's own one
 *      SEGMENTS    0-12    doors: #DF, #TS, #NP, #SS
 *      REST        0-15    doors: #DF, #GP, #PF.  #GP's error code names a
 *                          vector that is beyond: that is raised when the
 *                          windows are back
 *
 * All other vCPUs stand, and interrupts are held: each time it raises the same.
 * Without #DF in the guest's IDT, and for the few that change or show IDTR, or
 * that are software interrupts, there may be ways without a door: then the log
 * says that accesses may be missing.
 */
#include "qemu/osdep.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/step-doors.h"
#include "hw/vfio-trace/rescue/step-gates.h"
#include "hw/vfio-trace/rescue/step-insn.h"

/* CR4.FRED: there is no IDT then */
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

    /* Two exceptions with one handler can't be told apart. */
    for (i = 0; i < s->doors; i++) {
        s->uncertain |= s->door[i].linear == door->linear;
    }
    /* A breakpoint would keep an instruction there from beginning. */
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

/* SYSCALL pushes nothing: RFLAGS are in R11. */
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

/* Exceptions, up to #NM, of instructions that have one of their own */
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

/* With BTF set, TF stops at branches only. */
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
 * There must be the whole table for it, or there is no #DF; and what ends in
 * another IDT would keep this one short.
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

/* As many as there are breakpoints for */
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
            /* Without error codes nothing says which one it was. */
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
