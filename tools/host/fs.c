/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: root directory of the host's files (see fs.h)
 */
#include "tools/host/fs.h"

#include <stdlib.h>

const char *host_root(void)
{
    const char *root = g_getenv("VFIO_TRACE_SYSFS_ROOT");

    return root ? root : "";
}

char *host_fs_real(const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = g_strdup(real);

    free(real);
    return copy;
}

char **host_fs_lines(const char *root, const char *path)
{
    g_autofree char *full = g_strconcat(root, path, NULL);
    g_autofree char *text = host_fs_text(full);

    return g_strsplit(text ? text : "", "\n", -1);
}
