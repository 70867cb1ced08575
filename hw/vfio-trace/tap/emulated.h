/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what QEMU answers instead of a device's hardware
 *
 * Everything that the log says about it comes from here: the coverage marks,
 * the hardware's side of an access, and which reads are unverified.
 */
#ifndef HW_VFIO_TRACE_TAP_EMULATED_H
#define HW_VFIO_TRACE_TAP_EMULATED_H

#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * struct PCITapEmulated: a range of a region that QEMU answers
 * @from: where it begins in the region
 * @to: behind its last byte
 * @answer: who answers, not PCI_TAP_ANSWER_HARDWARE
 * @by: what answers, as QEMU names it, as one word
 */
typedef struct PCITapEmulated {
    uint64_t from;
    uint64_t to;
    PCITapAnswer answer;
    char *by;
} PCITapEmulated;

/**
 * pci_tap_emulated_scan() - find out what QEMU answers now
 * @region: a region that is attached, or config space; its @emulated is set
 *
 * Return: whether that has changed since the last call
 */
bool pci_tap_emulated_scan(PCITapRegion *region);

/**
 * pci_tap_answer() - who answers an access?
 * @region: the region
 * @offset: offset in the region
 * @size: width in bytes
 *
 * QEMU passes all writes to config space on, also to the bits that it emulates.
 *
 * Return: as the last scan has found it; PCI_TAP_ANSWER_HARDWARE if the
 *         hardware is asked at least for some of the bits of a read
 */
PCITapAnswer pci_tap_answer(const PCITapRegion *region, uint64_t offset,
                            unsigned size);

#endif /* HW_VFIO_TRACE_TAP_EMULATED_H */
