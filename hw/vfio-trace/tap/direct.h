/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: direct access to a BAR that is memory
 *
 * Theory of operation
 *
 * An access to an mmapped BAR is one load or store.  It needs nothing that the
 * BQL protects as long as nothing changes: neither the memory, nor the windows,
 * nor what is logged.  So a vCPU that exits for such an access does not take
 * the BQL, but enters its log's gate (libmmiotrace/gate.h).
 *
 * In the gate, an access looks whether the BAR is mapped, as any access does.
 *
 * All changes are made under the BQL between pci_tap_gate_close() and
 * pci_tap_gate_open().  The latter decides anew which regions' accesses may
 * enter.  A load or store through an mmap that VFIO has taken away would kill
 * QEMU (SIGBUS), so the gate is closed before each of these, and opens when
 * QEMU knows the result:
 *
 *      writes to config space        config-space.c: memory decoding, power
 *                                    states, function level resets
 *      resets by QEMU                device/vfio-pci-trace.c
 *      changes of the memory map     map.c: BARs that move, mmaps that VFIO
 *                                    switches off while INTx is pending
 *      accesses to quirks            access.c: they may write to config space.
 *                                    A device with a quirk that is not trapped
 *                                    has no accesses that enter the gate
 *      unplugging                    object.c; pci-trace is told of it late,
 *                                    and what unmaps the BARs before lets
 *                                    nobody in any more (direct.c)
 *
 * A change of the memory map closes the gate when QEMU commits it, not when its
 * transaction begins.  That is early enough for VFIO's mmaps, as above, and for
 * RAM, which QEMU keeps as long as it is in the map.  Another device's mmap may
 * be gone by then (vhost-vdpa unmaps its doorbells within a transaction): such
 * accesses take the BQL.
 *
 * A reset of the machine may reset further devices; the vCPUs stand still then,
 * and no other thread enters a gate without the BQL.
 */
#ifndef HW_VFIO_TRACE_TAP_DIRECT_H
#define HW_VFIO_TRACE_TAP_DIRECT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/* Number of the memory map's generation, from 1 up; changed under the BQL */
extern uint64_t pci_tap_generation;

/**
 * pci_tap_direct_start() - begin to follow a region's shadow
 * @region: the region
 */
void pci_tap_direct_start(PCITapRegion *region);

/**
 * pci_tap_direct_stop() - stop following the shadow
 * @region: the region; its shadow is destroyed afterwards
 */
void pci_tap_direct_stop(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_DIRECT_H */
