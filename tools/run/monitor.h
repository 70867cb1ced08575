/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QMP commands of a run
 */
#ifndef VFIO_TRACE_RUN_MONITOR_H
#define VFIO_TRACE_RUN_MONITOR_H

#include "tools/run/internal.h"

/**
 * run_monitor_connect() - connect to QEMU's QMP socket unless connected
 * @session: the run
 * @starting: QEMU need not answer yet
 *
 * Does nothing during the pause after a failure.
 *
 * Return: true if this call has connected
 */
bool run_monitor_connect(RunSession *session, bool starting);

/**
 * run_monitor_quit() - send "quit"
 * @session: the run
 *
 * Return: true if QEMU has acknowledged it
 */
bool run_monitor_quit(RunSession *session);

/**
 * run_monitor_query() - update the status
 * @session: the run
 */
void run_monitor_query(RunSession *session);

/**
 * run_monitor_mark() - write a marker into the log
 * @session: the run
 * @text: the marker's text
 */
void run_monitor_mark(RunSession *session, const char *text);

/**
 * run_monitor_note() - write a marker of this program's own into the log
 * @session: the run
 * @text: the marker's text
 *
 * Says nothing, unless QEMU refuses it.
 *
 * Return: false if QEMU does not answer, so that it should be tried again
 */
bool run_monitor_note(RunSession *session, const char *text);

/**
 * run_monitor_add_viewer() - hand a viewer's connection to QEMU
 * @session: the run
 * @protocol: as QMP's "add_client" has it
 * @fd: the connection; the caller closes it
 */
void run_monitor_add_viewer(RunSession *session, const char *protocol, int fd);

#endif /* VFIO_TRACE_RUN_MONITOR_H */
