/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: an output that is a directory (see directory.h)
 */
#include "tools/export/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * struct ExportDirectory
 * @path: its name
 * @temp: its temporary name, until it is committed
 */
struct ExportDirectory {
    char *path;
    char *temp;
};

static bool fail(const ExportDirectory *dir, GError **error, const char *what)
{
    int err = errno;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                "%s: can not %s: %s", dir->path, what, g_strerror(err));
    return false;
}

static bool fail_exists(const ExportDirectory *dir, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s exists already, and directories are not replaced: remove it, or choose another name",
                dir->path);
    return false;
}

/* "DIR/" is the same directory, beside which the temporary one is made. */
static char *without_slashes(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    return g_strndup(path, len);
}

ExportDirectory *export_directory_new(const char *path, GError **error)
{
    g_autoptr(ExportDirectory) dir = g_new0(ExportDirectory, 1);
    struct stat st;

    dir->path = without_slashes(path);
    if (lstat(dir->path, &st) == 0) {
        fail_exists(dir, error);
        return NULL;
    }
    dir->temp = g_strdup_printf("%s.XXXXXX", dir->path);
    if (!g_mkdtemp(dir->temp)) {
        g_clear_pointer(&dir->temp, g_free);
        fail(dir, error, "create");
        return NULL;
    }
    return g_steal_pointer(&dir);
}

const char *export_directory_temp(const ExportDirectory *dir)
{
    return dir->temp;
}

/* NFS does not support RENAME_NOREPLACE; only an empty one is replaced then. */
static int rename_to_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    return errno == EINVAL || errno == ENOSYS ? rename(from, to) : -1;
}

bool export_directory_commit(ExportDirectory *dir, GError **error)
{
    mode_t mask = umask(0);

    umask(mask);
    (void)!chmod(dir->temp, 0777 & ~mask);
    if (rename_to_new(dir->temp, dir->path) < 0) {
        return errno == EEXIST || errno == ENOTEMPTY
               ? fail_exists(dir, error) : fail(dir, error, "create");
    }
    g_clear_pointer(&dir->temp, g_free);
    return true;
}

static void remove_temp(const char *temp)
{
    GDir *files = g_dir_open(temp, 0, NULL);
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(temp, name, NULL);

        g_unlink(path);
    }
    if (files) {
        g_dir_close(files);
    }
    g_rmdir(temp);
}

void export_directory_free(ExportDirectory *dir)
{
    if (!dir) {
        return;
    }
    if (dir->temp) {
        remove_temp(dir->temp);
    }
    g_free(dir->temp);
    g_free(dir->path);
    g_free(dir);
}
