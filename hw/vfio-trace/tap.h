/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the tap
 *
 * Theory of operation
 *
 * A tap stands between the guest and one PCI device, whatever that is.  For
 * each BAR it takes the region that the device registered with the PCI core
 * and makes it the root of a private address space, the shadow.  In the
 * BAR's place in the guest it puts a container with a window: an alias into
 * an I/O region of the tap's own, the trap, as large as the BAR.  The trap's
 * callbacks record the guest's access and repeat it in the shadow.
 *
 *      before:   bus --> BAR's region
 *
 *      after:    bus --> container --> window --> trap --> record
 *                                                   |
 *                                     shadow --> BAR's region
 *
 * What the device does inside its own region - quirks, MSI-X table, mmaps
 * switched off while an interrupt is pending - goes on working, one level
 * further down, and where the shadow ends in an mmapped BAR the repeated
 * access is a single load or store.
 *
 * Windows are what makes a range trapped: they are aliases because those,
 * unlike I/O regions, may come and go while vCPUs are inside.  Where they do
 * not cover the BAR, the region lies below them and shows beside them, with
 * its mmaps and all.  Where one covers it, the region is not put there.  (For
 * a BAR smaller than a page it must not: VFIO would take it for mapped and
 * grow it to a page in our container.)  A BAR without a window is left as it
 * is.
 *
 * All of this runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_H
#define HW_VFIO_TRACE_TAP_H

#include "hw/pci/pci_device.h"
#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "compat.h"
#include "log.h"
#include "windows.h"

#define TYPE_PCI_TAP "pci-tap"
OBJECT_DECLARE_SIMPLE_TYPE(PCITap, PCI_TAP)

/* BARs of a device; the expansion ROM is not trapped */
#define PCI_TAP_BARS PCI_ROM_SLOT

/**
 * struct PCITapCount: accesses of one direction
 * @accesses: how many
 * @bytes: their widths added up
 */
typedef struct PCITapCount {
    uint64_t accesses;
    uint64_t bytes;
} PCITapCount;

/**
 * struct PCITapWindow: a part of a BAR that is trapped
 * @range: which
 * @alias: into the BAR's trap
 */
typedef struct PCITapWindow {
    PCITapRange range;
    MemoryRegion alias;
} PCITapWindow;

/**
 * struct PCITapDirect: the largest mmap of a BAR (tap-direct.c)
 * @listener: follows the BAR's shadow
 * @host: its first byte
 * @offset: where in the BAR that is
 * @len: bytes; 0: there is none
 */
typedef struct PCITapDirect {
    MemoryListener listener;
    uint8_t *host;
    uint64_t offset;
    uint64_t len;
} PCITapDirect;

/**
 * struct PCITapBar: one BAR
 * @tap: the tap it belongs to
 * @nr: number of the BAR
 * @map_id: number of the region in the log; 0: nothing of it is trapped
 * @addr: its address in the log
 * @size: bytes; 0: there is no such BAR
 * @port: I/O ports
 * @region: what the device registered
 * @shadow: address space of @region
 * @direct: the part of @shadow that needs no looking up
 * @trap: where the guest's accesses end
 * @window: what is trapped, in order
 * @windows: their number
 * @container: holds the windows; stands in @region's place
 * @sections: parts of the BAR that the guest sees at the moment
 * @seen: where the guest sees the first byte
 * @mapped: a MAP is in the log, and no UNMAP since
 * @mapped_at: the guest address in that MAP
 * @read: the guest's reads
 * @write: the guest's writes
 * @failed: those of both that did not reach the device
 */
typedef struct PCITapBar {
    PCITap *tap;
    int nr;
    uint32_t map_id;
    uint64_t addr;
    uint64_t size;
    bool port;

    MemoryRegion *region;
    AddressSpace shadow;
    PCITapDirect direct;
    MemoryRegion trap;
    PCITapWindow *window;
    unsigned windows;
    MemoryRegion container;

    unsigned sections;
    hwaddr seen;
    bool mapped;
    hwaddr mapped_at;

    PCITapCount read;
    PCITapCount write;
    uint64_t failed;
} PCITapBar;

