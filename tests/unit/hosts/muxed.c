/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A laptop with two GPUs and a mux that is switched to the NVIDIA GPU: this one
 * is the boot display, and the integrated GPU is off.  The NVIDIA GPU has four
 * functions.  Ubuntu, X.org.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060000, "8086:3e10", NULL, 0, { NULL } },
    { NULL, "0000:00:01.0", 0x060400, "8086:1901", "pcieport", 1, { NULL } },
    { NULL, "0000:00:02.0", 0x038000, "8086:3e9b", NULL, 2,
      { "power_state=D3hot",
        "resource=0x604b000000 0x604bffffff 0x140204\n" } },
    { "0000:00:01.0", "0000:01:00.0", 0x030000, "10de:1ed0", "nvidia", 1,
      { "boot_vga=1", "reset_method=bus", "power_state=D0",
        "resource=0xb4000000 0xb4ffffff 0x40200\n"
        "0x6030000000 0x603fffffff 0x14220c\n" } },
    { "0000:00:01.0", "0000:01:00.1", 0x040300, "10de:10f8", "snd_hda_intel",
      1, { "reset_method=bus",
        "resource=0xb5080000 0xb5083fff 0x40200\n" } },
    { "0000:00:01.0", "0000:01:00.2", 0x0c0330, "10de:1ad8", "xhci_hcd", 1,
      { "reset_method=bus", "resource=0x6040000000 0x604003ffff 0x14220c\n" } },
    { "0000:00:01.0", "0000:01:00.3", 0x0c8000, "10de:1ad9", "nvidia-gpu", 1,
      { "reset_method=bus", "resource=0xb5084000 0xb5084fff 0x40200\n" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/sys/class/iommu/dmar0/devices", "" },
    { "@0000:01:00.0/drm/card0/dev", "226:0\n" },
    { "@0000:01:00.0/drm/card0/card0-eDP-1/status", "connected\n" },
    { "/sys/class/drm/card0", NULL, "@0000:01:00.0/drm/card0" },
    { "/sys/class/drm/card0-eDP-1", NULL,
      "@0000:01:00.0/drm/card0/card0-eDP-1" },
    { "/proc/driver/nvidia/gpus/0000:01:00.0/information",
      "Model: \t\t GeForce RTX 2080\nDevice Minor: \t 0\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { "01:00.0", "use", "fail", "boot VGA", "another GPU" },
    { "01:00.0", "group", "warn", "0000:01:00.1 (audio, snd_hda_intel), "
      "0000:01:00.2 (USB, xhci_hcd), 0000:01:00.3 (serial bus, nvidia-gpu)",
      "--with-group" },
    { "01:00.0", "reset", "ok", "bus", "" },
    { "01:00.2", "use", "ok", "does not need it", NULL },
    /* Its group has the boot display. */
    { "01:00.2", "group", "fail", "0000:01:00.0, which the host needs",
      "'vfio-trace doctor 0000:01:00.0' says" },
    { "01:00.2", "driver", "note", "bound to xhci_hcd",
      "see the finding 'group'" },
    { "00:02.0", "use", "ok", "does not need it", NULL },
    { "00:02.0", "group", "ok", "the only device in group 2", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  display .* 8086:3e9b      2  -$",
    "^  0000:01:00.0  VGA .* 10de:1ed0      1  nvidia .*boot VGA",
    "^  0000:01:00.1  audio .*  snd_hda_intel",
    "^  0000:01:00.2  USB .*  xhci_hcd",
    "^  0000:01:00.3  serial bus .*  nvidia-gpu",
    NULL
};

const MadeHost made_muxed = { "muxed", devices, files, findings, list, true };
