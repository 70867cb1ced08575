/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: devices that can't be given to a guest, and why
 */
#ifndef VFIO_TRACE_HOST_REFUSAL_H
#define VFIO_TRACE_HOST_REFUSAL_H

#include "tools/host/pci.h"

/**
 * struct HostPciRefusal: why a guest can't have a device
 * @why: the reason
 * @remedy: what to do about it
 */
typedef struct HostPciRefusal {
    char *why;
    char *remedy;
} HostPciRefusal;

/**
 * host_pci_refusal() - find out why a device can't be given to any guest
 * @root: as in pci.h
 * @dev: the device
 *
 * Return: the reason, to be freed; or NULL if none is known
 */
HostPciRefusal *host_pci_refusal(const char *root, const HostPci *dev);

/**
 * host_pci_member_refusal() - explain why a group can't be given to a guest
 * @dev: the device that the guest is to have
 * @member: the device of its group that is HOST_PCI_MEMBER_BLOCKS
 *
 * Return: the reason, to be freed
 */
HostPciRefusal *host_pci_member_refusal(const HostPci *dev,
                                        const HostPci *member);

/**
 * host_pci_silence() - describe how a device does not answer
 * @dev: the device
 *
 * Return: "does not answer ...", with its power state, to be freed; or NULL if
 *         it answers, or this is not known
 */
char *host_pci_silence(const HostPci *dev);

/**
 * host_pci_refusal_free() - free a refusal
 * @refusal: the refusal, or NULL
 */
void host_pci_refusal_free(HostPciRefusal *refusal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostPciRefusal, host_pci_refusal_free)

#endif /* VFIO_TRACE_HOST_REFUSAL_H */
