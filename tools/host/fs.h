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

/**
 * host_fs_real() - resolve the links of a path
 * @path: the path
 *
 * Return: the path without links, to be freed; or NULL if it does not exist
 */
char *host_fs_real(const char *path);

/**
 * host_fs_lines() - lines of a text file
 * @root: where the host's files are
 * @path: the file's path on the host
 *
 * Return: the lines, to be freed with g_strfreev(); none if it can't be read
 */
char **host_fs_lines(const char *root, const char *path);

#endif /* VFIO_TRACE_HOST_FS_H */
