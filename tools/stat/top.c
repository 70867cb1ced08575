/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: the groups with the most accesses (see top.h)
 */
#include "tools/stat/top.h"

static gint compare(gconstpointer a, gconstpointer b)
{
    const StatGroup *ga = *(StatGroup *const *)a;
    const StatGroup *gb = *(StatGroup *const *)b;
    uint64_t na = stat_total(ga->counts);
    uint64_t nb = stat_total(gb->counts);

    if (na != nb) {
        return na > nb ? -1 : 1;
    }
    return ga < gb ? -1 : ga > gb;
}

static unsigned magnitude(const StatGroup *group)
{
    return g_bit_storage(stat_total(group->counts));
}

/*
 * Millions of groups need not be sorted for the first twenty: those that have
 * fewer bits in their number than the twentieth are left out.
 */
static unsigned least_magnitude(const StatResult *result, uint32_t max)
{
    uint32_t groups[65] = { 0 };
    uint64_t n = 0;
    int bits;
    uint32_t i;

    for (i = 0; i < result->n_groups; i++) {
        groups[magnitude(&result->groups[i])]++;
    }
    for (bits = 64; bits > 0; bits--) {
        n += groups[bits];
        if (n >= max) {
            break;
        }
    }
    return bits;
}

GPtrArray *stat_top(const StatResult *result, uint32_t max)
{
    GPtrArray *top = g_ptr_array_new();
    unsigned least = max ? least_magnitude(result, max) : 0;
    uint32_t i;

    for (i = 0; i < result->n_groups; i++) {
        if (magnitude(&result->groups[i]) >= least) {
            g_ptr_array_add(top, (gpointer)&result->groups[i]);
        }
    }
    g_ptr_array_sort(top, compare);
    if (max && top->len > max) {
        g_ptr_array_set_size(top, max);
    }
    return top;
}
