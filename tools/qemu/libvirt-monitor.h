/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP through libvirt
 *
 * libvirt does not share the QMP sockets of its domains; it forwards commands.
 */
#ifndef VFIO_TRACE_LIBVIRT_MONITOR_H
#define VFIO_TRACE_LIBVIRT_MONITOR_H

#include <json-glib/json-glib.h>

typedef struct LibvirtMonitor LibvirtMonitor;

/**
 * libvirt_monitor_open() - find a running domain
 * @uri: the libvirt connection, or NULL for the default one
 * @domain: the domain's name, UUID or number
 * @error: where to store why not, with the remedy
 *
 * Return: the monitor, or NULL with a QMP_ERROR
 */
LibvirtMonitor *libvirt_monitor_open(const char *uri, const char *domain,
                                     GError **error);

/**
 * libvirt_monitor_execute() - run a QMP command and wait for its answer
 * @monitor: the monitor
 * @command: the command's name
 * @arguments: its arguments, or NULL; ownership is taken
 * @error: where to store why not
 *
 * Return: the command's return value, to be freed with json_node_unref(); or
 *         NULL with a QMP_ERROR, like qmp_execute()
 */
JsonNode *libvirt_monitor_execute(LibvirtMonitor *monitor,
                                  const char *command,
                                  JsonObject *arguments, GError **error);

/**
 * libvirt_monitor_close() - disconnect
 * @monitor: the monitor, or NULL
 */
void libvirt_monitor_close(LibvirtMonitor *monitor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibvirtMonitor, libvirt_monitor_close)

#endif /* VFIO_TRACE_LIBVIRT_MONITOR_H */
