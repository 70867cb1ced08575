/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's events
 */
#ifndef VFIO_TRACE_RUN_EVENTS_H
#define VFIO_TRACE_RUN_EVENTS_H

#include "tools/run/internal.h"

/**
 * run_events_take() - take an event; a QmpOnEvent
 * @session: the RunSession
 * @name: the event
 * @data: its data, or NULL
 *
 * It is handled by the main loop, which may send commands then.
 */
void run_events_take(void *session, const char *name, JsonObject *data);

/**
 * run_events_handle() - handle the events that were taken
 * @session: the run
 */
void run_events_handle(RunSession *session);

#endif /* VFIO_TRACE_RUN_EVENTS_H */
