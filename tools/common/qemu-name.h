/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: name of the QEMU that has vfio-trace
 */
#ifndef VFIO_TRACE_QEMU_NAME_H
#define VFIO_TRACE_QEMU_NAME_H

/* The name that 'make install' gives it */
#define TOOL_QEMU_NAME "qemu-system-x86_64-vfio-trace"

#endif /* VFIO_TRACE_QEMU_NAME_H */
