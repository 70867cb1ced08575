/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: other verbs, as processes (see child.h)
 */
#include "tools/serve/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Between fork() and exec(): only what POSIX calls async-signal-safe. */
static void set_up(gpointer opaque)
{
    const pid_t *parent = opaque;

    /* ^C on the terminal is for the server, which ends its children. */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != *parent) {
        _exit(127);
    }
}

GSubprocess *serve_child_start(const char *const *args, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                  G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    pid_t parent = getpid();

    g_ptr_array_add(argv, (char *)"/proc/self/exe");
    for (; *args; args++) {
        g_ptr_array_add(argv, (char *)*args);
    }
    g_ptr_array_add(argv, NULL);
    g_subprocess_launcher_set_child_setup(launcher, set_up, &parent, NULL);
    return g_subprocess_launcher_spawnv(launcher,
                                        (const char *const *)argv->pdata,
                                        error);
}

void serve_child_end(GSubprocess *child)
{
    if (child) {
        g_subprocess_force_exit(child);
        g_object_unref(child);
    }
}
