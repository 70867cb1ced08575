/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the user who has called this program (see invoker.h)
 */
#include "tools/common/invoker.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

uid_t tool_invoker(void)
{
    const char *text = g_getenv("SUDO_UID");
    guint64 uid;

    /* The environment is root's own: sudo has set it, or root has. */
    return !geteuid() && text &&
           g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32 - 1, &uid,
                                      NULL) &&
           getpwuid(uid) ? (uid_t)uid : geteuid();
}

char *tool_invoker_home(void)
{
    uid_t uid = tool_invoker();
    const struct passwd *pw;

    if (uid == geteuid()) {
        return g_strdup(g_get_home_dir());
    }
    pw = getpwuid(uid);
    return pw && pw->pw_dir && *pw->pw_dir == '/' ? g_strdup(pw->pw_dir) : NULL;
}

uid_t tool_owner_beside(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    struct stat st;

    return !stat(dir, &st) && st.st_uid == tool_invoker() ? st.st_uid
                                                          : geteuid();
}
