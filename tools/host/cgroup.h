/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits of this process's control group
 *
 * A container, a systemd unit or a session may have less memory than the host.
 * The memory of a guest that this process starts counts there.
 */
#ifndef VFIO_TRACE_HOST_CGROUP_H
#define VFIO_TRACE_HOST_CGROUP_H

#include <stdint.h>

/**
 * host_cgroup_memory() - find out how much memory the control group has left
 * @root: as in pci.h
 * @name: where to store the group that has the least, to be freed; NULL if no
 *        group has a limit
 *
 * The groups above this process's own count, too.
 *
 * Return: bytes; UINT64_MAX without a limit
 */
uint64_t host_cgroup_memory(const char *root, char **name);

#endif /* VFIO_TRACE_HOST_CGROUP_H */
