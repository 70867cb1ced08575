/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: common state of all kinds of sinks
 */
#ifndef HW_VFIO_TRACE_LOG_SINK_KIND_H
#define HW_VFIO_TRACE_LOG_SINK_KIND_H

#include "libmmiotrace/place.h"

/* Prefix of file= for a socket */
#define VFIO_TRACE_SINK_UNIX "unix:"

typedef struct VFIOTraceSink VFIOTraceSink;

/**
 * struct VFIOTraceSinkOps: operations of a kind of sink
 * @write: write some bytes
 * @close: close the sink
 */
typedef struct VFIOTraceSinkOps {
    ssize_t (*write)(VFIOTraceSink *s, const char *buf, size_t len);
    void (*close)(VFIOTraceSink *s);
} VFIOTraceSinkOps;

/**
 * struct VFIOTraceSink: an open sink
 * @ops: operations of its kind
 * @name: file= with an absolute path: name of the log and of its first part
 * @path: path of the part that is written now; of a stream the same as @name
 * @dir: the directory of @name if there is a path: QEMU may change its root
 *       directory and its user after the sink was opened
 * @fd: the file or stream; of a socket the reader's connection, or -1
 * @listen_fd: of a socket, the listening socket; else -1
 * @stream: not a regular file
 * @has_path: there is a path, which other processes may use as well
 * @created: the file was not there before
 * @part: number of the part, from 0 up
 * @offset: bytes written to this part
 * @dev: device number of a regular file
 * @ino: its inode number
 */
struct VFIOTraceSink {
    const VFIOTraceSinkOps *ops;
    char *name;
    char *path;
    MmtPlace dir;
    int fd;
    int listen_fd;
    bool stream;
    bool has_path;
    bool created;
    uint32_t part;
    uint64_t offset;
    uint64_t dev;
    uint64_t ino;
};

#endif /* HW_VFIO_TRACE_LOG_SINK_KIND_H */
