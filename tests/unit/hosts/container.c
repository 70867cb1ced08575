/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A container (Docker) on a host with KVM and an IOMMU: it sees the host's
 * sysfs, but has no /dev/kvm, and can load no modules.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:02.0", 0x030000, "8086:9a49", "i915", 0,
      { "boot_vga=1" } },
    { NULL, "0000:00:1f.6", 0x020000, "8086:15fb", "e1000e", 7,
      { "reset_method=pm" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/.dockerenv", "" },
    { "/proc/modules", "kvm_intel 1 0 - Live 0x0\n" },
    { "/proc/sys/kernel/osrelease", "6.8.0-48-generic\n" },
    { "/sys/class/iommu/dmar0/devices", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "this is a container", "on the container's host" },
    { NULL, "IOMMU", "ok", "IOMMU groups (dmar0)", "" },
    { NULL, "vfio-pci", "fail", "no modules for this kernel (6.8.0-48-generic)",
      "in a container, load vfio-pci on its host" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:00:1f.6  Ethernet .*  e1000e$",
    NULL
};

const MadeHost made_container = {
    "container", devices, files, findings, list
};
