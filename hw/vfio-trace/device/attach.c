/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: attaching a tap and starting the rescue (see attach.h)
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/device/attach.h"
#include "hw/vfio-trace/rescue/rescue.h"

bool vfio_trace_attach(VFIOTraceAttached *attached, PCIDevice *pdev,
                       PCITapAttach how, Error **errp)
{
    /* Before the tap: an instruction may fail as soon as there are windows. */
    how.no_rescue = vfio_trace_rescue_start();
    attached->rescue = !how.no_rescue;
    attached->tap = pci_tap_attach(pdev, &how, errp);
    if (attached->tap) {
        return true;
    }
    if (attached->rescue) {
        vfio_trace_rescue_stop();
        attached->rescue = false;
    }
    return false;
}

void vfio_trace_detach(VFIOTraceAttached *attached)
{
    pci_tap_detach(attached->tap);
    attached->tap = NULL;
    if (attached->rescue) {
        vfio_trace_rescue_stop();
        attached->rescue = false;
    }
}
