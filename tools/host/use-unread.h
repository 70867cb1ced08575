/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: lists of the host that can't be read
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_UNREAD_H
#define VFIO_TRACE_HOSTPCI_USE_UNREAD_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_unread_lists;

#endif /* VFIO_TRACE_HOSTPCI_USE_UNREAD_H */
