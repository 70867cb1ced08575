/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle --redact: a log without secrets (see redacted.h)
 *
 * 'vfio-trace redact' is its own process: its options are global, and it needs
 * an output that it can read again.
 */
#include "tools/bundle/redacted.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <unistd.h>

/* Compressed, since the log may be large; the bundle has its text. */
#define NAME "log.mmt.zst"

/**
 * struct BundleRedacted
 * @dir: a directory that only this user can enter
 * @path: the log in it
 */
struct BundleRedacted {
    char *dir;
    char *path;
};

const char *bundle_redacted_path(const BundleRedacted *redacted)
{
    return redacted->path;
}

void bundle_redacted_free(BundleRedacted *redacted)
{
    if (!redacted) {
        return;
    }
    unlink(redacted->path);
    rmdir(redacted->dir);
    g_free(redacted->path);
    g_free(redacted->dir);
    g_free(redacted);
}

static bool run(const char *log, const char *out, char **secrets,
                GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) why = NULL;
    size_t i;
    int status;

    g_ptr_array_add(argv, (char *)"/proc/self/exe");
    g_ptr_array_add(argv, (char *)"redact");
    g_ptr_array_add(argv, (char *)"--all");
    for (i = 0; secrets && secrets[i]; i++) {
        g_ptr_array_add(argv, (char *)"--secret");
        g_ptr_array_add(argv, secrets[i]);
    }
    g_ptr_array_add(argv, (char *)"-o");
    g_ptr_array_add(argv, (char *)out);
    g_ptr_array_add(argv, (char *)"--");
    g_ptr_array_add(argv, (char *)log);
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                      G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                      &status, error)) {
        return false;
    }
    /* 1: lines are damaged or cut off; they are left out. */
    if (!g_spawn_check_wait_status(status, &why) &&
        !g_error_matches(why, G_SPAWN_EXIT_ERROR, 1)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s can not be redacted: nothing was written", log);
        return false;
    }
    return true;
}

BundleRedacted *bundle_redacted_new(const char *log, const char *beside,
                                    char **secrets, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(beside);
    g_autofree char *dir = g_build_filename(parent, ".vfio-trace-bundle-XXXXXX",
                                            NULL);
    g_autoptr(BundleRedacted) redacted = NULL;

    if (!g_mkdtemp(dir)) {
        int err = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err),
                    "%s: can not create a directory: %s", parent,
                    g_strerror(err));
        return NULL;
    }
    redacted = g_new0(BundleRedacted, 1);
    redacted->path = g_build_filename(dir, NAME, NULL);
    redacted->dir = g_steal_pointer(&dir);
    return run(log, redacted->path, secrets, error)
           ? g_steal_pointer(&redacted) : NULL;
}
