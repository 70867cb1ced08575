/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what is to be done
 *
 *     run.c       options
 *     check.c     may, and can, these devices be traced here?
 *     qemu.c      QEMU's command line
 *     firmware.c  what the guest starts with
 *     session.c   takes the devices, runs QEMU, gives them back
 *     loop.c      runs QEMU, from its start to its end
 *     child.c     QEMU's process
 *     user.c      the user that QEMU is
 *     hand.c      files that this user can't open, handed over
 *     monitor.c   what is asked of QEMU by QMP
 *     say.c       messages, and signals, of a run that is going on
 *     lines.c     line splitter
 *     status.c    the status line
 *     screen.c    messages and status line on the terminal
 *     summary.c   end-of-run summary
 *     error.c     errors
 *     restore.c   the verb restore: what a killed run has left
 */
#ifndef VFIO_TRACE_RUN_PLAN_H
#define VFIO_TRACE_RUN_PLAN_H

#include <sys/types.h>

#include "tools/host/pci.h"

typedef struct RunHand RunHand;

typedef enum RunOs {
    RUN_OS_OTHER,
    RUN_OS_LINUX,
    RUN_OS_WINDOWS,
} RunOs;

/**
 * struct RunPlan: what is to be done
 * @root: where the host's files are (host/fs.h)
 * @guests: HostPci: the devices that the guest gets, by address
 * @others: HostPci: others of their groups, that are taken from their drivers
 * @name: of the session: the address of the first device
 * @dir: the session's directory
 * @own_qmp: the socket of this tool's own
 * @qmp: the socket for others
 * @log: where to log, as QEMU is told
 * @uid: QEMU's user; 0: root
 * @log_work: the directory in which QEMU's user writes the log, or NULL
 * @hand: what is handed over to that user, or NULL
 * @sandbox: QEMU knows one
 * @vars: OVMF's variables in a file of their own, or NULL
 * @vars_template: what to copy them from if they are not there, or NULL
 *
 * The rest is what the options say; strings may be NULL where there is no
 * default.
 */
typedef struct RunPlan {
    const char *root;
    GPtrArray *guests;
    GPtrArray *others;
    char *name;
    char *dir;
    char *own_qmp;
    char *qmp;
    char *log;
    uid_t uid;
    char *log_work;
    RunHand *hand;
    bool sandbox;
    char *vars;
    char *vars_template;

    char **disks;
    char **isos;
    char *windows;
    char *memory;
    int smp;
    RunOs os;
    char *firmware;
    char *nvram;
    char *kernel;
    char *initrd;
    char *append;
    char *device_opts;
    char *log_opts;
    char *qemu;
    bool as_root;
    bool overwrite;
    bool with_group;
    bool force;
    bool dry_run;
    char **qemu_args;
} RunPlan;

#endif /* VFIO_TRACE_RUN_PLAN_H */
