/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the snapshot= property, the guest's memory at a doorbell
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
 * @offset: of the register whose write counts
 * @len: bytes to log
 * @mask: which bits of the address count
 * @by_register: the address is in another register
 * @reg: its offset
 * @held: what the guest has written there, little endian
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
 * @snapshot: PCITapSnapshot, as given
 * @buf: room for the largest
 */
struct PCITapSnapshots {
    GArray *snapshot;
    uint8_t *buf;
};

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

#endif /* HW_VFIO_TRACE_TAP_SNAPSHOT_SPEC_H */
