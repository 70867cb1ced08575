/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the bundle at the end (see bundle.h)
 */
#include "tools/run/bundle.h"

#include "tools/run/error.h"
#include "tools/run/qemu.h"
#include "tools/session/session-log.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

bool run_bundle_check(RunPlan *plan, GError **error)
{
    char *path;
    struct stat st;

    if (!plan->bundle) {
        return true;
    }
    if (!plan->log || !session_log_is_file(plan->log)) {
        return run_error(error,
                         "--bundle needs a log that is a file, and there is none");
    }
    if (!g_str_has_suffix(plan->bundle, ".tar.zst") &&
        !g_str_has_suffix(plan->bundle, ".tar")) {
        return run_error(error,
                         "--bundle %s: the name of a bundle ends in .tar.zst or .tar",
                         plan->bundle);
    }
    path = g_canonicalize_filename(plan->bundle, NULL);
    g_free(plan->bundle);
    plan->bundle = path;
    if (!lstat(path, &st) && !plan->vm.overwrite) {
        return run_error(error,
                         "%s exists already: choose another name, or use --overwrite",
                         path);
    }
    return true;
}

/* QEMU's command line, quoted for a shell */
static char *command_line(const RunPlan *plan)
{
    g_auto(GStrv) command = run_qemu_command(plan);
    GString *text = g_string_new(NULL);
    size_t i;

    for (i = 0; command[i]; i++) {
        g_autofree char *quoted = g_shell_quote(command[i]);

        g_string_append_printf(text, "%s%s", i ? " " : "", quoted);
    }
    return g_string_free(text, FALSE);
}

/* Signals that ask this program to end are blocked here: session.c */
static void unblock_signals(G_GNUC_UNUSED gpointer data)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool run_bundle_make(const RunPlan *plan)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *command = command_line(plan);
    int status;
    guint i;

    g_ptr_array_add(argv, (char *)"/proc/self/exe");
    g_ptr_array_add(argv, (char *)"bundle");
    g_ptr_array_add(argv, (char *)"-o");
    g_ptr_array_add(argv, plan->bundle);
    if (plan->vm.overwrite) {
        g_ptr_array_add(argv, (char *)"--force");
    }
    for (i = 0; i < plan->guests->len; i++) {
        g_ptr_array_add(argv, (char *)"--device");
        g_ptr_array_add(argv, ((HostPci *)plan->guests->pdata[i])->bdf);
    }
    g_ptr_array_add(argv, (char *)"--command");
    g_ptr_array_add(argv, command);
    g_ptr_array_add(argv, (char *)"--");
    g_ptr_array_add(argv, plan->log);
    g_ptr_array_add(argv, NULL);
    return g_spawn_sync(NULL, (char **)argv->pdata, NULL, 0, unblock_signals,
                        NULL, NULL, NULL, &status, NULL) &&
           WIFEXITED(status) && !WEXITSTATUS(status);
}
