/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: files handed over to QEMU's user
 *
 * This user can't open them itself.  Disks, CDs and OVMF's variables are
 * descriptors in an fd set; QMP's sockets are listening descriptors; files that
 * QEMU opens only by path (kernel, initrd, firmware) are read-only copies in
 * memory.  USB devices are open nodes in an fd set.
 */
#ifndef VFIO_TRACE_RUN_HAND_H
#define VFIO_TRACE_RUN_HAND_H

#include "tools/run/plan.h"

/* Name of the descriptor of the monitor for events (events.h) */
#define RUN_HAND_EVENTS "events"

/**
 * run_hand_new() - open all files that are to be handed over
 * @plan: the plan; QEMU gets its own user
 * @error: where to store why not
 *
 * The sockets are in the session's directory; they get their final names in
 * run_hand_over().
 *
 * Return: the files, to be freed; or NULL
 */
RunHand *run_hand_new(const RunPlan *plan, GError **error);

/**
 * run_hand_new_empty() - begin without files: QEMU can open them itself
 *
 * Return: the files, to be freed
 */
RunHand *run_hand_new_empty(void);

/**
 * run_hand_add_fd() - hand over another descriptor
 * @hand: the files
 * @name: its name, for run_hand_fd()
 * @fd: the descriptor, which now belongs to @hand
 */
void run_hand_add_fd(RunHand *hand, const char *name, int fd);

/**
 * run_hand_fd() - get such a descriptor
 * @hand: the files, or NULL
 * @name: its name
 *
 * Return: the descriptor; -1 if there is none
 */
int run_hand_fd(const RunHand *hand, const char *name);

/**
 * run_hand_channel() - make a connection between QEMU and this program
 * @hand: the files
 * @name: its name, for run_hand_fd(), which gets QEMU's end
 * @error: where to store why not
 *
 * Return: the other end, which closes on exec(); or -1
 */
int run_hand_channel(RunHand *hand, const char *name, GError **error);

/**
 * run_hand_path() - get the path by which QEMU opens a file
 * @hand: the files, or NULL for none
 * @path: the file's path
 *
 * Return: the path for QEMU; @path if the file is not handed over
 */
const char *run_hand_path(const RunHand *hand, const char *path);

/**
 * run_hand_socket() - get the descriptor of a socket
 * @hand: the files, or NULL
 * @path: the socket's path
 *
 * Return: the descriptor; -1 if QEMU makes the socket itself
 */
int run_hand_socket(const RunHand *hand, const char *path);

/**
 * run_hand_options() - add the options for the fd sets
 * @hand: the files, or NULL
 * @argv: QEMU's command line
 */
void run_hand_options(const RunHand *hand, GPtrArray *argv);

/**
 * run_hand_keep() - let the descriptors survive exec(); called after fork()
 * @hand: the files, or NULL
 */
void run_hand_keep(const RunHand *hand);

/**
 * run_hand_over() - close our descriptors, and rename the sockets: QEMU runs
 * @hand: the files, or NULL
 */
void run_hand_over(RunHand *hand);

/**
 * run_hand_free() - close and free the files
 * @hand: the files, or NULL
 */
void run_hand_free(RunHand *hand);

#endif /* VFIO_TRACE_RUN_HAND_H */
