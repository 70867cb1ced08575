/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the host itself needs a PCI device for (see use.h)
 *
 * A block device or a network interface belongs to the PCI device whose
 * directory its own lies in, however deep: /sys/devices/pci0000:00/
 * 0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda. What is made of
 * others (a volume, a RAID, a bridge, a bond) lies in /sys/devices/virtual and
 * has links to them.
 */
#include "libpcidev/fs.h"
#include "tools/host/use.h"
#include "tools/host/use-disk.h"
#include "tools/host/use-internal.h"
#include "tools/host/use-net.h"
#include "tools/host/use-programs.h"

/*
 * A GPU that has a driver shows the console by it, one that has none by what
 * the firmware has left (efifb, vgacon).
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
