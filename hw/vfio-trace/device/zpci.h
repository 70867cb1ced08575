/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: PCI instructions of s390x that KVM interprets
 */
#ifndef HW_VFIO_TRACE_ZPCI_H
#define HW_VFIO_TRACE_ZPCI_H

#include "hw/pci/pci_device.h"

/**
 * vfio_trace_zpci_check() - will QEMU see the guest's accesses?
 * @pdev: a VFIO device that is not plugged yet
 * @errp: error
 *
 * On s390x, KVM lets the processor carry out a guest's PCI instructions by
 * itself, if the device's zpci does not say interpret=off.  It must be there
 * before the device: otherwise QEMU makes one with the default.
 *
 * Return: true on other machines, and where QEMU sees them
 */
bool vfio_trace_zpci_check(PCIDevice *pdev, Error **errp);

#endif /* HW_VFIO_TRACE_ZPCI_H */
