/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domain 0 of Xen: Xen has the CPU's virtualization and the IOMMU.  Linux has
 * neither KVM nor IOMMU groups, whatever its modules and command line.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:02.0", 0x030000, "8086:591b", "i915", -1,
      { "boot_vga=1" } },
    { NULL, "0000:00:1f.6", 0x020000, "8086:15d7", "pciback", -1,
      { "reset_method=pm" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    { "/proc/interrupts", " 16:  0  xen-pirq  -ioapic-level  i801_smbus\n" },
    { "/sys/hypervisor/type", "xen\n" },
    { "/proc/xen/capabilities", "control_d\n" },
    { "/sys/firmware/acpi/tables/DMAR", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "Xen", "without Xen" },
    { NULL, "IOMMU", "fail", "Xen", "without Xen" },
    { "00:1f.6", "group", "fail", "is in no IOMMU group", "IOMMU" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:00:1f.6  Ethernet .*      -  pciback$",
    NULL
};

const MadeHost made_xen = { "xen", devices, files, findings, list, true };
