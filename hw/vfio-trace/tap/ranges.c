/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: sets of bytes of a region (see ranges.h)
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/tap/ranges.h"

GArray *pci_tap_ranges_new(void)
{
    return g_array_new(false, false, sizeof(PCITapRange));
}

static uint64_t tap_ranges_end_of(const PCITapRange *range)
{
    return range->offset + range->len;
}

/* Returns the first range that ends at @offset or after it. */
static guint tap_ranges_find(const GArray *ranges, uint64_t offset)
{
    guint low = 0;
    guint high = ranges->len;

    while (low < high) {
        guint mid = low + (high - low) / 2;

        if (tap_ranges_end_of(pci_tap_ranges_at(ranges, mid)) < offset) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

void pci_tap_ranges_add(GArray *ranges, PCITapRange range)
{
    guint first = tap_ranges_find(ranges, range.offset);
    uint64_t end = tap_ranges_end_of(&range);
    guint i;

    if (!range.len) {
        return;
    }
    /* Merge the ranges that overlap or adjoin the new one. */
    for (i = first; i < ranges->len; i++) {
        const PCITapRange *next = pci_tap_ranges_at(ranges, i);

        if (next->offset > end) {
            break;
        }
        range.offset = MIN(range.offset, next->offset);
        end = MAX(end, tap_ranges_end_of(next));
    }
    range.len = end - range.offset;
    if (i > first) {
        g_array_remove_range(ranges, first, i - first);
    }
    g_array_insert_val(ranges, first, range);
}

void pci_tap_ranges_remove(GArray *ranges, PCITapRange range)
{
    uint64_t end = tap_ranges_end_of(&range);
    guint i = tap_ranges_find(ranges, range.offset);

    while (range.len && i < ranges->len &&
           pci_tap_ranges_at(ranges, i)->offset < end) {
        PCITapRange old = *pci_tap_ranges_at(ranges, i);
        PCITapRange before = { .offset = old.offset };
        PCITapRange after = { .offset = end };

        if (old.offset < range.offset) {
            before.len = MIN(old.len, range.offset - old.offset);
        }
        if (tap_ranges_end_of(&old) > end) {
            after.len = tap_ranges_end_of(&old) - end;
        }
        g_array_remove_index(ranges, i);
        if (before.len) {
            g_array_insert_val(ranges, i, before);
            i++;
        }
        if (after.len) {
            g_array_insert_val(ranges, i, after);
            i++;
        }
    }
}

void pci_tap_ranges_add_all(GArray *ranges, const GArray *more)
{
    guint i;

    for (i = 0; i < more->len; i++) {
        pci_tap_ranges_add(ranges, *pci_tap_ranges_at(more, i));
    }
}

void pci_tap_ranges_remove_all(GArray *ranges, const GArray *less)
{
    guint i;

    for (i = 0; i < less->len; i++) {
        pci_tap_ranges_remove(ranges, *pci_tap_ranges_at(less, i));
    }
}

bool pci_tap_ranges_touch(const GArray *ranges, uint64_t offset, uint64_t len)
{
    guint i = tap_ranges_find(ranges, offset);

    /* The found range may end just before @offset. */
    if (i < ranges->len &&
        tap_ranges_end_of(pci_tap_ranges_at(ranges, i)) == offset) {
        i++;
    }
    return i < ranges->len &&
           pci_tap_ranges_at(ranges, i)->offset < offset + len;
}

bool pci_tap_ranges_cover(const GArray *ranges, uint64_t offset, uint64_t len)
{
    guint i = tap_ranges_find(ranges, offset + len);

    return i < ranges->len && pci_tap_ranges_at(ranges, i)->offset <= offset;
}

bool pci_tap_ranges_equal(const GArray *a, const GArray *b)
{
    guint i;

    for (i = 0; i < a->len && i < b->len; i++) {
        if (pci_tap_ranges_at(a, i)->offset !=
                pci_tap_ranges_at(b, i)->offset ||
            pci_tap_ranges_at(a, i)->len != pci_tap_ranges_at(b, i)->len) {
            return false;
        }
    }
    return a->len == b->len;
}

GArray *pci_tap_ranges_pages(const GArray *ranges, uint64_t size)
{
    uint64_t page = qemu_real_host_page_size();
    GArray *pages = pci_tap_ranges_new();
    guint i;

    if (size < page) {
        /* A port access that crosses a window's end would be split. */
        pci_tap_ranges_add(pages, (PCITapRange) {
            .len = ranges->len ? size : 0,
        });
        return pages;
    }
    for (i = 0; i < ranges->len; i++) {
        const PCITapRange *r = pci_tap_ranges_at(ranges, i);
        uint64_t first = ROUND_DOWN(r->offset, page);

        pci_tap_ranges_add(pages, (PCITapRange) {
            .offset = first,
            .len = ROUND_UP(tap_ranges_end_of(r), page) - first,
        });
    }
    return pages;
}
