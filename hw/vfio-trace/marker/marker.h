/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: markers that the guest makes
 *
 * What the ports - marker-virtio.c, marker-isa.c - have in common: bytes become
 * lines, lines become marks, and there is a limit to how many.  Nothing here
 * trusts the guest.  All of it runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_MARKER_H
#define HW_VFIO_TRACE_MARKER_H

#include "qemu/notify.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/compat.h"
#include "libmmiotrace/format.h"

/* Marks per second if rate= says nothing else, and what it may say */
#define VFIO_TRACE_MARKER_RATE     100
#define VFIO_TRACE_MARKER_RATE_MAX 10000

/**
 * struct VFIOTraceMarker: a port for markers
 * @log_id: log=: the log's ID, or NULL for all logs
 * @rate: rate=: marks per second
 * @origin: what kind of port it is, as its marks say it
 * @name: what messages call the port
 * @marks: how many were logged
 * @dropped: how many were not
 * @line: the bytes of a line that has not ended
 * @len: how many
 * @room: how many there may be
 * @cut: how many more the line had
 * @cr: a carriage return came last; it may belong to the line's end
 * @last: when the last byte came
 * @line_timer: for a line that is not ended
 * @line_due: when that is due
 * @waiting: the port takes nothing, whatever the guest writes
 * @credit: nanoseconds that marks may take; see marker_may()
 * @credit_at: when that was told
 * @dropping: marks are dropped until @drop_timer
 * @unsaid: how many of @dropped no mark has told of
 * @drop_timer: end of @dropping
 * @warned: QEMU has said on stderr that marks are dropped
 * @lost_log: and that there is no log
 * @log_end: a log is about to end
 */
typedef struct VFIOTraceMarker {
    char *log_id;
    uint32_t rate;
    const char *origin;
    char *name;
    uint64_t marks;
    uint64_t dropped;
    char line[MMT_MARK_MAX];
    size_t len;
    size_t room;
    uint64_t cut;
    bool cr;
    int64_t last;
    QEMUTimer *line_timer;
    int64_t line_due;
    bool waiting;
    int64_t credit;
    int64_t credit_at;
    bool dropping;
    uint64_t unsaid;
    QEMUTimer *drop_timer;
    bool warned;
    bool lost_log;
    Notifier log_end;
} VFIOTraceMarker;

/**
 * vfio_trace_marker_describe() - texts for the class's properties, and more
 * that all ports' classes need
 * @dc: the class
 */
void vfio_trace_marker_describe(DeviceClass *dc);

/**
 * vfio_trace_marker_init() - add the counters to the device's properties
 * @m: the port
 * @dev: its device
 */
void vfio_trace_marker_init(VFIOTraceMarker *m, DeviceState *dev);

/**
 * vfio_trace_marker_start() - the port is there
 * @m: the port, its properties set
 * @dev: its device
 * @origin: what kind of port the marks say it is
 * @errp: error if the properties make no sense
 *
 * Return: whether it has been started
 */
bool vfio_trace_marker_start(VFIOTraceMarker *m, DeviceState *dev,
                             const char *origin, Error **errp);

/**
 * vfio_trace_marker_stop() - the port goes
 * @m: a started port
 */
void vfio_trace_marker_stop(VFIOTraceMarker *m);

/**
 * vfio_trace_marker_write() - the guest has written something
 * @m: the port
 * @buf: any bytes
 * @len: how many; the caller sees to it that a guest can't have so many gone
 *       through that it matters, some 50 ns for each line in them
 */
void vfio_trace_marker_write(VFIOTraceMarker *m, const uint8_t *buf,
                             size_t len);

/**
 * vfio_trace_marker_wait() - the port takes nothing for a while, or does again
 * @m: the port
 * @waiting: which of them
 *
 * A line that has not ended is not the guest's to go on with meanwhile, however
 * long that takes on a busy host: it doesn't become a marker for its age.
 */
void vfio_trace_marker_wait(VFIOTraceMarker *m, bool waiting);

/**
 * vfio_trace_marker_end_line() - what was written is a marker as it is
 * @m: the port
 *
 * For when no more of the line can come.
 */
void vfio_trace_marker_end_line(VFIOTraceMarker *m);

#endif /* HW_VFIO_TRACE_MARKER_H */
