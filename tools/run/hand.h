/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: files that QEMU's user can't open, handed over
 *
 * Disks, CDs and OVMF's variables go as descriptors in an fd set, QMP's sockets
 * as listening descriptors, and what QEMU opens by path alone - a kernel, an
 * initrd, a firmware - as a copy in memory that can only be read.
 */
#ifndef VFIO_TRACE_RUN_HAND_H
#define VFIO_TRACE_RUN_HAND_H

#include "tools/run/plan.h"

/**
 * run_hand_new() - open all that is to be handed over
 * @plan: the plan; QEMU gets a user of its own
 * @error: where to store why it can't be done
 *
 * The sockets are in the session's directory, and nobody sees them before
 * run_hand_over().
 *
 * Return: to be freed, or NULL
 */
RunHand *run_hand_new(const RunPlan *plan, GError **error);

/**
 * run_hand_path() - by which path QEMU reaches a file
 * @hand: what is handed over, or NULL: nothing is
 * @path: the file's path
 *
 * Return: that of what is handed over, or @path
 */
const char *run_hand_path(const RunHand *hand, const char *path);

/**
 * run_hand_socket() - which descriptor a socket is
 * @hand: what is handed over, or NULL
 * @path: the socket's path
 *
 * Return: it, or -1: QEMU makes the socket
 */
int run_hand_socket(const RunHand *hand, const char *path);

/**
 * run_hand_options() - tell QEMU of the sets
 * @hand: what is handed over, or NULL
 * @argv: the command line
 */
void run_hand_options(const RunHand *hand, GPtrArray *argv);

/**
 * run_hand_keep() - let the descriptors survive exec(); between fork() and that
 * @hand: what is handed over, or NULL
 */
void run_hand_keep(const RunHand *hand);

/**
 * run_hand_over() - QEMU has them: close ours, and show the sockets
 * @hand: what is handed over, or NULL
 */
void run_hand_over(RunHand *hand);

/**
 * run_hand_free() - forget it
 * @hand: what is handed over, or NULL
 */
void run_hand_free(RunHand *hand);

#endif /* VFIO_TRACE_RUN_HAND_H */
