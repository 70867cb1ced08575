/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle --extract: members as files (see extract.h)
 *
 * No member's name has a '/' (mmt_bundle_name_ok()).
 */
#include "tools/bundle/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * struct Extract
 * @dir: the directory's path
 * @dir_fd: the directory
 * @made: the directory was made
 * @names: files that were made
 * @fd: the current one, or -1
 */
typedef struct Extract {
    const char *dir;
    int dir_fd;
    bool made;
    GPtrArray *names;
    int fd;
} Extract;

static bool fail(const Extract *extract, const char *name, const char *what,
                 GError **error)
{
    int err = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err),
                "%s/%s: can not %s: %s", extract->dir, name, what,
                g_strerror(err));
    return false;
}

static const char *current(const Extract *extract)
{
    return extract->names->pdata[extract->names->len - 1];
}

static bool extract_begin(void *opaque, const char *name, GError **error)
{
    Extract *extract = opaque;

    extract->fd = openat(extract->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL |
                         O_NOFOLLOW | O_CLOEXEC, 0666);
    if (extract->fd < 0) {
        return fail(extract, name, "create", error);
    }
    g_ptr_array_add(extract->names, g_strdup(name));
    return true;
}

static bool extract_put(void *opaque, const char *p, size_t len,
                        GError **error)
{
    Extract *extract = opaque;

    while (len) {
        ssize_t n = write(extract->fd, p, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fail(extract, current(extract), "write", error);
        }
        p += n;
        len -= n;
    }
    return true;
}

static bool extract_end(void *opaque, GError **error)
{
    Extract *extract = opaque;
    int fd = extract->fd;

    extract->fd = -1;
    return !close(fd) || fail(extract, current(extract), "write", error);
}

static bool open_dir(Extract *extract, GError **error)
{
    extract->made = !mkdir(extract->dir, 0777);
    if (!extract->made && errno != EEXIST) {
        return fail(extract, "", "create", error);
    }
    extract->dir_fd = open(extract->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return extract->dir_fd >= 0 || fail(extract, "", "open", error);
}

static void take_back(const Extract *extract)
{
    guint i;

    for (i = 0; i < extract->names->len; i++) {
        unlinkat(extract->dir_fd, extract->names->pdata[i], 0);
    }
    if (extract->made) {
        rmdir(extract->dir);
    }
}

bool bundle_extract(BundleUnpack *unpack, const char *dir,
                    AnalysisProgress *progress, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Extract extract = { .dir = dir, .dir_fd = -1, .names = names, .fd = -1 };
    BundleSink sink = { extract_begin, extract_put, extract_end, &extract };
    bool ok = open_dir(&extract, error) &&
              bundle_unpack_all(unpack, &sink, progress, error);

    if (extract.fd >= 0) {
        close(extract.fd);
    }
    if (!ok) {
        take_back(&extract);
    }
    if (extract.dir_fd >= 0) {
        close(extract.dir_fd);
    }
    return ok;
}
