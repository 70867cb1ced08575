/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's memory at a doorbell
 *
 * What a driver and its device say to each other in memory no MMIO trace
 * shows.  But the driver tells the device where, or when, by a write to a
 * register; then what it says is there to be read.
 *
 * A snapshot is BAR:OFFSET:LEN[:MASK][@REGISTER]: on a write to OFFSET of the
 * BAR, LEN bytes of guest memory go into the log, before the device sees the
 * write.  Their address is what was written; with @REGISTER it is what the
 * guest wrote last to the eight bytes at REGISTER of the BAR.  MASK says which
 * bits of that make the address.
 *
 * All of this runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_SNAPSHOT_H
#define HW_VFIO_TRACE_SNAPSHOT_H

#include "hw/pci/pci_device.h"

typedef struct PCITap PCITap;
typedef struct PCITapRegion PCITapRegion;
typedef struct PCITapSnapshots PCITapSnapshots;

/* Largest LEN, in bytes */
#define PCI_TAP_SNAPSHOT_MAX (64 * 1024)

/**
 * pci_tap_snapshots_parse() - understand a snapshot= property
 * @text: the property: snapshots, joined by "+"; NULL is none
 * @errp: error that names the part that is wrong
 *
 * Return: the snapshots, to be freed
 */
PCITapSnapshots *pci_tap_snapshots_parse(const char *text, Error **errp);

/**
 * pci_tap_snapshots_free() - free them
 * @snapshots: the snapshots, or NULL
 */
void pci_tap_snapshots_free(PCITapSnapshots *snapshots);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapSnapshots, pci_tap_snapshots_free)

/**
 * pci_tap_snapshots_add() - take more, at run time
 * @tap: the device's
 * @more: the snapshots; copied
 * @errp: error that names the one that the device can't have
 *
 * Return: whether the tap has them
 */
bool pci_tap_snapshots_add(PCITap *tap, const PCITapSnapshots *more,
                           Error **errp);

/**
 * pci_tap_snapshots_remove() - take one away
 * @tap: the device's
 * @text: the snapshot, as it was given
 *
 * Return: whether there was one
 */
bool pci_tap_snapshots_remove(PCITap *tap, const char *text);

/**
 * pci_tap_snapshots_next() - walk over a device's snapshots
 * @tap: the device's
 * @i: 0 to begin; counts on
 *
 * Return: the text of one, or NULL
 */
const char *pci_tap_snapshots_next(const PCITap *tap, unsigned *i);

/**
 * pci_tap_snapshots_reset() - the device is reset: its registers hold nothing
 * @tap: the device's
 */
void pci_tap_snapshots_reset(PCITap *tap);

/**
 * pci_tap_snapshots_forget() - forget registers whose writes are not seen
 * @region: the region, whose windows may have changed
 */
void pci_tap_snapshots_forget(const PCITapRegion *region);

/**
 * pci_tap_snapshots_write() - the guest writes
 * @region: to this region, which has snapshots
 * @offset: where
 * @size: bytes, 1 to 8
 * @value: what
 *
 * To be called when the write has its record, and before the device has it.
 */
void pci_tap_snapshots_write(PCITapRegion *region, uint64_t offset,
                             unsigned size, uint64_t value);

#endif /* HW_VFIO_TRACE_SNAPSHOT_H */
