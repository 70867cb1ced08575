/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the part that needs libvirt
 *
 * Theory of operation
 *
 * libvirt brings some fifty libraries along, 60 MB, which those have no use
 * for who read a log.  So what calls it is a module, vfio-trace-libvirt.so,
 * that is loaded when a libvirt domain is meant: load.c, in the
 * command, has the functions of qemu/libvirt-monitor.h and passes them on.  The
 * module has copies of its own of what both sides use.
 */
#ifndef VFIO_TRACE_LIBVIRT_MODULE_H
#define VFIO_TRACE_LIBVIRT_MODULE_H

#include "tools/qemu/libvirt-monitor.h"

#define LIBVIRT_MODULE_FILE "vfio-trace-libvirt.so"

/* To be raised with every change of the structure */
#define LIBVIRT_MODULE_VERSION 1

/**
 * struct LibvirtModule: what the module can do
 * @version: LIBVIRT_MODULE_VERSION
 * @open: libvirt_monitor_open()
 * @execute: libvirt_monitor_execute()
 * @close: libvirt_monitor_close()
 * @virt: 'vfio-trace virt', from argv[0] = "virt" on
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

/* What the module exports, and nothing else */
extern const LibvirtModule vfio_trace_libvirt;

/**
 * libvirt_module_load() - load the module unless it is
 * @error: where to store why not
 *
 * Return: the module, or NULL with a QMP_ERROR
 */
const LibvirtModule *libvirt_module_load(GError **error);

#endif /* VFIO_TRACE_LIBVIRT_MODULE_H */
