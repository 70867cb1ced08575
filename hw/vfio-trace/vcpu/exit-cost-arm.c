/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what an exit costs on Arm (see exit-cost-vm.h)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <sys/ioctl.h>
#include "cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/vcpu/exit-cost-vm.h"

/* VBAR_EL1 is 0: there the processor goes for an exception at EL1. */
#define ARM_VECTOR 0x200

QEMU_BUILD_BUG_ON(EXIT_COST_HOLE & 0xffff || EXIT_COST_WRITES > 0xffff);

static const uint32_t exit_cost_code[] = {
    const_le32(0xd2a00000u | EXIT_COST_HOLE >> 16 << 5), /* movz x0, HOLE */
    const_le32(0x52800001u | EXIT_COST_WRITES << 5),     /* movz w1, WRITES */
    const_le32(0xb9000002u),                             /* 1: str w2, [x0] */
    const_le32(0x71000421u),                             /* subs w1, w1, #1 */
    const_le32(0x54ffffc1u),                             /* b.ne 1b */
};

/* PSCI's SYSTEM_OFF */
static const uint32_t exit_cost_off[] = {
    const_le32(0x52800100u),                    /* movz w0, #8 */
    const_le32(0x72b08000u),                    /* movk w0, #0x8400, lsl #16 */
    const_le32(0xd4000002u),                    /* hvc #0 */
};

void vfio_trace_exit_code(void *page)
{
    memcpy(page, exit_cost_code, sizeof(exit_cost_code));
    memcpy((char *)page + sizeof(exit_cost_code), exit_cost_off,
           sizeof(exit_cost_off));
    memcpy((char *)page + ARM_VECTOR, exit_cost_off, sizeof(exit_cost_off));
}

/* Some processors have fewer than the 40 bits that type 0 stands for. */
unsigned long vfio_trace_exit_vm_type(void)
{
    int bits = kvm_check_extension(kvm_state, KVM_CAP_ARM_VM_IPA_SIZE);

    return bits > 0 ? KVM_VM_TYPE_ARM_IPA_SIZE(MIN(bits, 40)) : 0;
}

/* At EL1, without tables: the program counter and all registers are 0. */
bool vfio_trace_exit_set_up(const ExitCostVM *m)
{
    struct kvm_vcpu_init init;

    if (ioctl(m->vm, KVM_ARM_PREFERRED_TARGET, &init) < 0) {
        return false;
    }
    init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
    return ioctl(m->vcpu, KVM_ARM_VCPU_INIT, &init) == 0;
}
