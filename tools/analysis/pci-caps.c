/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: where a device has its capabilities (see pci-caps.h) */
#include "tools/analysis/pci-caps.h"

#include <glib.h>
#include <string.h>

#define CONFIG_SIZE 0x1000
#define CAP_PTR 0x34
#define FIRST_CAP 0x40
#define FIRST_EXTENDED 0x100

/**
 * struct PciCaps: capabilities of a device
 * @bytes: configuration space, as the guest has read it
 * @known: bit N % 8 of byte N / 8: @bytes[N] was read
 * @caps: the capabilities, as far as the list is known
 * @n: number of @caps
 * @table: where the MSI-X table is
 * @pba: where MSI-X's pending bits are
 */
struct PciCaps {
    uint8_t bytes[CONFIG_SIZE];
    uint8_t known[CONFIG_SIZE / 8];
    PciCap caps[PCI_CAPS_MAX];
    unsigned n;
    PciCapsPlace table;
    PciCapsPlace pba;
};

PciCaps *pci_caps_new(void)
{
    return g_new0(PciCaps, 1);
}

static bool caps_get(const PciCaps *caps, unsigned offset, unsigned width,
                     uint32_t *value)
{
    unsigned i;

    *value = 0;
    for (i = 0; i < width; i++) {
        if (offset + i >= CONFIG_SIZE ||
            !(caps->known[(offset + i) / 8] & 1 << (offset + i) % 8)) {
            return false;
        }
        *value |= (uint32_t)caps->bytes[offset + i] << 8 * i;
    }
    return true;
}

static bool caps_add(PciCaps *caps, uint32_t id, unsigned offset)
{
    if (caps->n == PCI_CAPS_MAX) {
        return false;
    }
    caps->caps[caps->n++] = (PciCap) { id, offset };
    return true;
}

/*
 * A list that leads in a circle ends at the limit.  A header of ones is that of
 * no capability: the device has gone, or it is disabled.
 */
static void caps_walk(PciCaps *caps)
{
    uint32_t next;
    uint32_t header;
    bool known;

    if (!caps_get(caps, CAP_PTR, 1, &next)) {
        return;
    }
    while ((next &= ~3u) >= FIRST_CAP) {
        known = caps_get(caps, next, 2, &header) && header != 0xffff;
        if (!caps_add(caps, known ? header & 0xff : REGDB_CAPABILITY_ANY,
                      next) || !known) {
            return;
        }
        next = header >> 8;
    }
}

static void caps_walk_extended(PciCaps *caps)
{
    uint32_t next = FIRST_EXTENDED;
    uint32_t header;
    bool known;

    do {
        known = caps_get(caps, next, 4, &header) && header != UINT32_MAX;
        if (!caps_add(caps, REGDB_CAPABILITY_EXTENDED |
                      (known && header ? header & 0xffff
                                       : REGDB_CAPABILITY_ANY), next) ||
            !known) {
            return;
        }
        next = header >> 20 & ~3u;
    } while (next >= FIRST_EXTENDED);
}

static unsigned caps_find(const PciCaps *caps, uint32_t id)
{
    unsigned i;

    for (i = 0; i < caps->n; i++) {
        if (caps->caps[i].id == id) {
            return caps->caps[i].offset;
        }
    }
    return 0;
}

static PciCapsPlace caps_place(const PciCaps *caps, unsigned offset)
{
    unsigned cap = caps_find(caps, PCI_CAPS_MSIX);
    PciCapsPlace place = { 0 };
    uint32_t value;

    if (cap && caps_get(caps, cap + offset, 4, &value) && (value & 7) < 6) {
        place.known = true;
        place.bar = value & 7;
        place.offset = value & ~7u;
    }
    return place;
}

static void caps_update(PciCaps *caps)
{
    caps->n = 0;
    memset(caps->caps, 0, sizeof(caps->caps));
    caps_walk(caps);
    caps_walk_extended(caps);
    caps->table = caps_place(caps, 4);
    caps->pba = caps_place(caps, 8);
}

static bool caps_put(PciCaps *caps, unsigned offset, uint8_t byte)
{
    uint8_t bit = 1 << offset % 8;
    bool changed = !(caps->known[offset / 8] & bit) ||
                   caps->bytes[offset] != byte;

    caps->known[offset / 8] |= bit;
    caps->bytes[offset] = byte;
    return changed;
}

static bool caps_place_equal(PciCapsPlace a, PciCapsPlace b)
{
    return a.known == b.known && a.bar == b.bar && a.offset == b.offset;
}

bool pci_caps_read(PciCaps *caps, uint64_t offset, unsigned width,
                   uint64_t value)
{
    PciCap before[PCI_CAPS_MAX];
    PciCapsPlace table = caps->table;
    PciCapsPlace pba = caps->pba;
    bool changed = false;
    unsigned i;

    if (width == 0 || width > 8 || offset > CONFIG_SIZE - width ||
        value == UINT64_MAX >> (64 - 8 * width)) {
        /* All ones: perhaps the device has gone. */
        return false;
    }
    for (i = 0; i < width; i++) {
        changed |= caps_put(caps, offset + i, value >> 8 * i);
    }
    if (!changed) {
        return false;
    }
    memcpy(before, caps->caps, sizeof(before));
    caps_update(caps);
    return memcmp(before, caps->caps, sizeof(before)) ||
           !caps_place_equal(table, caps->table) ||
           !caps_place_equal(pba, caps->pba);
}

const PciCap *pci_caps_get(const PciCaps *caps, unsigned *n)
{
    *n = caps->n;
    return caps->caps;
}

PciCapsPlace pci_caps_msix_table(const PciCaps *caps)
{
    return caps->table;
}

PciCapsPlace pci_caps_msix_pba(const PciCaps *caps)
{
    return caps->pba;
}
