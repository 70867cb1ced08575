/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: libvirt module
 *
 * Theory of operation
 *
 * libvirt depends on some fifty libraries, 60 MB, which are not needed to read
 * a log.  So the functions that call libvirt are in a module,
 * vfio-trace-libvirt.so, which is loaded when the user names a libvirt domain.
 * load.c, in the command, has the functions of qemu/libvirt-monitor.h and calls
 * those of the module.  The module has its own copies of code that both use.
 */
#ifndef VFIO_TRACE_LIBVIRT_MODULE_H
#define VFIO_TRACE_LIBVIRT_MODULE_H

#include "tools/qemu/libvirt-monitor.h"

#define LIBVIRT_MODULE_FILE "vfio-trace-libvirt.so"

/* Must be raised with every change of the structure */
#define LIBVIRT_MODULE_VERSION 1

/**
 * struct LibvirtModule: functions of the module
 * @version: LIBVIRT_MODULE_VERSION
 * @open: libvirt_monitor_open()
 * @execute: libvirt_monitor_execute()
 * @close: libvirt_monitor_close()
 * @virt: 'vfio-trace virt'; argv[0] is "virt"
 */
typedef struct LibvirtModule {
    int version;
    LibvirtMonitor *(*open)(const char *uri, const char *domain,
                            GError **error);
    JsonNode *(*execute)(LibvirtMonitor *monitor, const char *command,
                         JsonObject *arguments, GError **error);
    void (*close)(LibvirtMonitor *monitor);
    int (*virt)(int argc, char **argv);
} LibvirtModule;

/* The only symbol that the module exports */
extern const LibvirtModule vfio_trace_libvirt;

/**
 * libvirt_module_load() - load the module unless it is loaded
 * @error: where to store why not
 *
 * Return: the module, or NULL with a QMP_ERROR
 */
const LibvirtModule *libvirt_module_load(GError **error);

#endif /* VFIO_TRACE_LIBVIRT_MODULE_H */
