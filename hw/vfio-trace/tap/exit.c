/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: MMIO exits of KVM's vCPUs (see exit.h, exit-part.h) */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "hw/vfio-trace/tap/access.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/exit-part.h"
#include "hw/vfio-trace/tap/exit.h"

#include <linux/kvm.h>

/* What QEMU's way would make of several accesses is left to it. */
static bool tap_exit_is_one(const PCITapExitPart *part, hwaddr at, unsigned len)
{
    return is_power_of_2(len) && len <= part->len - (at - part->at);
}

static bool __attribute__((noinline))
tap_exit_make(CPUState *cpu, const PCITapExitPart *part, MemTxAttrs attrs)
{
    struct kvm_run *run = cpu->kvm_run;
    hwaddr at = run->mmio.phys_addr;
    unsigned len = run->mmio.len;
    uint64_t data = 0;

    if (!tap_exit_is_one(part, at, len)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    if (part->generation != qatomic_read(&pci_tap_generation)) {
        return false;
    }
    if (run->mmio.is_write) {
        data = ldn_le_p(run->mmio.data, len);
    }
    if (!pci_tap_access_exit(part->region, part->offset + (at - part->at),
                             &data, len, run->mmio.is_write, attrs,
                             part->generation)) {
        return false;
    }
    if (!run->mmio.is_write) {
        stn_le_p(run->mmio.data, len, data);
    }
    return true;
}

/* Kept small: exits to other devices pass here as well. */
static bool tap_exit_mmio(CPUState *cpu, MemTxAttrs attrs)
{
    hwaddr at = cpu->kvm_run->mmio.phys_addr;
    const PCITapExitPart *part = pci_tap_exit_part_find(at);

    return part && tap_exit_make(cpu, part, attrs);
}

void pci_tap_exit_start(void)
{
    if (kvm_enabled()) {
        /* vCPUs may be running already. */
        qatomic_set(&kvm_mmio_exit, tap_exit_mmio);
    }
}
