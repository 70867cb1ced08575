/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: reading a log as it grows
 *
 * It is read in the main loop, a little at a time, as by 'vfio-trace tail
 * --decode': parts, compressed logs, logs that are replaced, sockets.
 */
#ifndef VFIO_TRACE_SERVE_FOLLOW_H
#define VFIO_TRACE_SERVE_FOLLOW_H

#include "tools/common/tool.h"
#include "tools/serve/live.h"

typedef struct ServeFollow ServeFollow;

/**
 * serve_follow_new() - open a log, and begin to read
 * @verb: the verb, for messages
 * @name: the log, or the socket or FIFO that it comes from
 *
 * The options of analysis/options.h and of scripts apply.
 *
 * Return: the state, or NULL after an error was printed
 */
ServeFollow *serve_follow_new(const Verb *verb, const char *name);

/**
 * serve_follow_live() - get what is kept of the log
 * @follow: the state
 */
const ServeLive *serve_follow_live(const ServeFollow *follow);

/**
 * serve_follow_db() - get the names of the log's registers
 * @follow: the state
 */
AnalysisDb *serve_follow_db(const ServeFollow *follow);

/**
 * serve_follow_is_file() - can others read the log from its start?
 * @follow: the state
 */
bool serve_follow_is_file(const ServeFollow *follow);

/**
 * serve_follow_free() - close the log
 * @follow: the state, or NULL
 */
void serve_follow_free(ServeFollow *follow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServeFollow, serve_follow_free)

#endif /* VFIO_TRACE_SERVE_FOLLOW_H */
