/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the page of vfio-trace report, of what there is so far
 *
 * 'vfio-trace report' makes it, as a process of its own whose output is sent as
 * it comes: its memory is bounded, and the server never waits for it.  There is
 * one at a time.  It is of the lines that the server has read: that of a log
 * that grows as fast as it is read would never be done.
 */
#ifndef VFIO_TRACE_SERVE_FULL_H
#define VFIO_TRACE_SERVE_FULL_H

#include <stdint.h>

#include "tools/serve/http.h"

typedef struct ServeFull ServeFull;

/**
 * serve_full_new() - begin
 * @args: options and operand of 'vfio-trace report', without --output; they
 *        live as long as the state
 */
ServeFull *serve_full_new(char **args);

/**
 * serve_full_send() - answer with the page
 * @full: the state
 * @reply: the answer
 * @lines: how many lines of the log to take; 0: all
 */
void serve_full_send(ServeFull *full, HttpReply *reply, uint64_t lines);

/**
 * serve_full_free() - end; its reply was closed
 * @full: the state, or NULL
 */
void serve_full_free(ServeFull *full);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServeFull, serve_full_free)

#endif /* VFIO_TRACE_SERVE_FULL_H */
