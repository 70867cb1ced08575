/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the status line
 */
#ifndef VFIO_TRACE_RUN_STATUS_H
#define VFIO_TRACE_RUN_STATUS_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct RunStatus RunStatus;

/**
 * run_status_new() - nothing is known yet
 */
RunStatus *run_status_new(void);

/**
 * run_status_update() - here is what QEMU says
 * @status: the status
 * @answer: to query-vfio-trace
 * @now: when, in monotonic microseconds
 */
void run_status_update(RunStatus *status, JsonNode *answer, gint64 now);

/**
 * run_status_line() - how things are, in one line
 * @status: the status, or NULL: QEMU does not answer any more
 * @elapsed: seconds since the start
 * @columns: how long the line may be; 0 for any
 * @colour: what is wrong may be red
 *
 * Return: the line; to be freed
 */
char *run_status_line(const RunStatus *status, unsigned elapsed,
                      unsigned columns, bool colour);

/**
 * run_status_lost() - how many events were lost
 * @status: the status
 */
uint64_t run_status_lost(const RunStatus *status);

/**
 * run_status_free() - forget it
 * @status: the status, or NULL
 */
void run_status_free(RunStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunStatus, run_status_free)

#endif /* VFIO_TRACE_RUN_STATUS_H */
