/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a file name in a directory that is kept open (see place.h)
 */
#include "libmmiotrace/place.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

static void set_path(MmtPlace *place, const char *path)
{
    place->path = g_strdup(path);
    place->name = strrchr(place->path, '/');
    place->name = place->name ? place->name + 1 : place->path;
}

bool mmt_place_take(MmtPlace *place, const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);

    set_path(place, path);
    place->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return place->dir >= 0;
}

bool mmt_place_beside(MmtPlace *place, const MmtPlace *other, const char *path)
{
    set_path(place, path);
    place->dir = fcntl(other->dir, F_DUPFD_CLOEXEC, 0);
    return place->dir >= 0;
}

const char *mmt_place_is_own(const struct stat *st)
{
    if (!S_ISREG(st->st_mode)) {
        return "is not a regular file";
    }
    if (st->st_uid != geteuid()) {
        return "belongs to another user";
    }
    if (st->st_mode & (S_IWGRP | S_IWOTH)) {
        return "can be written by other users: chmod go-w";
    }
    return NULL;
}

int mmt_place_open(const MmtPlace *place, int flags, const char **why)
{
    int path = openat(place->dir, place->name,
                      O_PATH | O_NOFOLLOW | O_CLOEXEC);
    g_autofree char *proc = g_strdup_printf("/proc/self/fd/%d", path);
    struct stat st;
    int saved;
    int fd = -1;

    *why = NULL;
    if (path < 0) {
        return -1;
    }
    if (!fstat(path, &st)) {
        *why = mmt_place_is_own(&st);
        if (!*why) {
            fd = open(proc, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        } else {
            errno = EPERM;
        }
    }
    saved = errno;
    close(path);
    errno = saved;
    return fd;
}

bool mmt_place_remove(const MmtPlace *place, int fd)
{
    struct stat ours, there;

    if (fstat(fd, &ours) < 0 ||
        fstatat(place->dir, place->name, &there, AT_SYMLINK_NOFOLLOW) < 0) {
        return false;
    }
    if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino) {
        errno = ESTALE;
        return false;
    }
    return unlinkat(place->dir, place->name, 0) == 0;
}

void mmt_place_free(MmtPlace *place)
{
    if (place->dir >= 0) {
        close(place->dir);
    }
    g_free(place->path);
    *place = MMT_PLACE_NONE;
}
