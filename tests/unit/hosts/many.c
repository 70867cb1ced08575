/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board with eight GPUs and four NVSwitches (class "other bridge", which a
 * guest gets as well), behind PCIe switches.  Two PCI segments.
 */
#include "../made-host.h"

#define GPU(above, bdf, group, node) \
    { above, bdf, 0x030200, "10de:2330", "vfio-pci", group, \
      { "numa_node=" node, "reset_method=flr bus", \
        "vfio-dev/vfio1/dev=511:1", \
        "resource=0x3c8000000000 0x3c8000ffffff 0x14220c\n0 0 0\n" \
        "0x3a0000000000 0x3a1fffffffff 0x14220c\n0 0 0\n" \
        "0x3c8010000000 0x3c8011ffffff 0x14220c\n" } }
#define SWITCH(bdf, group) \
    { "0001:40:01.0", bdf, 0x068000, "10de:22a3", NULL, group, \
      { "numa_node=1", "reset_method=flr bus", \
        "resource=0xc0000000 0xc1ffffff 0x40200\n" } }

static const MadeDevice devices[] = {
    { NULL, "0000:15:01.0", 0x060400, "8086:352a", "pcieport", 10, { NULL } },
    { "0000:15:01.0", "0000:16:00.0", 0x060400, "1000:c030", "pcieport", 11,
      { NULL } },
    { "0000:16:00.0", "0000:17:00.0", 0x060400, "1000:c030", "pcieport", 12,
      { NULL } },
    { "0000:16:00.0", "0000:17:01.0", 0x060400, "1000:c030", "pcieport", 13,
      { NULL } },
    { "0000:16:00.0", "0000:17:02.0", 0x060400, "1000:c030", "pcieport", 14,
      { NULL } },
    { "0000:16:00.0", "0000:17:03.0", 0x060400, "1000:c030", "pcieport", 15,
      { NULL } },
    { NULL, "0001:40:01.0", 0x060400, "8086:352a", "pcieport", 20, { NULL } },
    GPU("0000:17:00.0", "0000:18:00.0", 100, "0"),
    GPU("0000:17:01.0", "0000:2a:00.0", 101, "0"),
    GPU("0000:17:02.0", "0000:3a:00.0", 102, "0"),
    GPU("0000:17:03.0", "0000:5d:00.0", 103, "0"),
    GPU("0001:40:01.0", "0001:41:00.0", 104, "1"),
    GPU("0001:40:01.0", "0001:42:00.0", 105, "1"),
    GPU("0001:40:01.0", "0001:43:00.0", 106, "1"),
    GPU("0001:40:01.0", "0001:44:00.0", 107, "1"),
    SWITCH("0001:51:00.0", 110),
    SWITCH("0001:52:00.0", 111),
    SWITCH("0001:53:00.0", 112),
    SWITCH("0001:54:00.0", 113),
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/devices", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { "18:00.0", "device", "ok", "0000:18:00.0: 3D, 10de:2330", NULL },
    { "18:00.0", "driver", "ok", "bound to vfio-pci", "" },
    { "18:00.0", "group", "ok", "the only device in group 100", "" },
    { "18:00.0", "speed", "note", "BAR 2 (128G)", "registers" },
    { "0001:44:00.0", "device", "ok", "0001:44:00.0", NULL },
    { "0001:54:00.0", "device", "ok", "bridge, 10de:22a3", NULL },
    { "0001:54:00.0", "driver", "note", "bound to no driver", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:18:00.0  3D .*    100  vfio-pci$",
    "^  0000:2a:00.0  3D .*    101  vfio-pci$",
    "^  0000:3a:00.0  3D .*    102  vfio-pci$",
    "^  0000:5d:00.0  3D .*    103  vfio-pci$",
    "^  0001:41:00.0  3D .*    104  vfio-pci$",
    "^  0001:42:00.0  3D .*    105  vfio-pci$",
    "^  0001:43:00.0  3D .*    106  vfio-pci$",
    "^  0001:44:00.0  3D .*    107  vfio-pci$",
    "^  0001:51:00.0  (other )?bridge .*    110  -$",
    "^  0001:52:00.0  (other )?bridge .*    111  -$",
    "^  0001:53:00.0  (other )?bridge .*    112  -$",
    "^  0001:54:00.0  (other )?bridge .*    113  -$",
    NULL
};

const MadeHost made_many = { "many", devices, files, findings, list, true };
