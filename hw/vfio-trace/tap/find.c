/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: list of taps
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/tap/tap-internal.h"

PCITap *pci_tap_next(const PCITap *tap)
{
    VFIOTraceLog *log = tap ? tap->log : NULL;
    PCITap *next = tap ? QTAILQ_NEXT(tap, next) : NULL;

    while (!next && (log = vfio_trace_log_next(log))) {
        next = QTAILQ_FIRST(&log->taps);
    }
    return next;
}

PCITap *pci_tap_find(const char *device, Error **errp)
{
    PCITap *tap = NULL;

    while ((tap = pci_tap_next(tap))) {
        g_autofree char *path = object_get_canonical_path(OBJECT(tap->pdev));

        if (!g_strcmp0(path, device) ||
            !g_strcmp0(DEVICE(tap->pdev)->id, device)) {
            return tap;
        }
    }
    error_setg(errp, "there is no traced device '%s'", device);
    return NULL;
}
