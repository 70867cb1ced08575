/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of a device (see window-spec.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/pci_bridge.h"
#include "hw/vfio-trace/tap/window-spec.h"

/* The grammar numbers regions like the tap. */
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_ROM != (int)PCI_TAP_ROM);
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_VGA_MEMORY != (int)PCI_TAP_VGA_MEM);
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_VGA_3B0 != (int)PCI_TAP_VGA_3B0);
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_VGA_3C0 != (int)PCI_TAP_VGA_3C0);
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_CONFIG != (int)PCI_TAP_CONFIG);
QEMU_BUILD_BUG_ON((int)PCI_WINDOW_REGIONS != (int)PCI_TAP_REGIONS);

/* The grammar's bits for directions match the tap's numbers. */
QEMU_BUILD_BUG_ON(PCI_WINDOW_READ != 1 << PCI_TAP_READ);
QEMU_BUILD_BUG_ON(PCI_WINDOW_WRITE != 1 << PCI_TAP_WRITE);

/* The whole grammar */
static const PciWindowLimits tap_window_spec_limits = {
    .device_wide = true,
    .number_max = UINT64_MAX,
};

const char *pci_tap_region_word(int nr)
{
    return pci_window_region_word(nr);
}

/**
 * struct PCITapWindows: the property
 * @property: its name
 * @window: PciWindow, in the order given; NULL if it was not set
 */
struct PCITapWindows {
    const char *property;
    GArray *window;
};

static guint tap_window_spec_count(const PCITapWindows *windows)
{
    return windows->window ? windows->window->len : 0;
}

static const PciWindow *tap_window_spec_at(const PCITapWindows *windows,
                                           guint i)
{
    return &g_array_index(windows->window, PciWindow, i);
}

static PCITapWindow tap_window_spec_from(const PciWindow *w)
{
    return (PCITapWindow) {
        .nr = w->region,
        .whole = w->whole,
        .range = { .offset = w->offset, .len = w->len },
        .directions = w->directions,
    };
}

bool pci_tap_parse_number(const char *property, const char *part,
                          const char *what, const char *word,
                          uint64_t *number, Error **errp)
{
    g_autoptr(GError) err = NULL;

    if (!pci_window_number_parse(what, word, UINT64_MAX, number, &err)) {
        error_setg(errp, "%s: '%s': %s", property, part, err->message);
        return false;
    }
    return true;
}

PCITapWindows *pci_tap_windows_parse(const char *property, const char *text,
                                     Error **errp)
{
    g_autoptr(PCITapWindows) windows = g_new0(PCITapWindows, 1);
    g_autoptr(GError) err = NULL;

    windows->property = property;
    if (!text) {
        return g_steal_pointer(&windows);
    }
    if (!*text) {
        error_setg(errp,
                   "%s is empty; all, registers, or REGION[:OFFSET:LEN][:r|w|rw] joined by + expected",
                   property);
        return NULL;
    }
    windows->window = pci_window_list_parse(text, &tap_window_spec_limits,
                                            &err);
    if (!windows->window) {
        error_setg(errp, "%s: %s", property, err->message);
        return NULL;
    }
    return g_steal_pointer(&windows);
}

void pci_tap_windows_free(PCITapWindows *windows)
{
    if (windows) {
        g_clear_pointer(&windows->window, g_array_unref);
        g_free(windows);
    }
}

bool pci_tap_windows_all(const PCITapWindows *windows)
{
    return tap_window_spec_count(windows) == 1 &&
           tap_window_spec_at(windows, 0)->region == PCI_WINDOW_ALL &&
           tap_window_spec_at(windows, 0)->directions == PCI_WINDOW_BOTH;
}

bool pci_tap_windows_none(const PCITapWindows *windows)
{
    return !tap_window_spec_count(windows);
}

static char *tap_window_spec_name(int nr)
{
    switch (nr) {
    case 0 ... PCI_TAP_BARS - 1:
        return g_strdup_printf("BAR %d", nr);
    case PCI_TAP_ROM:
        return g_strdup("ROM");
    case PCI_TAP_CONFIG:
        return g_strdup("config space");
    default:
        return g_strdup("legacy VGA");
    }
}

