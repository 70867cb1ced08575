/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: devices that are in no IOMMU group (see ungrouped.h)
 *
 * Where the IOMMU is described by a device tree or by the IORT, older kernels
 * read for which devices it is only when a driver takes one
 * (pci_dma_configure() in drivers/pci/pci-driver.c); the group stays.
 */
#include "tools/host/ungrouped.h"

#include "tools/host/arch.h"
#include "tools/host/fs.h"

static const char *const remedies[HOST_ARCHES] = {
    [HOST_ARCH_X86] =
        "switch on the IOMMU (VT-d or AMD-Vi in the firmware's setup; for Intel, also intel_iommu=on on the kernel's command line)",
    [HOST_ARCH_ARM] =
        "switch on the SMMU in the firmware's setup, if the machine has one for its PCI devices",
};

char *host_ungrouped_yet(const char *root, const HostPci *dev)
{
    g_autofree char *dir = host_fs_path(root, "/sys/class/iommu");
    g_auto(GStrv) units = host_fs_names(dir);

    if (host_arch(root)->id != HOST_ARCH_ARM || !units[0] ||
        !dev->driver_known || dev->driver) {
        return NULL;
    }
    return g_strdup_printf(
        "older kernels (6.1, for one) put a device of an Arm machine into its group when a driver takes it for the first time: sudo modprobe vfio-pci; echo vfio-pci | sudo tee /sys/bus/pci/devices/%s/driver_override; echo %s | sudo tee /sys/bus/pci/drivers_probe",
        dev->bdf, dev->bdf);
}

char *host_ungrouped_remedy(const char *root, const HostPci *dev)
{
    const char *remedy = remedies[host_arch(root)->id];
    char *yet = host_ungrouped_yet(root, dev);

    return yet ? yet :
           g_strdup(remedy ? remedy : "the kernel must use the IOMMU");
}
