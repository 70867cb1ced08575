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
 * @kind: of what
 * @needed: the host, or what runs on it, breaks without the device. Otherwise
 *      something is merely lost as long as a guest has it.
 * @what: what for: "file system / on nvme0n1p2". Names in it come from the
 *      host's users: tool_printable() before it is shown.
 */
typedef struct HostPciUse {
    HostPciUseKind kind;
    bool needed;
    char *what;
} HostPciUse;

#endif /* VFIO_TRACE_HOSTPCI_USE_TYPES_H */
