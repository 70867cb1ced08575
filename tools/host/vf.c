/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: virtual functions (see vf.h)
 */
#include "tools/host/vf.h"

#include "tools/host/fs.h"

HostPci *host_vf_pf(const char *root, const HostPci *dev)
{
    g_autofree char *pf = host_fs_link_name(dev->path, "physfn");

    return pf ? host_pci_get(root, pf, NULL) : NULL;
}

bool host_vf_is_pf(const HostPci *dev)
{
    return host_fs_exists(dev->path, "sriov_totalvfs");
}
