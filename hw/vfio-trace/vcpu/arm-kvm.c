/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of Arm's vCPUs with KVM (see vcpu.h)
 *
 * KVM shares no registers with QEMU on Arm: each one is a system call.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/vcpu/arm-frame.h"
#include "hw/vfio-trace/vcpu/arm-kvm-regs.h"
#include "hw/vfio-trace/vcpu/guest-linear.h"
#include "hw/vfio-trace/vcpu/vcpu-internal.h"
#include "liba64/walk.h"

static uint64_t arm_kvm_reg(CPUState *cpu, uint64_t id)
{
    uint64_t value = 0;

    return kvm_get_one_reg(cpu, id, &value) < 0 ? 0 : value;
}

/* KVM steps over the instruction when it is entered again. */
static uint64_t arm_kvm_pc(CPUState *cpu, VFIOTraceWay way)
{
    return arm_kvm_reg(cpu, ARM_KVM_CORE(regs.pc));
}

static uint64_t arm_kvm_space(CPUState *cpu)
{
    return arm_kvm_reg(cpu, ARM_KVM_TTBR0_EL1);
}

static VFIOTraceFrame arm_kvm_frame(CPUState *cpu)
{
    uint64_t pstate = arm_kvm_reg(cpu, ARM_KVM_CORE(regs.pstate));
    uint64_t sctlr = arm_kvm_reg(cpu, ARM_KVM_SCTLR_EL1);
    uint64_t fp = arm_kvm_reg(cpu, ARM_KVM_CORE(regs.regs[29]));
    bool el0 = !(pstate & PSTATE_M);

    return pstate & PSTATE_nRW
           ? (VFIOTraceFrame) { 0 }
           : vfio_trace_arm_frame(fp, arm_kvm_reg(cpu, ARM_KVM_TCR_EL1),
                                  sctlr & (el0 ? SCTLR_E0E : SCTLR_EE));
}

/*
 * QEMU's own walk would need all of the vCPU's registers, some hundreds.  If the
 * tables change meanwhile, a frame is wrong at worst.
 */
static bool arm_kvm_translate(CPUState *cpu, uint64_t addr, hwaddr *gpa)
{
    const A64WalkState state = {
        .sctlr = arm_kvm_reg(cpu, ARM_KVM_SCTLR_EL1),
        .tcr = arm_kvm_reg(cpu, ARM_KVM_TCR_EL1),
        .ttbr = {
            arm_kvm_reg(cpu, ARM_KVM_TTBR0_EL1),
            arm_kvm_reg(cpu, ARM_KVM_TTBR1_EL1),
        },
    };
    unsigned fault;

    return !a64_walk_supported(&state) &&
           a64_walk_translate(&state, &vfio_trace_guest_memory_ro, addr,
                              A64_WALK_FETCH, gpa, &fault);
}

static bool arm_kvm_counter(CPUState *cpu, uint64_t *counter)
{
    return kvm_get_one_reg(cpu, KVM_REG_ARM_TIMER_CNT, counter) >= 0;
}

static const VFIOTraceVCPUOps arm_kvm_ops = {
    .pc = arm_kvm_pc,
    .space = arm_kvm_space,
    .frame = arm_kvm_frame,
    .translate = arm_kvm_translate,
    .counter = arm_kvm_counter,
};

const VFIOTraceVCPUOps *vfio_trace_arm_kvm(const char **why)
{
    return &arm_kvm_ops;
}