/**
 * struct PCITapListener: follows the BARs in one address space
 * @listener: QEMU's
 * @tap: whose BARs
 */
typedef struct PCITapListener {
    MemoryListener listener;
    PCITap *tap;
} PCITapListener;

/**
 * struct PCITap: one traced device
 * @pdev: the device; the tap is its child
 * @log: where the records go; referenced
 * @pci: what its PCIDEV line says
 * @host: the device's address on the host, or NULL if it has none
 * @name: what the log calls it: its ID, else @host, else its path
 * @detached: the device goes or has gone; under the BQL
 * @bar: the BARs
 * @memory: follows the memory BARs
 * @io: follows the I/O BARs
 * @rcu: for the end
 * @next: in the list of the log's devices
 */
struct PCITap {
    Object parent_obj;

    PCIDevice *pdev;
    VFIOTraceLog *log;
    MmtPciDev pci;
    char *host;
    char *name;
    bool detached;
    PCITapBar bar[PCI_TAP_BARS];
    PCITapListener memory;
    PCITapListener io;
    struct rcu_head rcu;
    QTAILQ_ENTRY(PCITap) next;
};

/**
 * pci_tap_attach() - begin to trace a device
 * @pdev: the device, realized
 * @log: where to
 * @windows: what of it
 * @host: its address on the host, or NULL if it has none
 * @pci: what the host knows of it; addresses may be 0. NULL: ask @pdev
 * @driver: name for the PCIDEV line
 * @errp: error if the device is traced already, or has not all of @windows
 *
 * Return: the tap, a child of @pdev, or NULL
 */
PCITap *pci_tap_attach(PCIDevice *pdev, VFIOTraceLog *log,
                       const PCITapWindows *windows, const char *host,
                       const MmtPciDev *pci, const char *driver,
                       Error **errp);

/**
 * pci_tap_detach() - stop tracing and let the tap go
 * @tap: the tap
 *
 * For a device that is being taken out of the machine, before its BARs are
 * unregistered or after: the guest does not see them any more when this
 * returns.
 */
void pci_tap_detach(PCITap *tap);

/**
 * pci_tap_valid_driver() - is this fit for the driver field of a PCIDEV line
 * @driver: the name
 * @errp: error that says what is wrong
 */
bool pci_tap_valid_driver(const char *driver, Error **errp);

/* tap-direct.c: the short way into an mmapped BAR */

/**
 * pci_tap_direct_start() - follow a BAR's shadow
 * @d: the BAR's
 * @shadow: the shadow
 */
void pci_tap_direct_start(PCITapDirect *d, AddressSpace *shadow);

/**
 * pci_tap_direct_stop() - for before the shadow is destroyed
 * @d: the BAR's
 */
void pci_tap_direct_stop(PCITapDirect *d);

/* tap-place.c: what the log calls the device's resources */

/**
 * pci_tap_describe() - fill in @pci of a device that does not stand on the host
 * @tap: the tap
 */
void pci_tap_describe(PCITap *tap);

/**
 * pci_tap_place() - give each BAR its address in the log
 * @tap: the tap; it is among its log's devices, and its BARs have sizes
 *
 * Return: whether any address is synthetic, for want of one on the host
 */
bool pci_tap_place(PCITap *tap);

/* tap-map.c: MAP and UNMAP as the guest moves BARs */

/**
 * pci_tap_listen() - log where the guest sees the BARs, from now on
 * @tap: the tap; its traps stand in the guest's address spaces
 */
void pci_tap_listen(PCITap *tap);

/**
 * pci_tap_unlisten() - log that the guest sees none any more
 * @tap: the tap
 */
void pci_tap_unlisten(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_H */
