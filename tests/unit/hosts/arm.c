/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ARM server (device tree, no ACPI tables, no BIOS): its SMMU makes groups,
 * and it has a KVM, for ARM guests.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060400, "14c3:6786", "pcieport", 3, { NULL } },
    { "0000:00:00.0", "0000:01:00.0", 0x030000, "1002:699f", "amdgpu", 4,
      { "reset_method=device_specific bus",
        "resource=0x2800000000 0x280fffffff 0x14220c\n" } },
    { "0000:00:00.0", "0000:01:00.1", 0x040300, "1002:aae0", NULL, 4,
      { "reset_method=bus" } },
    { NULL, "0004:00:00.0", 0x060400, "14c3:6786", "pcieport", 5, { NULL } },
    { "0004:00:00.0", "0004:01:00.0", 0x010802, "1987:5016", "nvme", 6,
      { "reset_method=flr bus" } },
    { 0 }
};

static const MadeFile files[] = {
    { "/proc/cpuinfo",
      "processor\t: 0\nBogoMIPS\t: 50.00\n"
      "Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32\n"
      "CPU implementer\t: 0x41\nCPU architecture: 8\n" },
    { "/proc/interrupts",
      " 13:  10  GICv3  27 Level  arch_timer\n"
      " 60:  0  ITS-PCI-MSI-0000:01:00.0  0 Edge  amdgpu\n" },
    { "/proc/cmdline", "console=ttyS0 root=/dev/nvme0n1p2\n" },
    { "/proc/device-tree/compatible", "x" },
    { "/dev/kvm", "" },
    { "/sys/class/iommu/smmu3.0x00000000fa000000/devices", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "the CPU is ARM", "x86" },
    { NULL, "IOMMU", "ok", "smmu3", "" },
    { NULL, "interrupts", "note", "it is not known", NULL },
    { "01:00.0", "group", "ok", "0000:01:00.1 (audio, no driver)", NULL },
    /* vendor-reset is loaded. */
    { "01:00.0", "reset", "ok", "can be reset (device_specific bus)", "" },
    { "0004:01:00.0", "device", "ok", "NVMe", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:01:00.0  VGA .*  amdgpu",
    "^  0000:01:00.1  audio .*  -$",
    "^  0004:01:00.0  NVMe .*  nvme",
    NULL
};

const MadeHost made_arm = { "arm", devices, files, findings, list, true };
