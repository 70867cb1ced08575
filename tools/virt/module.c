/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that needs libvirt (see libvirt/module.h)
 */
#include "tools/libvirt/module.h"
#include "tools/virt/virt.h"

__attribute__((visibility("default")))
const LibvirtModule vfio_trace_libvirt = {
    .version = LIBVIRT_MODULE_VERSION,
    .open = libvirt_monitor_open,
    .execute = libvirt_monitor_execute,
    .close = libvirt_monitor_close,
    .virt = virt_main,
};
