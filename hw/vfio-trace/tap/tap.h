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
 * unlike I/O regions, may come and go while vCPUs are inside (window-layout.c).
 * Where they do not cover the BAR, the region lies below them and shows beside
 * them, with its mmaps and all.  A BAR smaller than a page is the exception:
 * its region must not be put there, or VFIO would take it for mapped and grow
 * it to a page in our container.  So its window is there for good, and lets
 * through what is not to be logged.  A BAR that never had a window is left as
 * it is.
 *
 * The expansion ROM and the regions of legacy VGA are trapped in the same way;
 * config space, which is no memory region, by standing before the device's
 * functions for it (config-space.c).
 *
 * This is what other folders may use of it; a tap's state is in tap-internal.h.
 * All of it runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_H
#define HW_VFIO_TRACE_TAP_H

#include "hw/pci/pci_device.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/tap/plan.h"
#include "hw/vfio-trace/tap/snapshot-spec.h"
#include "hw/vfio-trace/tap/window-spec.h"

typedef struct PCITap PCITap;
typedef struct PCITapRegion PCITapRegion;
typedef struct VfioTraceDeviceInfo VfioTraceDeviceInfo;
typedef struct VfioTraceDeviceWindows VfioTraceDeviceWindows;

/* object.c: a tap from attach to detach */

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
 * pci_tap_detach() - stop tracing and free the tap
 * @tap: the tap
 *
 * For a device that is being taken out of the machine, before its BARs are
 * unregistered or after: the guest does not see them any more when this
 * returns.
 */
void pci_tap_detach(PCITap *tap);

/**
 * pci_tap_valid_driver() - is this valid in the driver field of a PCIDEV line?
 * @driver: the name
 * @errp: error that says what is wrong
 */
bool pci_tap_valid_driver(const char *driver, Error **errp);

/**
 * pci_tap_device() - the device that is traced
 * @tap: the tap
 */
PCIDevice *pci_tap_device(const PCITap *tap);

/**
 * pci_tap_log() - where its records go
 * @tap: the tap
 */
VFIOTraceLog *pci_tap_log(const PCITap *tap);

/* find.c: all taps */

/**
 * pci_tap_next() - walk over the taps of all logs
 * @tap: NULL to begin
 *
 * Return: the next tap, or NULL
 */
PCITap *pci_tap_next(const PCITap *tap);

/**
 * pci_tap_find() - the tap of a device by its name
 * @device: its ID, or its path in the object tree
 * @errp: error if there is none
 *
 * Return: the tap, or NULL
 */
PCITap *pci_tap_find(const char *device, Error **errp);

/* transaction.c: a change that the guest sees all at once */

/**
 * pci_tap_vcpus_stop() - stop the vCPUs, as TCG needs it for a change
 *
 * Under TCG gives up the BQL meanwhile: taps and devices may have gone when it
 * returns.  For the main loop only.
 */
void pci_tap_vcpus_stop(void);

/**
 * pci_tap_vcpus_go() - let the vCPUs go on
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
 * pci_tap_change_end() - commit the change
 */
void pci_tap_change_end(void);

/* window-change.c: what users change while a device is traced */

/**
 * pci_tap_set_started() - start or stop logging of accesses
 * @tap: the tap; within a change
 * @started: whether
 *
 * Does nothing if that is so already.
 */
void pci_tap_set_started(PCITap *tap, bool started);

/**
 * pci_tap_window_add() - log more accesses
 * @tap: the tap; within a change
 * @window: which; the device has them (pci_tap_window_fits())
 * @errp: error if there are too many windows
 *
 * Pages in it that were hot are trapped again.
 */
bool pci_tap_window_add(PCITap *tap, const PCITapWindow *window, Error **errp);

/**
 * pci_tap_window_remove() - log fewer accesses
 * @tap: the tap; within a change
 * @window: which; the device has them
 * @errp: error if what is left would be in too many pieces
 */
bool pci_tap_window_remove(PCITap *tap, const PCITapWindow *window,
                           Error **errp);

/* snapshot.c: guest memory to log */

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

/* info.c: what QMP shows of a tap */

/**
 * pci_tap_info() - a device's part of query-vfio-trace
 * @tap: the device's
 */
VfioTraceDeviceInfo *pci_tap_info(const PCITap *tap);

/**
 * pci_tap_windows_info() - a device's part of query-vfio-trace-windows
 * @tap: the device's
 */
VfioTraceDeviceWindows *pci_tap_windows_info(const PCITap *tap);

/* lift.c: windows that are lifted for one instruction */

/**
 * struct PCITapRescued: instructions that KVM could not emulate
 * @rescued: carried out in QEMU
 * @stepped: done by the vCPU with the windows lifted
 * @refused: not done in any way
 */
typedef struct PCITapRescued {
    uint64_t rescued;
    uint64_t stepped;
    uint64_t refused;
} PCITapRescued;

/**
 * struct PCITapLogPlace: how the log names a byte of a region
 * @log: the log; NULL if the device has been detached
 * @map_id: number of the region
 * @addr: address of the byte
 */
typedef struct PCITapLogPlace {
    VFIOTraceLog *log;
    uint32_t map_id;
    uint64_t addr;
} PCITapLogPlace;

/**
 * pci_tap_region_at() - is there a window?
 * @gpa: guest-physical address
 * @attrs: the access's
 * @offset: gets the offset in the region; or NULL
 *
 * Return: the region, or NULL
 */
PCITapRegion *pci_tap_region_at(hwaddr gpa, MemTxAttrs attrs, hwaddr *offset);

/**
 * pci_tap_region_tap() - the tap that a region belongs to
 * @region: the region
 */
PCITap *pci_tap_region_tap(const PCITapRegion *region);

/**
 * pci_tap_log_place() - how the log names a byte of a region
 * @region: the region
 * @offset: of the byte
 */
PCITapLogPlace pci_tap_log_place(const PCITapRegion *region, hwaddr offset);

/**
 * pci_tap_rescued() - where to count an instruction
 * @region: the region that it touches
 */
PCITapRescued *pci_tap_rescued(PCITapRegion *region);

/**
 * pci_tap_liftable() - has a page memory below its window?
 * @region: the region
 * @offset: of any byte in the page
 *
 * Then the guest can do without the window for a while.
 */
bool pci_tap_liftable(PCITapRegion *region, hwaddr offset);

/**
 * pci_tap_lift() - take a region's windows away for a while
 * @region: the region, liftable; in a memory transaction
 *
 * The log does not say so: to the log the guest sees the trap all the time.
 */
void pci_tap_lift(PCITapRegion *region);

/**
 * pci_tap_lay() - put them back
 * @region: the region; in a memory transaction
 *
 * The device may have been detached meanwhile: then none are there.
 */
void pci_tap_lay(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_H */
