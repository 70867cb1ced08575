/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest markers
 *
 * Common code of the marker ports (marker-virtio.c, marker-isa.c): splits bytes
 * into lines, turns lines into marks, and limits their rate.  Nothing here
 * trusts the guest.  All of it runs under the BQL.
 */
#ifndef HW_VFIO_TRACE_MARKER_H
#define HW_VFIO_TRACE_MARKER_H

#include "qemu/notify.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/compat.h"
#include "libmmiotrace/format.h"

/* Default and maximum of rate=, in marks per second */
#define VFIO_TRACE_MARKER_RATE     100
#define VFIO_TRACE_MARKER_RATE_MAX 10000

/**
 * struct VFIOTraceMarker: state of a marker port
 * @log_id: log=, the log's ID, or NULL for all logs
 * @rate: rate=, marks per second
 * @origin: kind of the port, for its marks
 * @name: name of the port in messages and marks
 * @marks: markers that were logged
 * @dropped: markers that were not
 * @line: bytes of the unfinished line
 * @len: bytes in @line
 * @room: limit of @len
 * @cut: bytes of the line that did not fit
 * @cr: the last byte was a carriage return, which may belong to the line's end
 * @last: when the last byte came
 * @line_timer: ends an unfinished line
 * @line_due: when @line_timer is due
 * @waiting: the port takes no bytes at the moment
 * @credit: nanoseconds that marks may use; see marker_may()
 * @credit_at: when @credit was computed
 * @dropping: marks are dropped until @drop_timer
 * @unsaid: how many of @dropped no mark has counted yet
 * @drop_timer: end of @dropping
 * @warned: a message on stderr has said that marks are dropped
 * @lost_log: a message on stderr has said that there is no log
 * @log_end: notifier for logs that are about to end
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
 * vfio_trace_marker_describe() - class initialization that all ports share:
 * descriptions of properties, migration, category
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
 * vfio_trace_marker_start() - check the properties and start the port
 * @m: the port, its properties set
 * @dev: its device
 * @origin: kind of the port, for its marks
 * @errp: error if a property is invalid
 *
 * Return: whether it has been started
 */
bool vfio_trace_marker_start(VFIOTraceMarker *m, DeviceState *dev,
                             const char *origin, Error **errp);

/**
 * vfio_trace_marker_stop() - log what is unfinished and stop the port
 * @m: a started port
 */
void vfio_trace_marker_stop(VFIOTraceMarker *m);

/**
 * vfio_trace_marker_write() - take bytes that the guest has written
 * @m: the port
 * @buf: any bytes
 * @len: number of bytes; the caller bounds it so that a guest can't hold the
 *       BQL for long: a line costs some 50 ns
 */
void vfio_trace_marker_write(VFIOTraceMarker *m, const uint8_t *buf,
                             size_t len);

/**
 * vfio_trace_marker_wait() - the port stops or resumes taking bytes
 * @m: the port
 * @waiting: it stops
 *
 * While it waits, the guest can't continue an unfinished line, however long
 * that takes on a busy host: so the line does not become a marker because of
 * its age.
 */
void vfio_trace_marker_wait(VFIOTraceMarker *m, bool waiting);

/**
 * vfio_trace_marker_end_line() - make a marker of the unfinished line
 * @m: the port
 *
 * Call it when the rest of the line can't come any more.
 */
void vfio_trace_marker_end_line(VFIOTraceMarker *m);

#endif /* HW_VFIO_TRACE_MARKER_H */
