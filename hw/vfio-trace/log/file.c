/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a log's file (see file.h)
 */
#include "qemu/osdep.h"
#include <sys/file.h>
#include "qapi/error.h"
#include "hw/vfio-trace/log/file.h"

/* The file's name must survive a crash of the host if the file does. */
static void log_file_sync_directory(const MmtPlace *place)
{
    int fd = openat(place->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

int vfio_trace_file_open(const MmtPlace *place, bool overwrite, bool *created,
                         Error **errp)
{
    ERRP_GUARD();
    const char *path = place->path;
    /*
     * O_NONBLOCK: open() of a FIFO at this path must not hang before we can see
     * that it is a FIFO.
     */
    int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
                O_NONBLOCK;
    struct stat st;
    int saved;
    int fd;

    fd = openat(place->dir, place->name, flags | O_CREAT | O_EXCL, 0600);
    *created = fd >= 0;
    if (fd < 0 && errno == EEXIST && overwrite) {
        fd = openat(place->dir, place->name, flags);
    }
    if (fd < 0) {
        saved = errno;
        error_setg_errno(errp, saved, "can't create trace log '%s'", path);
        if (saved == EEXIST) {
            error_append_hint(errp,
                              "Move it away, or set overwrite=on (trace-overwrite=on on vfio-pci-trace).\n");
        } else if (saved == ELOOP) {
            error_append_hint(errp, "Symbolic links are not followed.\n");
        } else if (saved == ENOENT) {
            error_append_hint(errp, "Create its directory first.\n");
        }
        errno = saved;
        return -1;
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        saved = EINVAL;
        error_setg(errp, "trace log '%s' is not a regular file", path);
        goto fail;
    }
    if (st.st_nlink != 1 || mmt_place_is_own(&st)) {
        saved = EPERM;
        error_setg(errp, "trace log '%s' %s", path, st.st_nlink != 1 ?
                   "has other names (hard links)" : mmt_place_is_own(&st));
        goto fail;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        saved = EBUSY;
        error_setg(errp, "trace log '%s' is in use", path);
        goto fail;
    }
    if (fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0) {
        saved = errno;
        error_setg_errno(errp, saved, "can't empty trace log '%s'", path);
        goto fail;
    }
    log_file_sync_directory(place);
    return fd;

fail:
    close(fd);
    errno = saved;
    return -1;
}
