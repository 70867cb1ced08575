/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: devices that are in no IOMMU group
 */
#ifndef VFIO_TRACE_HOST_UNGROUPED_H
#define VFIO_TRACE_HOST_UNGROUPED_H

#include "tools/host/pci.h"

/**
 * host_ungrouped_yet() - is a device in no group because no driver has had it?
 * @root: as in pci.h
 * @dev: a device that is in no group
 *
 * Return: what to do, to be freed; or NULL if that is not the reason
 */
char *host_ungrouped_yet(const char *root, const HostPci *dev);

/**
 * host_ungrouped_remedy() - what to do about a device that is in no group
 * @root: as in pci.h
 * @dev: the device
 *
 * Return: what to do, to be freed
 */
char *host_ungrouped_remedy(const char *root, const HostPci *dev);

#endif /* VFIO_TRACE_HOST_UNGROUPED_H */
