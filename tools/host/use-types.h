/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_TYPES_H
#define VFIO_TRACE_HOSTPCI_USE_TYPES_H

#include <stdbool.h>

typedef enum HostPciUseKind {
    HOST_PCI_USE_DISPLAY,
    HOST_PCI_USE_DISK,
    HOST_PCI_USE_NETWORK,
    HOST_PCI_USE_PROGRAM,
} HostPciUseKind;

/**
 * struct HostPciUse: one use
 * @kind: its kind
 * @needed: the host, or a program on it, breaks without the device. Otherwise
 *      a function is only unavailable while a guest has the device.
 * @what: its description: "file system / (/dev/nvme0n1p2)". It contains names
 *      from the host's users: use tool_printable() before it is shown.
 */
typedef struct HostPciUse {
    HostPciUseKind kind;
    bool needed;
    char *what;
} HostPciUse;

#endif /* VFIO_TRACE_HOSTPCI_USE_TYPES_H */
