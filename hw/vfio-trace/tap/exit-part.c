/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: parts of traps that a vCPU of KVM remembers (see exit-part.h) */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/exit-part.h"

#include <linux/kvm.h>

/* A region in more pieces than that is looked up by QEMU: it has a tree. */
#define SECTIONS_MAX 64

__thread PCITapExitPart pci_tap_exit_part[PCI_TAP_EXIT_PARTS];

/* The part that is replaced next */
static __thread unsigned tap_exit_part_next;

void pci_tap_exit_part_learn(PCITapRegion *region, uint64_t addr)
{
    hwaddr at;
    guint i;

    if (!current_cpu || !kvm_enabled() ||
        region->sections->len > SECTIONS_MAX) {
        return;
    }
    at = current_cpu->kvm_run->mmio.phys_addr;
    for (i = 0; i < region->sections->len; i++) {
        const PCITapSection *s = &g_array_index(region->sections,
                                                PCITapSection, i);

        /* Not so if it is no exit's access: a device's DMA, for example */
        if (at - s->at < s->len && at - s->at == addr - s->offset) {
            pci_tap_exit_part[tap_exit_part_next] = (PCITapExitPart) {
                .region = region,
                .at = s->at,
                .len = s->len,
                .offset = s->offset,
                .generation = qatomic_read(&pci_tap_generation),
            };
            tap_exit_part_next = (tap_exit_part_next + 1) % PCI_TAP_EXIT_PARTS;
            return;
        }
    }
}
