/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arch Linux after an update: the modules of the kernel that runs are gone.
 * It boots by systemd-boot.
 */
#include "../made-host.h"

static const MadeFile files[] = {
    MADE_INTEL,
    { "/boot/loader/entries/arch.conf", "options root=/dev/nvme0n1p2\n" },
    { "/proc/modules", "i915 1 0 - Live 0x0\n" },
    { "/proc/sys/kernel/osrelease", "6.11.5-arch1-1\n" },
    { "/usr/lib/modules/6.11.6-arch1-1/modules.dep",
      "kernel/drivers/vfio/pci/vfio-pci.ko.zst:\n" },
    { "/sys/firmware/acpi/tables/DMAR", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "IOMMU", "fail", "the kernel does not use it",
      "the line 'options' of the entry" },
    { NULL, "vfio-pci", "fail", "no modules for this kernel (6.11.5-arch1-1)",
      "reboot" },
    { NULL }
};

const MadeHost made_updated = {
    "updated", made_pc_devices, files, findings, made_pc_list
};
