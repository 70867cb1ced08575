/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: coverage marks, which say what the log has and what it lacks
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"

/* Guest RAM that holds copies of ROMs, unless a device maps something there */
#define UPPER_MEMORY      0xc0000
#define UPPER_MEMORY_SIZE 0x40000

static void tap_coverage_log_range(const PCITapRegion *region, uint64_t from,
                                   uint64_t to, const char *state)
{
    g_autofree char *map = region->map_id ?
                           g_strdup_printf(" map=%u", region->map_id) : NULL;

    if (from < to) {
        vfio_trace_log_markf(region->tap->log,
                             "coverage device=%s %s%s addr=0x%" PRIx64
                             " len=0x%" PRIx64 " state=%s",
                             region->tap->name,
                             pci_tap_region_label(region->nr), map ?: "",
                             region->addr + from, to - from, state);
    }
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
static const char *tap_coverage_state_at(const PCITapRegion *region,
                                         const GArray *pages, uint64_t at)
{
    static const char *const trapped[2][2] = {
        { "forwarded why=outside-windows", "trapped access=w" },
        { "trapped access=r", "trapped" },
    };
    bool read = pci_tap_ranges_touch(region->wanted[PCI_TAP_READ], at, 1);
    bool write = pci_tap_ranges_touch(region->wanted[PCI_TAP_WRITE], at, 1);

    if (region->nr == PCI_TAP_CONFIG && !read && !write) {
        return "direct why=not-asked";
    }
    if (!pci_tap_ranges_touch(pages, at, 1)) {
        return "direct why=outside-windows";
    }
    if (pci_tap_ranges_touch(region->hot, at, 1)) {
        return "direct why=hot";
    }
    return trapped[read][write];
}

/* While tracing is stopped, all is direct; these marks do not say so. */
void pci_tap_log_region(const PCITapRegion *region)
{
    g_autoptr(GArray) pages = NULL;
    g_autoptr(GArray) edges = NULL;
    const char *state = NULL;
    uint64_t from = 0;
    guint i;

    if (!region->size) {
        return;
    }
    pages = tap_coverage_pages_of(region, region->wanted);
    edges = tap_coverage_edges_of(region, region->wanted, pages);
    for (i = 0; i < edges->len; i++) {
        uint64_t at = g_array_index(edges, uint64_t, i);
        const char *next = at < region->size
                           ? tap_coverage_state_at(region, pages, at) : NULL;

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

/* Name of a memory region as one word of a mark */
static char *tap_coverage_word_of(const MemoryRegion *mr)
{
    return g_strdelimit(g_strdup(memory_region_name(mr) ?: "unnamed"), " \t",
                        '-');
}

static bool tap_coverage_find_emulated(Int128 start, Int128 len,
                                       const MemoryRegion *mr,
                                       hwaddr offset_in_region, void *opaque)
{
    PCITapRegion *region = opaque;
    uint64_t from = int128_get64(start);
    /* VFIO grows a BAR that is smaller than a page. */
    uint64_t to = MIN(from + int128_get64(len), region->size);
    g_autofree char *by = NULL;
    g_autofree char *more = NULL;

    if (from < to && pci_tap_hw_emulates(region, (MemoryRegion *)mr)) {
        by = tap_coverage_word_of(mr);
        more = g_strdup_printf("%s0x%" PRIx64 " len=0x%" PRIx64
                               " state=emulated by=%s",
                               region->emulated[0] ? "\n" : "",
                               region->addr + from, to - from, by);
        by = g_strconcat(region->emulated, more, NULL);
        g_free(region->emulated);
        region->emulated = g_steal_pointer(&by);
    }
    return false;
}

void pci_tap_log_emulated(PCITapRegion *region)
{
    g_autofree char *before = region->emulated;
    g_auto(GStrv) line = NULL;
    FlatView *view;
    int i;

    if (!region->tap->vfio) {
        return;
    }
    region->emulated = g_strdup("");
    WITH_RCU_READ_LOCK_GUARD() {
        view = address_space_to_flatview(&region->shadow);
        flatview_for_each_range(view, tap_coverage_find_emulated, region);
    }
    if (g_str_equal(before ?: "", region->emulated)) {
        return;
    }
    line = g_strsplit(region->emulated, "\n", -1);
    for (i = 0; line[i]; i++) {
        vfio_trace_log_markf(region->tap->log, "coverage device=%s %s map=%"
                             PRIu32 " addr=%s", region->tap->name,
                             pci_tap_region_label(region->nr), region->map_id,
                             line[i]);
    }
    if (!*region->emulated) {
        pci_tap_log_region(region);
    }
}

/* Bytes of config space with at least one bit that QEMU emulates */
static void tap_coverage_log_emulated_config(const PCITapRegion *region)
{
    uint64_t size;
    const uint8_t *bits = pci_tap_hw_emulated_config(region->tap, &size);
    uint64_t from = 0;
    uint64_t at;

    if (!bits) {
        return;
    }
    for (at = 0; at <= region->size; at++) {
        bool emulated = at < MIN(region->size, size) && bits[at];

        if (emulated) {
            continue;
        }
        tap_coverage_log_range(region, from, at, "emulated by=config");
        from = at + 1;
    }
}

void pci_tap_log_region_again(PCITapRegion *region)
{
    pci_tap_log_region(region);
    if (region->nr == PCI_TAP_CONFIG) {
        tap_coverage_log_emulated_config(region);
    } else if (region->region) {
        g_clear_pointer(&region->emulated, g_free);
        pci_tap_log_emulated(region);
    }
}

void pci_tap_log_coverage(PCITap *tap, bool synthetic)
{
    int i;

    vfio_trace_log_pcidev(tap->log, &tap->pci);
    vfio_trace_log_markf(tap->log, "device id=%s host=%s type=%s addresses=%s",
                         tap->name, tap->host ?: "none",
                         object_get_typename(OBJECT(tap->pdev)),
                         synthetic ? "synthetic" : "host");
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        pci_tap_log_region(&tap->region[i]);
    }
    if (tap->region[PCI_TAP_CONFIG].map_id) {
        tap_coverage_log_emulated_config(&tap->region[PCI_TAP_CONFIG]);
    }
    vfio_trace_log_markf(tap->log,
                         "coverage device=%s upper-memory addr=0x%x len=0x%x state=direct why=guest-ram",
                         tap->name, UPPER_MEMORY, UPPER_MEMORY_SIZE);
}
