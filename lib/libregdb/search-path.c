/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: directories of databases (see search-path.h) */
#include "libregdb/search-path.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/auxv.h>

/* Directories of the search path */
#define DIRS_MAX 64

static void search_add_dir(GPtrArray *dirs, char *dir)
{
    if (dirs->len >= DIRS_MAX || !*dir ||
        g_ptr_array_find_with_equal_func(dirs, dir, g_str_equal, NULL)) {
        g_free(dir);
        return;
    }
    g_ptr_array_add(dirs, dir);
}

static void search_add_dirs(GPtrArray *dirs, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, ":", -1);
    unsigned i;

    for (i = 0; words[i]; i++) {
        search_add_dir(dirs, g_strdup(words[i]));
    }
}

/* In the build tree, and if the installed tree was moved */
static void search_add_own_dirs(GPtrArray *dirs, const char *sub)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *bin = g_path_get_dirname(self ? self : ".");
    g_autofree char *top = g_path_get_dirname(bin);
    g_autofree char *ninja = g_build_filename(top, "build.ninja", NULL);

    if (!self) {
        return;
    }
    if (g_file_test(ninja, G_FILE_TEST_EXISTS)) {
        search_add_dir(dirs, g_build_filename(top, sub, NULL));
    } else {
        search_add_dir(dirs, g_build_filename(top, "share/vfio-trace", sub,
                                              NULL));
    }
}

char **regdb_search_path_of(const char *variable, const char *sub)
{
    static const char *const installed[] = {
        "/usr/local/share/vfio-trace", VFIO_TRACE_DATADIR,
        "/usr/share/vfio-trace",
    };
    GPtrArray *dirs = g_ptr_array_new();
    bool secure = getauxval(AT_SECURE);
    const char *path = secure ? NULL : g_getenv(variable);
    size_t i;

    if (path) {
        search_add_dirs(dirs, path);
    } else {
        if (!secure) {
            search_add_dir(dirs, g_build_filename(g_get_user_data_dir(),
                                                  "vfio-trace", sub, NULL));
        }
        search_add_own_dirs(dirs, sub);
        for (i = 0; i < G_N_ELEMENTS(installed); i++) {
            search_add_dir(dirs, g_build_filename(installed[i], sub, NULL));
        }
    }
    g_ptr_array_add(dirs, NULL);
    return (char **)g_ptr_array_free(dirs, FALSE);
}

char **regdb_search_path(void)
{
    return regdb_search_path_of("VFIO_TRACE_REGDB_PATH", "regdb");
}
