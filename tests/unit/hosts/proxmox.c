/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxmox on ZFS: update-grub is there, but the machine boots by systemd-boot.
 */
#include "../made-host.h"

static const MadeFile files[] = {
    MADE_INTEL,
    { "/usr/sbin/update-grub", "" },
    { "/etc/kernel/proxmox-boot-uuids", "1234-5678\n" },
    { "/etc/kernel/cmdline", "root=ZFS=rpool/ROOT/pve-1 boot=zfs\n" },
    { "/sys/firmware/acpi/tables/DMAR", "" },
    { "/proc/cmdline",
      "root=ZFS=rpool/ROOT/pve-1 boot=zfs intel_iommu=igfx_off\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "IOMMU", "fail", "the kernel does not use it",
      "proxmox-boot-tool refresh" },
    { NULL }
};

const MadeHost made_proxmox = {
    "proxmox", made_pc_devices, files, findings, made_pc_list
};
