/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: KVM's numbers of Arm's registers
 *
 * For kvm_get_one_reg(): linux/Documentation/virt/kvm/api.rst,
 * KVM_SET_ONE_REG.  The numbers of system registers are the architecture's op0,
 * op1, CRn, CRm, op2.
 */
#ifndef HW_VFIO_TRACE_ARM_KVM_REGS_H
#define HW_VFIO_TRACE_ARM_KVM_REGS_H

#include <linux/kvm.h>

/* A 64-bit member of struct kvm_regs */
#define ARM_KVM_CORE(member) \
    (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
     KVM_REG_ARM_CORE_REG(member))

#define ARM_KVM_SCTLR_EL1 ARM64_SYS_REG(3, 0, 1, 0, 0)
#define ARM_KVM_CPACR_EL1 ARM64_SYS_REG(3, 0, 1, 0, 2)
#define ARM_KVM_TTBR0_EL1 ARM64_SYS_REG(3, 0, 2, 0, 0)
#define ARM_KVM_TTBR1_EL1 ARM64_SYS_REG(3, 0, 2, 0, 1)
#define ARM_KVM_TCR_EL1   ARM64_SYS_REG(3, 0, 2, 0, 2)
#define ARM_KVM_TCR2_EL1  ARM64_SYS_REG(3, 0, 2, 0, 3)
#define ARM_KVM_PIRE0_EL1 ARM64_SYS_REG(3, 0, 10, 2, 2)
#define ARM_KVM_PIR_EL1   ARM64_SYS_REG(3, 0, 10, 2, 3)

#endif /* HW_VFIO_TRACE_ARM_KVM_REGS_H */
