/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the hardware's side of an access
 *
 * The guest does not always get the hardware's value: VFIO and QEMU emulate
 * parts of config space, the MSI-X table and quirks, and VFIO returns all ones
 * if a read fails.  From QEMU 10.2 on, a VFIO device has I/O operations, which
 * can be replaced to see what VFIO asks the hardware and what it answers.  In
 * older versions, the hardware's side is known only of accesses through an
 * mmap.  No function here accesses the hardware by itself.
 *
 * All of them run under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_HARDWARE_H
#define HW_VFIO_TRACE_TAP_HARDWARE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * enum PCITapAnswer: who answers an access
 * @PCI_TAP_ANSWER_HARDWARE: the device
 * @PCI_TAP_ANSWER_QUIRK: a quirk of VFIO, which may ask the device
 * @PCI_TAP_ANSWER_QEMU: QEMU, without the device
 */
typedef enum PCITapAnswer {
    PCI_TAP_ANSWER_HARDWARE,
    PCI_TAP_ANSWER_QUIRK,
    PCI_TAP_ANSWER_QEMU,
} PCITapAnswer;

/**
 * pci_tap_hw_start() - begin to observe accesses to the hardware
 * @tap: the tap, of any device
 */
void pci_tap_hw_start(PCITap *tap);

/**
 * pci_tap_hw_stop() - stop observing
 * @tap: the tap
 */
void pci_tap_hw_stop(PCITap *tap);

/**
 * pci_tap_hw_known() - are all accesses to the hardware known?
 * @tap: the tap
 *
 * True for an emulated device, which has no hardware.
 */
bool pci_tap_hw_known(const PCITap *tap);

/**
 * pci_tap_hw_irqs_seen() - does QEMU see the device's interrupts?
 * @tap: the tap
 *
 * KVM delivers interrupts of a VFIO device without QEMU, unless properties of
 * the device forbid it.
 */
bool pci_tap_hw_irqs_seen(const PCITap *tap);

/**
 * pci_tap_hw_begin() - note that an access is about to be forwarded
 * @region: the region that is accessed
 * @offset: offset in the region
 * @size: width in bytes
 */
void pci_tap_hw_begin(PCITapRegion *region, uint64_t offset, unsigned size);

/**
 * pci_tap_hw_end() - fill in the hardware's side of an access
 * @region: as for pci_tap_hw_begin()
 * @rec: the record; it has the access's value
 */
void pci_tap_hw_end(PCITapRegion *region, MmtRecord *rec);

/**
 * pci_tap_hw_answer() - who answers in a memory region?
 * @region: a region of a VFIO device
 * @mr: a memory region in its shadow
 * @offset: where it is in @region
 */
PCITapAnswer pci_tap_hw_answer(const PCITapRegion *region, MemoryRegion *mr,
                               uint64_t offset);

/**
 * pci_tap_hw_quirks_seen() - does the tap see all accesses to quirks?
 * @tap: a tap of any device
 *
 * Quirks write to config space behind QEMU's PCI core.
 *
 * Return: false if a quirk is there that is not trapped
 */
bool pci_tap_hw_quirks_seen(const PCITap *tap);

/**
 * pci_tap_hw_emulated_config() - bits of config space that QEMU emulates
 * @tap: a tap of a VFIO device
 * @size: gets the number of bytes
 *
 * Return: a mask of @size bytes
 */
const uint8_t *pci_tap_hw_emulated_config(const PCITap *tap, uint64_t *size);

#endif /* HW_VFIO_TRACE_TAP_HARDWARE_H */
