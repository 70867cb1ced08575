/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: this host's files for a new domain
 */
#ifndef VFIO_TRACE_VIRT_NEW_FILES_H
#define VFIO_TRACE_VIRT_NEW_FILES_H

#include "tools/virt/host.h"

/**
 * virt_new_file_check() - is a file there, and free?
 * @what: what it is, for the message: "--disk"
 * @path: its path
 * @writes: the guest writes to it
 * @error: where to store why not
 */
bool virt_new_file_check(const char *what, const char *path, bool writes,
                         GError **error);

/**
 * virt_new_file_need() - what keeps libvirt's QEMU from a file?
 * @host: the user as which QEMU runs
 * @path: the file's absolute path
 *
 * libvirt gives that user the file itself when the domain starts, but not the
 * right to search the directories above it.
 *
 * Return: a command that gives it that right, to be freed; or NULL if it has it
 */
char *virt_new_file_need(const VirtHost *host, const char *path);

#endif /* VFIO_TRACE_VIRT_NEW_FILES_H */
