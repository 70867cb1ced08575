/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits of the number of windows
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_ROOM_H
#define HW_VFIO_TRACE_TAP_WINDOW_ROOM_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_windows_room() - may a region's windows become others?
 * @region: the region
 * @wanted: for each direction, the bytes that are to be logged
 * @hot: pages that are not to be trapped for that
 */
bool pci_tap_windows_room(const PCITapRegion *region, GArray *const wanted[],
                          const GArray *hot);

/**
 * pci_tap_windows_full() - say that there are too many
 * @tap: the tap whose windows they would be
 * @errp: gets the error
 *
 * Return: false
 */
bool pci_tap_windows_full(const PCITap *tap, Error **errp);

/**
 * pci_tap_windows_check() - is there room for a new device's windows?
 * @tap: the tap; not among its log's devices yet
 * @errp: error if there are too many
 */
bool pci_tap_windows_check(const PCITap *tap, Error **errp);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_ROOM_H */
