/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: coverage marks, which say what the log has and what it lacks
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/emulated.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"

/* Guest RAM that holds copies of ROMs, unless a device maps something there */
#define UPPER_MEMORY      0xc0000
#define UPPER_MEMORY_SIZE 0x40000

/**
 * struct CoverageState: the state of a range in a mark
 * @state: as in the mark
 * @access: likewise, or NULL
 * @by: likewise, or NULL
 * @why: likewise, or NULL
 */
typedef struct CoverageState {
    const char *state;
    const char *access;
    const char *by;
    const char *why;
} CoverageState;

static void tap_coverage_log_range(const PCITapRegion *region, uint64_t from,
                                   uint64_t to, const CoverageState *is)
{
    if (from >= to) {
        return;
    }
    vfio_trace_log_own_mark(region->tap->log, MMT_MARK_COVERAGE,
        MMT_TEXT("device", region->tap->name),
        MMT_TEXT("region", pci_tap_region_label(region->nr)),
        region->map_id ? MMT_NUMBER("map", region->map_id) : MMT_NO_WORD,
        MMT_NUMBER("addr", region->addr + from),
        MMT_NUMBER("len", to - from),
        MMT_TEXT("state", is->state),
        is->access ? MMT_TEXT("access", is->access) : MMT_NO_WORD,
        is->by ? MMT_TEXT("by", is->by) : MMT_NO_WORD,
        is->why ? MMT_TEXT("why", is->why) : MMT_NO_WORD);
}

/* --- logged ranges ------------------------------------------------------- */

static gint tap_coverage_by_value(gconstpointer a, gconstpointer b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void tap_coverage_add_edges(GArray *edges, const GArray *ranges)
{
    guint i;

    for (i = 0; i < ranges->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(ranges, i);
        uint64_t end = range->offset + range->len;

        g_array_append_val(edges, range->offset);
        g_array_append_val(edges, end);
    }
}

static GArray *tap_coverage_pages_of(const PCITapRegion *region,
                                     GArray *const wanted[])
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();

    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_READ]);
    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_WRITE]);
    return region->nr == PCI_TAP_CONFIG
           ? g_steal_pointer(&bytes)
           : pci_tap_ranges_pages(bytes, region->size);
}

/* Offsets where the state may change, sorted; the first one is 0. */
static GArray *tap_coverage_edges_of(const PCITapRegion *region,
                                     GArray *const wanted[],
                                     const GArray *pages)
{
    GArray *edges = g_array_new(false, false, sizeof(uint64_t));
    uint64_t begin = 0;

    g_array_append_val(edges, begin);
    tap_coverage_add_edges(edges, wanted[PCI_TAP_READ]);
    tap_coverage_add_edges(edges, wanted[PCI_TAP_WRITE]);
    tap_coverage_add_edges(edges, pages);
    tap_coverage_add_edges(edges, region->hot);
    g_array_sort(edges, tap_coverage_by_value);
    return edges;
}

unsigned pci_tap_coverage_marks(const PCITapRegion *region,
                                GArray *const wanted[])
{
    g_autoptr(GArray) pages = NULL;
    g_autoptr(GArray) edges = NULL;
    uint64_t last = UINT64_MAX;
    unsigned marks = 0;
    guint i;

    if (!region->size) {
        return 0;
    }
    pages = tap_coverage_pages_of(region, wanted);
    edges = tap_coverage_edges_of(region, wanted, pages);
    for (i = 0; i < edges->len; i++) {
        uint64_t at = g_array_index(edges, uint64_t, i);

        marks += at < region->size && at != last;
        last = at;
    }
    return marks;
}

