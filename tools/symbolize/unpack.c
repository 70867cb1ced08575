/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: opening a kernel's files, which may be compressed (see unpack.h)
 *
 * The files are unpacked by the usual programs, which any machine with such
 * files has: this avoids a dependency on one library per format.
 */
#include "tools/symbolize/unpack.h"
#include "tools/symbolize/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const unpack_suffixes[] = { ".xz", ".zst", ".gz", NULL };

/* In the order of the suffixes */
static const char *const programs[] = { "xz", "zstd", "gzip" };

/* Runs in the child: limits the unpacked file, which is in memory. */
static void set_limit(gpointer unused)
{
    const struct rlimit limit = { UNPACK_MAX, UNPACK_MAX };

    (void)unused;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* GSubprocess is not used, as it would start a thread to wait for the child. */
static bool run(const char *program, const char *path, int out, GError **error)
{
    g_autofree char *in_path = g_canonicalize_filename(path, NULL);
    const char *argv[] = { program, "-dcq", in_path, NULL };
    g_autoptr(GError) why = NULL;
    pid_t waited;
    int status;
    GPid pid;

    if (!g_spawn_async_with_pipes_and_fds(
            NULL, argv, NULL,
            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_limit, NULL,
            -1, out, -1, NULL, NULL, 0, &pid, NULL, NULL, NULL, &why)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s: can not unpack it: %s; install %s, or unpack the file yourself",
                    path, why->message, program);
        return false;
    }
    do {
        waited = waitpid(pid, &status, 0);
    } while (waited < 0 && errno == EINTR);
    g_spawn_close_pid(pid);
    if (!g_spawn_check_wait_status(status, &why)) {
        g_set_error(error, SYM_ERROR, 0, "%s: %s can not unpack it: %s", path,
                    program, why->message);
        return false;
    }
    return true;
}

static int unpack(const char *program, const char *path, GError **error)
{
    int fd = memfd_create("vfio-trace-unpack", MFD_CLOEXEC);

    if (fd < 0) {
        g_set_error(error, SYM_ERROR, 0, "%s: no memory to unpack it: %s",
                    path, g_strerror(errno));
        return -1;
    }
    if (!run(program, path, fd, error)) {
        close(fd);
        return -1;
    }
    return fd;
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
            close(fd);
            return unpack(programs[i], path, error);
        }
    }
    return fd;
}
