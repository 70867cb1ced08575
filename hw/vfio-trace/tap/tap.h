/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the tap of a traced PCI device
 *
 * Theory of operation
 *
 * A tap sits between the guest and one PCI device of any kind.  For each BAR
 * it takes the region that the device registered with the PCI core and makes
 * it the root of a private address space, the shadow.  In the guest, it
 * replaces the BAR's region by a container with a window: an alias into an I/O
 * region of the tap, the trap, which is as large as the BAR.  The trap's
 * callbacks record the guest's access and repeat it in the shadow.
 *
 *      before:   bus --> BAR's region
 *
 *      after:    bus --> container --> window --> trap --> record
 *                                                   |
 *                                     shadow --> BAR's region
 *
 * What the device does inside its own region still works, one level further
 * down: quirks, the MSI-X table, mmaps that are switched off while an interrupt
 * is pending.  Where the shadow ends in an mmapped BAR, the repeated access is
 * a single load or store.
 *
 * A range is trapped if a window covers it.  Windows are aliases because
 * aliases, unlike I/O regions, may be added and removed while vCPUs are inside
 * (window-layout.c).  The device's region lies below the windows: the guest
 * sees it, with its mmaps, where no window covers it.  A BAR smaller than a
 * page is an exception: its region must not be a subregion of our container,
 * or VFIO would take it for mapped and grow it to a page there.  So its window
 * is permanent, and forwards accesses that are not to be logged.  A BAR that
 * never had a window is left alone.
 *
 * The expansion ROM and the regions of legacy VGA are trapped in the same way.
 * Config space is not a memory region: there, the tap wraps the device's
 * functions for it (config-space.c).
 *
 * This is the interface for other folders; a tap's state is in tap-internal.h.
 * All of it runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_H
#define HW_VFIO_TRACE_TAP_H

#include "hw/pci/pci_device.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/tap/plan.h"
#include "hw/vfio-trace/tap/window-spec.h"

typedef struct PCITap PCITap;
typedef struct PCITapRegion PCITapRegion;
typedef struct VfioTraceDeviceInfo VfioTraceDeviceInfo;
typedef struct VfioTraceDeviceWindows VfioTraceDeviceWindows;

/* object.c: life of a tap */

/**
 * struct PCITapAttach: how to trace a device
 * @log: the log for its records
 * @plan: which parts of it to trace
 * @host: its address on the host, or NULL if it has none
 * @pci: its identity and resources on the host; addresses may be 0.  NULL: the
 *       device is asked
 * @driver: driver name for the PCIDEV line
 * @gated: the caller closes the gate while it resets the device
 * @no_rescue: NULL, or one word for the reason why an instruction that KVM
 *             can't emulate ends the guest
 */
typedef struct PCITapAttach {
    VFIOTraceLog *log;
    const PCITapPlan *plan;
    const char *host;
    const MmtPciDev *pci;
    const char *driver;
    bool gated;
    const char *no_rescue;
} PCITapAttach;

/**
 * pci_tap_attach() - begin to trace a device
 * @pdev: the device, realized
 * @how: how to trace it
 * @errp: error if the device is already traced, or lacks something that
 *        @how->plan names
 *
 * Return: the tap, a child of @pdev, or NULL
 */
PCITap *pci_tap_attach(PCIDevice *pdev, const PCITapAttach *how, Error **errp);

/**
 * pci_tap_detach() - stop tracing and free the tap
 * @tap: the tap
 *
 * For a device that is being removed from the machine, before or after its BARs
 * are unregistered.  The guest no longer sees them when this returns.
 */
void pci_tap_detach(PCITap *tap);

/**
 * pci_tap_valid_driver() - check a name for the driver field of a PCIDEV line
 * @driver: the name
 * @errp: error if it is not valid
 */
bool pci_tap_valid_driver(const char *driver, Error **errp);

/**
 * pci_tap_device() - the traced device
 * @tap: the tap
 */
PCIDevice *pci_tap_device(const PCITap *tap);

/**
 * pci_tap_log() - the log that its records go to
 * @tap: the tap
 */
