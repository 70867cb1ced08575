/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: hiding a step's trap flag from the guest (see step-tf.h)
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "system/kvm.h"
#include "hw/vfio-trace/rescue/step-insn.h"
#include "hw/vfio-trace/rescue/step-memory.h"
#include "hw/vfio-trace/rescue/step-tf.h"

/* The byte of RFLAGS in memory that has TF, and TF's bit in it */
#define TF_BYTE 1
#define TF_BIT  (TF_MASK >> (8 * TF_BYTE))

static void rescue_tf_set_regs(Stepper *s, const struct kvm_regs *regs)
{
    if (kvm_vcpu_ioctl(s->cpu, KVM_SET_REGS, regs) < 0) {
        error_report("vfio-trace: KVM rejects a vCPU's registers");
    }
}

static void rescue_tf_clear_at(const Stepper *s, uint64_t linear)
{
    uint8_t byte;

    if (vfio_trace_step_access(s, linear + TF_BYTE, &byte, 1, false)) {
        byte &= ~TF_BIT;
        vfio_trace_step_access(s, linear + TF_BYTE, &byte, 1, true);
    }
}

/* Clear TF in an exception's frame, at the handler's first instruction. */
static void rescue_tf_clear_frame(const Stepper *s)
{
    struct kvm_regs regs;
    struct kvm_sregs sregs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) >= 0 &&
        kvm_vcpu_ioctl(s->cpu, KVM_GET_SREGS, &sregs) >= 0) {
        uint64_t rsp = regs.rsp + s->at->below * s->at->width;

        rescue_tf_clear_at(s, vfio_trace_step_stack(&sregs, rsp));
    }
}

/* SYSCALL saves RFLAGS in R11. */
static void rescue_tf_clear_r11(Stepper *s)
{
    struct kvm_regs regs;

    if (kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) >= 0) {
        regs.r11 &= ~TF_MASK;
        rescue_tf_set_regs(s, &regs);
    }
}

static void rescue_tf_hide(Stepper *s, End end)
{
    static const ZydisMnemonic pushes[] = {
        ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHFD, ZYDIS_MNEMONIC_PUSHFQ,
    };
    static const ZydisMnemonic syscalls[] = { ZYDIS_MNEMONIC_SYSCALL };

    if (end == END_DOOR && s->at->width) {
        rescue_tf_clear_frame(s);
    } else if ((end == END_STEPPED || end == END_LOST) &&
               vfio_trace_step_is_one_of(s, pushes, ARRAY_SIZE(pushes))) {
        uint64_t rsp = s->regs.rsp - s->insn.z.operand_width / 8;

        rescue_tf_clear_at(s, vfio_trace_step_stack(&s->sregs, rsp));
    } else if (end != END_AGAIN && end != END_FAILED && end != END_RAISED &&
               vfio_trace_step_is_one_of(s, syscalls, ARRAY_SIZE(syscalls))) {
        rescue_tf_clear_r11(s);
    }
}

/*
 * The guest has set TF itself: KVM took it for that of the step, and withheld
 * the #DB from the guest.
 */
static void rescue_tf_give_back(Stepper *s, End end)
{
    static const ZydisMnemonic pops[] = {
        ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ,
        ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ,
    };
    struct kvm_regs regs;

    if (end == END_DOOR || end == END_LOST ||
        kvm_vcpu_ioctl(s->cpu, KVM_GET_REGS, &regs) < 0) {
        return;
    }
    if (end != END_STEPPED ||
        !vfio_trace_step_is_one_of(s, pops, ARRAY_SIZE(pops))) {
        regs.rflags |= TF_MASK;
        rescue_tf_set_regs(s, &regs);
    }
    if (end == END_STEPPED) {
        vfio_trace_rescue_raise(s->cpu, EXCP01_DB, 0, DR6_BS);
    }
}

void vfio_trace_step_mend_tf(Stepper *s, End end)
{
    if (s->regs.rflags & TF_MASK) {
        rescue_tf_give_back(s, end);
    } else {
        rescue_tf_hide(s, end);
    }
}
