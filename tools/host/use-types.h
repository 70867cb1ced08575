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
    HOST_PCI_USE_INPUT,
    HOST_PCI_USE_CONSOLE,
    HOST_PCI_USE_SERVICE,
    HOST_PCI_USES
} HostPciUseKind;

typedef enum HostPciNeed {
    HOST_PCI_NEED_NO,
    HOST_PCI_NEED_UNKNOWN,
    HOST_PCI_NEED_YES,
} HostPciNeed;

/**
 * struct HostPciUse: one use
 * @kind: its kind
 * @need: YES if the host, or a program on it, breaks without the device; NO if
 *      a function is only unavailable while a guest has the device; UNKNOWN if
 *      the caller can't see which of them it is
 * @what: its description: "file system / (/dev/nvme0n1p2)". It contains names
 *      from the host's users and devices: use tool_printable() before it is
 *      shown.
 * @remedy: what to do about it; as @what
 */
typedef struct HostPciUse {
    HostPciUseKind kind;
    HostPciNeed need;
    char *what;
    char *remedy;
} HostPciUse;

#endif /* VFIO_TRACE_HOSTPCI_USE_TYPES_H */
