/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: hot pages, which are no longer trapped
 *
 * A guest that draws to a traced framebuffer pixel by pixel gets very slow, and
 * the log is of little use.  With hot-page-limit=N, a page that is accessed
 * more than N times within a second is no longer trapped: the guest uses the
 * device's mmap below it, at full speed.  A mark says so, and a QMP command
 * makes it trapped again.  Pages without an mmap below stay trapped, as nothing
 * would be gained.
 *
 * A framebuffer has many pages, each of which would have to get hot.  In a
 * prefetchable BAR (reads have no side effects, so it holds memory and not
 * registers), a page that gets hot beside a range of hot pages releases as many
 * more pages as the range has.
 *
 * vCPUs count accesses in the trap; the main loop releases the pages.  Until
 * then, each access is still logged.  The main loop uses a timer and not a
 * bottom half: block devices run bottom halves within a guest's access.
 */
#include "qemu/osdep.h"
#include "qapi/qapi-events-vfio-trace.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/hot.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-layout.h"
#include "hw/vfio-trace/tap/window-room.h"

/*
 * Delay before hot pages are released: pages that get hot at the same time are
 * released together, and a guest can't make the main loop change windows and
 * walk the table of pages all the time.
 */
#define HOT_DELAY_MS 20

/*
 * Most released ranges in a region.  Each is a hole in the windows.  With each
 * change, all windows are created again, and all holes are mapped again by KVM
 * and the IOMMU.
 */
#define HOT_RANGES_MAX 64

/* Time over which accesses to a page are counted, and most pages counted */
#define HOT_PERIOD_NS NANOSECONDS_PER_SECOND
#define HOT_PAGES_MAX 65536

/**
 * struct Heat: count of accesses to one page
 * @since: start of the count; of the log's clock
 * @count: accesses since then
 * @hot: above the limit; to be released
 * @told: a mark says that it can't be released
 */
typedef struct Heat {
    uint64_t since;
    uint64_t count;
    bool hot;
    bool told;
} Heat;

static uint64_t tap_hot_page_size(void)
{
    return qemu_real_host_page_size();
}

void pci_tap_hot_see(PCITapRegion *region, uint64_t addr)
{
    PCITap *tap = region->tap;
    uint64_t page = addr / tap_hot_page_size();
    uint64_t now = get_clock();
    Heat *heat;

    if (!region->heat) {
        region->heat = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                             g_free, g_free);
    }
    heat = g_hash_table_lookup(region->heat, &page);
    if (!heat) {
        if (g_hash_table_size(region->heat) >= HOT_PAGES_MAX) {
            g_hash_table_remove_all(region->heat);
        }
        heat = g_new0(Heat, 1);
        heat->since = now;
        g_hash_table_insert(region->heat, g_memdup2(&page, sizeof(page)),
                            heat);
    }
    if (now - heat->since > HOT_PERIOD_NS && !heat->hot) {
        heat->since = now;
        heat->count = 0;
    }
    heat->count++;
    if (heat->count > tap->hot_limit && !heat->hot) {
        heat->hot = true;
        timer_mod_anticipate(tap->hot_timer,
                             qemu_clock_get_ms(QEMU_CLOCK_REALTIME) +
                             HOT_DELAY_MS);
    }
}

void pci_tap_hot_forget(PCITapRegion *region, PCITapRange range)
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();
    g_autoptr(GArray) pages = NULL;

    pci_tap_ranges_add(bytes, range);
    pages = pci_tap_ranges_pages(bytes, region->size);
    pci_tap_ranges_remove_all(region->hot, pages);
    if (region->heat) {
        g_hash_table_remove_all(region->heat);
    }
}

/* Extend a hot page by as many pages as the hot ranges beside it have. */
static PCITapRange tap_hot_grow(const PCITapRegion *region, uint64_t offset)
{
    PCITapRange range = { .offset = offset, .len = tap_hot_page_size() };
    bool prefetchable = region->nr < PCI_TAP_BARS &&
                        (region->tap->pdev->io_regions[region->nr].type &
                         PCI_BASE_ADDRESS_MEM_PREFETCH);
    uint64_t end = offset + range.len;
    guint i;

    for (i = 0; prefetchable && i < region->hot->len; i++) {
        const PCITapRange *hot = pci_tap_ranges_at(region->hot, i);

        if (hot->offset + hot->len == offset) {
            end = MAX(end, MIN(region->size, offset + hot->len));
        } else if (hot->offset == offset + tap_hot_page_size()) {
            range.offset -= MIN(offset, hot->len - tap_hot_page_size());
        }
    }
    range.len = end - range.offset;
    return range;
}

/* Add the whole pages of memory in a part of the shadow. */
static bool tap_hot_add_memory(Int128 start, Int128 len, const MemoryRegion *mr,
                               hwaddr offset_in_region, void *pages)
{
    uint64_t from = ROUND_UP(int128_get64(start), tap_hot_page_size());
    uint64_t to = ROUND_DOWN(int128_get64(start) + int128_get64(len),
                             tap_hot_page_size());

    if (memory_region_is_ram((MemoryRegion *)mr) && from < to) {
        pci_tap_ranges_add(pages, (PCITapRange) {
            .offset = from, .len = to - from,
        });
    }
    return false;
}

static void tap_hot_intersect(GArray *ranges, const GArray *with)
{
    g_autoptr(GArray) beyond = pci_tap_ranges_new();

    pci_tap_ranges_add_all(beyond, ranges);
    pci_tap_ranges_remove_all(beyond, with);
    pci_tap_ranges_remove_all(ranges, beyond);
}

