/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which rings files are for which of a guest's devices
 *
 * A value of --rings is [BDF:]NAME, [BDF:]FILE or [BDF:]auto.  Without an
 * address, a file is for the devices that it names itself, and "auto" for all.
 */
#ifndef VFIO_TRACE_HOST_RINGS_H
#define VFIO_TRACE_HOST_RINGS_H

#include "tools/common/rings-file.h"
#include "tools/host/pci.h"

/**
 * host_rings_assign() - read the files, and assign them to devices
 * @words: values of --rings, terminated by NULL; or NULL for none
 * @devices: HostPci
 * @error: where to store which value is wrong
 *
 * Return: for each device a GPtrArray of RingsFile, which is empty if there are
 *         none; to be freed with g_ptr_array_unref(); or NULL
 */
GPtrArray *host_rings_assign(char *const *words, const GPtrArray *devices,
                             GError **error);

/**
 * host_rings_irq() - get the file that looks at memory at interrupts
 * @files: RingsFile
 *
 * Return: the first such file, or NULL; the device should have irq=on then
 */
const RingsFile *host_rings_irq(const GPtrArray *files);

/**
 * host_rings_needs_irq() - get the file that QEMU refuses without irq=on
 * @files: RingsFile
 *
 * Return: the first file with a statement that waits for nothing but
 *         interrupts, or NULL
 */
const RingsFile *host_rings_needs_irq(const GPtrArray *files);

#endif /* VFIO_TRACE_HOST_RINGS_H */
