/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where the host's virtiofsd is (see virtiofsd.h)
 */
#include "tools/host/virtiofsd.h"

#include "tools/host/fs.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian and Fedora; Arch */
static const char *const places[] = {
    "/usr/libexec/virtiofsd", "/usr/lib/virtiofsd",
};

/* With this option, which came later, all files are of one user. */
#define OPTION "--translate-uid"

static bool is_suitable(const char *path)
{
    const char *argv[] = { path, "--help", NULL };
    g_autofree char *text = NULL;
    int status;

    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, &text, NULL, &status, NULL) &&
           WIFEXITED(status) && !WEXITSTATUS(status) && strstr(text, OPTION);
}

char *host_virtiofsd_find(const char *root)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = host_fs_path(root, "%s", places[i]);

        if (!access(path, X_OK) && is_suitable(path)) {
            return g_steal_pointer(&path);
        }
    }
    return NULL;
}
