/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the name of the QEMU that traces
 */
#ifndef VFIO_TRACE_QEMU_NAME_H
#define VFIO_TRACE_QEMU_NAME_H

/* What 'make install' calls it */
#define TOOL_QEMU_NAME "qemu-system-x86_64-vfio-trace"

#endif /* VFIO_TRACE_QEMU_NAME_H */
