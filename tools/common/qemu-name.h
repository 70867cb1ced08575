/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: name of the QEMU that has vfio-trace
 */
#ifndef VFIO_TRACE_QEMU_NAME_H
#define VFIO_TRACE_QEMU_NAME_H

/* The name that 'make install' gives to an architecture's QEMU */
#define TOOL_QEMU_NAME_OF(arch) "qemu-system-" arch "-vfio-trace"

/* The one for guests of the architecture that this program is built for */
#if defined(__aarch64__)
#define TOOL_QEMU_NAME TOOL_QEMU_NAME_OF("aarch64")
#elif defined(__powerpc64__)
#define TOOL_QEMU_NAME TOOL_QEMU_NAME_OF("ppc64")
#elif defined(__s390x__)
#define TOOL_QEMU_NAME TOOL_QEMU_NAME_OF("s390x")
#else
#define TOOL_QEMU_NAME TOOL_QEMU_NAME_OF("x86_64")
#endif

#endif /* VFIO_TRACE_QEMU_NAME_H */
