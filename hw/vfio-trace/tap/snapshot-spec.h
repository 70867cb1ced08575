/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser of snapshot=, guest memory to log at a doorbell
 *
 * A driver and its device exchange data in guest memory, which an MMIO trace
 * does not show.  But the driver writes to a register (a doorbell) to tell the
 * device where the data is, or that it is ready; at that moment it can be read.
 *
 * A snapshot is BAR:OFFSET:LEN[:MASK][@REGISTER]: on a write to OFFSET of the
 * BAR, LEN bytes of guest memory are logged, before the device sees the write.
 * Their address is the value written, or, with @REGISTER, the value that the
 * guest last wrote to the eight bytes at REGISTER of the BAR.  MASK selects the
 * bits of the value that form the address.
 */
#ifndef HW_VFIO_TRACE_TAP_SNAPSHOT_SPEC_H
#define HW_VFIO_TRACE_TAP_SNAPSHOT_SPEC_H

typedef struct PCITapSnapshots PCITapSnapshots;

/* Largest LEN, in bytes */
#define PCI_TAP_SNAPSHOT_MAX (64 * 1024)

/**
 * struct PCITapSnapshot: one part of the property
 * @text: the part as it was given
 * @bar: number of the BAR
 * @offset: offset of the register whose writes trigger the snapshot
 * @len: number of bytes to log
 * @mask: bits of the value that form the address
 * @by_register: the address is in another register
 * @reg: offset of that register
 * @held: the bytes that the guest has written there, little endian
 * @known: one bit for each byte of @held that has been written
 */
typedef struct PCITapSnapshot {
    char *text;
    int bar;
    uint64_t offset;
    uint64_t len;
    uint64_t mask;
    bool by_register;
    uint64_t reg;
    uint8_t held[8];
    uint8_t known;
} PCITapSnapshot;

/**
 * struct PCITapSnapshots: the property
 * @snapshot: PCITapSnapshot, in the order given
 * @buf: buffer of PCI_TAP_SNAPSHOT_MAX bytes; NULL while there are none
 */
struct PCITapSnapshots {
    GArray *snapshot;
    uint8_t *buf;
};

/**
 * pci_tap_snapshots_parse() - parse a snapshot= property
 * @text: the property: snapshots, joined by "+"; NULL for no snapshots
 * @errp: error that names the invalid part
 *
 * Return: the snapshots, to be freed
 */
PCITapSnapshots *pci_tap_snapshots_parse(const char *text, Error **errp);

/**
 * pci_tap_snapshots_free() - free snapshots
 * @snapshots: the snapshots, or NULL
 */
void pci_tap_snapshots_free(PCITapSnapshots *snapshots);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapSnapshots, pci_tap_snapshots_free)

#endif /* HW_VFIO_TRACE_TAP_SNAPSHOT_SPEC_H */
