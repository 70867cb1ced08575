/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: other programs that the guest needs
 *
 * They are started before QEMU and end with it.  If one ends before QEMU does,
 * the guest can't go on, and QEMU is ended.
 */
#ifndef VFIO_TRACE_RUN_HELPER_H
#define VFIO_TRACE_RUN_HELPER_H

#include "tools/run/internal.h"

/* Descriptors that a program gets */
#define RUN_HELPER_FDS 2

/**
 * struct RunHelperSpec: how to start a program
 * @name: its name, for messages
 * @purpose: what the guest has by it: "its TPM"
 * @argv: its command line
 * @uid: the user that it becomes, or 0: it stays this one
 * @fds: the descriptors that it gets; -1 for none
 * @dir_fd: a directory, or -1
 * @is_tree: @dir_fd is a mount that is attached nowhere
 * @over: the path at which the program sees @dir_fd
 */
typedef struct RunHelperSpec {
    const char *name;
    const char *purpose;
    char **argv;
    uid_t uid;
    int fds[RUN_HELPER_FDS];
    int dir_fd;
    bool is_tree;
    const char *over;
} RunHelperSpec;

/**
 * run_helpers_new() - make an empty list of programs
 */
GPtrArray *run_helpers_new(void);

/**
 * run_helper_start() - start a program
 * @session: the run; the session's file has the program then
 * @spec: how to start it
 * @error: where to store why not
 */
bool run_helper_start(RunSession *session, const RunHelperSpec *spec,
                      GError **error);

/**
 * run_helpers_watch() - watch the programs, in the main loop
 * @session: the run
 * @end: ends QEMU
 */
void run_helpers_watch(RunSession *session, void (*end)(RunSession *session));

/**
 * run_helpers_end() - end the programs: QEMU has ended
 * @session: the run
 */
void run_helpers_end(RunSession *session);

#endif /* VFIO_TRACE_RUN_HELPER_H */
