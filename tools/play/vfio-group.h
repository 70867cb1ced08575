/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device by VFIO's group and container
 */
#ifndef VFIO_TRACE_PLAY_VFIO_GROUP_H
#define VFIO_TRACE_PLAY_VFIO_GROUP_H

#include "tools/play/vfio-internal.h"

extern const VfioWay vfio_group;

/**
 * vfio_group_is_there() - can a device be opened by its group?
 * @root: as in libpcidev/device.h
 * @dev: the device, bound to vfio-pci
 */
bool vfio_group_is_there(const char *root, const HostPci *dev);

#endif /* VFIO_TRACE_PLAY_VFIO_GROUP_H */
