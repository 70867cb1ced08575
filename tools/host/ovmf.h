/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where the host's OVMF is
 *
 * OVMF, which is called AAVMF on Arm, has two files: its code, which all guests
 * share, and a template for its variables, of which each guest has a copy.
 */
#ifndef VFIO_TRACE_HOST_OVMF_H
#define VFIO_TRACE_HOST_OVMF_H

#include <stdbool.h>

#include "tools/host/arch.h"

/**
 * host_ovmf_find() - find the host's OVMF
 * @root: where the host's files are (see host_root())
 * @arch: the guest's architecture
 * @secure_boot: one with Secure Boot, for which it needs SMM on x86, and with
 *               Microsoft's keys in the template; otherwise, one without
 * @code: where to store the path of the code, to be freed
 * @vars: likewise of the template
 *
 * Return: whether there is one
 */
bool host_ovmf_find(const char *root, HostArchId arch, bool secure_boot,
                    char **code, char **vars);

/**
 * host_ovmf_package() - what distributions call OVMF's package
 * @arch: the guest's architecture
 *
 * Return: two or three names, for a message
 */
const char *host_ovmf_package(HostArchId arch);

/**
 * host_ovmf_has_keys() - does a file of variables have a platform key?
 * @path: the file
 *
 * Without it, Secure Boot is off.
 */
bool host_ovmf_has_keys(const char *path);

#endif /* VFIO_TRACE_HOST_OVMF_H */
