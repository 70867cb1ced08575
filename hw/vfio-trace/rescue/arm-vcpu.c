/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of an Arm vCPU of KVM (see arm-vcpu.h)
 *
 * Registers are read and set one by one: cpu_synchronize_state() would also
 * read hundreds of system registers.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "cpu.h"
#include "target/arm/cpu-features.h"
#include "target/arm/syndrome.h"
#include "system/hw_accel.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "hw/vfio-trace/rescue/arm-vcpu.h"
#include "hw/vfio-trace/vcpu/arm-kvm-regs.h"

#include <linux/kvm.h>

/* Members that are arrays: one register, and the step to the next one */
#define RESCUE_ARM_X(n)  (ARM_KVM_CORE(regs.regs[0]) + 2 * (n))
#define RESCUE_ARM_V(n) \
    ((KVM_REG_ARM64 | KVM_REG_SIZE_U128 | KVM_REG_ARM_CORE | \
      KVM_REG_ARM_CORE_REG(fp_regs.vregs[0])) + 4 * (n))

/* CPACR_EL1.FPEN: which exception levels may use vector registers */
#define RESCUE_ARM_FPEN_EL1  1
#define RESCUE_ARM_FPEN_BOTH 3

/* DCZID_EL0: DC ZVA is prohibited; 2^BS words in a block */
#define RESCUE_ARM_DCZID_DZP (1 << 4)
#define RESCUE_ARM_DCZID_BS  15

/* Bytes of a Z register, as KVM has it */
#define RESCUE_ARM_Z_BYTES (2048 / 8)

/* --- general and system registers ---------------------------------------- */

static bool rescue_arm_get(const RescueArmVCPU *vcpu, uint64_t id,
                           uint64_t *value)
{
    return kvm_get_one_reg(vcpu->cpu, id, value) >= 0;
}

static bool rescue_arm_set(const RescueArmVCPU *vcpu, uint64_t id,
                           uint64_t value)
{
    return kvm_set_one_reg(vcpu->cpu, id, &value) >= 0;
}

/* EL1 has a stack pointer of its own, and uses it if PSTATE.SP says so. */
static uint64_t rescue_arm_sp_id(const RescueArmVCPU *vcpu)
{
    return vcpu->pstate & PSTATE_SP ? ARM_KVM_CORE(sp_el1)
                                    : ARM_KVM_CORE(regs.sp);
}

static bool rescue_arm_is_user(const RescueArmVCPU *vcpu)
{
    return !extract64(vcpu->pstate, 2, 2);
}

static bool rescue_arm_load_general(RescueArmVCPU *vcpu)
{
    unsigned i;

    for (i = 0; i < A64_GPRS; i++) {
        if (!rescue_arm_get(vcpu, RESCUE_ARM_X(i), &vcpu->insn.x[i])) {
            return false;
        }
    }
    return rescue_arm_get(vcpu, rescue_arm_sp_id(vcpu), &vcpu->insn.sp);
}

static bool rescue_arm_load_walk(RescueArmVCPU *vcpu)
{
    A64WalkState *walk = &vcpu->walk;

    /* Kernels and processors without indirect permissions do not have these. */
    if (!rescue_arm_get(vcpu, ARM_KVM_TCR2_EL1, &walk->tcr2) ||
        !rescue_arm_get(vcpu, ARM_KVM_PIR_EL1, &walk->pir) ||
        !rescue_arm_get(vcpu, ARM_KVM_PIRE0_EL1, &walk->pire0)) {
        walk->pir = walk->pire0 = 0;
    }
    walk->user = rescue_arm_is_user(vcpu);
    walk->pan = vcpu->pstate & PSTATE_PAN;
    return rescue_arm_get(vcpu, ARM_KVM_SCTLR_EL1, &walk->sctlr) &&
           rescue_arm_get(vcpu, ARM_KVM_TCR_EL1, &walk->tcr) &&
           rescue_arm_get(vcpu, ARM_KVM_TTBR0_EL1, &walk->ttbr[0]) &&
           rescue_arm_get(vcpu, ARM_KVM_TTBR1_EL1, &walk->ttbr[1]);
}

/* A guest's processor has the host's blocks. */
static unsigned rescue_arm_zero_block(void)
{
    uint64_t dczid;

    asm("mrs %0, dczid_el0" : "=r" (dczid));
    return dczid & RESCUE_ARM_DCZID_DZP ? 0
                                        : 4u << (dczid & RESCUE_ARM_DCZID_BS);
}

const char *vfio_trace_rescue_arm_load(RescueArmVCPU *vcpu, CPUState *cpu)
{
    *vcpu = (RescueArmVCPU) { .cpu = cpu };
    if (!rescue_arm_get(vcpu, ARM_KVM_CORE(regs.pc), &vcpu->insn.pc) ||
        !rescue_arm_get(vcpu, ARM_KVM_CORE(regs.pstate), &vcpu->pstate)) {
        return "registers";
    }
    if (vcpu->pstate & PSTATE_nRW) {
        return "aarch32";
    }
    if (arm_feature(&ARM_CPU(cpu)->env, ARM_FEATURE_EL2)) {
        return "nested";
    }
    if (!rescue_arm_load_general(vcpu) || !rescue_arm_load_walk(vcpu)) {
        return "registers";
    }
    vcpu->insn.big_endian =
        vcpu->walk.sctlr & (vcpu->walk.user ? SCTLR_E0E : SCTLR_EE);
    vcpu->insn.zero_block = rescue_arm_zero_block();
    return a64_walk_supported(&vcpu->walk);
}

