/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: root directory of the host's files
 *
 * The functions that read them (libpcidev/fs.h) take it as @root.
 */
#ifndef VFIO_TRACE_HOST_FS_H
#define VFIO_TRACE_HOST_FS_H

#include "libpcidev/fs.h"

/**
 * host_root() - get the root directory that the user has chosen
 *
 * Return: $VFIO_TRACE_SYSFS_ROOT, or ""
 */
const char *host_root(void);

#endif /* VFIO_TRACE_HOST_FS_H */
