/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the table of `vfio-trace window list`
 */
#ifndef VFIO_TRACE_WINDOW_LIST_H
#define VFIO_TRACE_WINDOW_LIST_H

#include <json-glib/json-glib.h>

/**
 * window_list_print() - print the windows of a device
 * @device: the device, an element of the result of query-vfio-trace-windows
 */
void window_list_print(JsonObject *device);

#endif /* VFIO_TRACE_WINDOW_LIST_H */