/* --- vector registers ---------------------------------------------------- */

static bool rescue_arm_has_sve(const RescueArmVCPU *vcpu)
{
    return cpu_isar_feature(aa64_sve, ARM_CPU(vcpu->cpu));
}

/* With SVE, V registers are the beginning of Z registers. */
static bool rescue_arm_get_v(RescueArmVCPU *vcpu, unsigned n)
{
    uint64_t *v = vcpu->insn.v[n];
    uint8_t z[RESCUE_ARM_Z_BYTES];
    __uint128_t value;

    if (rescue_arm_has_sve(vcpu)) {
        if (kvm_get_one_reg(vcpu->cpu, KVM_REG_ARM64_SVE_ZREG(n, 0), z) < 0) {
            return false;
        }
        v[0] = ldq_le_p(z);
        v[1] = ldq_le_p(z + 8);
        return true;
    }
    if (kvm_get_one_reg(vcpu->cpu, RESCUE_ARM_V(n), &value) < 0) {
        return false;
    }
    v[0] = value;
    v[1] = value >> 64;
    return true;
}

/* A load into a V register clears the rest of the Z register. */
static bool rescue_arm_set_v(RescueArmVCPU *vcpu, unsigned n)
{
    const uint64_t *v = vcpu->insn.v[n];
    uint8_t z[RESCUE_ARM_Z_BYTES] = { 0 };
    __uint128_t value = (__uint128_t)v[1] << 64 | v[0];

    if (rescue_arm_has_sve(vcpu)) {
        stq_le_p(z, v[0]);
        stq_le_p(z + 8, v[1]);
        return kvm_set_one_reg(vcpu->cpu, KVM_REG_ARM64_SVE_ZREG(n, 0),
                               z) >= 0;
    }
    return kvm_set_one_reg(vcpu->cpu, RESCUE_ARM_V(n), &value) >= 0;
}

/* Another vCPU may have changed the instruction: may this one use vectors? */
static bool rescue_arm_may_use_vectors(const RescueArmVCPU *vcpu,
                                       uint64_t cpacr)
{
    unsigned fpen = extract64(cpacr, 20, 2);

    return fpen == RESCUE_ARM_FPEN_BOTH ||
           (fpen == RESCUE_ARM_FPEN_EL1 && !rescue_arm_is_user(vcpu));
}

const char *vfio_trace_rescue_arm_load_vectors(RescueArmVCPU *vcpu)
{
    uint64_t cpacr;
    unsigned i;

    if (!rescue_arm_get(vcpu, ARM_KVM_CPACR_EL1, &cpacr)) {
        return "registers";
    }
    if (!rescue_arm_may_use_vectors(vcpu, cpacr)) {
        return "fpen";
    }
    for (i = 0; i < A64_VECTORS; i++) {
        if (!rescue_arm_get_v(vcpu, i)) {
            return "registers";
        }
    }
    return NULL;
}

/* --- after the instruction ----------------------------------------------- */

static bool rescue_arm_save_general(const RescueArmVCPU *vcpu)
{
    unsigned i;

    for (i = 0; i < A64_GPRS; i++) {
        if ((vcpu->insn.x_changed & (1u << i)) &&
            !rescue_arm_set(vcpu, RESCUE_ARM_X(i), vcpu->insn.x[i])) {
            return false;
        }
    }
    return !(vcpu->insn.x_changed & (1u << A64_REG_31)) ||
           rescue_arm_set(vcpu, rescue_arm_sp_id(vcpu), vcpu->insn.sp);
}

static bool rescue_arm_save_vectors(RescueArmVCPU *vcpu)
{
    unsigned i;

    for (i = 0; i < A64_VECTORS; i++) {
        if ((vcpu->insn.v_changed & (1u << i)) &&
            !rescue_arm_set_v(vcpu, i)) {
            return false;
        }
    }
    return true;
}

/* As KVM steps over an instruction that it has emulated */
bool vfio_trace_rescue_arm_save(RescueArmVCPU *vcpu)
{
    uint64_t pstate = vcpu->pstate & ~(uint64_t)(PSTATE_SS | PSTATE_BTYPE);

    /* A device may have read the registers; QEMU must not write them back. */
    vcpu->cpu->vcpu_dirty = false;
    return rescue_arm_save_general(vcpu) && rescue_arm_save_vectors(vcpu) &&
           (pstate == vcpu->pstate ||
            rescue_arm_set(vcpu, ARM_KVM_CORE(regs.pstate), pstate)) &&
           rescue_arm_set(vcpu, ARM_KVM_CORE(regs.pc), vcpu->insn.pc);
}

/* QEMU has what an exception does: the vCPU goes to EL1's vector. */
void vfio_trace_rescue_arm_raise(const RescueArmVCPU *vcpu, uint64_t far,
                                 bool write, unsigned fault)
{
    CPUState *cpu = vcpu->cpu;
    CPUARMState *env = &ARM_CPU(cpu)->env;

    cpu_synchronize_state(cpu);
    cpu->exception_index = EXCP_DATA_ABORT;
    env->exception.syndrome =
        syn_data_abort_no_iss(!rescue_arm_is_user(vcpu), 0, 0, 0, 0, write,
                              fault);
    env->exception.vaddress = far;
    env->exception.target_el = 1;
    arm_cpu_do_interrupt(cpu);
}
