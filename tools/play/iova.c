/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: addresses for buffers (see iova.h)
 */
#include "tools/play/iova.h"

/* A device that takes a register that was not set for an address meets none. */
#define LOWEST 0x100000

#define LAST_BELOW_4G UINT32_MAX

/*
 * The kernel tells its ranges since 5.6.  Before, these hold for every IOMMU of
 * x86: 39 bits, and no interrupts' addresses.
 */
static const PlayRange usual[] = {
    { LOWEST, 0xfedfffff }, { 0xfef00000, 0x7fffffffff },
};

static void add_range(PlayIova *iova, PlayRange range)
{
    range.first = MAX(range.first, LOWEST);
    /* Whole pages, and no address that wraps around */
    range.last = MIN(range.last, UINT64_MAX - 2 * iova->page);
    if (range.first <= range.last) {
        g_array_append_val(iova->free, range);
    }
}

void play_iova_init(PlayIova *iova, const PlayRange *ranges, size_t n,
                    uint64_t page)
{
    size_t i;

    if (!ranges) {
        ranges = usual;
        n = G_N_ELEMENTS(usual);
    }
    iova->free = g_array_new(FALSE, FALSE, sizeof(PlayRange));
    iova->page = page;
    iova->random = g_rand_new();
    for (i = 0; i < n; i++) {
        add_range(iova, ranges[i]);
    }
}

static uint64_t random_below(GRand *random, uint64_t end)
{
    uint64_t bits = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);

    return bits % end;
}

/*
 * Where the buffer can begin in a range, with a page around it.
 *
 * Return: number of pages that it can begin at
 */
static uint64_t places(const PlayIova *iova, const PlayRange *range,
                       uint64_t size, bool below_4g, uint64_t *first)
{
    uint64_t page = iova->page;
    uint64_t last = below_4g ? MIN(range->last, LAST_BELOW_4G) : range->last;
    uint64_t end = (last + 1) / page * page;

    *first = (range->first + page - 1) / page * page + page;
    return range->last < range->first || end < *first ||
           end - *first < size + page ? 0 :
           (end - *first - size - page) / page + 1;
}

/* What is left before or after may be empty: its last is below its first. */
static void cut_out(PlayIova *iova, guint i, uint64_t address, uint64_t size)
{
    PlayRange *range = &g_array_index(iova->free, PlayRange, i);
    PlayRange after = { address + size, range->last };

    range->last = address - 1;
    g_array_insert_val(iova->free, i + 1, after);
}

bool play_iova_take_at(PlayIova *iova, uint64_t size, uint64_t address)
{
    guint i;

    if (address % iova->page || address > UINT64_MAX - size) {
        return false;
    }
    for (i = 0; i < iova->free->len; i++) {
        const PlayRange *range = &g_array_index(iova->free, PlayRange, i);

        if (range->first <= range->last && address >= range->first &&
            address + size - 1 <= range->last) {
            cut_out(iova, i, address, size);
            return true;
        }
    }
    return false;
}

bool play_iova_take(PlayIova *iova, uint64_t size, bool below_4g,
                    uint64_t *address)
{
    uint64_t all = 0;
    uint64_t first;
    uint64_t nth;
    guint i;

    for (i = 0; i < iova->free->len; i++) {
        all += places(iova, &g_array_index(iova->free, PlayRange, i), size,
                      below_4g, &first);
    }
    if (!all) {
        return false;
    }
    nth = random_below(iova->random, all);
    for (i = 0; ; i++) {
        uint64_t n = places(iova, &g_array_index(iova->free, PlayRange, i),
                            size, below_4g, &first);

        if (nth < n) {
            *address = first + nth * iova->page;
            cut_out(iova, i, *address, size);
            return true;
        }
        nth -= n;
    }
}

void play_iova_clear(PlayIova *iova)
{
    g_array_unref(iova->free);
    g_rand_free(iova->random);
}
