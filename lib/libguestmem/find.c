/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: where rings files are (see find.h) */
#include "libguestmem/find.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libregdb/search-path.h"
#include "libregdb/trust.h"

/* Rings files of a directory */
#define FIND_FILES_MAX 1024

/* --- one file ------------------------------------------------------------ */

static bool find_is_name(const char *name)
{
    const char *c;

    for (c = name; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("_-.+", *c)) {
            return false;
        }
    }
    return *name && *name != '.' && c - name <= GMEM_FILE_NAME_MAX;
}

/* Symbolic links must not lead out of the directory: see libregdb/devices.c */
static bool find_is_inside(const char *dir, const char *path)
{
    size_t len = strlen(dir);

    return !strncmp(path, dir, len) && (!dir[1] || path[len] == '/');
}

/*
 * @dir: without symbolic links.  Return: the path of a file that may be read;
 * NULL if there is no such file, or after an error
 */
static char *find_in(const char *dir, const char *name, GError **error)
{
    g_autofree char *file = g_strconcat(name, GMEM_FIND_SUFFIX, NULL);
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_autofree char *why = NULL;
    char *real = realpath(path, NULL);
    char *found = NULL;

    if (!real) {
        if (errno != ENOENT) {
            g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s", path,
                        g_strerror(errno));
        }
    } else if (!find_is_inside(dir, real)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE,
                    "%s leads out of the directory of rings files: copy the file there, or name it by its path",
                    path);
    } else if (!regdb_trusted(dir, real, &why)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE,
                    "root does not read %s: %s", path, why);
    } else {
        found = g_strdup(real);
    }
    free(real);
    return found;
}

/* The directories that exist, without symbolic links */
static GPtrArray *find_dirs(void)
{
    g_auto(GStrv) path = regdb_search_path_of(GMEM_FIND_VARIABLE, "rings");
    GPtrArray *dirs = g_ptr_array_new_with_free_func(free);
    unsigned i;

    for (i = 0; path[i]; i++) {
        char *real = realpath(path[i], NULL);

        if (real) {
            g_ptr_array_add(dirs, real);
        }
    }
    return dirs;
}

char *gmem_find(const char *name, GError **error)
{
    g_autoptr(GPtrArray) dirs = find_dirs();
    GError *err = NULL;
    unsigned i;

    for (i = 0; find_is_name(name) && i < dirs->len; i++) {
        char *path = find_in(dirs->pdata[i], name, &err);

        if (err) {
            g_propagate_error(error, err);
            return NULL;
        }
        if (path) {
            return path;
        }
    }
    g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE,
                "there is no rings file '%s'; 'vfio-trace rings list' lists those that can be named, others are named by a path: ./%s.rings",
                name, name);
    return NULL;
}

/* --- all files ----------------------------------------------------------- */

static void find_free(void *p)
{
    GmemFound *found = p;

    g_free(found->name);
    g_free(found->path);
    gmem_file_free(found->file);
    g_clear_error(&found->error);
    g_free(found);
}

static void find_read(GmemFound *found)
{
    int fd = open(found->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                  O_NOFOLLOW);

    if (fd < 0) {
        g_set_error(&found->error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s",
                    found->path, g_strerror(errno));
        return;
    }
    found->file = gmem_parse_fd(found->path, fd, &found->error);
    close(fd);
}

static bool find_has(const GPtrArray *all, const char *name)
{
    unsigned i;

    for (i = 0; i < all->len; i++) {
        if (!strcmp(((GmemFound *)all->pdata[i])->name, name)) {
            return true;
        }
    }
    return false;
}

static void find_add(GPtrArray *all, const char *dir, const char *name)
{
    GmemFound *found = g_new0(GmemFound, 1);

    found->name = g_strdup(name);
    found->path = find_in(dir, name, &found->error);
    if (found->path) {
        find_read(found);
    } else {
        found->path = g_strconcat(dir, "/", name, GMEM_FIND_SUFFIX, NULL);
        if (!found->error) {
            g_set_error(&found->error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s",
                        found->path, g_strerror(ENOENT));
        }
    }
    g_ptr_array_add(all, found);
}

static void find_add_dir(GPtrArray *all, const char *dir)
{
    g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
    const char *file;
    unsigned n = 0;

    while (open && n < FIND_FILES_MAX && (file = g_dir_read_name(open))) {
        g_autofree char *name = NULL;

        if (!g_str_has_suffix(file, GMEM_FIND_SUFFIX)) {
            continue;
        }
        n++;
        name = g_strndup(file, strlen(file) - strlen(GMEM_FIND_SUFFIX));
        if (find_is_name(name) && !find_has(all, name)) {
            find_add(all, dir, name);
        }
    }
}

static int find_compare(const void *a, const void *b)
{
    return strcmp((*(GmemFound *const *)a)->name,
                  (*(GmemFound *const *)b)->name);
}

GPtrArray *gmem_find_all(void)
{
    g_autoptr(GPtrArray) dirs = find_dirs();
    GPtrArray *all = g_ptr_array_new_with_free_func(find_free);
    unsigned i;

    for (i = 0; i < dirs->len; i++) {
        find_add_dir(all, dirs->pdata[i]);
    }
    g_ptr_array_sort(all, find_compare);
    return all;
}

/* --- devices ------------------------------------------------------------- */

bool gmem_file_is_for(const GmemFile *file, uint16_t vendor, uint16_t device,
                      uint32_t class_code)
{
    unsigned i;

    for (i = 0; i < file->device->len; i++) {
        const GmemFor *of = &g_array_index(file->device, GmemFor, i);

        if (of->vendor ? of->vendor == vendor && of->device == device :
            of->class_code == class_code) {
            return true;
        }
    }
    return false;
}
