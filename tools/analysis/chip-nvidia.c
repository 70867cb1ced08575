/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the chip of an NVIDIA graphics card (see chip-nvidia.h)
 *
 * The register is described in envytools' documentation of the hardware,
 * hw/bus/pmc.rst, "The card identification register"
 * (https://envytools.readthedocs.io/en/latest/hw/bus/pmc.html):
 *
 *            from NV10 on    NV4, NV5        before
 *      7:0   stepping        stepping        stepping
 *      7     1               0               0
 *      15:12                 4               0
 *      19:16                                 1: NV1, 3: NV3
 *      23:20 chip, 28:20     0: NV4, 1: NV5
 *      31    0               0               0
 *
 * A card whose registers are big-endian shows it with the bytes in the other
 * order.
 */
#include "tools/analysis/chip-nvidia.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* From NV10 on: bit 7 is set, bit 31 is not, and 11:8 are 0 on newer chips. */
static bool is_swapped(uint32_t id)
{
    if (!(id >> 31)) {
        return false;
    }
    return !(id & 0x80) || (id & 0xf00);
}

static unsigned old_chip(uint32_t id, const char **name)
{
    unsigned chip = id >> 16 & 0xf;

    if (id & 0xf000) {
        bool is_nv5 = id & 0xf00000;

        *name = is_nv5 ? "NV5" : "NV4";
        return is_nv5 ? 5 : 4;
    }
    if (chip == 1) {
        *name = "NV1";
        return chip;
    }
    if (chip == 3) {
        *name = (id & 0xff) >= 0x20 ? "NV3T" : "NV3";
        return chip;
    }
    return 0;
}

unsigned analysis_chip_nvidia(uint32_t id, const char **name)
{
    *name = NULL;
    if (id >> 20 == 0xbad) {
        /* 0xbad0..., 0xbadf...: what a card answers if a read has failed */
        return 0;
    }
    if (is_swapped(id)) {
        id = GUINT32_SWAP_LE_BE(id);
    }
    if (is_swapped(id)) {
        /* in either order: all ones, for example */
        return 0;
    }
    return id & 0x80 ? id >> 20 & 0x1ff : old_chip(id, name);
}
