/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parts of traps that a vCPU of KVM remembers
 *
 * Theory of operation
 *
 * QEMU looks the address of each exit up in the memory map, finds our trap, and
 * calls it through several layers.  A driver accesses the same registers again
 * and again, so each vCPU remembers the parts of traps that it accessed last,
 * and makes an access to them without QEMU's way - if it can be made in the
 * log's gate.  All else goes QEMU's way.
 *
 * What is remembered is valid for one generation of the memory map.  A new one
 * begins with each pci_tap_gate_close(), so also before each change of the map;
 * and the number is compared again in the gate, where nothing changes.  A tap
 * is freed a grace period of RCU after it has begun a generation, so who finds
 * the same number within an RCU read section may use what it remembers.
 */
#ifndef HW_VFIO_TRACE_TAP_EXIT_PART_H
#define HW_VFIO_TRACE_TAP_EXIT_PART_H

#include "hw/vfio-trace/tap/tap-internal.h"

/* How many parts a vCPU remembers */
#define PCI_TAP_EXIT_PARTS 2

/**
 * struct PCITapExitPart: a part of a trap, as a vCPU sees it
 * @region: the region
 * @at: guest-physical address of its first byte
 * @len: length in bytes; 0: nothing is remembered
 * @offset: offset of its first byte in the region
 * @generation: the map that it was in
 */
typedef struct PCITapExitPart {
    PCITapRegion *region;
    hwaddr at;
    uint64_t len;
    uint64_t offset;
    uint64_t generation;
} PCITapExitPart;

/* Of this vCPU's thread */
extern __thread PCITapExitPart pci_tap_exit_part[PCI_TAP_EXIT_PARTS];

/**
 * pci_tap_exit_part_find() - what does this vCPU remember of an address?
 * @at: guest-physical address
 *
 * Return: the part, which may be of an earlier generation; or NULL
 */
static inline const PCITapExitPart *pci_tap_exit_part_find(hwaddr at)
{
    unsigned i;

    for (i = 0; i < PCI_TAP_EXIT_PARTS; i++) {
        const PCITapExitPart *part = &pci_tap_exit_part[i];

        if (at - part->at < part->len) {
            return part;
        }
    }
    return NULL;
}

#ifdef CONFIG_KVM

/**
 * pci_tap_exit_part_learn() - remember where the current exit's access went
 * @region: its region; the caller is in the gate
 * @addr: its offset in the region
 */
void pci_tap_exit_part_learn(PCITapRegion *region, uint64_t addr);

#else

static inline void pci_tap_exit_part_learn(PCITapRegion *region, uint64_t addr)
{
}

#endif

#endif /* HW_VFIO_TRACE_TAP_EXIT_PART_H */