/* Size, or 0 if the device has none; for PCI_WINDOW_VGA, 1 if it has one. */
static uint64_t tap_window_spec_size(PCIDevice *pdev, int nr)
{
    int vga = nr - PCI_TAP_VGA_MEM;

    if (nr == PCI_TAP_CONFIG) {
        return pci_config_size(pdev);
    }
    if (nr >= 0 && nr <= PCI_TAP_ROM) {
        return pdev->io_regions[nr].size;
    }
    if (!pdev->has_vga || IS_PCI_BRIDGE(pdev)) {
        return 0;
    }
    return nr == PCI_WINDOW_VGA ? 1
                                : memory_region_size(pdev->vga_regions[vga]);
}

bool pci_tap_window_fits(const PCITapWindow *w, PCIDevice *pdev, Error **errp)
{
    const char *id = DEVICE(pdev)->id ?: pdev->name;
    g_autofree char *name = tap_window_spec_name(w->nr);
    uint64_t size;

    if (w->nr == PCI_WINDOW_ALL || w->nr == PCI_WINDOW_REGISTERS) {
        return true;
    }
    size = tap_window_spec_size(pdev, w->nr);
    if (!size) {
        error_setg(errp, "device '%s' has no %s", id, name);
        return false;
    }
    if (!w->whole && (w->range.offset >= size ||
                      w->range.len > size - w->range.offset)) {
        error_setg(errp, "%s of device '%s' ends at 0x%" PRIx64, name, id,
                   size);
        return false;
    }
    return true;
}

bool pci_tap_windows_fit(const PCITapWindows *windows, PCIDevice *pdev,
                         Error **errp)
{
    ERRP_GUARD();
    guint i;

    for (i = 0; i < tap_window_spec_count(windows); i++) {
        const PciWindow *given = tap_window_spec_at(windows, i);
        PCITapWindow w = tap_window_spec_from(given);

        if (!pci_tap_window_fits(&w, pdev, errp)) {
            error_prepend(errp, "%s: '%s': ", windows->property, given->text);
            return false;
        }
    }
    return true;
}

static bool tap_window_spec_is_memory(PCIDevice *pdev, int region)
{
    PciWindowBar bars[PCI_WINDOW_BARS];
    int i;

    QEMU_BUILD_BUG_ON(PCI_WINDOW_BARS != PCI_TAP_BARS);
    for (i = 0; i < PCI_TAP_BARS; i++) {
        const PCIIORegion *r = &pdev->io_regions[i];

        bars[i] = (PciWindowBar) {
            .size = r->size,
            .memory = !(r->type & PCI_BASE_ADDRESS_SPACE_IO),
            .prefetch = r->type & PCI_BASE_ADDRESS_MEM_PREFETCH,
        };
    }
    return region < PCI_TAP_BARS && pci_window_is_memory(bars, region);
}

static bool tap_window_spec_is_of(const PCITapWindow *w, PCIDevice *pdev,
                                  int region)
{
    switch (w->nr) {
    case PCI_WINDOW_ALL:
        return region != PCI_TAP_CONFIG;
    case PCI_WINDOW_REGISTERS:
        return region != PCI_TAP_CONFIG &&
               !tap_window_spec_is_memory(pdev, region);
    case PCI_WINDOW_VGA:
        return region >= PCI_TAP_VGA_MEM && region <= PCI_TAP_VGA_3C0;
    default:
        return w->nr == region;
    }
}

GArray *pci_tap_windows_of(const PCITapWindows *windows, PCIDevice *pdev,
                           int region, uint64_t size, int direction)
{
    GArray *ranges = pci_tap_ranges_new();
    guint i;

    for (i = 0; i < tap_window_spec_count(windows); i++) {
        PCITapWindow w = tap_window_spec_from(tap_window_spec_at(windows, i));

        if (tap_window_spec_is_of(&w, pdev, region) &&
            (w.directions & 1 << direction)) {
            pci_tap_ranges_add(ranges, w.whole
                               ? (PCITapRange) { .len = size } : w.range);
        }
    }
    return ranges;
}
