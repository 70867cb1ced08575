/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of x86's vCPUs with KVM (see vcpu.h)
 *
 * At each exit KVM stores the registers that kvm_valid_regs requests in the
 * page that it shares with QEMU.  Nothing else in QEMU requests registers
 * there.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"

#define KVM_REGS (KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS)

/*
 * The vCPU may be running, or have left KVM before it was told to store its
 * registers: clear them, since the old contents are not valid until its next
 * exit.
 */
static void x86_kvm_enable(CPUState *cpu, bool on)
{
    struct kvm_run *run = cpu->kvm_run;

    if (on) {
        run->s.regs.regs.rip = 0;
        run->s.regs.regs.rbp = 0;
        run->s.regs.sregs.cr3 = 0;
        run->kvm_valid_regs |= KVM_REGS;
    } else {
        run->kvm_valid_regs &= ~KVM_REGS;
    }
}

static const struct kvm_sync_regs *x86_kvm_state_of(CPUState *cpu)
{
    if (unlikely((cpu->kvm_run->kvm_valid_regs & KVM_REGS) != KVM_REGS)) {
        /* A vCPU that was plugged in: valid from its next access on. */
        x86_kvm_enable(cpu, true);
    }
    return &cpu->kvm_run->s.regs;
}

static uint64_t x86_kvm_pc(CPUState *cpu, VFIOTraceWay way)
{
    return x86_kvm_state_of(cpu)->regs.rip;
}

static uint64_t x86_kvm_space(CPUState *cpu)
{
    return x86_kvm_state_of(cpu)->sregs.cr3;
}

static VFIOTraceFrame x86_kvm_frame(CPUState *cpu)
{
    const struct kvm_sync_regs *s = x86_kvm_state_of(cpu);
    bool is64 = (s->sregs.efer & MSR_EFER_LMA) && s->sregs.cs.l;

    if (!is64 && !s->sregs.cs.db) {
        /* 16-bit code: the layout of its frames is not known. */
        return (VFIOTraceFrame) { 0 };
    }
    return (VFIOTraceFrame) {
        .fp = is64 ? s->regs.rbp
                   : (uint32_t)(s->regs.rbp + s->sregs.ss.base),
        .width = is64 ? 8 : 4,
        .ret = is64 ? 8 : 4,
    };
}

/*
 * KVM_TRANSLATE reads as the guest's kernel would, and fails for user space's
 * pages where the kernel may not read them (SMAP).  So the tables are walked
 * here, in memory; if they change meanwhile, a frame is wrong at worst.
 */
static bool x86_kvm_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa)
{
    const struct kvm_sregs *s = &x86_kvm_state_of(cpu)->sregs;
    const InsnWalkState state = {
        .cr0 = s->cr0,
        .cr3 = s->cr3,
        .cr4 = s->cr4,
        .efer = s->efer,
        .rflags = AC_MASK,
        .phys_bits = X86_CPU(cpu)->phys_bits,
    };
    uint32_t error;

    return insn_walk_translate(&state, &vfio_trace_guest_memory_ro, addr, 0,
                               gpa, &error);
}

static bool x86_kvm_counter(CPUState *cpu, uint64_t *counter)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } msrs = {
        .info.nmsrs = 1,
        .entry.index = MSR_IA32_TSC,
    };

    if (kvm_vcpu_ioctl(cpu, KVM_GET_MSRS, &msrs) != 1) {
        return false;
    }
    *counter = msrs.entry.data;
    return true;
}

static const VFIOTraceVCPUOps x86_kvm_ops = {
    .enable = x86_kvm_enable,
    .pc = x86_kvm_pc,
    .space = x86_kvm_space,
    .frame = x86_kvm_frame,
    .translate = x86_kvm_translate,
    .counter = x86_kvm_counter,
};

const VFIOTraceVCPUOps *vfio_trace_x86_kvm(const char **why)
{
    if ((kvm_check_extension(kvm_state, KVM_CAP_SYNC_REGS) & KVM_REGS) !=
        KVM_REGS) {
        *why = "no-sync-regs";
        return NULL;
    }
    return &x86_kvm_ops;
}
