/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: traced devices of a running QEMU
 */
#ifndef VFIO_TRACE_DEVICES_H
#define VFIO_TRACE_DEVICES_H

#include "tools/qemu/target.h"

/**
 * devices_query() - ask QEMU for its traced devices and their windows
 * @target: the QEMU
 * @error: where to store why not
 *
 * Return: as target_query(): the answer to query-vfio-trace-windows
 */
JsonNode *devices_query(Target *target, GError **error);

/**
 * devices_find() - find the device that a command line names
 * @target: the QEMU, for messages
 * @devices: what devices_query() returned
 * @wanted: an ID, a path in QEMU's object tree or a PCI address on the host;
 *          NULL for the only device
 * @error: where to store why no device was found, with the list of devices
 *
 * Return: the device, which belongs to @devices, or NULL
 */
JsonObject *devices_find(const Target *target, JsonNode *devices,
                         const char *wanted, GError **error);

/**
 * devices_name() - get the name of a device in commands
 * @device: the device
 *
 * Return: its ID, or its path if it has none; NULL if it has neither
 */
const char *devices_name(JsonObject *device);

#endif /* VFIO_TRACE_DEVICES_H */
