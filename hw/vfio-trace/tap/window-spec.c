/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser of windows= (see window-spec.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/units.h"
#include "hw/pci/pci_bridge.h"
#include "hw/vfio-trace/tap/window-spec.h"

/*
 * Of BARs that hold registers those that are prefetchable are small: a page
 * for virtio, 2 MiB of doorbells for AMD's GPUs.
 */
#define LARGE_BAR (4 * MiB)

/* Of a part: regions of which there are several, in place of a number */
enum {
    NAME_VGA = -1,
    NAME_ALL = -2,
    NAME_REGISTERS = -3,
};

static const struct {
    const char *word;
    int nr;
    bool ranges;            /* of which a range may be given */
} names[] = {
    { "0", 0, true },
    { "1", 1, true },
    { "2", 2, true },
    { "3", 3, true },
    { "4", 4, true },
    { "5", 5, true },
    { "rom", PCI_TAP_ROM, true },
    { "config", PCI_TAP_CONFIG, true },
    { "vga-memory", PCI_TAP_VGA_MEM, true },
    { "vga-3b0", PCI_TAP_VGA_3B0, true },
    { "vga-3c0", PCI_TAP_VGA_3C0, true },
    { "vga", NAME_VGA, false },
    { "all", NAME_ALL, false },
    { "registers", NAME_REGISTERS, false },
};

const char *pci_tap_region_word(int nr)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].nr == nr) {
            return names[i].word;
        }
    }
    g_assert_not_reached();
}

/**
 * struct Part: one part of a property
 * @text: as it was given
 * @window: as it was understood; @nr may be one of the names above
 */
typedef struct Part {
    char *text;
    PCITapWindow window;
} Part;

/**
 * struct PCITapWindows: the property
 * @property: what it is called
 * @part: Part, as given
 */
struct PCITapWindows {
    const char *property;
    GArray *part;
};

static const Part *tap_window_spec_part_at(const PCITapWindows *windows,
                                           guint i)
{
    return &g_array_index(windows->part, Part, i);
}

/* qemu_strtosz() would take blanks and a sign before the number. */
bool pci_tap_parse_number(const char *property, const char *part,
                          const char *what, const char *word,
                          uint64_t *number, Error **errp)
{
    if (!g_ascii_isdigit(*word) || qemu_strtosz(word, NULL, number) < 0) {
        error_setg(errp,
                   "%s: '%s': %s is '%s'; a number like 4096, 0x1000 or 4K expected",
                   property, part, what, word);
        return false;
    }
    return true;
}

static bool tap_window_spec_parse_region(const char *property, const char *word,
                                         Part *part, Error **errp)
{
    PCITapWindow *w = &part->window;
    int i;

    for (i = 0; i < ARRAY_SIZE(names); i++) {
        if (g_str_equal(names[i].word, word)) {
            break;
        }
    }
    if (i == ARRAY_SIZE(names)) {
        error_setg(errp,
                   "%s: '%s': BAR is '%s'; 0 to 5, rom, vga, vga-memory, vga-3b0, vga-3c0, config, all or registers expected",
                   property, part->text, word);
        return false;
    }
    if (!w->whole && !names[i].ranges) {
        error_setg(errp, "%s: '%s': there are no ranges of %s", property,
                   part->text, word);
        return false;
    }
    w->nr = names[i].nr;
    return true;
}

static bool tap_window_spec_parse_range(const char *property, char **word,
                                        Part *part, Error **errp)
{
    PCITapRange *range = &part->window.range;

    if (!pci_tap_parse_number(property, part->text, "OFFSET", word[0],
                              &range->offset, errp) ||
        !pci_tap_parse_number(property, part->text, "LEN", word[1],
                              &range->len, errp)) {
        return false;
    }
    if (!range->len) {
        error_setg(errp, "%s: '%s': LEN is 0", property, part->text);
        return false;
    }
    return true;
}

/* Returns 0 if it is none. */
static unsigned tap_window_spec_parse_directions(const char *word)
{
    static const char *const directions[] = {
        [1 << PCI_TAP_READ] = "r",
        [1 << PCI_TAP_WRITE] = "w",
        [PCI_TAP_BOTH] = "rw",
    };
    unsigned i;

    for (i = 1; i < ARRAY_SIZE(directions); i++) {
        if (g_str_equal(directions[i], word)) {
            return i;
        }
    }
    return 0;
}

