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
 * unlike I/O regions, may come and go while vCPUs are inside (windows.c).
 * Where they do not cover the BAR, the region lies below them and shows beside
 * them, with its mmaps and all.  A BAR smaller than a page is the exception:
 * its region must not be put there, or VFIO would take it for mapped and grow
 * it to a page in our container.  So its window is there for good, and lets
 * through what is not to be logged.  A BAR that never had a window is left as
 * it is.
 *
 * The expansion ROM and the regions of legacy VGA are trapped in the same way;
 * config space, which is no memory region, by standing before the device's
 * functions for it (config.c).
 *
 * All of this runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_H
#define HW_VFIO_TRACE_TAP_H

#include "hw/pci/pci_device.h"
#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/tap/plan.h"

typedef struct PCITapVFIO PCITapVFIO;

#define TYPE_PCI_TAP "pci-tap"
OBJECT_DECLARE_SIMPLE_TYPE(PCITap, PCI_TAP)

/*
 * Windows that a machine may have, and ranges that may be told apart in a
 * region.  A window and what it leaves free beside it are sections of an
 * address space, of which QEMU can have 4096 (system/physmem.c), and KVM slots.
 */
#define PCI_TAP_WINDOWS_MAX 512
#define PCI_TAP_RANGES_MAX  256

/* BARs of a device, which are its first regions */
#define PCI_TAP_BARS PCI_ROM_SLOT

/* The others, from PCI_TAP_BARS on */
enum {
    PCI_TAP_ROM = PCI_ROM_SLOT,
    PCI_TAP_VGA_MEM,
    PCI_TAP_VGA_3B0,
    PCI_TAP_VGA_3C0,
    PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_CONFIG = PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_REGIONS,
};

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
 * @logs: what comes of that at the moment
 * @trapped: what has windows at the moment
 * @windows: MemoryRegion, aliases into @trap, one for each of @trapped
 * @hot: pages that are trapped too often and were let go (hot.c)
 * @heat: of the pages that are trapped, how often; or NULL
 * @emulated: what of it is answered by QEMU, as the log says it
 * @sections: PCITapSection: what of the trap the guest sees at the moment; NULL
 *            where @size is 0
 * @lifted: a vCPU steps with the windows lifted: to the log they are there
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
    char *emulated;

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
 * @rescued: instructions that were carried out here (rescue/rescue.h)
 * @stepped: those that the vCPU did with the windows lifted
 * @refused: those that could not be done in any way
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
    uint64_t rescued;
    uint64_t stepped;
    uint64_t refused;
    PCITapHw hw;
    PCITapVFIO *vfio;
    struct rcu_head rcu;
    QTAILQ_ENTRY(PCITap) next;
};

/**
 * struct PCITapAttach: how a device is traced
 * @log: where its records go
 * @plan: what of it is traced
 * @host: its address on the host, or NULL if it has none
 * @pci: what the host knows of it; addresses may be 0. NULL: ask the device
 * @driver: name for the PCIDEV line
 * @no_rescue: NULL, or in one word why an instruction that KVM can't emulate
 *             ends the guest
 */
typedef struct PCITapAttach {
    VFIOTraceLog *log;
    const PCITapPlan *plan;
    const char *host;
    const MmtPciDev *pci;
    const char *driver;
    const char *no_rescue;
} PCITapAttach;

/**
 * pci_tap_attach() - begin to trace a device
 * @pdev: the device, realized
 * @how: how
 * @errp: error if the device is traced already, or lacks something that
 *        @how->plan names
 *
 * Return: the tap, a child of @pdev, or NULL
 */
PCITap *pci_tap_attach(PCIDevice *pdev, const PCITapAttach *how, Error **errp);

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
 * pci_tap_of() - the tap of a device
 * @pdev: the device
 *
 * Return: the tap, or NULL
 */
PCITap *pci_tap_of(PCIDevice *pdev);

/**
 * pci_tap_find() - the tap of a device by its name
 * @device: its ID, or its path in the object tree
 * @errp: error if there is none
 *
 * Return: the tap, or NULL
 */
PCITap *pci_tap_find(const char *device, Error **errp);

/**
 * pci_tap_valid_driver() - is this fit for the driver field of a PCIDEV line
 * @driver: the name
 * @errp: error that says what is wrong
 */
bool pci_tap_valid_driver(const char *driver, Error **errp);

/* props.c: a tap as an object */

/**
 * pci_tap_properties() - give the class its properties
 * @klass: TYPE_PCI_TAP's
 */
void pci_tap_properties(ObjectClass *klass);

/* region.c: one region */

