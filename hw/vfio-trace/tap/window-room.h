/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits on the number of windows
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_ROOM_H
#define HW_VFIO_TRACE_TAP_WINDOW_ROOM_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_windows_room() - is a change of windows within the limits?
 * @region: the region
 * @wanted: for each direction, the bytes to log
 * @hot: hot pages, which are not to be trapped
 */
bool pci_tap_windows_room(const PCITapRegion *region, GArray *const wanted[],
                          const GArray *hot);

/**
 * pci_tap_windows_full() - set the error for too many windows
 * @tap: the tap that would have the windows
 * @errp: gets the error
 *
 * Return: false
 */
bool pci_tap_windows_full(const PCITap *tap, Error **errp);

/**
 * pci_tap_windows_check() - are a new device's windows within the limits?
 * @tap: the tap; not in its log's list yet
 * @errp: error if there are too many
 */
bool pci_tap_windows_check(const PCITap *tap, Error **errp);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_ROOM_H */
