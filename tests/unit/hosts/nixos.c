/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NixOS: the modules are not in /lib, and the configuration makes the kernel's
 * command line.
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
    { "/etc/NIXOS", "" },
    { "/proc/modules", "i915 1 0 - Live 0x0\n" },
    { "/proc/sys/kernel/osrelease", "6.6.63\n" },
    { "/run/booted-system/kernel-modules/lib/modules/6.6.63/modules.dep",
      "kernel/drivers/vfio/pci/vfio-pci.ko.xz:\n" },
    { "/sys/firmware/acpi/tables/DMAR", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "IOMMU", "fail", "the kernel does not use it",
      "boot.kernelParams = [ \"intel_iommu=on\" ]" },
    { NULL, "vfio-pci", "note", "installed, but not loaded",
      "sudo modprobe vfio-pci" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:00:1f.6  Ethernet .*  e1000e$",
    NULL
};

const MadeHost made_nixos = {
    "nixos", devices, files, findings, list
};
