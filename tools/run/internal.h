/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a run that is going on
 */
#ifndef VFIO_TRACE_RUN_INTERNAL_H
#define VFIO_TRACE_RUN_INTERNAL_H

#include "tools/qemu/qmp.h"
#include "tools/run/lines.h"
#include "tools/run/plan.h"
#include "tools/run/screen.h"
#include "tools/run/status.h"
#include "tools/session/session.h"

/* How far QEMU was asked to end */
typedef enum RunEndStage {
    RUN_END_NOT,
    RUN_END_QUIT,
    RUN_END_TERM,
    RUN_END_KILL,
} RunEndStage;

/**
 * struct RunSession
 * @plan: what is to be done
 * @file: what is left behind if this process is killed
 * @screen: standard error
 * @loop: the main loop
 * @signal_fd: where signals are read
 * @pid: QEMU
 * @exit_status: as waitpid() has it, once @ended
 * @ended: QEMU has
 * @input: lines of standard input
 * @messages: lines of QEMU's standard error
 * @message_fd: whence; -1 once it was closed
 * @qmp: the connection, or NULL
 * @qmp_after: when to try again, in monotonic microseconds
 * @failures: how often QEMU did not answer, in a row
 * @status: what QEMU says
 * @start: when QEMU was started, in monotonic microseconds
 * @last_status: when a status line was shown last
 * @stage: how far QEMU was asked to end
 * @end_timer: the event source that asks again
 * @failed: something went wrong
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
    gint64 qmp_after;
    unsigned failures;
    RunStatus *status;
    gint64 start;
    gint64 last_status;
    RunEndStage stage;
    guint end_timer;
    bool failed;
} RunSession;

#endif /* VFIO_TRACE_RUN_INTERNAL_H */