/*
 * Parts of a range that are trapped and have memory below.  The range may be a
 * framebuffer of 64 GiB: no function here walks over single pages.
 */
static GArray *tap_hot_only_memory(PCITapRegion *region, PCITapRange range)
{
    g_autoptr(GArray) memory = pci_tap_ranges_new();
    GArray *pages = pci_tap_ranges_new();

    pci_tap_ranges_add(pages, range);
    tap_hot_intersect(pages, region->trapped);
    WITH_RCU_READ_LOCK_GUARD() {
        flatview_for_each_range(address_space_to_flatview(&region->shadow),
                                tap_hot_add_memory, memory);
    }
    tap_hot_intersect(pages, memory);
    return pages;
}

/* @why: why it stays; NULL if it is let go */
static void tap_hot_tell(const PCITapRegion *region, const PCITapRange *range,
                         const Heat *heat, const char *why)
{
    PCITap *tap = region->tap;
    uint64_t us = (get_clock() - heat->since) / 1000;

    vfio_trace_log_own_mark(tap->log, MMT_MARK_HOT,
        MMT_TEXT("device", tap->name),
        MMT_TEXT("region", pci_tap_region_label(region->nr)),
        MMT_NUMBER("map", region->map_id),
        MMT_NUMBER("addr", region->addr + range->offset),
        MMT_NUMBER("len", range->len),
        MMT_NUMBER("accesses", heat->count), MMT_NUMBER("in-us", us),
        MMT_NUMBER("limit", tap->hot_limit),
        MMT_TEXT("state", why ? "trapped" : "direct"),
        why ? MMT_TEXT("why", why) : MMT_NO_WORD);
}

/*
 * Keep a page trapped.  It may be released later: VFIO removes mmaps for a
 * while after an INTx.
 */
static void tap_hot_keep(PCITapRegion *region, uint64_t offset, Heat *heat,
                         const char *why)
{
    PCITapRange page = {
        .offset = offset, .len = MIN(tap_hot_page_size(), region->size),
    };

    if (!heat->told) {
        heat->told = true;
        tap_hot_tell(region, &page, heat, why);
    }
}

/* Returns whether the page was released. */
static bool tap_hot_let_go(PCITapRegion *region, uint64_t offset, Heat *heat)
{
    PCITap *tap = region->tap;
    g_autofree char *path = object_get_canonical_path(OBJECT(tap->pdev));
    g_autoptr(GArray) pages = NULL;
    g_autoptr(GArray) hot = pci_tap_ranges_new();
    guint i;

    /* It gets hot again when the log has room again. */
    if (!vfio_trace_log_room(tap->log, 1, NULL)) {
        return false;
    }
    if (!pci_tap_region_memory(region, offset)) {
        tap_hot_keep(region, offset, heat, "no-mmap");
        return false;
    }
    pages = tap_hot_only_memory(region, tap_hot_grow(region, offset));
    pci_tap_ranges_add_all(hot, region->hot);
    pci_tap_ranges_add_all(hot, pages);
    /* Each released page splits one window into two. */
    if (hot->len > HOT_RANGES_MAX ||
        !pci_tap_windows_room(region, region->wanted, hot)) {
        tap_hot_keep(region, offset, heat, "too-many");
        return false;
    }
    for (i = 0; i < pages->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(pages, i);

        tap_hot_tell(region, range, heat, NULL);
        qapi_event_send_vfio_trace_hot_page(DEVICE(tap->pdev)->id, path,
                                            (VfioTraceRegionName)region->nr,
                                            range->offset, range->len,
                                            heat->count);
    }
    g_array_unref(region->hot);
    region->hot = g_steal_pointer(&hot);
    return true;
}

static bool tap_hot_cool_region(PCITapRegion *region)
{
    GHashTableIter iter;
    gpointer key, value;
    bool changed = false;

    if (!region->heat) {
        return false;
    }
    g_hash_table_iter_init(&iter, region->heat);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        uint64_t offset = *(uint64_t *)key * tap_hot_page_size();
        Heat *heat = value;

        if (!heat->hot) {
            continue;
        }
        /* It may have been released together with a page beside it. */
        if (!pci_tap_ranges_touch(region->hot, offset, 1)) {
            changed |= tap_hot_let_go(region, offset, heat);
        }
        heat->hot = false;
        heat->count = 0;
        heat->since = get_clock();
        if (!heat->told) {
            g_hash_table_iter_remove(&iter);
        }
    }
    return changed;
}

static void tap_hot_cool(void *opaque)
{
    PCITap *tap = opaque;
    int i;

    object_ref(OBJECT(tap));
    pci_tap_change_begin();
    for (i = 0; !tap->detached && i < PCI_TAP_MEMORY_REGIONS; i++) {
        if (tap_hot_cool_region(&tap->region[i])) {
            pci_tap_region_update(&tap->region[i]);
            pci_tap_memory_forget(&tap->region[i]);
        }
    }
    pci_tap_change_end();
    object_unref(OBJECT(tap));
}

void pci_tap_hot_start(PCITap *tap)
{
    if (tap->hot_limit) {
        tap->hot_timer = timer_new_ms(QEMU_CLOCK_REALTIME, tap_hot_cool, tap);
    }
}

void pci_tap_hot_stop(PCITap *tap)
{
    int i;

    for (i = 0; i < PCI_TAP_MEMORY_REGIONS; i++) {
        g_clear_pointer(&tap->region[i].heat, g_hash_table_unref);
    }
    g_clear_pointer(&tap->hot_timer, timer_free);
}
