/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: attaching a tap and starting the rescue
 */
#ifndef HW_VFIO_TRACE_ATTACH_H
#define HW_VFIO_TRACE_ATTACH_H

#include "hw/vfio-trace/tap/tap.h"

/**
 * struct VFIOTraceAttached: state of a device that may be traced
 * @tap: the tap, or NULL
 * @rescue: vfio_trace_rescue_start() has been called for it
 */
typedef struct VFIOTraceAttached {
    PCITap *tap;
    bool rescue;
} VFIOTraceAttached;

/**
 * vfio_trace_attach() - begin to trace a device
 * @attached: filled in; @attached->tap is NULL on error
 * @pdev: the device, realized
 * @how: how to trace it; @how->no_rescue is set here
 * @errp: error if the tap can't be attached
 *
 * Return: whether it is traced
 */
bool vfio_trace_attach(VFIOTraceAttached *attached, PCIDevice *pdev,
                       PCITapAttach how, Error **errp);

/**
 * vfio_trace_detach() - stop tracing it
 * @attached: from vfio_trace_attach(); @attached->tap is NULL afterwards
 */
void vfio_trace_detach(VFIOTraceAttached *attached);

#endif /* HW_VFIO_TRACE_ATTACH_H */
