/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: differences between QEMU series
 *
 * All other files are written for the newest series.
 */
#ifndef HW_VFIO_TRACE_COMPAT_H
#define HW_VFIO_TRACE_COMPAT_H

#define VFIO_TRACE_QEMU_AT_LEAST(major, minor) \
    (QEMU_VERSION_MAJOR > (major) || \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))

#if VFIO_TRACE_QEMU_AT_LEAST(10, 1)
#include "system/memory.h"
#include "system/address-spaces.h"
#else
#include "exec/memory.h"
#include "exec/address-spaces.h"
#endif

#if VFIO_TRACE_QEMU_AT_LEAST(11, 0)
#include "hw/core/qdev.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/boards.h"
#else
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/boards.h"
#endif

/* 10.1 made the argument of class_init, and interface lists, const. */
#if VFIO_TRACE_QEMU_AT_LEAST(10, 1)
#define CLASS_DATA const void
#define INTERFACE_LIST const InterfaceInfo
#else
#define CLASS_DATA void
#define INTERFACE_LIST InterfaceInfo
#endif

/* 10.1 split an abstract vfio-pci-device off, for vfio-user. */
#if VFIO_TRACE_QEMU_AT_LEAST(10, 1)
#define VFIO_PCI_OF(obj) VFIO_PCI_DEVICE(obj)
#define VFIO_TRACE_TYPE_VFIO TYPE_VFIO_PCI_DEVICE
#else
#define VFIO_PCI_OF(obj) VFIO_PCI(obj)
#define VFIO_TRACE_TYPE_VFIO TYPE_VFIO_PCI
#endif

/* 10.1 gave VFIO devices I/O operations that can be replaced. */
#define VFIO_TRACE_HAVE_IO_OPS VFIO_TRACE_QEMU_AT_LEAST(10, 1)

/*
 * 10.1 made the number the same for all targets.
 *
 */
#if !VFIO_TRACE_QEMU_AT_LEAST(10, 1)
#define INSN_START_WORDS TARGET_INSN_START_WORDS
#endif

#endif /* HW_VFIO_TRACE_COMPAT_H */
