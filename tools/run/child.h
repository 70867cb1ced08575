/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's process
 *
 * It dies with this one, however that ends, and so lets go of the device.  The
 * terminal's signals do not reach it: it is this process that decides how QEMU
 * is to end.
 */
#ifndef VFIO_TRACE_RUN_CHILD_H
#define VFIO_TRACE_RUN_CHILD_H

#include <glib.h>
#include <stdbool.h>

#include "tools/run/hand.h"
#include "tools/run/user.h"

/**
 * run_child_start() - start QEMU
 * @argv: its command line
 * @user: the user that it is to be, or NULL: as this process
 * @hand: what it gets from this process, or NULL
 * @pid: where to store its process
 * @stderr_fd: where to store the end of a pipe with what it has to say
 * @error: where to store why not
 *
 * Its standard input is empty; its standard output is its standard error, too.
 */
bool run_child_start(char **argv, const RunUser *user, const RunHand *hand,
                     GPid *pid, int *stderr_fd, GError **error);

/**
 * run_child_verdict() - how did it end?
 * @status: as waitpid() has it
 * @told: it was sent SIGTERM: to die of that is to obey
 *
 * Return: why that is no good end, to be freed; or NULL
 */
char *run_child_verdict(int status, bool told);

#endif /* VFIO_TRACE_RUN_CHILD_H */