VFIOTraceLog *pci_tap_log(const PCITap *tap);

/* direct.c: accesses without the BQL */

/**
 * pci_tap_gate_close() - something is about to change where accesses go
 * @tap: the tap, not detached
 *
 * From here on, accesses to all devices of its log take the BQL.  May be
 * repeated.
 */
void pci_tap_gate_close(PCITap *tap);

/**
 * pci_tap_gate_open() - it has changed
 * @tap: the tap, for each pci_tap_gate_close() once
 */
void pci_tap_gate_open(PCITap *tap);

/* find.c: list of taps */

/**
 * pci_tap_next() - walk over the taps of all logs
 * @tap: NULL to begin
 *
 * Return: the next tap, or NULL
 */
PCITap *pci_tap_next(const PCITap *tap);

/**
 * pci_tap_find() - find the tap of a device by the device's name
 * @device: the device's ID, or its path in the object tree
 * @errp: error if no traced device has that name
 *
 * Return: the tap, or NULL
 */
PCITap *pci_tap_find(const char *device, Error **errp);

/* transaction.c: atomic changes of windows */

/**
 * pci_tap_vcpus_stop() - stop TCG's vCPUs for a change
 *
 * Does nothing with other accelerators.  With TCG, it gives up the BQL for a
 * time: taps and devices may be gone when it returns.  For the main loop only.
 */
void pci_tap_vcpus_stop(void);

/**
 * pci_tap_vcpus_go() - resume the vCPUs
 */
void pci_tap_vcpus_go(void);

/**
 * pci_tap_change_begin() - begin to change windows
 *
 * Changes are made, and their marks written, between this and
 * pci_tap_change_end(); the guest sees them at the end, all at once.  An access
 * that is issued after the end is always treated in the new way.  An access
 * that reaches a trap after the mark that ends logging is not logged.
 *
 * Calls pci_tap_vcpus_stop() and so is for the main loop only, too.
 */
void pci_tap_change_begin(void);

/**
 * pci_tap_change_end() - commit the change
 */
void pci_tap_change_end(void);

/* window-change.c: changes of windows at run time */

/**
 * pci_tap_set_started() - start or stop logging of accesses
 * @tap: the tap; within a change
 * @started: true to start, false to stop
 *
 * Does nothing if logging is already in that state.
 */
void pci_tap_set_started(PCITap *tap, bool started);

/**
 * pci_tap_window_add() - log more accesses
 * @tap: the tap; within a change
 * @window: which accesses; the device has the range (pci_tap_window_fits())
 * @errp: error if there are too many windows
 *
 * Hot pages in the window are trapped again.
 */
bool pci_tap_window_add(PCITap *tap, const PCITapWindow *window, Error **errp);

/**
 * pci_tap_window_remove() - log fewer accesses
 * @tap: the tap; within a change
 * @window: which accesses; the device has the range
 * @errp: error if the rest would be in too many pieces
 */
bool pci_tap_window_remove(PCITap *tap, const PCITapWindow *window,
                           Error **errp);

/* memory-files.c: snapshots and rings of guest memory */

/**
 * pci_tap_snapshots_add() - add snapshots
 * @tap: the tap
 * @text: the snapshots, as in snapshot=
 * @errp: error that names the snapshot that is invalid, or that the device
 *        can't have
 *
 * Return: true if all were added, false if none was
 */
bool pci_tap_snapshots_add(PCITap *tap, const char *text, Error **errp);

/**
 * pci_tap_snapshots_remove() - remove a snapshot
 * @tap: the tap
 * @text: the snapshot, as it was given
 *
 * Return: whether the tap had it
 */
bool pci_tap_snapshots_remove(PCITap *tap, const char *text);

/**
 * pci_tap_rings_add() - add a rings file
 * @tap: the tap
 * @name: its name: one word
 * @text: its text
 * @errp: error with its line, or the register that the device can't have
 *
 * Return: whether it was added
 */
bool pci_tap_rings_add(PCITap *tap, const char *name, const char *text,
                       Error **errp);

