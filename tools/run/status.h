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
 * run_status_new() - make an empty status
 */
RunStatus *run_status_new(void);

/**
 * run_status_update() - update the status from QEMU's answer
 * @status: the status
 * @answer: the answer to query-vfio-trace
 * @now: the time, in monotonic microseconds
 */
void run_status_update(RunStatus *status, JsonNode *answer, gint64 now);

/**
 * run_status_line() - format the status line
 * @status: the status, or NULL if QEMU does not answer any more
 * @elapsed: seconds since the start
 * @columns: maximum length of the line; 0 for no limit
 * @colour: show problems in red
 *
 * Return: the line; to be freed
 */
char *run_status_line(const RunStatus *status, unsigned elapsed,
                      unsigned columns, bool colour);

/**
 * run_status_lost() - get the number of lost events
 * @status: the status
 */
uint64_t run_status_lost(const RunStatus *status);

/**
 * run_status_free() - free the status
 * @status: the status, or NULL
 */
void run_status_free(RunStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunStatus, run_status_free)

#endif /* VFIO_TRACE_RUN_STATUS_H */
