/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: markers of a guest without devices
 *
 * It has no log for its markers.  They are shown, so that an installation can
 * say how far it is.  Those from the ISA port are lost.
 */
#ifndef VFIO_TRACE_RUN_GUEST_MARKS_H
#define VFIO_TRACE_RUN_GUEST_MARKS_H

#include "tools/run/internal.h"

/**
 * run_guest_marks_open() - make the connection to the port, if markers are shown
 * @session: the run; its plan has the files for QEMU
 * @error: where to store why not
 */
bool run_guest_marks_open(RunSession *session, GError **error);

/**
 * run_guest_marks_options() - add QEMU's options for the port
 * @plan: the plan
 * @argv: QEMU's command line
 * @bus: the bus of the port
 */
void run_guest_marks_options(const RunPlan *plan, GPtrArray *argv,
                             const char *bus);

/**
 * run_guest_marks_watch() - show the markers, in the main loop
 * @session: the run
 */
void run_guest_marks_watch(RunSession *session);

/**
 * run_guest_marks_close() - QEMU has ended: show what is left, and close
 * @session: the run
 */
void run_guest_marks_close(RunSession *session);

#endif /* VFIO_TRACE_RUN_GUEST_MARKS_H */
