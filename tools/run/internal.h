/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: state of a run
 */
#ifndef VFIO_TRACE_RUN_INTERNAL_H
#define VFIO_TRACE_RUN_INTERNAL_H

#include "tools/qemu/qmp.h"
#include "tools/run/lines.h"
#include "tools/run/plan.h"
#include "tools/run/screen.h"
#include "tools/run/status.h"
#include "tools/session/session.h"

/* The last step that was taken to end QEMU */
typedef enum RunEndStage {
    RUN_END_NOT,
    RUN_END_QUIT,
    RUN_END_TERM,
    RUN_END_KILL,
} RunEndStage;

typedef struct RunSymbols RunSymbols;

/**
 * struct RunSession: state of a run
 * @plan: the plan
 * @file: the session, whose file remains if this process is killed
 * @screen: standard error
 * @loop: the main loop
 * @signal_fd: the signalfd
 * @pid: QEMU's process
 * @exit_status: as returned by waitpid(), valid once @ended
 * @ended: QEMU has ended
 * @input: lines of standard input
 * @messages: lines of QEMU's standard error
 * @message_fd: the pipe of @messages; -1 once it is closed
 * @qmp: the connection, or NULL
 * @listener: the connection for QEMU's events, or NULL (events.h)
 * @events: what is to be done for events (events.c)
 * @qmp_after: when to connect again, in monotonic microseconds
 * @failures: number of consecutive failed QMP commands and connections
 * @status: the last status from QEMU
 * @start: when QEMU was started, in monotonic microseconds
 * @last_status: when the last status line was shown, likewise
 * @stage: the last step that was taken to end QEMU
 * @end_timer: the event source that takes the next one
 * @viewer_fd: the socket for viewers, or -1 (viewer.h)
 * @symbols: symbols that the guest sends, or NULL (symbols.h)
 * @marks_fd: the connection to the port for markers that are shown, or -1
 * @marks: lines of it
 * @marks_waiting: texts that are shown later
 * @marks_source: the event source that reads it, or waits to do so
 * @marks_left: number of markers that may still be shown in this second
 * @marks_bytes: bytes that were read in this second
 * @failed: something went wrong
 * @helpers: RunHelper: other programs of the run
 */
typedef struct RunSession {
    const RunPlan *plan;
    Session *file;
    RunScreen screen;
    GMainLoop *loop;
    int signal_fd;
    GPid pid;
    int exit_status;
    bool ended;
    RunLines input;
    RunLines messages;
    int message_fd;
    QmpClient *qmp;
    QmpClient *listener;
    GQueue events;
    gint64 qmp_after;
    unsigned failures;
    RunStatus *status;
    gint64 start;
    gint64 last_status;
    RunEndStage stage;
    guint end_timer;
    int viewer_fd;
    RunSymbols *symbols;
    int marks_fd;
    RunLines marks;
    GQueue marks_waiting;
    guint marks_source;
    unsigned marks_left;
    size_t marks_bytes;
    bool failed;
    GPtrArray *helpers;
} RunSession;

#endif /* VFIO_TRACE_RUN_INTERNAL_H */
