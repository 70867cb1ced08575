/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log sinks
 *
 * A sink is what the log's text is written to: a regular file, a file
 * descriptor that was passed to QEMU, a FIFO, or a UNIX socket to which readers
 * connect.  All but regular files are streams: what was written to a stream
 * can't be taken back or brought to stable storage.
 *
 * A sink is used under the BQL until the writer thread starts; after that only
 * the writer thread uses it, and closes it.
 */
#ifndef HW_VFIO_TRACE_SINK_H
#define HW_VFIO_TRACE_SINK_H

#include "libmmiotrace/ring.h"
#include "hw/vfio-trace/log/sink-kind.h"

/**
 * vfio_trace_sink_name() - the name of a log
 * @file: file= as given
 *
 * The path is made absolute: QEMU may change its directory, and other processes
 * get it from query-vfio-trace.
 *
 * Return: the name with an absolute path, to be freed
 */
char *vfio_trace_sink_name(const char *file);

/**
 * vfio_trace_sink_open() - open a sink
 * @s: the sink, zeroed
 * @name: what vfio_trace_sink_name() returned
 * @overwrite: empty and use a file that exists
 * @errp: error with the reason and a hint
 *
 * Return: whether it is open
 */
bool vfio_trace_sink_open(VFIOTraceSink *s, const char *name, bool overwrite,
                          Error **errp);

/**
 * vfio_trace_sink_clear_parts() - make way for numbered parts
 * @s: the sink, just opened
 * @overwrite: remove the parts of an earlier log
 * @wanted: the log will have parts: a file in the way is an error
 * @errp: error that names the file
 *
 * Return: whether there was no error
 */
bool vfio_trace_sink_clear_parts(VFIOTraceSink *s, bool overwrite, bool wanted,
                                 Error **errp);

/**
 * vfio_trace_sink_write() - write some bytes
 * @s: the sink
 * @buf: the bytes
 * @len: number of bytes
 *
 * Return: number of bytes written; -EAGAIN if a reader must read first, -EPIPE
 *         if the reader has closed its end, -ESTALE if the file was truncated
 *         (@offset is set to the new end), or another negative errno
 */
ssize_t vfio_trace_sink_write(VFIOTraceSink *s, const char *buf, size_t len);

/**
 * vfio_trace_sink_wait() - wait until a stream may take more bytes
 * @s: a stream
 * @ms: milliseconds, at most
 */
void vfio_trace_sink_wait(VFIOTraceSink *s, int ms);

/**
 * vfio_trace_sink_sync() - bring a regular file to stable storage
 * @s: the sink; nothing happens if it is a stream
 *
 * Return: 0, or a negative errno: then it is unknown which bytes since the last
 *         success are on stable storage
 */
int vfio_trace_sink_sync(VFIOTraceSink *s);

/**
 * vfio_trace_sink_rewind() - truncate a regular file
 * @s: the sink
 * @offset: the new end, where the next bytes are written
 *
 * Return: 0 or a negative errno
 */
int vfio_trace_sink_rewind(VFIOTraceSink *s, uint64_t offset);

/**
 * vfio_trace_sink_look() - check for deletion and truncation of the file
 * @s: the sink
 * @put_back: set to whether the file had been deleted and was restored
 *
 * Return: 0; -ESTALE if the file was truncated (@offset is set to the new end);
 *         another negative errno if it was deleted and could not be restored
 */
int vfio_trace_sink_look(VFIOTraceSink *s, bool *put_back);

/**
 * vfio_trace_sink_whole() - end of the last whole line of a truncated file
 * @s: a regular file that was truncated to its @offset
 * @frames: the file consists of zstd frames: end of the last whole frame
 *
 * Return: the end's offset; @offset if the file can't be read
 */
uint64_t vfio_trace_sink_whole(VFIOTraceSink *s, bool frames);

/**
 * vfio_trace_sink_may_create() - could a file be created next to the log?
 * @s: a sink with a path
 * @path: the file's path
 * @errp: error with the reason, for a message after the log's name
 *
 * Any thread, as long as the sink is open.
 *
 * Return: whether nothing is known that prevents it
 */
bool vfio_trace_sink_may_create(const VFIOTraceSink *s, const char *path,
                                Error **errp);

/**
 * vfio_trace_sink_next_part() - continue in the next numbered file
 * @s: a regular file with a path
 *
 * Return: 0, or a negative errno: then the current part stays open
 */
int vfio_trace_sink_next_part(VFIOTraceSink *s);

/**
 * vfio_trace_sink_commit() - fill in the sink's fields of a commit
 * @s: the sink
 * @commit: where to store part, offset, device and inode number
 */
void vfio_trace_sink_commit(const VFIOTraceSink *s, MmtCommit *commit);

/**
 * vfio_trace_sink_close() - close a sink
 * @s: the sink
 * @remove: remove the file if it was created by this sink
 *
 * Return: 0, or a negative errno: then the file may be incomplete
 */
int vfio_trace_sink_close(VFIOTraceSink *s, bool remove);

#endif /* HW_VFIO_TRACE_SINK_H */
