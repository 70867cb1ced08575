/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a tap and its regions, private to this folder
 */
#ifndef HW_VFIO_TRACE_TAP_INTERNAL_H
#define HW_VFIO_TRACE_TAP_INTERNAL_H

#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/tap/tap.h"

typedef struct PCITapVFIO PCITapVFIO;

#define TYPE_PCI_TAP "pci-tap"
OBJECT_DECLARE_SIMPLE_TYPE(PCITap, PCI_TAP)

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
 * enum PCITapLogs: which accesses of one direction to a region are logged
 * @PCI_TAP_LOGS_NONE: none
 * @PCI_TAP_LOGS_SOME: those that touch a byte that is wanted
 * @PCI_TAP_LOGS_ALL: all
 */
typedef enum PCITapLogs {
    PCI_TAP_LOGS_NONE,
    PCI_TAP_LOGS_SOME,
    PCI_TAP_LOGS_ALL,
} PCITapLogs;

/**
 * struct PCITapDirect: the largest mmap of a region (direct.c)
 * @listener: follows the region's shadow
 * @host: its first byte
 * @offset: where in the region that is
 * @len: bytes; 0: there is none
 * @changed: the shadow is not what it was when this was last looked at
 */
typedef struct PCITapDirect {
    MemoryListener listener;
    bool changed;
    uint8_t *host;
    uint64_t offset;
    uint64_t len;
} PCITapDirect;

/**
 * struct PCITapHw: what the access in hand did to the hardware (hardware.h)
 * @region: VFIO's number of the region that the access goes to
 * @offset: where in that
 * @size: bytes
 * @asked: one bit for each byte of these that the hardware was asked for
 * @elsewhere: it was asked for other bytes, by a quirk
 * @failed: it did not answer
 * @value: what it gave or got
 */
typedef struct PCITapHw {
    int region;
    uint64_t offset;
    unsigned size;
    uint8_t asked;
    bool elsewhere;
    bool failed;
    uint64_t value;
} PCITapHw;

/**
 * struct PCITapSection: a part of a trap that the guest sees
 * @offset: where in the region it begins
 * @len: bytes
 * @at: guest-physical address, or port, of its first byte
 * @dma_due: it has just come to light, and devices can't reach it yet
 * @dma_error: why they can't for good, an errno, or 0
 */
typedef struct PCITapSection {
    uint64_t offset;
    uint64_t len;
    hwaddr at;
    bool dma_due;
    int dma_error;
} PCITapSection;

/**
 * struct PCITapRegion: a BAR, the ROM, a region of VGA, or config space
 * @tap: the tap it belongs to
 * @nr: number of the region
 * @map_id: number of the region in the log; 0: nothing of it is trapped
 * @addr: its address in the log
 * @size: bytes; 0: there is no such region
 * @port: I/O ports
 * @region: what the device registered
 * @shadow: address space of @region
 * @direct: the part of @shadow that needs no looking up
 * @trap: where the guest's accesses end
 * @container: holds the windows; stands in @region's place
 * @wanted: for each direction, the bytes that are to be logged; NULL where
 *          @size is 0
 * @logs: for each direction, which accesses are logged at the moment
 * @trapped: what has windows at the moment
 * @windows: MemoryRegion, aliases into @trap, one for each of @trapped
 * @hot: pages that are trapped too often and were let go (hot.c)
 * @heat: of the pages that are trapped, how often; or NULL
 * @emulated: CoverageEmulated, what of it is answered by QEMU, as the log says
 *            it; or NULL
 * @sections: PCITapSection: what of the trap the guest sees at the moment; NULL
 *            where @size is 0
 * @lifted: a vCPU steps without the windows: to the log they are there
 * @seen: where the guest sees the first byte
 * @mapped: a MAP is in the log, and no UNMAP since
 * @mapped_at: the guest address in the last MAP
 * @was_mapped: there has been one
 * @dma: what of it devices can reach by DMA (p2p-vfio.c), or NULL
 * @dma_due: there are sections that are @dma_due
 * @dma_error: of one of its sections, as the log has it
 * @snapshots: how many snapshots are of its registers
 * @backtrace: for each direction, bytes whose accesses get a backtrace; or NULL
 * @read: the guest's reads that are logged
 * @write: the guest's writes that are logged
 * @failed: those of both that did not reach the device
 * @unlogged: accesses that were trapped and are not to be logged
 */
struct PCITapRegion {
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
    MemoryRegion container;
    GArray *wanted[PCI_TAP_DIRECTIONS];
    PCITapLogs logs[PCI_TAP_DIRECTIONS];
    GArray *trapped;
    GPtrArray *windows;
    GArray *hot;
    GHashTable *heat;
    GArray *emulated;

    GArray *sections;
    bool lifted;
    hwaddr seen;
    bool mapped;
    hwaddr mapped_at;
    bool was_mapped;
    GArray *dma;
    bool dma_due;
    int dma_error;

    unsigned snapshots;
    GArray *backtrace[PCI_TAP_DIRECTIONS];

    PCITapCount read;
    PCITapCount write;
    uint64_t failed;
    uint64_t unlogged;
};

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
 * struct PCITapState: what marks tell when it changes
 * @command: the bits of the command register that matter
 * @power: power state, 0 to 3
 */
typedef struct PCITapState {
    uint16_t command;
    uint8_t power;
} PCITapState;

/**
 * struct PCITap: one traced device
 * @pdev: the device; the tap is its child
 * @log: where the records go; referenced
 * @pci: what its PCIDEV line says
 * @host: the device's address on the host, or NULL if it has none
 * @name: what the log calls it: its ID, else @host, else its path
 * @detached: the device goes or has gone; under the BQL
 * @started: accesses are logged
 * @region: the regions
 * @memory: follows the memory regions
 * @io: follows the I/O regions
 * @config_read: the device's own, or NULL while ours are not in its place
 * @config_write: likewise
 * @state: as the log has it
 * @observer: sees interrupts and resets
 * @irq: log the former
 * @snapshots: guest memory to log
 * @backtrace: return addresses to log with each access
 * @hot_limit: accesses per second after which a page is let go; 0: never
 * @hot_timer: lets them go
 * @vcpu: it has called vfio_trace_vcpu_start()
 * @rescued: instructions that KVM could not emulate
 * @hw: what the access in hand did to the hardware
 * @vfio: what hardware-vfio.c has to know of the device, or NULL
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
    bool started;
    PCITapRegion region[PCI_TAP_REGIONS];
    PCITapListener memory;
    PCITapListener io;
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;
    PCITapState state;
    PCIObserver observer;
    bool irq;
    PCITapSnapshots *snapshots;
    uint32_t backtrace;
    uint32_t hot_limit;
    QEMUTimer *hot_timer;
    bool vcpu;
    PCITapRescued rescued;
    PCITapHw hw;
    PCITapVFIO *vfio;
    struct rcu_head rcu;
    QTAILQ_ENTRY(PCITap) next;
};

#endif /* HW_VFIO_TRACE_TAP_INTERNAL_H */
