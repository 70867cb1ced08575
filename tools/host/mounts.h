/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: file systems that are mounted on the host
 */
#ifndef VFIO_TRACE_HOST_MOUNTS_H
#define VFIO_TRACE_HOST_MOUNTS_H

#include <glib.h>

/**
 * struct HostMount: a file system
 * @major: major number of its block device; 0 if it has none of its own
 * @minor: the minor number
 * @where: the directory where it is mounted
 * @type: its type
 * @source: what is mounted: "/dev/sda1", "server:/export"
 * @options: its own options, with commas between them
 */
typedef struct HostMount {
    unsigned major;
    unsigned minor;
    char *where;
    char *type;
    char *source;
    char *options;
} HostMount;

/**
 * host_mounts() - read the mounted file systems
 * @root: where the host's files are
 *
 * A file system that is mounted several times is returned once.
 *
 * Return: HostMount, to be freed with g_ptr_array_unref()
 */
GPtrArray *host_mounts(const char *root);

/**
 * host_mount_option() - get the value of an option
 * @mount: the file system
 * @name: the option's name with its '='
 *
 * Return: the value, to be freed; or NULL
 */
char *host_mount_option(const HostMount *mount, const char *name);

#endif /* VFIO_TRACE_HOST_MOUNTS_H */
