/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: root directory of the host's files (see fs.h)
 */
#include "tools/host/fs.h"

const char *host_root(void)
{
    const char *root = g_getenv("VFIO_TRACE_SYSFS_ROOT");

    return root ? root : "";
}
