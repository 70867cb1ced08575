/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: files (see scratch.h)
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static char *directory;

static void remove_directory(void)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        unlink(path);
    }
    rmdir(directory);
}

const char *scratch_path(const char *name)
{
    static GHashTable *paths;
    char *path;

    if (!directory) {
        directory = g_dir_make_tmp("vfio-trace-fuzz-XXXXXX", NULL);
        fuzz_check(directory, "no directory for files");
        atexit(remove_directory);
        paths = g_hash_table_new(g_str_hash, g_str_equal);
    }
    path = g_hash_table_lookup(paths, name);
    if (!path) {
        path = g_build_filename(directory, name, NULL);
        g_hash_table_insert(paths, g_strdup(name), path);
    }
    return path;
}

void scratch_write(const char *path, const void *p, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    fuzz_check(fd >= 0 && write(fd, p, len) == (ssize_t)len,
               "%s: %s", path, strerror(errno));
    close(fd);
}

char *scratch_read(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *p;

    if (fd < 0) {
        return NULL;
    }
    fuzz_check(fstat(fd, &st) == 0, "%s: %s", path, strerror(errno));
    p = malloc(st.st_size + 1);
    fuzz_check(pread(fd, p, st.st_size, 0) == st.st_size, "%s: %s", path,
               strerror(errno));
    close(fd);
    *len = st.st_size;
    return p;
}
