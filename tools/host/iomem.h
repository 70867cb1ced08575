/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: claims of the host's kernel inside a device's BARs
 *
 * /proc/iomem lists who has claimed which range of memory: the firmware's
 * framebuffer ("BOOTFB", "efifb") is in a BAR of the GPU that shows it. VFIO
 * must claim a whole BAR before it is read, written or mapped
 * (vfio_pci_core_setup_barmap() and vfio_pci_core_mmap() in the kernel), and
 * fails while another claim is in it: "BAR 0: can't reserve".
 */
#ifndef VFIO_TRACE_HOST_IOMEM_H
#define VFIO_TRACE_HOST_IOMEM_H

#include "libpcidev/device.h"

/**
 * struct HostIomemClaim: a claim
 * @bdf: the device whose BAR the kernel shows around it, or NULL
 * @name: who has claimed it
 * @start: the first address; 0 if only root can see addresses
 * @end: the last address
 * @nth: in which of the device's ranges it is, by address: 1 for the first
 * @ranges: how many ranges the device has in the list
 * @framebuffer: it is the firmware's framebuffer
 */
typedef struct HostIomemClaim {
    char *bdf;
    char *name;
    uint64_t start;
    uint64_t end;
    unsigned nth;
    unsigned ranges;
    bool framebuffer;
} HostIomemClaim;

/**
 * host_iomem() - read the claims that are inside of BARs, or framebuffers
 * @root: where the host's files are
 *
 * Return: HostIomemClaim, to be freed with g_ptr_array_unref(); or NULL if the
 *         file exists, but can't be read
 */
GPtrArray *host_iomem(const char *root);

/**
 * host_iomem_bar() - find the BAR of a device that a claim is in
 * @claim: the claim
 * @dev: the device
 *
 * Return: the BAR's number; HOST_PCI_REGIONS if it is not known which; -1 if it
 *         is in none
 */
int host_iomem_bar(const HostIomemClaim *claim, const HostPci *dev);

/**
 * host_iomem_hinders() - does a claim prevent VFIO from using a BAR?
 * @root: where the host's files are
 * @dev: the device
 * @bar: the BAR's number
 *
 * Return: the names of those who have claimed it, to be freed; or NULL if VFIO
 *         can use it
 */
char *host_iomem_hinders(const char *root, const HostPci *dev, unsigned bar);

#endif /* VFIO_TRACE_HOST_IOMEM_H */
