/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: socket for viewers of the guest's display
 *
 * The socket belongs to the user who called this program, with mode 0600: no
 * other user of the host can connect.  This program accepts the connections,
 * and hands them to QEMU by QMP, so that QEMU's user needs no access to any
 * directory, and no password exists.
 */
#ifndef VFIO_TRACE_RUN_VIEWER_H
#define VFIO_TRACE_RUN_VIEWER_H

#include "tools/run/internal.h"

/**
 * run_viewer_open() - make the socket
 * @plan: the plan; nothing is done if its display has no viewers
 * @error: where to store why not
 *
 * Return: the socket; -1 with @error, or if there is none
 */
int run_viewer_open(const RunPlan *plan, GError **error);

/**
 * run_viewer_watch() - accept viewers from now on
 * @session: the run, with QMP
 */
void run_viewer_watch(RunSession *session);

/**
 * run_viewer_close() - close and remove the socket
 * @session: the run
 */
void run_viewer_close(RunSession *session);

#endif /* VFIO_TRACE_RUN_VIEWER_H */
