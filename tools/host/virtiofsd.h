/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where the host's virtiofsd is
 */
#ifndef VFIO_TRACE_HOST_VIRTIOFSD_H
#define VFIO_TRACE_HOST_VIRTIOFSD_H

/**
 * host_virtiofsd_find() - find a virtiofsd that needs no privileges
 * @root: where the host's files are (see host_root())
 *
 * The one that came with QEMU until 7.2 must run as root, and does not count.
 *
 * Return: its path, to be freed; or NULL
 */
char *host_virtiofsd_find(const char *root);

#endif /* VFIO_TRACE_HOST_VIRTIOFSD_H */