static bool tap_window_spec_parse_part(const char *property, Part *part,
                                       Error **errp)
{
    g_auto(GStrv) word = g_strsplit(part->text, ":", -1);
    unsigned words = g_strv_length(word);
    PCITapWindow *w = &part->window;

    w->directions = PCI_TAP_BOTH;
    if (words > 1 && tap_window_spec_parse_directions(word[words - 1])) {
        w->directions = tap_window_spec_parse_directions(word[--words]);
    }
    if (words != 1 && words != 3) {
        error_setg(errp, "%s: '%s' is not REGION[:OFFSET:LEN][:r|w|rw]",
                   property, part->text);
        return false;
    }
    w->whole = words == 1;
    return tap_window_spec_parse_region(property, word[0], part, errp) &&
           (w->whole ||
            tap_window_spec_parse_range(property, word + 1, part, errp));
}

static void tap_window_spec_part_clear(gpointer p)
{
    g_free(((Part *)p)->text);
}

PCITapWindows *pci_tap_windows_parse(const char *property, const char *text,
                                     Error **errp)
{
    g_autoptr(PCITapWindows) windows = g_new0(PCITapWindows, 1);
    g_auto(GStrv) text_of = NULL;
    int i;

    windows->property = property;
    windows->part = g_array_new(false, true, sizeof(Part));
    g_array_set_clear_func(windows->part, tap_window_spec_part_clear);
    if (!text) {
        return g_steal_pointer(&windows);
    }
    if (!*text) {
        error_setg(errp,
                   "%s is empty; all, registers, or REGION[:OFFSET:LEN][:r|w|rw] joined by + expected",
                   property);
        return NULL;
    }
    text_of = g_strsplit(text, "+", -1);
    for (i = 0; text_of[i]; i++) {
        Part part = { .text = g_strdup(text_of[i]) };
        bool ok = tap_window_spec_parse_part(property, &part, errp);

        g_array_append_val(windows->part, part);
        if (!ok) {
            return NULL;
        }
    }
    return g_steal_pointer(&windows);
}

void pci_tap_windows_free(PCITapWindows *windows)
{
    if (windows) {
        g_array_unref(windows->part);
        g_free(windows);
    }
}

bool pci_tap_windows_all(const PCITapWindows *windows)
{
    return windows->part->len == 1 &&
           tap_window_spec_part_at(windows, 0)->window.nr == NAME_ALL &&
           tap_window_spec_part_at(windows, 0)->window.directions ==
           PCI_TAP_BOTH;
}

bool pci_tap_windows_none(const PCITapWindows *windows)
{
    return !windows->part->len;
}

static char *tap_window_spec_name_of(int nr)
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

/* Returns 0 if the device has none; for NAME_VGA, whether it has. */
static uint64_t tap_window_spec_size_of(PCIDevice *pdev, int nr)
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
    return nr == NAME_VGA ? 1 : memory_region_size(pdev->vga_regions[vga]);
}

bool pci_tap_window_fits(const PCITapWindow *w, PCIDevice *pdev, Error **errp)
{
    const char *id = DEVICE(pdev)->id ?: pdev->name;
    g_autofree char *name = tap_window_spec_name_of(w->nr);
    uint64_t size;

    if (w->nr == NAME_ALL || w->nr == NAME_REGISTERS) {
        return true;
    }
    size = tap_window_spec_size_of(pdev, w->nr);
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

    for (i = 0; i < windows->part->len; i++) {
        if (!pci_tap_window_fits(&tap_window_spec_part_at(windows, i)->window,
                                 pdev, errp)) {
            error_prepend(errp, "%s: '%s': ", windows->property,
                          tap_window_spec_part_at(windows, i)->text);
            return false;
        }
    }
    return true;
}

static bool tap_window_spec_is_large(PCIDevice *pdev, int region)
{
    return region < PCI_TAP_BARS &&
           (pdev->io_regions[region].type & PCI_BASE_ADDRESS_MEM_PREFETCH) &&
           !(pdev->io_regions[region].type & PCI_BASE_ADDRESS_SPACE_IO) &&
           pdev->io_regions[region].size >= LARGE_BAR;
}

static bool tap_window_spec_is_of(const PCITapWindow *w, PCIDevice *pdev,
                                  int region)
{
    switch (w->nr) {
    case NAME_ALL:
        return region != PCI_TAP_CONFIG;
    case NAME_REGISTERS:
        return region != PCI_TAP_CONFIG &&
               !tap_window_spec_is_large(pdev, region);
    case NAME_VGA:
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

    for (i = 0; i < windows->part->len; i++) {
        const PCITapWindow *w = &tap_window_spec_part_at(windows, i)->window;

        if (tap_window_spec_is_of(w, pdev, region) &&
            (w->directions & 1 << direction)) {
            pci_tap_ranges_add(ranges, w->whole
                               ? (PCITapRange) { .len = size } : w->range);
        }
    }
    return ranges;
}
