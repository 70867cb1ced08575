/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: calls a function as another user (see as-user.h)
 */
#include "tools/common/as-user.h"

#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A user without an entry in the password database has the ID as group, too. */
static int become(uid_t uid)
{
    const struct passwd *pw = getpwuid(uid);
    gid_t gid = pw ? pw->pw_gid : (gid_t)uid;

    if ((pw ? initgroups(pw->pw_name, gid) : setgroups(0, NULL)) < 0 ||
        setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
        return -1;
    }
    return 0;
}

static G_GNUC_NORETURN void child(uid_t uid, int (*function)(void *),
                                  void *opaque)
{
    int result;

    if (uid != geteuid() && become(uid) < 0) {
        fprintf(stderr, "vfio-trace: can't switch to user %u: %s\n",
                (unsigned)uid, strerror(errno));
        _exit(255);
    }
    result = function(opaque);
    if (fflush(stdout)) {
        _exit(255);
    }
    _exit(result);
}

int as_user_drop(uid_t uid, gid_t gid)
{
    /* This fails if the process leads a session already, which is fine. */
    setsid();
    /* A kernel without keyrings has no keys to protect. */
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    return setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
           setresuid(uid, uid, uid) < 0 ||
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : 0;
}

pid_t as_user_start(uid_t uid, int (*function)(void *opaque), void *opaque,
                    GError **error)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                    "can't start a process: %s", g_strerror(errno));
    } else if (!pid) {
        child(uid, function, opaque);
    }
    return pid;
}

gboolean as_user(uid_t uid, int (*function)(void *opaque), void *opaque,
                 int *result, GError **error)
{
    int status = 0;
    pid_t pid;

    if (uid == geteuid()) {
        *result = function(opaque);
        return TRUE;
    }
    pid = as_user_start(uid, function, opaque, error);
    if (pid < 0) {
        return FALSE;
    }
    while (waitpid(pid, &status, WUNTRACED) < 0 || WIFSTOPPED(status)) {
        if (errno != EINTR && !WIFSTOPPED(status)) {
            g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                        "can't wait for a process: %s", g_strerror(errno));
            return FALSE;
        }
        if (WIFSTOPPED(status)) {
            /* Only its user can have stopped it; do not wait for ever. */
            kill(pid, SIGKILL);
        }
    }
    if (!WIFEXITED(status)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "the process of user %u was killed by signal %d",
                    (unsigned)uid, WTERMSIG(status));
        return FALSE;
    }
    *result = WEXITSTATUS(status);
    return TRUE;
}
