/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: rings of a log, and who writes their entries (see rings.h)
 */
#include "libmmiotrace/mark-words.h"
#include "libreplay/rings.h"

#include <string.h>

/* Addresses are greater than this, and their lowest bits may be flags. */
#define RINGS_ADDRESS_MIN 4096
#define RINGS_FLAGS 0xf

/* Indices may have flags above these bits. */
#define RINGS_INDEX 0xffff

/* Most bytes of a ring */
#define RINGS_BYTES_MAX (1ull << 28)

/**
 * struct RingsRing: a ring
 * @base: its address
 * @count: number of its entries
 */
typedef struct RingsRing {
    uint64_t base;
    uint64_t count;
} RingsRing;

/**
 * struct ReplayRings: the table
 * @by_name: RingsRing, by name
 * @families: number of a name, from 1 up
 * @device: whether the device writes such rings
 */
struct ReplayRings {
    GHashTable *by_name;
    GHashTable *families;
    bool device[REPLAY_FAMILIES_MAX];
};

ReplayRings *replay_rings_new(void)
{
    ReplayRings *rings = g_new0(ReplayRings, 1);

    rings->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           g_free);
    rings->families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            NULL);
    return rings;
}

void replay_rings_free(ReplayRings *rings)
{
    if (rings) {
        g_hash_table_unref(rings->by_name);
        g_hash_table_unref(rings->families);
        g_free(rings);
    }
}

static char *rings_name(MmtSpan text)
{
    MmtSpan name = mmt_mark_value(text, "ring");

    return name.p ? g_strndup(name.p, name.len) : NULL;
}

static const RingsRing *rings_find(const ReplayRings *rings, MmtSpan text)
{
    g_autofree char *name = rings_name(text);

    return name ? g_hash_table_lookup(rings->by_name, name) : NULL;
}

void replay_rings_take(ReplayRings *rings, MmtSpan text)
{
    g_autofree char *name = rings_name(text);
    RingsRing ring = {
        .base = mmt_words_number(text, "base"),
        .count = mmt_words_number(text, "count"),
    };

    if (mmt_words_are(mmt_mark_value(text, "by"), "device")) {
        replay_rings_set_device(rings,
                                replay_rings_family(rings,
                                                    mmt_mark_value(text,
                                                                   "ring")));
    }
    if (name && ring.count && ring.count <= RINGS_INDEX + 1 &&
        (g_hash_table_size(rings->by_name) < REPLAY_RINGS_MAX ||
         g_hash_table_contains(rings->by_name, name))) {
        g_hash_table_insert(rings->by_name, g_steal_pointer(&name),
                            g_memdup2(&ring, sizeof(ring)));
    }
}

uint16_t replay_rings_family(ReplayRings *rings, MmtSpan name)
{
    const char *end = name.p ? memchr(name.p, '[', name.len) : NULL;
    g_autofree char *base = NULL;
    unsigned known;

    if (!name.p) {
        return 0;
    }
    base = g_strndup(name.p, end ? (size_t)(end - name.p) : name.len);
    known = GPOINTER_TO_UINT(g_hash_table_lookup(rings->families, base));
    if (!known &&
        g_hash_table_size(rings->families) < REPLAY_FAMILIES_MAX - 1) {
        known = g_hash_table_size(rings->families) + 1;
        g_hash_table_insert(rings->families, g_steal_pointer(&base),
                            GUINT_TO_POINTER(known));
    }
    return known;
}

void replay_rings_set_device(ReplayRings *rings, uint16_t family)
{
    rings->device[family] = family != 0;
}

bool replay_rings_device(const ReplayRings *rings, uint16_t family)
{
    return rings->device[family];
}

/* The bytes of an entry, and of as many as the ring has; 0: impossible */
static uint64_t rings_bytes(const RingsRing *ring, MmtSpan text, uint64_t *len)
{
    *len = mmt_words_number(text, "len");
    return ring && *len && *len <= RINGS_BYTES_MAX / ring->count
           ? *len * ring->count : 0;
}

uint64_t replay_rings_base(const ReplayRings *rings, MmtSpan text)
{
    const RingsRing *ring = rings_find(rings, text);
    uint64_t at = mmt_words_number(text, "at");
    uint64_t len;

    return ring && at >= ring->base &&
           at - ring->base < rings_bytes(ring, text, &len) ? ring->base : at;
}

/* Is the address behind the entry, or has the ring begun anew there? */
static ReplaySeen rings_seen_address(uint64_t address, uint64_t end,
                                     uint64_t bytes)
{
    if (address >= end) {
        return address - end < bytes ? REPLAY_SEEN_YES : REPLAY_SEEN_UNKNOWN;
    }
    if (end - address > bytes) {
        return REPLAY_SEEN_UNKNOWN;
    }
    return end - address > bytes / 2 ? REPLAY_SEEN_YES : REPLAY_SEEN_NO;
}

ReplaySeen replay_rings_seen(const ReplayRings *rings, MmtSpan text,
                             const ReplayWrite *write)
{
    const RingsRing *ring = rings_find(rings, text);
    uint64_t len;
    uint64_t bytes = rings_bytes(ring, text, &len);
    uint64_t at = mmt_words_number(text, "at");
    uint64_t next = (mmt_words_number(text, "index") & RINGS_INDEX) + 1;
    uint64_t value = write->value;
    uint64_t count;

    if (!bytes || !write->width) {
        return REPLAY_SEEN_UNKNOWN;
    }
    if (value >= RINGS_ADDRESS_MIN && at >= RINGS_ADDRESS_MIN) {
        /* The lower half of an address, perhaps */
        at = write->width == 4 ? (uint32_t)at : at;
        return rings_seen_address(value & ~(uint64_t)RINGS_FLAGS, at + len,
                                  bytes);
    }
    count = ring->count;
    value &= RINGS_INDEX;
    if (value > count) {
        return REPLAY_SEEN_UNKNOWN;
    }
    return (value + count - next % count) % count < (count + 1) / 2
           ? REPLAY_SEEN_YES : REPLAY_SEEN_NO;
}
