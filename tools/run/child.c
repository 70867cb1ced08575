/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's process (see child.h)
 */
#include "tools/run/child.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * struct Child: data for the child
 * @parent: this process
 * @user: the user to become, or NULL
 * @hand: the files that it gets
 */
typedef struct Child {
    pid_t parent;
    const RunUser *user;
    const RunHand *hand;
} Child;

/* Between fork() and exec(): only what POSIX calls async-signal-safe. */
static void set_up_child(gpointer opaque)
{
    const Child *child = opaque;
    static const int defaults[] = { SIGPIPE, SIGTTIN, SIGTTOU };
    sigset_t none;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(defaults); i++) {
        signal(defaults[i], SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* QEMU must not have our terminal: it could type into it. */
    setsid();
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (child->user) {
        run_user_become(child->user);
    }
    run_hand_keep(child->hand);
    /* The kernel clears this signal when the user changes, so set it now. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The parent may have died before. */
    if (getppid() != child->parent) {
        _exit(127);
    }
}

bool run_child_start(char **argv, const RunUser *user, const RunHand *hand,
                     GPid *pid, int *stderr_fd, GError **error)
{
    Child child = { getpid(), user, hand };

    return g_spawn_async_with_pipes(NULL, argv, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
                                    &child, pid, NULL, NULL, stderr_fd,
                                    error);
}

char *run_child_verdict(int status, bool told)
{
    if (WIFSIGNALED(status) && told && WTERMSIG(status) == SIGTERM) {
        return NULL;
    }
    if (WIFSIGNALED(status)) {
        return g_strdup_printf("QEMU was ended by signal %d (%s)",
                               WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return WEXITSTATUS(status) ?
           g_strdup_printf("QEMU has ended with status %d",
                           WEXITSTATUS(status)) : NULL;
}
