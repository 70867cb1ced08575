/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: pages that are shown now
 *
 * Each has a stream of events.  Four times a second, those whose last event was
 * sent get what is new.  A page that does not read gets nothing: it costs one
 * event's memory, and learns later how many lines it has missed.
 */
#ifndef VFIO_TRACE_SERVE_PAGES_H
#define VFIO_TRACE_SERVE_PAGES_H

#include "tools/serve/follow.h"
#include "tools/serve/http.h"
#include "tools/serve/watch.h"

/*
 * Pages at a time, and those of one browser; the oldest one makes room for the
 * newest.  Browsers have six connections to a server at most: with a stream on
 * each, they could not load anything else.
 */
#define SERVE_PAGES         8
#define SERVE_SESSION_PAGES 4

typedef struct ServePages ServePages;

/**
 * serve_pages_new() - begin without a page
 * @follow: the log
 * @watch: what QEMU says, or NULL
 */
ServePages *serve_pages_new(const ServeFollow *follow,
                            const ServeWatch *watch);

/**
 * serve_pages_add() - answer with a stream of events
 * @pages: the pages
 * @reply: the answer
 * @session: number of the browser's session
 * @last: ID of the last event that the page got, or NULL
 */
void serve_pages_add(ServePages *pages, HttpReply *reply, unsigned session,
                     const char *last);

/**
 * serve_pages_end() - tell all pages that the server ends
 * @pages: the pages
 */
void serve_pages_end(ServePages *pages);

/**
 * serve_pages_free() - end
 * @pages: the pages, whose replies were closed; or NULL
 */
void serve_pages_free(ServePages *pages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServePages, serve_pages_free)

#endif /* VFIO_TRACE_SERVE_PAGES_H */
