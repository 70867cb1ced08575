/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NixOS: the modules are not in /lib, and the configuration makes the kernel's
 * command line.
 */
#include "../made-host.h"

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

const MadeHost made_nixos = {
    "nixos", made_pc_devices, files, findings, made_pc_list
};