/**
 * pci_tap_rings_remove() - remove a rings file
 * @tap: the tap
 * @name: its name
 *
 * Return: whether the tap had it
 */
bool pci_tap_rings_remove(PCITap *tap, const char *name);

/* memory.c: guest memory on demand */

/**
 * pci_tap_memory_now() - log a ring, watch or snapshot of a rings file
 * @tap: the tap
 * @name: its name: "SQ[3]"
 * @errp: error if there is none, or the device is not traced at the moment
 *
 * Return: whether it was looked at
 */
bool pci_tap_memory_now(PCITap *tap, const char *name, Error **errp);

/**
 * pci_tap_memory_read() - read guest memory
 * @tap: the tap
 * @physical: @addr is the machine's, not the device's address
 * @addr: first address
 * @len: bytes
 * @got: gets the number of bytes up to the first that is not RAM or ROM
 * @errp: error if @len is 0 or too much
 *
 * Return: a buffer of @len bytes, to be freed; or NULL
 */
uint8_t *pci_tap_memory_read(PCITap *tap, bool physical, uint64_t addr,
                             uint32_t len, uint64_t *got, Error **errp);

/* info.c: a tap's part of QMP replies */

/**
 * pci_tap_info() - a device's part of query-vfio-trace
 * @tap: the tap
 */
VfioTraceDeviceInfo *pci_tap_info(const PCITap *tap);

/**
 * pci_tap_windows_info() - a device's part of query-vfio-trace-windows
 * @tap: the tap
 */
VfioTraceDeviceWindows *pci_tap_windows_info(const PCITap *tap);

/* lift.c: lifting windows for one instruction */

/**
 * struct PCITapRescued: counts of instructions that KVM could not emulate
 * @rescued: executed in QEMU
 * @stepped: executed by the vCPU with the windows lifted
 * @refused: not executed
 */
typedef struct PCITapRescued {
    uint64_t rescued;
    uint64_t stepped;
    uint64_t refused;
} PCITapRescued;

/**
 * struct PCITapLogPlace: place of a byte of a region in the log
 * @log: the log; NULL if the device has been detached
 * @map_id: number of the region in the log
 * @addr: address of the byte in the log
 */
typedef struct PCITapLogPlace {
    VFIOTraceLog *log;
    uint32_t map_id;
    uint64_t addr;
} PCITapLogPlace;

/**
 * pci_tap_region_at() - find the region whose window is at an address
 * @gpa: guest-physical address
 * @attrs: attributes of the access
 * @offset: gets the offset in the region; or NULL
 *
 * Return: the region, or NULL if no window is there
 */
PCITapRegion *pci_tap_region_at(hwaddr gpa, MemTxAttrs attrs, hwaddr *offset);

/**
 * pci_tap_region_tap() - the tap that a region belongs to
 * @region: the region
 */
PCITap *pci_tap_region_tap(const PCITapRegion *region);

/**
 * pci_tap_log_place() - place of a byte of a region in the log
 * @region: the region
 * @offset: offset of the byte in it
 *
 * Return: the place; its @log is NULL if the device was unplugged
 */
PCITapLogPlace pci_tap_log_place(const PCITapRegion *region, hwaddr offset);

/**
 * pci_tap_rescued() - counters for an instruction that KVM can't emulate
 * @region: the region that the instruction touches
 */
PCITapRescued *pci_tap_rescued(PCITapRegion *region);

/**
 * pci_tap_liftable() - does a page have memory below its window?
 * @region: the region
 * @offset: offset of any byte in the page
 *
 * If so, the window can be lifted for a while.
 */
bool pci_tap_liftable(PCITapRegion *region, hwaddr offset);

/**
 * pci_tap_lift() - remove a region's windows for a while
 * @region: the region, liftable; in a memory transaction
 *
 * The log does not show this: for the log, the guest still sees the trap.
 */
void pci_tap_lift(PCITapRegion *region);

/**
 * pci_tap_lay() - put a region's lifted windows back
 * @region: the region; in a memory transaction
 *
 * If the device has been detached meanwhile, the region gets no windows.
 */
void pci_tap_lay(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_H */
