/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: user IDs for QEMU processes (see session-uid.h)
 */
#include "tools/session/session-uid.h"

#include "tools/common/as-user.h"
#include "tools/session/proc-id.h"

#include <signal.h>
#include <sys/stat.h>

/* A process that has ended, and for which its parent has not waited yet? */
static bool is_over(const char *path, uid_t uid)
{
    g_autofree char *file = g_build_filename(path, "stat", NULL);
    g_autofree char *stat = NULL;
    uint64_t start;

    return uid >= SESSION_UID_FIRST && uid <= SESSION_UID_LAST &&
           g_file_get_contents(file, &stat, NULL, NULL) &&
           !proc_id_parse(stat, &start);
}

/* The owner of a process is the owner of its directory in /proc. */
GHashTable *session_uid_of_processes(void)
{
    GHashTable *users = g_hash_table_new(NULL, NULL);
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    unsigned uid;

    /* Then no user is known to be without processes. */
    for (uid = SESSION_UID_FIRST; !proc && uid <= SESSION_UID_LAST; uid++) {
        g_hash_table_add(users, GUINT_TO_POINTER(uid));
    }
    while (proc && (name = g_dir_read_name(proc))) {
        g_autofree char *path = g_build_filename("/proc", name, NULL);
        struct stat st;

        if (g_ascii_isdigit(*name) && !stat(path, &st) &&
            !is_over(path, st.st_uid)) {
            g_hash_table_add(users, GUINT_TO_POINTER(st.st_uid));
        }
    }
    return users;
}

bool session_uid_is_free(uid_t uid)
{
    g_autoptr(GHashTable) users = session_uid_of_processes();

    return !g_hash_table_contains(users, GUINT_TO_POINTER(uid));
}

static int kill_all(G_GNUC_UNUSED void *opaque)
{
    /* All processes of this user except this one */
    kill(-1, SIGKILL);
    return 0;
}

void session_uid_end(uid_t uid)
{
    int result;

    as_user(uid, kill_all, NULL, &result, NULL);
}
