/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what is printed, in its order
 */
#include "tools/profile/items.h"

unsigned profile_width(const ProfileRegister *reg)
{
    return MAX(g_bit_nth_msf(reg->widths, -1), 1);
}

static uint64_t end_of(uint64_t start, uint64_t len)
{
    return start <= UINT64_MAX - len ? start + len : UINT64_MAX;
}

static void add_registers(ProfileReport *report)
{
    const GPtrArray *registers = profile_registers(report->profile);
    guint i;

    for (i = 0; i < registers->len; i++) {
        const ProfileRegister *reg = registers->pdata[i];
        ProfileItem item = {
            .region = reg->region,
            .start = reg->offset,
            .end = end_of(reg->offset, profile_width(reg)),
            .reg = reg,
        };

        if (!reg->in_window && reg->first_phase >= report->since) {
            g_array_append_val(report->items, item);
        }
    }
}

static void add_windows(ProfileReport *report)
{
    const GArray *windows = profile_windows(report->profile);
    guint i;

    for (i = 0; i < windows->len; i++) {
        const ProfileWindow *window =
            &g_array_index(windows, ProfileWindow, i);
        ProfileItem item = {
            .region = window->region,
            .start = window->start,
            .end = window->end,
            .window = window,
        };

        if (window->first_phase >= report->since) {
            g_array_append_val(report->items, item);
        }
    }
}

static gint compare_items(gconstpointer a, gconstpointer b)
{
    const ProfileItem *x = a;
    const ProfileItem *y = b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    return x->start < y->start ? -1 : x->start > y->start;
}

static void add_unused_range(ProfileReport *report, uint32_t region,
                             uint64_t start, uint64_t end)
{
    ProfileItem item = { .region = region, .start = start, .end = end };

    if (start < end) {
        g_array_append_val(report->items, item);
    }
}

static uint64_t size_of(const ProfileReport *report, uint32_t region)
{
    const MmtRegion *r = mmt_trace_region(report->trace, region);

    return r->number >= 0 && r->number <= MMT_REGION_ROM ? r->size : 0;
}

/* The first @n items are sorted; those that are added come behind them. */
static void add_unused(ProfileReport *report, guint n)
{
    uint64_t at = 0;
    guint i;

    for (i = 0; i < n; i++) {
        ProfileItem item = g_array_index(report->items, ProfileItem, i);
        uint64_t size = size_of(report, item.region);

        if (!i || g_array_index(report->items, ProfileItem, i - 1).region !=
            item.region) {
            at = 0;
        }
        add_unused_range(report, item.region, at, MIN(item.start, size));
        at = MAX(at, item.end);
        if (i + 1 == n || g_array_index(report->items, ProfileItem,
                                        i + 1).region != item.region) {
            add_unused_range(report, item.region, at, size);
        }
    }
}

void profile_items_find(ProfileReport *report)
{
    report->items = g_array_new(FALSE, FALSE, sizeof(ProfileItem));
    add_registers(report);
    add_windows(report);
    g_array_sort(report->items, compare_items);
    if (report->unused) {
        add_unused(report, report->items->len);
        g_array_sort(report->items, compare_items);
    }
}
