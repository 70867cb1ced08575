/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: what QEMU says of itself (see ask.h)
 */
#include "tools/run/ask.h"

#include "tools/common/as-user.h"
#include "tools/run/user.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_its_user(gpointer plan)
{
    uid_t uid = ((const RunPlan *)plan)->uid;

    if (as_user_drop(uid, uid)) {
        _exit(127);
    }
}

static bool has_own_user(const RunPlan *plan)
{
    return plan->uid && !geteuid() &&
           (!plan->dry_run || run_user_may(plan->uid, plan->vm.qemu, X_OK));
}

bool run_ask(const RunPlan *plan, const char *const *args, char **text,
             GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *out = NULL;
    int status;
    size_t i;

    if (text) {
        *text = NULL;
    }
    g_ptr_array_add(argv, plan->vm.qemu);
    for (i = 0; args[i]; i++) {
        g_ptr_array_add(argv, (gpointer)args[i]);
    }
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                      G_SPAWN_STDERR_TO_DEV_NULL,
                      has_own_user(plan) ? become_its_user : NULL,
                      (gpointer)plan, &out, NULL, &status, error) ||
        !WIFEXITED(status) || WEXITSTATUS(status)) {
        return false;
    }
    if (text) {
        *text = g_steal_pointer(&out);
    }
    return true;
}

/* The exit status is 0 even if there is no such device. */
bool run_ask_device(const RunPlan *plan, const char *name)
{
    static const char *const args[] = { "-device", "help", NULL };
    g_autofree char *text = NULL;
    g_autofree char *quoted = g_strdup_printf("\"%s\"", name);

    return !run_ask(plan, args, &text, NULL) || !*text ||
           strstr(text, quoted);
}
