/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the hardware's side of an access
 *
 * What the guest gets is not always what the hardware gave: VFIO and QEMU
 * answer for parts of config space, for the MSI-X table, for quirks; and what
 * VFIO can't read, it makes all ones of.  With QEMU 10.2's I/O operations of a
 * VFIO device one can stand between VFIO and the hardware and see what was
 * asked and answered.  Before, there is no such place: then what did not go
 * through an mmap is not known.  Nothing here ever asks the hardware itself.
 *
 * All of this runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_HARDWARE_H
#define HW_VFIO_TRACE_TAP_HARDWARE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_hw_start() - begin to watch what the hardware is asked
 * @tap: the tap, of any device
 */
void pci_tap_hw_start(PCITap *tap);

/**
 * pci_tap_hw_stop() - stop watching
 * @tap: the tap
 */
void pci_tap_hw_stop(PCITap *tap);

/**
 * pci_tap_hw_known() - can it be told what the hardware is asked?
 * @tap: the tap
 *
 * Of an emulated device it can: there is no hardware.
 */
bool pci_tap_hw_known(const PCITap *tap);

/**
 * pci_tap_hw_irqs_seen() - do the device's interrupts come to QEMU?
 * @tap: the tap
 *
 * KVM delivers those of VFIO without it, unless VFIO was told not to let it.
 */
bool pci_tap_hw_irqs_seen(const PCITap *tap);

/**
 * pci_tap_hw_begin() - an access goes to the device
 * @region: which region of it
 * @offset: where
 * @size: bytes
 */
void pci_tap_hw_begin(PCITapRegion *region, uint64_t offset, unsigned size);

/**
 * pci_tap_hw_end() - note in the record how the access ended
 * @region: as it began
 * @rec: the record; its value is there
 */
void pci_tap_hw_end(PCITapRegion *region, MmtRecord *rec);

/**
 * pci_tap_hw_emulates() - does QEMU answer for this, and not the hardware?
 * @region: a region
 * @mr: what the device has put into it
 */
bool pci_tap_hw_emulates(const PCITapRegion *region, MemoryRegion *mr);

/**
 * pci_tap_hw_emulated_config() - which bits of config space does QEMU answer?
 * @tap: the tap
 * @size: where to store how many bytes this is about
 *
 * Return: so many bytes, or NULL if all of config space is QEMU's
 */
const uint8_t *pci_tap_hw_emulated_config(const PCITap *tap, uint64_t *size);

#endif /* HW_VFIO_TRACE_TAP_HARDWARE_H */
