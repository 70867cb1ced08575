/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a run that is going on
 */
#ifndef VFIO_TRACE_RUN_SESSION_H
#define VFIO_TRACE_RUN_SESSION_H

#include "tools/qemu/qmp.h"
#include "tools/run/run.h"
#include "tools/run/lines.h"
#include "tools/run/screen.h"
#include "tools/run/status.h"
#include "tools/session/session-file.h"

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
    SessionFile *file;
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

/**
 * run_session_say() - a message for the user
 * @session: the session; a BindSay's
 * @text: it
 */
void run_session_say(void *session, const char *text);

/**
 * run_session_fail() - something went wrong
 * @session: the session
 * @text: what
 */
void run_session_fail(RunSession *session, const char *text);

/**
 * run_session_signal() - take a signal that asks this program to end
 * @session: the session
 *
 * Return: its number, or 0 if there is none
 */
int run_session_signal(RunSession *session);

/**
 * run_loop() - run QEMU, from its start to its end
 * @session: the session; its devices are taken
 */
void run_loop(RunSession *session);

/**
 * run_monitor_connect() - reach QEMU by QMP, if it is time to try
 * @session: the session
 * @starting: QEMU need not answer yet
 *
 * Return: true if it was reached just now
 */
bool run_monitor_connect(RunSession *session, bool starting);

/**
 * run_monitor_quit() - ask QEMU to end
 * @session: the session
 *
 * Return: true if it says that it will
 */
bool run_monitor_quit(RunSession *session);

/**
 * run_monitor_query() - have the status brought up to date
 * @session: the session
 */
void run_monitor_query(RunSession *session);

/**
 * run_monitor_mark() - write a marker into the log
 * @session: the session
 * @text: the marker
 */
void run_monitor_mark(RunSession *session, const char *text);

#endif /* VFIO_TRACE_RUN_SESSION_H */
