/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's events
 *
 * They have a monitor of their own.  The one for commands is closed when QEMU
 * does not answer in time, and events would be missed meanwhile.
 */
#ifndef VFIO_TRACE_RUN_EVENTS_H
#define VFIO_TRACE_RUN_EVENTS_H

#include "tools/run/internal.h"

/**
 * run_events_new() - make the monitor's connection
 * @session: the run; its plan has the descriptors for QEMU
 * @error: where to store why not
 */
bool run_events_new(RunSession *session, GError **error);

/**
 * run_events_start() - take events from now on: QEMU runs
 * @session: the run
 */
void run_events_start(RunSession *session);

/**
 * run_events_end() - take the last events: QEMU has ended
 * @session: the run
 */
void run_events_end(RunSession *session);

#endif /* VFIO_TRACE_RUN_EVENTS_H */
