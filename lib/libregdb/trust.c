/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: may a program with root's rights read this file? (see trust.h) */
#include "libregdb/trust.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who could have changed the program, its group included, is trusted. */
static bool trust_writable(const struct stat *st, const struct stat *self)
{
    bool group = st->st_mode & S_IWGRP &&
                 !(self->st_mode & S_IWGRP && st->st_gid == self->st_gid);

    return group || st->st_mode & S_IWOTH;
}

/*
 * One directory or file of a path.  Above the directory of databases, one like
 * /tmp will do: nobody can replace what belongs to another user there.
 */
static bool trust_one(const char *path, bool above, const struct stat *self,
                      char **why)
{
    struct stat st;

    if (lstat(path, &st)) {
        *why = g_strdup_printf("%s: %s", path, g_strerror(errno));
    } else if (st.st_uid && st.st_uid != self->st_uid) {
        *why = g_strdup_printf("%s belongs to another user", path);
    } else if (trust_writable(&st, self) &&
               !(above && S_ISDIR(st.st_mode) && st.st_mode & S_ISVTX)) {
        *why = g_strdup_printf("other users can write to %s", path);
    } else {
        return true;
    }
    return false;
}

bool regdb_trusted(const char *dir, const char *path, char **why)
{
    g_autofree char *part = g_strdup(path);
    struct stat self = { 0 };
    char *slash;

    *why = NULL;
    if (geteuid()) {
        return true;
    }
    if (stat("/proc/self/exe", &self)) {
        self.st_uid = 0;
    }
    while (trust_one(part, strlen(part) < strlen(dir), &self, why)) {
        slash = strrchr(part, '/');
        if (!slash || !part[1]) {
            return true;
        }
        slash[slash == part] = '\0';
    }
    return false;
}
