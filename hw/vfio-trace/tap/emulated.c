/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what QEMU answers instead of a device's hardware (see emulated.h)
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/tap/emulated.h"

static void tap_emulated_clear(void *data)
{
    PCITapEmulated *range = data;

    g_free(range->by);
}

static bool tap_emulated_same(const GArray *a, const GArray *b)
{
    bool same = a->len == b->len;
    guint i;

    for (i = 0; same && i < a->len; i++) {
        const PCITapEmulated *x = &g_array_index(a, PCITapEmulated, i);
        const PCITapEmulated *y = &g_array_index(b, PCITapEmulated, i);

        same = x->from == y->from && x->to == y->to &&
               g_str_equal(x->by, y->by);
    }
    return same;
}

/* Name of a memory region as one word of a mark */
static char *tap_emulated_word_of(const MemoryRegion *mr)
{
    return g_strdelimit(g_strdup(memory_region_name(mr) ?: "unnamed"), " \t",
                        '-');
}

static bool tap_emulated_find(Int128 start, Int128 len, const MemoryRegion *mr,
                              hwaddr offset_in_region, void *opaque)
{
    PCITapRegion *region = opaque;
    uint64_t from = int128_get64(start);
    PCITapEmulated range = {
        .from = from,
        /* VFIO grows a BAR that is smaller than a page. */
        .to = MIN(from + int128_get64(len), region->size),
        .answer = pci_tap_hw_answer(region, (MemoryRegion *)mr, from),
    };

    if (range.from < range.to && range.answer != PCI_TAP_ANSWER_HARDWARE) {
        range.by = tap_emulated_word_of(mr);
        g_array_append_val(region->emulated, range);
    }
    return false;
}

/* Bytes of config space with at least one bit that QEMU emulates */
static void tap_emulated_find_config(PCITapRegion *region)
{
    uint64_t size;
    const uint8_t *bits = pci_tap_hw_emulated_config(region->tap, &size);
    uint64_t end = MIN(region->size, size);
    uint64_t at = 0;

    while (at < end) {
        PCITapEmulated range = { .answer = PCI_TAP_ANSWER_QEMU };

        while (at < end && !bits[at]) {
            at++;
        }
        range.from = at;
        while (at < end && bits[at]) {
            at++;
        }
        if (range.from < at) {
            range.to = at;
            range.by = g_strdup("config");
            g_array_append_val(region->emulated, range);
        }
    }
}

bool pci_tap_emulated_scan(PCITapRegion *region)
{
    g_autoptr(GArray) before = region->emulated ?:
        g_array_new(false, false, sizeof(PCITapEmulated));

    region->emulated = g_array_new(false, false, sizeof(PCITapEmulated));
    g_array_set_clear_func(region->emulated, tap_emulated_clear);
    if (region->nr == PCI_TAP_CONFIG) {
        tap_emulated_find_config(region);
    } else {
        WITH_RCU_READ_LOCK_GUARD() {
            flatview_for_each_range(address_space_to_flatview(&region->shadow),
                                    tap_emulated_find, region);
        }
    }
    return !tap_emulated_same(before, region->emulated);
}

/* QEMU answers a byte of config space if it emulates all of its bits. */
static PCITapAnswer tap_emulated_config_answer(const PCITapRegion *region,
                                               uint64_t offset, unsigned size)
{
    uint64_t end;
    const uint8_t *bits = pci_tap_hw_emulated_config(region->tap, &end);
    unsigned i;

    for (i = 0; i < size; i++) {
        if (offset + i >= end || bits[offset + i] != 0xff) {
            return PCI_TAP_ANSWER_HARDWARE;
        }
    }
    return PCI_TAP_ANSWER_QEMU;
}

PCITapAnswer pci_tap_answer(const PCITapRegion *region, uint64_t offset,
                            unsigned size)
{
    guint i;

    if (!region->tap->vfio) {
        return PCI_TAP_ANSWER_QEMU;
    }
    if (region->nr == PCI_TAP_CONFIG) {
        return tap_emulated_config_answer(region, offset, size);
    }
    for (i = 0; region->emulated && i < region->emulated->len; i++) {
        const PCITapEmulated *range = &g_array_index(region->emulated,
                                                     PCITapEmulated, i);

        if (offset >= range->from && offset < range->to &&
            size <= range->to - offset) {
            return range->answer;
        }
    }
    return PCI_TAP_ANSWER_HARDWARE;
}
