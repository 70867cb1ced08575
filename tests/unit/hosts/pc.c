/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PC without IOMMU groups: the devices of hosts whose systems differ
 */
#include "../made-host.h"

const MadeDevice made_pc_devices[] = {
    { NULL, "0000:00:02.0", 0x030000, "8086:9a49", "i915", -1,
      { "boot_vga=1" } },
    { NULL, "0000:00:1f.6", 0x020000, "8086:15fb", "e1000e", -1,
      { "reset_method=pm" } },
    { 0 }
};

const char *const made_pc_list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:00:1f.6  Ethernet .*  e1000e$",
    NULL
};
