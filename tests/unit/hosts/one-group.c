/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board without ACS: all slots and the chipset are in one group, with the
 * host's disk and network.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:01.0", 0x060400, "1022:1453", "pcieport", 0, { NULL } },
    { NULL, "0000:00:03.0", 0x060400, "1022:1453", "pcieport", 0, { NULL } },
    { "0000:00:01.0", "0000:02:00.0", 0x0c0330, "1022:43d5", "xhci_hcd", 0,
      { "reset_method=bus" } },
    { "0000:00:01.0", "0000:02:00.1", 0x010601, "1022:43c8", "ahci", 0,
      { "reset_method=bus" } },
    { "0000:00:01.0", "0000:03:00.0", 0x020000, "10ec:8168", "r8169", 0,
      { "reset_method=bus" } },
    { "0000:00:01.0", "0000:04:00.0", 0x030000, "10de:1c82", "nouveau", 0,
      { "reset_method=bus", "resource=0xf6000000 0xf6ffffff 0x40200\n" } },
    { "0000:00:01.0", "0000:04:00.1", 0x040300, "10de:0fb9", "snd_hda_intel",
      0, { "reset_method=bus" } },
    { "0000:00:03.0", "0000:09:00.0", 0x030000, "1002:67df", "amdgpu", 0,
      { "boot_vga=1", "reset_method=bus" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_AMD,
    MADE_REMAPPED,
    { "/sys/class/iommu/ivhd0/devices", "" },
    { "@0000:02:00.1/ata1/block/sda/dev", "8:0\n" },
    { "/sys/dev/block/8:0", NULL, "@0000:02:00.1/ata1/block/sda" },
    { "/proc/self/mountinfo", "62 1 8:0 / / rw - ext4 /dev/sda rw\n" },
    { "@0000:03:00.0/net/enp3s0/operstate", "up\n" },
    { "@0000:03:00.0/net/enp3s0/device/x", "" },
    { "/sys/class/net/enp3s0", NULL, "@0000:03:00.0/net/enp3s0" },
    { "/proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
      "enp3s0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "IOMMU", "ok", "1 IOMMU group (ivhd0)", "" },
    { "04:00.0", "use", "ok", "does not need it", NULL },
    { "04:00.0", "group", "fail",
      "group 0 also has 0000:02:00.1, which the host needs: file system /",
      "another slot" },
    { "04:00.0", "group", "fail", "0000:03:00.0, which the host needs: network",
      "ACS" },
    { "04:00.0", "group", "fail", "0000:09:00.0, which the host needs: boot",
      "ACS" },
    { "04:00.0", "driver", "note", "bound to nouveau",
      "see the finding 'group'" },
    { "09:00.0", "reset", "warn", "do not come back", "vendor-reset" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:04:00.0  VGA .*      0  nouveau",
    "^  0000:09:00.0  VGA .*      0  amdgpu .*boot VGA",
    "^  0000:02:00.0  USB ",
    "^  0000:02:00.1  SATA .*file system /",
    "^  0000:03:00.0  Ethernet .*enp3s0",
    "^  0000:04:00.1  audio ",
    NULL
};

const MadeHost made_one_group = {
    "one-group", devices, files, findings, list, true
};
