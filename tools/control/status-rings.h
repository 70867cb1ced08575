/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace status: what rings files have logged
 */
#ifndef VFIO_TRACE_STATUS_RINGS_H
#define VFIO_TRACE_STATUS_RINGS_H

#include <json-glib/json-glib.h>

/**
 * status_rings_print() - print the counters of a device's rings files
 * @device: the device, of QEMU's answer to query-vfio-trace; nothing is printed
 *          if it has no rings files
 */
void status_rings_print(JsonObject *device);

#endif /* VFIO_TRACE_STATUS_RINGS_H */
