/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what is asked of QEMU by QMP
 */
#ifndef VFIO_TRACE_RUN_MONITOR_H
#define VFIO_TRACE_RUN_MONITOR_H

#include "tools/run/internal.h"

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

#endif /* VFIO_TRACE_RUN_MONITOR_H */
