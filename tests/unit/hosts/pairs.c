/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server whose ports, controllers and functions come in pairs: the host can do
 * without one of two, but not without both.
 */
#include "../made-host.h"

#define KEYS "ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n"

static const MadeDevice devices[] = {
    { NULL, "0000:00:01.0", 0x060400, "8086:1901", "pcieport", 1, { NULL } },
    { NULL, "0000:00:0e.0", 0x010400, "8086:467f", "vmd", 60,
      { "resource=0x20ffc000000 0x20ffdffffff 0x14220c\n" } },
    { "0000:00:0e.0/pci10000:e0", "10000:e1:00.0", 0x010802, "8086:0a54",
      "nvme", 60, { NULL } },
    { NULL, "0000:00:0e.1", 0x088000, "8086:467d", "intel_vsec", 60,
      { "resource=0x20ffe000000 0x20ffe00ffff 0x14220c\n" } },
    { NULL, "0000:00:14.0", 0x0c0330, "8086:a12f", "xhci_hcd", 30, { NULL } },
    { NULL, "0000:00:15.0", 0x0c0330, "1b21:2142", "xhci_hcd", 31, { NULL } },
    { NULL, "0000:00:19.0", 0x020000, "8086:1521", "igb", 20, { NULL } },
    { NULL, "0000:00:19.1", 0x020000, "8086:1521", "igb", 20, { NULL } },
    { NULL, "0000:00:1f.0", 0x060100, "8086:a145", NULL, 9, { NULL } },
    { "0000:00:01.0", "0000:01:00.0", 0x010700, "1000:00e5", "mpt3sas", 2,
      { NULL } },
    { "0000:00:01.0", "0000:01:00.1", 0x020000, "8086:10fb", "ixgbe", 2,
      { "sriov_numvfs=1", "sriov_totalvfs=8" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/devices", "" },
    { "@0000:00:14.0/usb1/1-1/1-1.2/input/input1/capabilities/key", KEYS },
    { "@0000:00:14.0/usb1/1-1/1-1.2/input/input1/name", "ACME\n" },
    { "/sys/class/input/input1", NULL,
      "@0000:00:14.0/usb1/1-1/1-1.2/input/input1" },
    { "@0000:00:15.0/usb1/1-1/1-1.2/input/input2/capabilities/key", KEYS },
    { "@0000:00:15.0/usb1/1-1/1-1.2/input/input2/name", "ACME\n" },
    { "/sys/class/input/input2", NULL,
      "@0000:00:15.0/usb1/1-1/1-1.2/input/input2" },
    { "@0000:00:19.0/net/eno1/operstate", "up\n" },
    { "/sys/class/net/eno1", NULL, "@0000:00:19.0/net/eno1" },
    { "@0000:00:19.1/net/eno2/operstate", "up\n" },
    { "/sys/class/net/eno2", NULL, "@0000:00:19.1/net/eno2" },
    { "/proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
      "eno1\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\n"
      "eno2\t00000000\t0100A8C0\t0003\t0\t0\t101\t00000000\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    /* Both ports are in one group, so that both are taken. */
    { "00:19.0", "use", "fail", "eno1 has the host's last default route", NULL },
    { "00:19.0", "group", "fail", "eno2 has the host's last default route",
      NULL },
    { "00:14.0", "use", "note", "a keyboard (ACME) is connected to it", NULL },
    { "01:00.0", "group", "fail", "0000:01:00.1, which has 1 virtual functions",
      "sriov_numvfs" },
    { "00:0e.1", "group", "note", "taken: 10000:e1:00.0 (NVMe, nvme)", NULL },
    { "00:0e.1", "group", "warn", "as well: 0000:00:0e.0 (RAID, vmd)", NULL },
    { "00:1f.0", "use", "note", "a part of the host's chipset (ISA bridge)",
      NULL },
    { "00:01.0", "use", "note", "the devices behind it", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:0e.0   ", "^  0000:00:0e.1   ", "^  0000:00:14.0   USB .*xhci_hcd$",
    "^  0000:00:15.0   USB .*xhci_hcd$", "^  0000:00:19.0   ",
    "^  0000:00:19.1   ", "^  0000:01:00.0   ", "^  0000:01:00.1   ",
    "^  10000:e1:00.0 .* QEMU can't name its domain",
    NULL
};

const MadeHost made_pairs = { "pairs", devices, files, findings, list, true };