/**
 * pci_tap_region_init() - find out what the device has
 * @region: the region
 * @tap: whose
 * @nr: its number
 * @plan: what of it is wanted; what is gets a map id
 */
void pci_tap_region_init(PCITapRegion *region, PCITap *tap, int nr,
                         const PCITapPlan *plan);

/**
 * pci_tap_region_attach() - put the trap's container in the region's place
 * @region: the region; it has a map id, and no windows yet
 */
void pci_tap_region_attach(PCITapRegion *region);

/**
 * pci_tap_region_detach() - take it away
 * @region: an attached region; the guest does not see it any more
 */
void pci_tap_region_detach(PCITapRegion *region);

/**
 * pci_tap_region_free() - free what it has
 * @region: the region; not attached, or detached
 */
void pci_tap_region_free(PCITapRegion *region);

/**
 * pci_tap_region_small() - is it a BAR that shares its page?
 * @region: the region
 *
 * It is trapped for good then.
 */
bool pci_tap_region_small(const PCITapRegion *region);

/**
 * pci_tap_region_where() - where the guest's bus has it
 * @region: the region
 *
 * Return: the address, or PCI_BAR_UNMAPPED
 */
pcibus_t pci_tap_region_where(const PCITapRegion *region);

/**
 * pci_tap_region_attached() - does the trap's container stand in its place?
 * @region: the region
 */
static inline bool pci_tap_region_attached(const PCITapRegion *region)
{
    return region->map_id && region->nr < PCI_TAP_MEMORY_REGIONS;
}

/**
 * pci_tap_region_reachable() - may the device be touched?
 * @region: the region
 *
 * A vCPU finds its way to a trap before it takes the BQL.  Another one may
 * have switched the region's decoding off or put the device into D3
 * meanwhile; VFIO's mmaps are gone then and touching them would be a SIGBUS.
 */
static inline bool pci_tap_region_reachable(const PCITapRegion *region)
{
    return region->nr > PCI_TAP_ROM ||
           region->tap->pdev->io_regions[region->nr].addr != PCI_BAR_UNMAPPED;
}

/**
 * pci_tap_region_label() - what marks call a region
 * @nr: its number
 */
const char *pci_tap_region_label(int nr);

/**
 * pci_tap_region_word() - what the windows property calls it
 * @nr: its number
 */
const char *pci_tap_region_word(int nr);

/* windows.c: what is trapped, and when */

/**
 * pci_tap_vcpus_stop() - let no vCPU find its way by a view that changes
 *
 * Under TCG gives up the BQL meanwhile: taps and devices may have gone when it
 * returns.  For the main loop only.
 */
void pci_tap_vcpus_stop(void);

/**
 * pci_tap_vcpus_go() - let them go on
 */
void pci_tap_vcpus_go(void);

/**
 * pci_tap_change_begin() - begin to change windows
 *
 * Between this and pci_tap_change_end() marks say what changes; the guest sees
 * it at the end, all at once.  No access that is issued after the end is
 * treated as it would have been before; none is logged that comes to a trap
 * after the mark that says so.
 *
 * As pci_tap_vcpus_stop(), which it calls, for the main loop only.
 */
void pci_tap_change_begin(void);

/**
 * pci_tap_change_end() - have the guest see it
 */
void pci_tap_change_end(void);

/**
 * pci_tap_region_update() - let the windows be what they are to be
 * @region: the region, attached or not; in a memory transaction
 */
void pci_tap_region_update(PCITapRegion *region);

/**
 * pci_tap_set_started() - log accesses, or do not
 * @tap: the tap; within a change
 * @started: whether
 *
 * Does nothing if that is so already.
 */
void pci_tap_set_started(PCITap *tap, bool started);

/**
 * pci_tap_window_add() - have more accesses logged
 * @tap: the tap; within a change
 * @window: which; the device has them (pci_tap_window_fits())
 * @errp: error if there are too many windows
 *
 * Pages in it that were hot are trapped again.
 */
bool pci_tap_window_add(PCITap *tap, const PCITapWindow *window, Error **errp);

/**
 * pci_tap_window_remove() - have fewer accesses logged
 * @tap: the tap; within a change
 * @window: which; the device has them
 * @errp: error if what is left would be in too many pieces
 */
bool pci_tap_window_remove(PCITap *tap, const PCITapWindow *window,
                           Error **errp);

/**
 * pci_tap_windows_room() - may a region's windows become others?
 * @region: the region
 * @wanted: for each direction, the bytes that are to be logged
 * @hot: pages that are not to be trapped for that
 */
bool pci_tap_windows_room(const PCITapRegion *region, GArray *const wanted[],
                          const GArray *hot);

