/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine without nested virtualization and without an IOMMU: all
 * its devices are emulated.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060000, "8086:29c0", NULL, -1, { NULL } },
    { NULL, "0000:00:01.0", 0x030000, "1b36:0100", "qxl", -1,
      { "boot_vga=1" } },
    { NULL, "0000:00:02.0", 0x060400, "1b36:000c", "pcieport", -1, { NULL } },
    { "0000:00:02.0", "0000:01:00.0", 0x020000, "1af4:1041", "virtio-pci", -1,
      { NULL } },
    { 0 }
};

static const MadeFile files[] = {
    { "/proc/cpuinfo", "vendor_id\t: AuthenticAMD\n"
      "flags\t\t: fpu vme msr pae ssse3 hypervisor\n" },
    { "/dev/shm/.keep", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "no virtualization in the CPU's features",
      "this is a virtual machine" },
    { NULL, "IOMMU", "fail", "does not report one",
      "this is a virtual machine" },
    { NULL, "interrupts", "note", "only an IOMMU", "IOMMU" },
    { "01:00.0", "group", "fail", "is in no IOMMU group", "IOMMU" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:01.0  VGA .*      -  qxl .*boot VGA",
    "^  0000:01:00.0  Ethernet .*      -  virtio-pci$",
    NULL
};

const MadeHost made_vm = { "vm", devices, files, findings, list };
