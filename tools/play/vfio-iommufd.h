/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device by iommufd, for kernels without VFIO's groups
 */
#ifndef VFIO_TRACE_PLAY_VFIO_IOMMUFD_H
#define VFIO_TRACE_PLAY_VFIO_IOMMUFD_H

#include "tools/play/vfio-internal.h"

extern const VfioWay vfio_iommufd;

/**
 * vfio_iommufd_is_there() - can a device be opened by iommufd?
 * @root: as in libpcidev/device.h
 * @dev: the device, bound to vfio-pci
 */
bool vfio_iommufd_is_there(const char *root, const HostPci *dev);

#endif /* VFIO_TRACE_PLAY_VFIO_IOMMUFD_H */
