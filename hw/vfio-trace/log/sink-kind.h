/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the kinds of sinks have in common
 */
#ifndef HW_VFIO_TRACE_LOG_SINK_KIND_H
#define HW_VFIO_TRACE_LOG_SINK_KIND_H

/* What file= begins with for a socket */
#define VFIO_TRACE_SINK_UNIX "unix:"

typedef struct VFIOTraceSink VFIOTraceSink;

/**
 * struct VFIOTraceSinkOps: what differs
 * @write: write some bytes
 * @close: close it
 */
typedef struct VFIOTraceSinkOps {
    ssize_t (*write)(VFIOTraceSink *s, const char *buf, size_t len);
    void (*close)(VFIOTraceSink *s);
} VFIOTraceSinkOps;

/**
 * struct VFIOTraceSink: an open sink
 * @ops: its kind
 * @name: file= made absolute: the log's name, and that of its first part
 * @path: what is written now; the part's name, or as @name
 * @fd: the file or stream; of a socket the reader's connection, or -1
 * @listen_fd: of a socket, where readers call; else -1
 * @stream: no regular file
 * @has_path: there is a path, which others may use as well
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
