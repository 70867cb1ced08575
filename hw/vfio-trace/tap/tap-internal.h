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

typedef struct PCITapMemory PCITapMemory;
typedef struct PCITapVFIO PCITapVFIO;

#define TYPE_PCI_TAP "pci-tap"
OBJECT_DECLARE_SIMPLE_TYPE(PCITap, PCI_TAP)

/**
 * struct PCITapCount: accesses of one direction
 * @accesses: number of accesses
 * @bytes: sum of their widths
 */
typedef struct PCITapCount {
    uint64_t accesses;
    uint64_t bytes;
} PCITapCount;

/**
 * struct PCITapTraps: accesses to a region by one vCPU (traps.h)
 * @accesses: number of accesses, logged or not
 * @ticks: time in the trap, by vfio_trace_ticks()
 */
typedef struct PCITapTraps {
    uint64_t accesses;
    uint64_t ticks;
} PCITapTraps;

/**
 * enum PCITapLogs: which accesses of one direction to a region are logged
 * @PCI_TAP_LOGS_NONE: none
 * @PCI_TAP_LOGS_SOME: those that touch a wanted byte
 * @PCI_TAP_LOGS_ALL: all
 */
typedef enum PCITapLogs {
    PCI_TAP_LOGS_NONE,
    PCI_TAP_LOGS_SOME,
    PCI_TAP_LOGS_ALL,
} PCITapLogs;

/**
 * struct PCITapDirect: the largest memory of a region (direct.c)
 * @listener: follows the region's shadow
 * @host: pointer to the memory's first byte
 * @offset: offset of that byte in the region
 * @len: length in bytes; 0: the region has no memory
 * @changed: the shadow has changed since the last commit
 * @enters: for each direction, accesses to it may enter the log's gate
 * @accesses: those that have
 */
typedef struct PCITapDirect {
    MemoryListener listener;
    bool changed;
    uint8_t *host;
    uint64_t offset;
    uint64_t len;
    bool enters[PCI_TAP_DIRECTIONS];
    uint64_t accesses;
} PCITapDirect;

/**
 * struct PCITapHw: the hardware's side of the current access (hardware.h)
 * @region: VFIO's number of the region that is accessed
 * @offset: offset in the region
 * @size: width in bytes
 * @asked: one bit for each of these bytes that VFIO read or wrote in hardware
 * @elsewhere: a quirk accessed other bytes of the hardware
 * @failed: an access to the hardware failed
 * @value: the value that the hardware returned or got
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
 * @offset: offset of its first byte in the region
 * @len: length in bytes
 * @at: guest-physical address, or port, of its first byte
 * @dma_due: it is new, and not mapped for DMA of devices yet
 * @dma_tried: it had something to map
 * @dma_error: errno of mapping it for DMA, or 0
 */
typedef struct PCITapSection {
    uint64_t offset;
    uint64_t len;
    hwaddr at;
    bool dma_due;
    bool dma_tried;
    int dma_error;
} PCITapSection;

