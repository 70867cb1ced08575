/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: opening a kernel's files, which may be compressed (see unpack.h)
 *
 * libmmiotrace decompresses the files, as it does traces.
 */
#include "tools/symbolize/unpack.h"
#include "tools/symbolize/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/source.h"

const char *const unpack_suffixes[] = { ".xz", ".zst", ".gz", NULL };

/* Return: bytes written to @out, or -1 */
static ssize_t unpack_some(MmtSource *source, const char *path, int out,
                           GError **error)
{
    g_autoptr(GError) why = NULL;
    char buf[65536];
    ssize_t n = mmt_source_read(source, buf, sizeof(buf), &why);
    ssize_t done = n > 0 ? write(out, buf, n) : n;

    if (done != n) {
        g_set_error(error, SYM_ERROR, 0, "%s: no memory to unpack it: %s",
                    path, g_strerror(errno));
    } else if (n < 0) {
        g_set_error(error, SYM_ERROR, 0, "can not unpack %s", why->message);
    } else if (!n && mmt_source_in_frame(source)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s: can not unpack it: the file is truncated", path);
    } else {
        return n;
    }
    return -1;
}

static bool unpack_all(MmtSource *source, const char *path, int out,
                       GError **error)
{
    uint64_t size = 0;
    ssize_t n;

    while ((n = unpack_some(source, path, out, error)) > 0) {
        size += n;
        if (size > UNPACK_MAX) {
            g_set_error(error, SYM_ERROR, 0,
                        "%s: can not unpack it: it is larger than 2 GiB", path);
            return false;
        }
    }
    return !n;
}

/* Takes @fd. */
static int unpack(int fd, const char *path, GError **error)
{
    g_autoptr(MmtSource) source = mmt_source_open_stream(fd, path);
    int out = memfd_create("vfio-trace-unpack", MFD_CLOEXEC);

    if (out < 0) {
        g_set_error(error, SYM_ERROR, 0, "%s: no memory to unpack it: %s",
                    path, g_strerror(errno));
        return -1;
    }
    if (!unpack_all(source, path, out, error)) {
        close(out);
        return -1;
    }
    return out;
}

int unpack_open(const char *path, GError **error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int err = errno;
    size_t i;

    if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        g_set_error(error, SYM_ERROR, 0, "%s is not a regular file", path);
        return -1;
    }
    if (fd < 0) {
        g_set_error(error, SYM_ERROR, 0, "%s: can not open: %s", path,
                    g_strerror(err));
        return -1;
    }
    for (i = 0; unpack_suffixes[i]; i++) {
        if (g_str_has_suffix(path, unpack_suffixes[i])) {
            return unpack(fd, path, error);
        }
    }
    return fd;
}
