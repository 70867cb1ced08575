/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: programs that have a device open
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H
#define VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H

#include "tools/host/use-internal.h"

/**
 * host_pci_find_programs() - find programs that use its graphics or sound
 * @user: the search
 */
void host_pci_find_programs(HostPciUser *user);

#endif /* VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H */
