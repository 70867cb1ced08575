/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: messages of the host's kernel
 *
 * Some facts are only there: at which exception level an Arm kernel was
 * started, for instance.
 */
#ifndef VFIO_TRACE_HOST_KERNEL_LOG_H
#define VFIO_TRACE_HOST_KERNEL_LOG_H

/**
 * host_kernel_log() - read the kernel's messages, as far as it has kept them
 * @root: as in pci.h
 *
 * Return: records of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), to be
 *         freed; NULL if they can't be read: with kernel.dmesg_restrict, only
 *         root can
 */
char *host_kernel_log(const char *root);

#endif /* VFIO_TRACE_HOST_KERNEL_LOG_H */
