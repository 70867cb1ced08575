/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: vital product data in config space (see vpd.h)
 */
#include "tools/redact/vpd.h"

/* PCI Local Bus 3.0: the first capability, VPD's ID, its data */
#define CAPABILITIES 0x34
#define CAP_VPD 3
#define VPD_DATA 4
#define VPD_DATA_BYTES 4

/* Capabilities are in the first 256 bytes, behind the header. */
#define FIRST 0x40
#define END 0x100

/* Config spaces that are looked at */
#define REGIONS_MAX 1024

/**
 * struct Space: a config space
 * @begins: bit N: a capability begins at offset 4 * N
 */
typedef struct Space {
    uint64_t begins;
} Space;

/**
 * struct RedactVpd
 * @places: gets the registers
 * @spaces: Space, by the region's number
 */
struct RedactVpd {
    RedactPlaces *places;
    GHashTable *spaces;
};

RedactVpd *redact_vpd_new(RedactPlaces *places)
{
    RedactVpd *vpd = g_new0(RedactVpd, 1);

    vpd->places = places;
    vpd->spaces = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return vpd;
}

void redact_vpd_free(RedactVpd *vpd)
{
    if (vpd) {
        g_hash_table_unref(vpd->spaces);
        g_free(vpd);
    }
}

static Space *vpd_space(RedactVpd *vpd, uint32_t region)
{
    gpointer key = GUINT_TO_POINTER(region);
    Space *space = g_hash_table_lookup(vpd->spaces, key);

    if (!space && g_hash_table_size(vpd->spaces) < REGIONS_MAX) {
        space = g_new0(Space, 1);
        g_hash_table_insert(vpd->spaces, key, space);
    }
    return space;
}

/* An access may be to a part of the data: the value is that of its bytes. */
static void vpd_add(RedactVpd *vpd, uint32_t region, uint64_t capability)
{
    unsigned i;

    for (i = 0; i < VPD_DATA_BYTES; i++) {
        redact_places_add_bits(vpd->places, region, capability + VPD_DATA + i,
                               UINT32_MAX >> 8 * i);
    }
}

static void vpd_link(Space *space, uint8_t at)
{
    if (at >= FIRST) {
        space->begins |= UINT64_C(1) << at / 4;
    }
}

/* A byte of config space that was read */
static void vpd_byte(RedactVpd *vpd, Space *space, uint32_t region,
                     uint64_t at, uint8_t byte)
{
    uint64_t begin = at & ~UINT64_C(3);

    if (at == CAPABILITIES) {
        vpd_link(space, byte);
    }
    if (begin < FIRST || begin >= END || !(space->begins >> begin / 4 & 1)) {
        return;
    }
    if (at == begin && byte == CAP_VPD) {
        vpd_add(vpd, region, begin);
    } else if (at == begin + 1) {
        vpd_link(space, byte);
    }
}

void redact_vpd_config(RedactVpd *vpd, const MmtEntry *entry)
{
    Space *space = vpd_space(vpd, entry->region);
    unsigned i;

    if (!space || entry->kind != MMT_ENTRY_READ) {
        return;
    }
    for (i = 0; i < entry->width && i < sizeof(entry->value); i++) {
        vpd_byte(vpd, space, entry->region, entry->offset + i,
                 entry->value >> 8 * i);
    }
}
