/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where a log's text goes
 *
 * A regular file, a file descriptor that was handed over, a FIFO, or a UNIX
 * socket to which readers connect.  What is not a regular file is a stream:
 * nothing that was written there can be taken back or brought to stable
 * storage.
 *
 * Opened and closed under the BQL; in between the writer's thread is the only
 * one that touches a sink.
 */
#ifndef HW_VFIO_TRACE_SINK_H
#define HW_VFIO_TRACE_SINK_H

#include "libmmiotrace/ring.h"
#include "hw/vfio-trace/log/sink-kind.h"

/**
 * vfio_trace_sink_name() - what a log is called
 * @file: file= as given
 *
 * QEMU may change its directory, and status tells the path to others.
 *
 * Return: the name with an absolute path, to be freed
 */
char *vfio_trace_sink_name(const char *file);

/**
 * vfio_trace_sink_open() - open
 * @s: the sink, zeroed
 * @name: as vfio_trace_sink_name() made it
 * @overwrite: take a file that exists, and empty it
 * @errp: error that says why not, and what to do
 *
 * Return: whether it is open
 */
bool vfio_trace_sink_open(VFIOTraceSink *s, const char *name, bool overwrite,
                          Error **errp);

/**
 * vfio_trace_sink_clear_parts() - see to it that numbered parts can be made
 * @s: the sink, just opened
 * @overwrite: remove those of an earlier log
 * @wanted: parts will be made; it is an error if some are there
 * @errp: error that says what is in the way
 *
 * Return: whether nothing is in the way
 */
bool vfio_trace_sink_clear_parts(VFIOTraceSink *s, bool overwrite, bool wanted,
                                 Error **errp);

/**
 * vfio_trace_sink_write() - write some bytes
 * @s: the sink
 * @buf: the bytes
 * @len: how many
 *
 * Return: how many were written; -EAGAIN if a reader must read first, -EPIPE
 *         if the reader has gone, -ESTALE if the file was truncated to what
 *         is its @offset now, another negative errno
 */
ssize_t vfio_trace_sink_write(VFIOTraceSink *s, const char *buf, size_t len);

/**
 * vfio_trace_sink_wait() - wait until a stream may take more
 * @s: a stream
 * @ms: milliseconds, at most
 */
void vfio_trace_sink_wait(VFIOTraceSink *s, int ms);

/**
 * vfio_trace_sink_sync() - bring a regular file to stable storage
 * @s: the sink; with a stream nothing happens
 *
 * Return: 0 or a negative errno: then it is unknown what of the bytes since
 *         the last success is there
 */
int vfio_trace_sink_sync(VFIOTraceSink *s);

/**
 * vfio_trace_sink_rewind() - go back in a regular file
 * @s: the sink
 * @offset: where to write next
 *
 * Return: 0 or a negative errno
 */
int vfio_trace_sink_rewind(VFIOTraceSink *s, uint64_t offset);

/**
 * vfio_trace_sink_look() - see whether the file is still there
 * @s: the sink
 * @put_back: set to whether it had been deleted, and was put back
 *
 * Return: 0; -ESTALE if the file was truncated to what is its @offset now;
 *         another negative errno if it has been deleted and could not be put
 *         back
 */
int vfio_trace_sink_look(VFIOTraceSink *s, bool *put_back);

/**
 * vfio_trace_sink_whole() - where the whole lines of a file end
 * @s: a regular file that was cut off at its @offset
 * @frames: it is made of zstd frames: where the whole ones end
 *
 * Return: bytes up to there; @offset if the file can't be read
 */
uint64_t vfio_trace_sink_whole(VFIOTraceSink *s, bool frames);

/**
 * vfio_trace_sink_next_part() - go on in the next numbered file
 * @s: a regular file with a path
 *
 * Return: 0 or a negative errno; the present part stays open then
 */
int vfio_trace_sink_next_part(VFIOTraceSink *s);

/**
 * vfio_trace_sink_commit() - what a commit says of the sink
 * @s: the sink
 * @commit: where to store part, offset, device and inode number
 */
void vfio_trace_sink_commit(const VFIOTraceSink *s, MmtCommit *commit);

/**
 * vfio_trace_sink_close() - close
 * @s: the sink
 * @remove: nothing is in it that anybody would want: remove it if it was
 *          created here
 *
 * Return: 0 or a negative errno: the file may be incomplete
 */
int vfio_trace_sink_close(VFIOTraceSink *s, bool remove);

#endif /* HW_VFIO_TRACE_SINK_H */
