/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's uses of a PCI device (see use.h)
 *
 * A block device or a network interface belongs to the PCI device whose
 * directory contains its own, at any depth: /sys/devices/pci0000:00/
 * 0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda. Stacked devices
 * (volumes, RAIDs, bridges, bonds) are in /sys/devices/virtual and have links
 * to the underlying ones.
 */
#include "libpcidev/fs.h"
#include "tools/host/use.h"
#include "tools/host/use-disk.h"
#include "tools/host/use-internal.h"
#include "tools/host/use-net.h"
#include "tools/host/use-programs.h"

/*
 * The boot GPU shows the console, by its driver or, without one, by the
 * firmware's framebuffer or text mode (efifb, vgacon).
 */
static void find_display(HostPciUser *user)
{
    if (user->dev->boot_vga) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, true,
                         "boot VGA: the host's console is on it");
    }
}

GPtrArray *host_pci_uses(const char *root, const HostPci *dev)
{
    HostPciUser user = host_pci_begin_uses(root, dev);

    if (!host_pci_is_vfios(dev) && !host_pci_is_bridge(dev)) {
        find_display(&user);
        host_pci_find_disks(&user);
        host_pci_find_networks(&user);
        host_pci_find_programs(&user);
    }
    return user.uses;
}

const HostPciUse *host_pci_needed(const GPtrArray *uses)
{
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        if (use->needed) {
            return use;
        }
    }
    return NULL;
}
