/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: virtual functions (SR-IOV)
 */
#ifndef VFIO_TRACE_HOST_VF_H
#define VFIO_TRACE_HOST_VF_H

#include "tools/host/pci.h"

/**
 * host_vf_pf() - find the physical function of a virtual one
 * @root: where the host's files are (libpcidev/fs.h)
 * @dev: the device
 *
 * If the physical function is bound to a VFIO driver, VFIO opens the virtual
 * one only with the token that the physical function's user has set
 * (vfio_pci_validate_vf_token() in the kernel).
 *
 * Return: the physical function, or NULL if @dev is not a virtual one
 */
HostPci *host_vf_pf(const char *root, const HostPci *dev);

/**
 * host_vf_is_pf() - can a device have virtual functions?
 * @dev: the device
 */
bool host_vf_is_pf(const HostPci *dev);

#endif /* VFIO_TRACE_HOST_VF_H */
