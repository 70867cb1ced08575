/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A laptop with two GPUs, muxless: the display is on the integrated GPU, and
 * the NVIDIA GPU (no outputs, class 3D) sleeps.  Fedora, Secure Boot on.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060000, "8086:9b44", "skl_uncore", 0, { NULL } },
    { NULL, "0000:00:01.0", 0x060400, "8086:1901", "pcieport", 1, { NULL } },
    { NULL, "0000:00:02.0", 0x030000, "8086:9bc4", "i915", 2,
      { "boot_vga=1", "reset_method=flr pm",
        "resource=0x6023000000 0x6023ffffff 0x140204\n0 0 0\n"
        "0x4000000000 0x400fffffff 0x14220c\n" } },
    { NULL, "0000:00:14.0", 0x0c0330, "8086:06ed", "xhci_hcd", 3, { NULL } },
    { NULL, "0000:00:14.3", 0x028000, "8086:06f0", "iwlwifi", 4,
      { "reset_method=flr" } },
    { NULL, "0000:00:1d.0", 0x060400, "8086:06b0", "pcieport", 6, { NULL } },
    { NULL, "0000:00:1f.0", 0x060100, "8086:068d", NULL, 7, { NULL } },
    { NULL, "0000:00:1f.3", 0x040380, "8086:06c8", "sof-audio-pci-intel-cnl",
      7, { NULL } },
    { NULL, "0000:00:1f.5", 0x0c8000, "8086:06a4", "intel-spi", 7, { NULL } },
    { "0000:00:01.0", "0000:01:00.0", 0x030200, "10de:1f91", "nvidia", 1,
      { "power_state=D3cold", "power/runtime_status=suspended",
        "d3cold_allowed=1", "reset_method=flr bus",
        "resource=0xb3000000 0xb3ffffff 0x40200\n"
        "0x6000000000 0x600fffffff 0x14220c\n0 0 0\n"
        "0x6010000000 0x6011ffffff 0x14220c\n0 0 0\n"
        "0x4000 0x407f 0x40101\n"
        "0xb4000000 0xb407ffff 0x46200\n" } },
    { "0000:00:1d.0", "0000:3b:00.0", 0x010802, "144d:a808", "nvme", 8,
      { "reset_method=flr bus",
        "resource=0xb5000000 0xb5003fff 0x140204\n" } },
    { 0 }
};

static const MadeFile files[] = {
    { "/proc/cpuinfo", "vendor_id\t: GenuineIntel\n"
      "flags\t\t: fpu vme msr pae vmx ssse3 ept\n"
      "address sizes\t: 46 bits physical, 48 bits virtual\n" },
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/intel-iommu/cap", "1c0000c40660462\n" },
    { "/sys/class/iommu/dmar1/intel-iommu/cap", "d2008c40660462\n" },
    { "/sys/firmware/acpi/tables/DMAR", "" },
    /* Old kernels call those of graphics and USB direct, too. */
    { "/sys/kernel/iommu_groups/2/reserved_regions",
      "0x000000007c000000 0x000000007fffffff direct\n" },
    { "/sys/kernel/iommu_groups/3/reserved_regions",
      "0x0000000079d21000 0x0000000079d40fff direct\n" },
    { "/sys/kernel/iommu_groups/4/reserved_regions",
      "0x0000000079d21000 0x0000000079d40fff direct-relaxable\n" },
    { "/proc/cmdline", "ro rhgb quiet intel_iommu=on\n" },
    { "/usr/sbin/grubby", "" },
    { "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" },
    { "/sys/fs/selinux/enforce", "1" },
    { "@0000:00:02.0/drm/card1/dev", "226:1\n" },
    { "@0000:00:02.0/drm/card1/card1-eDP-1/status", "connected\n" },
    { "@0000:00:02.0/drm/card1/card1-eDP-1/enabled", "enabled\n" },
    { "/sys/class/drm/card1", NULL, "@0000:00:02.0/drm/card1" },
    { "/sys/class/drm/card1-eDP-1", NULL,
      "@0000:00:02.0/drm/card1/card1-eDP-1" },
    { "@0000:3b:00.0/nvme/nvme0/nvme0n1/dev", "259:0\n" },
    { "/sys/dev/block/259:0", NULL, "@0000:3b:00.0/nvme/nvme0/nvme0n1" },
    { "/proc/self/mountinfo",
      "62 1 259:0 / / rw,relatime - xfs /dev/nvme0n1 rw\n" },
    { "@0000:00:14.3/net/wlp0s20f3/operstate", "up\n" },
    { "@0000:00:14.3/net/wlp0s20f3/device/x", "" },
    { "/sys/class/net/wlp0s20f3", NULL, "@0000:00:14.3/net/wlp0s20f3" },
    { "/proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
      "wlp0s20f3\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "IOMMU", "ok", "IOMMU groups (dmar0, dmar1)", "" },
    { NULL, "interrupts", "ok", "are remapped", "" },
    { NULL, "addresses", "note", "39 bits, the CPU has 46",
      "host-phys-bits-limit=39" },
    { NULL, "lockdown", "note", "VFIO and tracing work", NULL },
    { NULL, "confinement", "note", "SELinux is in force", NULL },
    { "01:00.0", "device", "ok", "0000:01:00.0: 3D, 10de:1f91", NULL },
    { "01:00.0", "use", "ok", "does not need it", NULL },
    { "01:00.0", "group", "ok", "group 1", NULL },
    { "01:00.0", "driver", "note", "bound to nvidia", "vfio-trace run" },
    { "01:00.0", "reset", "ok", "flr bus", "" },
    { "01:00.0", "speed", "note", "BAR 1 (256M), BAR 3 (32M)", NULL },
    { "00:02.0", "device", "ok", "VGA, 8086:9bc4", NULL },
    { "00:14.0", "device", "ok", "USB, 8086:06ed", NULL },
    { "00:14.3", "device", "ok", "network, 8086:06f0", NULL },
    { "00:02.0", "use", "fail", "boot VGA", NULL },
    { "3b:00.0", "use", "fail", "file system / (/dev/nvme0n1)", NULL },
    { "00:14.3", "use", "fail", "wlp0s20f3 has the only default route", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .* 8086:9bc4      2  i915 .*boot VGA",
    "^  0000:01:00.0  3D .* 10de:1f91      1  nvidia$",
    "^  0000:00:14.0  USB ",
    "^  0000:00:14.3  network .*wlp0s20f3 has the only default route",
    "^  0000:00:1f.3  audio |^  0000:00:1f.3  multimedia ",
    "^  0000:00:1f.5  serial bus ",
    "^  0000:3b:00.0  NVMe .*file system / ",
    NULL
};

const MadeHost made_laptop = { "laptop", devices, files, findings, list, true };
