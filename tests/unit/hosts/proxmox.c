/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxmox on ZFS: update-grub is there, but the machine boots by systemd-boot.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:02.0", 0x030000, "8086:9a49", "i915", -1,
      { "boot_vga=1" } },
    { NULL, "0000:00:1f.6", 0x020000, "8086:15fb", "e1000e", -1,
      { "reset_method=pm" } },
    { 0 }
};

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

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:00:1f.6  Ethernet .*  e1000e$",
    NULL
};

const MadeHost made_proxmox = {
    "proxmox", devices, files, findings, list
};
