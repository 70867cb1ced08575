/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: other verbs, as processes
 *
 * What may take long, or may wait for QEMU, is done by another process of this
 * program: the server never waits.
 */
#ifndef VFIO_TRACE_SERVE_CHILD_H
#define VFIO_TRACE_SERVE_CHILD_H

#include <gio/gio.h>

/**
 * serve_child_start() - start a verb
 * @args: its name, and its arguments; a NULL ends them
 * @error: where to store why not
 *
 * Its standard output is a pipe, its messages are dropped.  It ends when this
 * process does.
 *
 * Return: the process, or NULL
 */
GSubprocess *serve_child_start(const char *const *args, GError **error);

/**
 * serve_child_end() - end a verb
 * @child: the process, or NULL; its reference is dropped
 */
void serve_child_end(GSubprocess *child);

#endif /* VFIO_TRACE_SERVE_CHILD_H */