/**
 * struct PCITapRegion: a BAR, the ROM, a region of VGA, or config space
 * @tap: the tap it belongs to
 * @nr: number of the region
 * @map_id: number of the region in the log; 0: no part of it is trapped
 * @addr: its address in the log
 * @size: size in bytes; 0: the device has no such region
 * @port: it consists of I/O ports
 * @region: the memory region that the device registered
 * @shadow: address space of @region
 * @direct: the part of @shadow that is accessed without a lookup
 * @trap: I/O region that gets the guest's accesses
 * @container: holds the windows; replaces @region in the guest
 * @wanted: for each direction, the bytes to log; NULL where @size is 0
 * @logs: for each direction, which accesses are logged at the moment
 * @trapped: ranges that are to have windows at the moment
 * @windows: MemoryRegion, aliases into @trap, one for each range of @trapped
 * @hot: pages that are no longer trapped because they were hot (hot.c)
 * @heat: for trapped pages, counts of accesses; or NULL
 * @emulated: PCITapEmulated: ranges that QEMU answers, as last logged; or NULL
 * @sections: PCITapSection: parts of the trap that the guest sees at the
 *            moment; NULL where @size is 0
 * @lifted: the windows are lifted for a step; for the log they are there
 * @seen: guest address of the first byte
 * @mapped: the log has a MAP, and no UNMAP since
 * @mapped_at: guest address in the last MAP
 * @was_mapped: the log has had a MAP
 * @dma: ranges that devices can reach by DMA (p2p-vfio.c), or NULL
 * @dma_due: some sections are @dma_due
 * @dma_error: error of one of its sections, as last logged
 * @memory: for each direction, it has registers that memory.h follows
 * @backtrace: for each direction, bytes whose accesses get a backtrace; or NULL
 * @behind: for each direction, something may follow the line of an access
 * @read: logged reads of the guest
 * @write: logged writes of the guest
 * @failed: logged accesses that did not reach the device
 * @unlogged: accesses that were trapped but not to be logged
 * @traps: accesses that no vCPU made, then those of each vCPU
 * @n_traps: number of @traps
 * @phase: sum of @traps when the last phase ended
 * @phase_exits: accesses in @phase that a vCPU made
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

    bool memory[PCI_TAP_DIRECTIONS];
    GArray *backtrace[PCI_TAP_DIRECTIONS];
    bool behind[PCI_TAP_DIRECTIONS];

    PCITapCount read;
    PCITapCount write;
    uint64_t failed;
    uint64_t unlogged;
    PCITapTraps *traps;
    unsigned n_traps;
    PCITapTraps phase;
    uint64_t phase_exits;
};

/**
 * struct PCITapListener: listener for the BARs in one address space
 * @listener: QEMU's listener
 * @tap: the tap that has the BARs
 */
typedef struct PCITapListener {
    MemoryListener listener;
    PCITap *tap;
} PCITapListener;

/**
 * struct PCITapState: state whose changes are logged by marks
 * @command: bits for decoding and bus mastering of the command register
 * @power: power state, 0 to 3
 */
typedef struct PCITapState {
    uint16_t command;
    uint8_t power;
} PCITapState;

/**
 * struct PCITap: one traced device
 * @pdev: the device; the tap is its child
 * @log: the log for its records; referenced
 * @pci: contents of its PCIDEV line
 * @host: the device's address on the host, or NULL if it has none
 * @name: its name in the log: its ID, else @host, else its path
 * @detached: the device is going or gone; under the BQL
 * @started: accesses are logged
 * @gated: the log's gate is closed before anything takes the device's memory
 *         away
 * @by_handle: the processor reaches the BARs by the function's handle, not by
 *             address (s390x): they need not be mapped
 * @region: the regions
 * @memory: follows the memory regions
 * @io: follows the I/O regions
 * @config_read: the device's own function, or NULL while ours is not in place
 * @config_write: likewise
 * @state: state as last logged
 * @observer: reports interrupts and resets
 * @irq: log interrupts
 * @guest_memory: what of the guest's memory is logged (memory.h)
 * @backtrace: number of return addresses to log with each access
 * @hot_limit: accesses per second that make a page hot; 0: no limit
 * @hot_timer: runs when a page got hot, to stop trapping it
 * @vcpu: it has called vfio_trace_vcpu_start()
 * @traps_since: how long the guest had run when the device was attached
 * @phase_since: how long it had run when the last phase ended
 * @rescued: counts of instructions that KVM could not emulate
 * @no_rescue: why there will be none, one word; NULL if not so
 * @hw: the hardware's side of the current access
 * @vfio: private data of hardware-vfio.c, or NULL
 * @rcu: frees the tap after a grace period
 * @next: link in the list of the log's devices
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
    bool gated;
    bool by_handle;
    PCITapRegion region[PCI_TAP_REGIONS];
    PCITapListener memory;
    PCITapListener io;
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;
    PCITapState state;
    PCIObserver observer;
    bool irq;
    PCITapMemory *guest_memory;
    uint32_t backtrace;
    uint32_t hot_limit;
    QEMUTimer *hot_timer;
    bool vcpu;
    uint64_t traps_since;
    uint64_t phase_since;
    PCITapRescued rescued;
    const char *no_rescue;
    PCITapHw hw;
    PCITapVFIO *vfio;
    struct rcu_head rcu;
    QTAILQ_ENTRY(PCITap) next;
};

#endif /* HW_VFIO_TRACE_TAP_INTERNAL_H */
