/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's process
 *
 * It dies with this process, however that ends, and so releases the device.
 * The terminal's signals do not reach it: this process decides how QEMU ends.
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
 * @user: QEMU's user, or NULL: the user of this process
 * @hand: the files that it gets from this process, or NULL
 * @pid: where to store its process
 * @stderr_fd: where to store the read end of a pipe with its messages
 * @error: where to store why not
 *
 * Its standard input is empty; its standard output goes to its standard error.
 */
bool run_child_start(char **argv, const RunUser *user, const RunHand *hand,
                     GPid *pid, int *stderr_fd, GError **error);

/**
 * run_child_verdict() - find out whether QEMU ended well
 * @status: as returned by waitpid()
 * @told: it was sent SIGTERM, so dying of that is expected
 *
 * Return: what went wrong, to be freed; or NULL
 */
char *run_child_verdict(int status, bool told);

#endif /* VFIO_TRACE_RUN_CHILD_H */
