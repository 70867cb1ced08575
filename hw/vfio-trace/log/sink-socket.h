/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log sink: UNIX socket
 */
#ifndef HW_VFIO_TRACE_SINK_SOCKET_H
#define HW_VFIO_TRACE_SINK_SOCKET_H

#include "hw/vfio-trace/log/sink-kind.h"

/**
 * vfio_trace_socket_open() - listen for readers
 * @s: the sink
 * @path: path of the socket
 * @overwrite: replace a socket where no process listens any more
 * @errp: error with the reason and a hint
 *
 * One reader is served at a time; others wait in the queue.  Each gets the text
 * from where the one before it stopped, beginning with a whole line.
 *
 * Return: whether readers can connect
 */
bool vfio_trace_socket_open(VFIOTraceSink *s, const char *path, bool overwrite,
                            Error **errp);

#endif /* HW_VFIO_TRACE_SINK_SOCKET_H */
