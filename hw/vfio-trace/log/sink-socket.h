/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log that is read at a UNIX socket
 */
#ifndef HW_VFIO_TRACE_SINK_SOCKET_H
#define HW_VFIO_TRACE_SINK_SOCKET_H

#include "hw/vfio-trace/log/sink-kind.h"

/**
 * vfio_trace_socket_open() - wait for readers
 * @s: the sink
 * @path: where to make the socket
 * @overwrite: take the place of a socket where nobody listens any more
 * @errp: error that says why not, and what to do
 *
 * One reader at a time: others wait in the queue.  Each gets the text from
 * where the one before it left off, beginning with a whole line.
 *
 * Return: whether readers can call
 */
bool vfio_trace_socket_open(VFIOTraceSink *s, const char *path, bool overwrite,
                            Error **errp);

#endif /* HW_VFIO_TRACE_SINK_SOCKET_H */
