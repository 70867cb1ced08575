/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A laptop with a GPU in a Thunderbolt enclosure, which was plugged in while
 * Linux ran: one of its BARs has no address.  The integrated GPU is kept out of
 * the IOMMU by the kernel's command line.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:02.0", 0x030000, "8086:9a49", "i915", -1,
      { "boot_vga=1" } },
    { NULL, "0000:00:07.0", 0x060400, "8086:9a23", "pcieport", 6,
      { "external_facing=1" } },
    { "0000:00:07.0", "0000:2c:00.0", 0x060400, "8086:15ef", "pcieport", 17,
      { "removable=removable" } },
    { "0000:2c:00.0", "0000:2d:01.0", 0x060400, "8086:15ef", "pcieport", 17,
      { "removable=removable" } },
    { "0000:2d:01.0", "0000:2e:00.0", 0x030000, "10de:2504", "nouveau", 17,
      { "removable=removable", "reset_method=bus",
        "resource=0x60000000 0x60ffffff 0x40200\n"
        "0x0000000000000000 0x000000000fffffff 0x2014220c\n0 0 0\n"
        "0x6000000000 0x6001ffffff 0x14220c\n" } },
    { "0000:2d:01.0", "0000:2e:00.1", 0x040300, "10de:228e", "snd_hda_intel",
      17, { "removable=removable", "reset_method=bus" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/devices", "" },
    { "/proc/cmdline", "quiet intel_iommu=igfx_off,on\n" },
    { "/sys/bus/thunderbolt/devices/domain0/iommu_dma_protection", "1\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { "2e:00.0", "BARs", "fail", "found an address for BAR 1",
      "plug it in before the machine starts" },
    { "2e:00.0", "group", "warn", "0000:2e:00.1 (audio, snd_hda_intel)",
      "--with-group" },
    { "00:02.0", "group", "fail", "is in no IOMMU group", "remove igfx_off" },
    { "2e:00.0", "use", "ok", "does not need it", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:2e:00.0  VGA .*     17  nouveau$",
    "^  0000:2e:00.1  audio .*     17  snd_hda_intel$",
    NULL
};

const MadeHost made_thunderbolt = {
    "thunderbolt", devices, files, findings, list, true
};