/* State of the byte at @at while tracing is started, as the mark has it */
static const CoverageState *
tap_coverage_state_at(const PCITapRegion *region, const GArray *pages,
                      uint64_t at)
{
    static const CoverageState trapped[2][2] = {
        { { "forwarded", .why = "outside-windows" },
          { "trapped", .access = "w" } },
        { { "trapped", .access = "r" }, { "trapped" } },
    };
    static const CoverageState not_asked = { "direct", .why = "not-asked" };
    static const CoverageState outside = { "direct",
                                           .why = "outside-windows" };
    static const CoverageState hot = { "direct", .why = "hot" };
    bool read = pci_tap_ranges_touch(region->wanted[PCI_TAP_READ], at, 1);
    bool write = pci_tap_ranges_touch(region->wanted[PCI_TAP_WRITE], at, 1);

    if (region->nr == PCI_TAP_CONFIG && !read && !write) {
        return &not_asked;
    }
    if (!pci_tap_ranges_touch(pages, at, 1)) {
        return &outside;
    }
    if (pci_tap_ranges_touch(region->hot, at, 1)) {
        return &hot;
    }
    return &trapped[read][write];
}

/* While tracing is stopped, all is direct; these marks do not say so. */
void pci_tap_log_region(const PCITapRegion *region)
{
    g_autoptr(GArray) pages = NULL;
    g_autoptr(GArray) edges = NULL;
    const CoverageState *state = NULL;
    uint64_t from = 0;
    guint i;

    if (!region->size) {
        return;
    }
    pages = tap_coverage_pages_of(region, region->wanted);
    edges = tap_coverage_edges_of(region, region->wanted, pages);
    for (i = 0; i < edges->len; i++) {
        uint64_t at = g_array_index(edges, uint64_t, i);
        const CoverageState *next = NULL;

        if (at < region->size) {
            next = tap_coverage_state_at(region, pages, at);
        }

        if (next && next != state) {
            if (state) {
                tap_coverage_log_range(region, from, at, state);
            }
            from = at;
            state = next;
        }
    }
    tap_coverage_log_range(region, from, region->size, state);
}

/* --- ranges that QEMU emulates ------------------------------------------ */

void pci_tap_log_emulated(PCITapRegion *region)
{
    guint i;

    if (!region->tap->vfio || !pci_tap_emulated_scan(region)) {
        return;
    }
    for (i = 0; i < region->emulated->len; i++) {
        const PCITapEmulated *range =
            &g_array_index(region->emulated, PCITapEmulated, i);
        CoverageState is = { "emulated", .by = range->by };

        tap_coverage_log_range(region, range->from, range->to, &is);
    }
    if (!region->emulated->len) {
        pci_tap_log_region(region);
    }
}

void pci_tap_log_region_again(PCITapRegion *region)
{
    pci_tap_log_region(region);
    if (region->nr == PCI_TAP_CONFIG || region->region) {
        g_clear_pointer(&region->emulated, g_array_unref);
        pci_tap_log_emulated(region);
    }
}

void pci_tap_log_coverage(PCITap *tap, bool synthetic)
{
    int i;

    vfio_trace_log_pcidev(tap->log, &tap->pci);
    vfio_trace_log_own_mark(tap->log, MMT_MARK_DEVICE,
        MMT_TEXT("id", tap->name), MMT_TEXT("host", tap->host ?: "none"),
        MMT_TEXT("type", object_get_typename(OBJECT(tap->pdev))),
        MMT_TEXT("addresses", synthetic ? "synthetic" : "host"));
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        pci_tap_log_region(&tap->region[i]);
    }
    if (tap->region[PCI_TAP_CONFIG].map_id) {
        pci_tap_log_emulated(&tap->region[PCI_TAP_CONFIG]);
    }
    vfio_trace_log_own_mark(tap->log, MMT_MARK_COVERAGE,
                            MMT_TEXT("device", tap->name),
                            MMT_TEXT("region", "upper-memory"),
                            MMT_NUMBER("addr", UPPER_MEMORY),
                            MMT_NUMBER("len", UPPER_MEMORY_SIZE),
                            MMT_TEXT("state", "direct"),
                            MMT_TEXT("why", "guest-ram"));
}
