/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AMD desktop whose only GPU is the boot display; its reset does not work
 * alone.  Debian, with a swap partition on the NVMe.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060000, "1022:1480", NULL, 0, { NULL } },
    { NULL, "0000:00:00.2", 0x080600, "1022:1481", NULL, -1, { NULL } },
    { NULL, "0000:00:01.1", 0x060400, "1022:1483", "pcieport", 1, { NULL } },
    { NULL, "0000:00:03.1", 0x060400, "1022:1483", "pcieport", 5, { NULL } },
    { NULL, "0000:00:14.0", 0x0c0500, "1022:790b", "piix4_smbus", 11,
      { NULL } },
    { NULL, "0000:00:14.3", 0x060100, "1022:790e", NULL, 11, { NULL } },
    { "0000:00:01.1", "0000:01:00.0", 0x010802, "144d:a80a", "nvme", 12,
      { "reset_method=flr bus" } },
    { "0000:00:03.1", "0000:0a:00.0", 0x060400, "1002:1478", "pcieport", 16,
      { NULL } },
    { "0000:0a:00.0", "0000:0b:00.0", 0x060400, "1002:1479", "pcieport", 17,
      { NULL } },
    { "0000:0b:00.0", "0000:0c:00.0", 0x030000, "1002:73bf", "amdgpu", 18,
      { "boot_vga=1", "revision=0xc1", "reset_method=bus",
        "resource=0x7c00000000 0x7fffffffff 0x14220c\n0 0 0\n"
        "0x8000000000 0x800fffffff 0x14220c\n0 0 0\n"
        "0xf000 0xf0ff 0x40101\n0xfcd00000 0xfcdfffff 0x40200\n"
        "0x000c0000 0x000dffff 0x212\n",
        "resource0_resize=0000000000007f00", "rom=" } },
    { "0000:0b:00.0", "0000:0c:00.1", 0x040300, "1002:ab28", "snd_hda_intel",
      19, { "resource=0xfce20000 0xfce23fff 0x40200\n" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_AMD,
    { "/proc/interrupts",
      "   9:  0  IR-IO-APIC  9-fasteoi  acpi\n"
      "  26:  0  PCI-MSI 4096-edge  AMD-Vi\n"
      "  28:  0  IR-PCI-MSI 17408-edge  PCIe PME\n" },
    { "/sys/class/iommu/ivhd0/devices", "" },
    { "/proc/cmdline", "quiet pcie_acs_override=downstream,multifunction\n" },
    { "@0000:0c:00.0/drm/card0/dev", "226:0\n" },
    { "@0000:0c:00.0/drm/card0/card0-DP-1/status", "connected\n" },
    { "/sys/class/drm/card0", NULL, "@0000:0c:00.0/drm/card0" },
    { "/sys/class/drm/card0-DP-1", NULL,
      "@0000:0c:00.0/drm/card0/card0-DP-1" },
    { "@0000:01:00.0/nvme/nvme0/nvme0n1/dev", "259:0\n" },
    { "@0000:01:00.0/nvme/nvme0/nvme0n1/nvme0n1p2/dev", "259:2\n" },
    { "/sys/class/block/nvme0n1p2", NULL,
      "@0000:01:00.0/nvme/nvme0/nvme0n1/nvme0n1p2" },
    { "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n"
      "/dev/nvme0n1p2  partition\t8388604\t0\t-2\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "interrupts", "ok", "are remapped", "" },
    { NULL, "IOMMU", "warn", "pcie_acs_override", "do not trust the guest" },
    { "0c:00.0", "use", "fail", "boot VGA", NULL },
    /* RDNA 2 comes back from it. */
    { "0c:00.0", "reset", "ok", "can be reset (bus)", "" },
    { "0c:00.0", "group", "ok", "the only device in group 18", "" },
    { "0c:00.0", "ROM", "warn", "firmware has run the ROM", "romfile=" },
    { "0c:00.0", "BARs", "note", "BAR 0 can be resized on the host", NULL },
    { "0c:00.1", "reset", "note", "only with all devices on its bus: also "
      "0000:0c:00.0 of group 18", "vfio-trace run 0000:0c:00.1 0000:0c:00.0" },
    { "01:00.0", "use", "fail", "swap space /dev/nvme0n1p2", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:0c:00.0  VGA .* 1002:73bf     18  amdgpu .*boot VGA",
    "^  0000:00:14.0  SMBus .*  piix4_smbus",
    "^  0000:01:00.0  NVMe .*swap space",
    "^  0000:0c:00.1  audio .*  snd_hda_intel",
    NULL
};

const MadeHost made_desktop = {
    "desktop", devices, files, findings, list, true
};
