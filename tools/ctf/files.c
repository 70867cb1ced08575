/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF: files in the output (see files.h)
 */
#include "tools/ctf/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What metadata ends with: a declaration, and an empty line */
#define METADATA_END "};\n\n"

static bool fail(GError **error, int err)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                "can not write: %s", g_strerror(err));
    return false;
}

char *ctf_files_dir(const char *path)
{
    return g_build_filename(path, "parts", NULL);
}

bool ctf_files_room(const char *path, gsize bytes, GError **error)
{
    g_autofree char *name = g_build_filename(path, "room", NULL);
    int fd = g_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err;

    if (fd < 0) {
        return fail(error, errno);
    }
    do {
        err = posix_fallocate(fd, 0, bytes);
    } while (err == EINTR);
    close(fd);
    g_unlink(name);
    return !err || fail(error, err);
}

static bool is_complete(const char *metadata)
{
    g_autofree char *text = NULL;
    gsize len = 0;

    return g_file_get_contents(metadata, &text, &len, NULL) &&
           strlen(text) == len && g_str_has_suffix(text, METADATA_END);
}

/* With the rights of any new file: the sink takes some away. */
static bool move_up(const char *dir, const char *path, GError **error)
{
    GDir *files = g_dir_open(dir, 0, error);
    mode_t mask = umask(0);
    bool ok = files;
    const char *name;

    umask(mask);
    while (ok && (name = g_dir_read_name(files))) {
        g_autofree char *from = g_build_filename(dir, name, NULL);
        g_autofree char *to = g_build_filename(path, name, NULL);

        (void)!g_chmod(from, 0666 & ~mask);
        ok = g_rename(from, to) == 0 || fail(error, errno);
    }
    if (files) {
        g_dir_close(files);
    }
    return ok;
}

bool ctf_files_complete(const char *path, GError **error)
{
    g_autofree char *dir = ctf_files_dir(path);
    g_autofree char *metadata = g_build_filename(dir, "metadata", NULL);

    if (!is_complete(metadata)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "can not write: babeltrace2 has not written all of the metadata");
        return false;
    }
    return move_up(dir, path, error) &&
           (g_rmdir(dir) == 0 || fail(error, errno));
}

void ctf_files_remove(const char *path)
{
    g_autofree char *dir = ctf_files_dir(path);
    GDir *files = g_dir_open(dir, 0, NULL);
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *file = g_build_filename(dir, name, NULL);

        g_unlink(file);
    }
    if (files) {
        g_dir_close(files);
        g_rmdir(dir);
    }
}