/**
 * pci_tap_windows_check() - is there room for a new device's windows?
 * @tap: the tap; not among its log's devices yet
 * @errp: error if there are too many
 */
bool pci_tap_windows_check(const PCITap *tap, Error **errp);

/**
 * pci_tap_region_logs() - is an access to be logged?
 * @region: the region
 * @addr: where in it
 * @size: bytes
 * @direction: PCI_TAP_READ or PCI_TAP_WRITE
 */
static inline bool pci_tap_region_logs(const PCITapRegion *region,
                                       uint64_t addr, unsigned size,
                                       int direction)
{
    return likely(region->logs[direction] == PCI_TAP_LOGS_ALL) ||
           (region->logs[direction] == PCI_TAP_LOGS_SOME &&
            pci_tap_ranges_touch(region->wanted[direction], addr, size));
}

/* hot.c: pages that are trapped too often */

/**
 * pci_tap_hot_start() - look out for them, if there is a limit
 * @tap: the tap
 */
void pci_tap_hot_start(PCITap *tap);

/**
 * pci_tap_hot_stop() - do not
 * @tap: the tap
 */
void pci_tap_hot_stop(PCITap *tap);

/**
 * pci_tap_hot_see() - an access to a trap
 * @region: the region, of a tap that has a limit
 * @addr: where in it
 */
void pci_tap_hot_see(PCITapRegion *region, uint64_t addr);

/**
 * pci_tap_hot_forget() - let pages be trapped again
 * @region: the region
 * @range: where
 */
void pci_tap_hot_forget(PCITapRegion *region, PCITapRange range);

/* access.c: one access */

extern const MemoryRegionOps pci_tap_trap_ops;

/* coverage.c: what is in the log, and what is not */

/**
 * pci_tap_log_coverage() - say so, for a device that has just come
 * @tap: the tap
 * @synthetic: it has addresses that are not the host's
 */
void pci_tap_log_coverage(PCITap *tap, bool synthetic);

/**
 * pci_tap_log_region() - say so, for one region
 * @region: the region, of a device that has been told
 */
void pci_tap_log_region(const PCITapRegion *region);

/**
 * pci_tap_log_region_again() - the same, and what of it QEMU answers
 * @region: the region; its windows have changed
 */
void pci_tap_log_region_again(PCITapRegion *region);

/**
 * pci_tap_coverage_marks() - how many marks that may take
 * @region: the region
 * @wanted: for each direction, the bytes that are to be logged
 */
unsigned pci_tap_coverage_marks(const PCITapRegion *region,
                                GArray *const wanted[]);

/**
 * pci_tap_log_emulated() - say which parts of a region QEMU answers
 * @region: the region; attached
 *
 * Says nothing if nothing has changed since it was asked last.
 */
void pci_tap_log_emulated(PCITapRegion *region);

/* config.c: config space, and what is seen there */

/**
 * pci_tap_config_start() - stand before the device's config space
 * @tap: the tap
 */
void pci_tap_config_start(PCITap *tap);

/**
 * pci_tap_config_stop() - step aside
 * @tap: the tap
 */
void pci_tap_config_stop(PCITap *tap);

/* observer.c: interrupts and resets */

/**
 * pci_tap_observe() - have them told
 * @tap: the tap
 */
void pci_tap_observe(PCITap *tap);

/**
 * pci_tap_unobserve() - no more
 * @tap: the tap
 */
void pci_tap_unobserve(PCITap *tap);

/* direct.c: the short way into an mmapped BAR */

/**
 * pci_tap_direct_start() - follow a region's shadow
 * @region: the region
 */
void pci_tap_direct_start(PCITapRegion *region);

/**
 * pci_tap_direct_stop() - for before the shadow is destroyed
 * @region: the region
 */
void pci_tap_direct_stop(PCITapRegion *region);

/* place.c: what the log calls the device's resources */

/**
 * pci_tap_describe() - fill in @pci of a device that does not stand on the host
 * @tap: the tap
 */
void pci_tap_describe(PCITap *tap);

/**
 * pci_tap_place() - give each region its address in the log
 * @tap: the tap; it is among its log's devices, and its regions have sizes
 *
 * Return: whether any address is synthetic, for want of one on the host
 */
bool pci_tap_place(PCITap *tap);

/* map.c: MAP and UNMAP as the guest moves regions */

/**
 * pci_tap_listen() - log where the guest sees the regions, from now on
 * @tap: the tap; its traps stand in the guest's address spaces
 */
void pci_tap_listen(PCITap *tap);

/**
 * pci_tap_unlisten() - log that the guest sees none any more
 * @tap: the tap
 */
void pci_tap_unlisten(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_H */
