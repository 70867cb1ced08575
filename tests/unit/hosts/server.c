/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server with two sockets: its console is on the BMC's VGA, its drives are
 * behind Intel's VMD (a domain of five digits), its network is a bond.  The GPU
 * for the guest is on the second socket.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:1c.0", 0x060400, "8086:a190", "pcieport", 25, { NULL } },
    { "0000:00:1c.0", "0000:02:00.0", 0x060400, "1a03:1150", NULL, 26,
      { NULL } },
    { "0000:02:00.0", "0000:03:00.0", 0x030000, "1a03:2000", "ast", 26,
      { "boot_vga=1",
        "resource=0x9b000000 0x9bffffff 0x40200\n"
        "0x9c000000 0x9c01ffff 0x40200\n0xd000 0xd07f 0x40101\n" } },
    { NULL, "0000:17:00.0", 0x060400, "8086:2030", "pcieport", 40,
      { "numa_node=0" } },
    { "0000:17:00.0", "0000:18:00.0", 0x020000, "8086:1572", "i40e", 41,
      { "numa_node=0", "reset_method=flr bus", "sriov_numvfs=0",
        "sriov_totalvfs=64" } },
    { "0000:17:00.0", "0000:18:00.1", 0x020000, "8086:1572", "i40e", 42,
      { "numa_node=0", "reset_method=flr bus", "sriov_numvfs=4",
        "sriov_totalvfs=64",
        "resource=0xaa000000 0xaaffffff 0x14220c\n" } },
    { "0000:17:00.0", "0000:18:0a.0", 0x020000, "8086:154c", "iavf", 43,
      { "numa_node=0", "reset_method=flr",
        "resource=0xab000000 0xab00ffff 0x14220c\n" }, true },
    { NULL, "0000:85:00.0", 0x060400, "8086:2030", "pcieport", 70,
      { "numa_node=1" } },
    { "0000:85:00.0", "0000:86:00.0", 0x030200, "10de:20b5", NULL, 71,
      { "numa_node=1", "reset_method=flr bus",
        "resource=0xe0000000 0xe0ffffff 0x40200\n"
        "0x206000000000 0x207fffffffff 0x14220c\n0 0 0\n"
        "0x208000000000 0x208001ffffff 0x14220c\n",
        "resource1_resize=000000000003ffc0" } },
    { NULL, "0000:d7:05.5", 0x010400, "8086:201d", "vmd", 90,
      { "numa_node=1", "resource=0x20ffc000000 0x20ffdffffff 0x14220c\n" } },
    { "0000:d7:05.5/pci10000:00", "10000:00:02.0", 0x060400, "8086:2032",
      "pcieport", 90, { "numa_node=1" } },
    { "10000:00:02.0", "10000:01:00.0", 0x010802, "8086:0a54", "nvme", 90,
      { "numa_node=1", "reset_method=flr bus",
        "resource=0xf8000000 0xf8003fff 0x140204\n" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/devices", "" },
    { "/sys/kernel/iommu_groups/42/reserved_regions",
      "0x00000000bdf83000 0x00000000bdf84fff direct\n"
      "0x00000000fee00000 0x00000000feefffff msi\n" },
    { "/sys/kernel/iommu_groups/71/reserved_regions",
      "0x00000000fee00000 0x00000000feefffff msi\n" },
    { "@0000:18:0a.0/physfn", NULL, "@0000:18:00.1" },
    { "@0000:18:00.1/virtfn0", NULL, "@0000:18:0a.0" },
    { "@0000:18:00.0/net/ens1f0/operstate", "up\n" },
    { "@0000:18:00.0/net/ens1f0/device/x", "" },
    { "/sys/class/net/ens1f0", NULL, "@0000:18:00.0/net/ens1f0" },
    { "/sys/devices/virtual/net/bond0/operstate", "up\n" },
    { "/sys/devices/virtual/net/bond0/lower_ens1f0", NULL,
      "@0000:18:00.0/net/ens1f0" },
    { "/sys/class/net/bond0", NULL, "/sys/devices/virtual/net/bond0" },
    { "/proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
      "bond0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n" },
    { "@10000:01:00.0/nvme/nvme0/nvme0n1/dev", "259:0\n" },
    { "/sys/dev/block/259:0", NULL, "@10000:01:00.0/nvme/nvme0/nvme0n1" },
    { "/proc/self/mountinfo",
      "62 1 259:0 / /srv rw,relatime - xfs /dev/nvme0n1 rw\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { "86:00.0", "use", "ok", "does not need it", NULL },
    { "86:00.0", "group", "ok", "the only device in group 71", "" },
    { "86:00.0", "speed", "note", "BAR 1 (128G), BAR 3 (32M)", NULL },
    { "86:00.0", "driver", "note", "bound to no driver", NULL },
    { "03:00.0", "use", "fail", "boot VGA", NULL },
    { "18:00.0", "use", "fail", "ens1f0 has the only default route", NULL },
    { "18:00.1", "device", "fail", "0x00000000bdf83000 to 0x00000000bdf84fff, "
      "an RMRR", "shared memory" },
    { "18:0a.0", "device", "ok", "Ethernet, 8086:154c", NULL },
    { "18:0a.0", "use", "ok", "does not need it", NULL },
    { "18:0a.0", "reset", "ok", "flr", "" },
    /* The VMD's drives go with it. */
    { "d7:05.5", "use", "fail", "file system /srv", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:03:00.0   VGA .*boot VGA",
    "^  0000:86:00.0   3D .* 10de:20b5     71  -$",
    "^  0000:18:00.0   Ethernet .*ens1f0 has the only default route",
    "^  0000:18:00.1   Ethernet .*  i40e",
    "^  0000:18:0a.0   Ethernet .*  iavf",
    "^  0000:d7:05.5   RAID .*file system /srv",
    "^  10000:01:00.0  NVMe .*  nvme ",
    NULL
};

const MadeHost made_server = { "server", devices, files, findings, list, true };
