/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP commands for guest memory
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-vfio-trace.h"
#include "hw/vfio-trace/tap/tap.h"

void qmp_vfio_trace_snapshot_add(const char *device, const char *snapshot,
                                 Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);

    if (tap) {
        pci_tap_snapshots_add(tap, snapshot, errp);
    }
}

void qmp_vfio_trace_snapshot_remove(const char *device, const char *snapshot,
                                    Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);

    if (tap && !pci_tap_snapshots_remove(tap, snapshot)) {
        error_setg(errp, "device '%s' has no snapshot '%s'", device, snapshot);
    }
}

void qmp_vfio_trace_rings_add(const char *device, const char *name,
                              const char *text, Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);

    if (tap) {
        pci_tap_rings_add(tap, name, text, errp);
    }
}

void qmp_vfio_trace_rings_remove(const char *device, const char *name,
                                 Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);

    if (tap && !pci_tap_rings_remove(tap, name)) {
        error_setg(errp, "device '%s' has no rings file '%s'", device, name);
    }
}

void qmp_vfio_trace_memory_now(const char *device, const char *name,
                               Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);

    if (tap) {
        pci_tap_memory_now(tap, name, errp);
    }
}

VfioTraceMemory *qmp_vfio_trace_memory_read(const char *device,
                                            uint64_t address, uint32_t length,
                                            bool has_physical, bool physical,
                                            Error **errp)
{
    PCITap *tap = pci_tap_find(device, errp);
    g_autofree uint8_t *buf = NULL;
    VfioTraceMemory *memory;
    uint64_t got = 0;

    buf = tap ? pci_tap_memory_read(tap, has_physical && physical, address,
                                    length, &got, errp) : NULL;
    if (!buf) {
        return NULL;
    }
    memory = g_new0(VfioTraceMemory, 1);
    memory->data = g_base64_encode(buf, got);
    memory->length = got;
    return memory;
}
