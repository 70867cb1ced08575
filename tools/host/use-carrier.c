/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what comes over network interfaces (see use-carrier.h)
 */
#include "tools/host/use-carrier.h"

HostPciCarrier *host_pci_carrier_new(void)
{
    HostPciCarrier *carrier = g_new0(HostPciCarrier, 1);

    carrier->set = g_hash_table_new(NULL, NULL);
    return carrier;
}

void host_pci_carrier_free(HostPciCarrier *carrier)
{
    if (carrier) {
        g_hash_table_unref(carrier->set);
        g_free(carrier);
    }
}

void host_pci_carrier_add(HostPciCarrier *carrier, const HostNet *net,
                          const char *address)
{
    if (address && host_net_is_local(address)) {
        return;
    }
    if (!address || !host_net_add_to(net, carrier->set, address)) {
        carrier->unknown = true;
    }
}

const HostInterface *host_pci_carried(const HostPciUser *user,
                                      const HostPciCarrier *carrier,
                                      HostPciNeed *need)
{
    const GPtrArray *list = user->at->net->list;
    const HostInterface *maybe = NULL;
    const HostInterface *ours = NULL;
    bool other_maybe = false;
    bool other = false;
    guint i;

    for (i = 0; i < list->len; i++) {
        HostInterface *interface = list->pdata[i];
        bool known = g_hash_table_contains(carrier->set, interface);

        if (!interface->hardware || (!known && !carrier->unknown)) {
            continue;
        }
        if (host_pci_owns(user, interface->path)) {
            if (known && (!ours || !ours->up)) {
                ours = interface;
            } else if (!known && interface->up) {
                maybe = interface;
            }
        } else if (!host_pci_leaves_host(user, interface->path)) {
            other |= known && interface->up;
            other_maybe |= interface->up;
        }
    }
    if (ours) {
        *need = other ? HOST_PCI_NEED_NO : HOST_PCI_NEED_YES;
        return ours;
    }
    *need = other_maybe ? HOST_PCI_NEED_UNKNOWN : HOST_PCI_NEED_YES;
    return maybe;
}
