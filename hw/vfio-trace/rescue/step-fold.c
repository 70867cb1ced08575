/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: exceptions that a short IDT folds into #DF or #GP (see
 * step-doors.c)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/step-doors.h"
#include "hw/vfio-trace/rescue/step-fold.h"
#include "hw/vfio-trace/rescue/step-insn.h"
#include "hw/vfio-trace/rescue/step-memory.h"

/*
 * Restore only the registers that the delivery of an exception changes.  The
 * instruction may have changed the others before its fault, and continues with
 * those values, as with REP.
 */
static bool rescue_fold_put_back(Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0 ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) < 0) {
        return false;
    }
    regs.rip = s->regs.rip;
    regs.rsp = s->regs.rsp;
    regs.rflags = s->regs.rflags;
    sregs.cs = s->sregs.cs;
    sregs.ss = s->sregs.ss;
    sregs.ds = s->sregs.ds;
    sregs.es = s->sregs.es;
    sregs.fs = s->sregs.fs;
    sregs.gs = s->sregs.gs;
    return kvm_vcpu_ioctl(s->cpu, KVM_SET_SREGS, &sregs) >= 0 &&
           kvm_vcpu_ioctl(s->cpu, KVM_SET_REGS, &regs) >= 0;
}

/*
 * Has the instruction or a door changed?  The delivery may have pushed its
 * frame over the instruction, and the instruction itself, or a device, may have
 * written to the gates.
 */
static bool rescue_fold_has_changed(Stepper *s)
{
    Stepper now = *s;
    unsigned i;

    for (i = 0; i < s->len; i++) {
        uint8_t byte;

        if (!vfio_trace_step_fetch_byte(s, vfio_trace_step_rip(s) + i, &byte) ||
            byte != s->bytes[i]) {
            return true;
        }
    }
    vfio_trace_step_find_doors(&now);
    if (now.doors != s->doors || now.vectors != s->vectors) {
        return true;
    }
    for (i = 0; i < s->doors; i++) {
        if (now.door[i].vector != s->door[i].vector ||
            now.door[i].linear != s->door[i].linear) {
            return true;
        }
    }
    return false;
}

/* Return: vector beyond the limit that the error code of #GP names, or 0 */
static unsigned rescue_fold_vector(const Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    uint8_t code[2];
    unsigned vector;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0 ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) < 0 ||
        !vfio_trace_step_access(s, vfio_trace_step_stack(&sregs, regs.rsp),
                                code, sizeof(code), false)) {
        return 0;
    }
    vector = lduw_le_p(code) >> 3;
    /* Bit 1: the error code refers to the IDT. */
    return (code[0] & 2) && vector >= s->vectors ? vector : 0;
}

bool vfio_trace_step_fold(Stepper *s, End *end)
{
    unsigned vector = 0;

    if (!s->vectors) {
        return false;
    }
    if (s->at->vector == EXCP08_DBLE && s->phase != PHASE_REST) {
        s->phase++;
    } else if (s->at->vector == EXCP0D_GPF && s->phase == PHASE_REST) {
        vector = rescue_fold_vector(s);
        if (!vector) {
            return false;
        }
        /* Vectors from 32 on are not exceptions; none is expected here. */
        *end = vector < 32 ? END_RAISED : END_LOST;
        s->raise = vector;
    } else {
        return false;
    }
    if (!rescue_fold_put_back(s)) {
        *end = END_FAILED;
        return false;
    }
    return !vector;
}

bool vfio_trace_step_recheck(Stepper *s)
{
    bool changed = rescue_fold_has_changed(s);

    s->uncertain |= changed;
    return changed;
}
