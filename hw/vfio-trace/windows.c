/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what of a device is traced (see windows.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "hw/pci/pci_bridge.h"
#include "tap.h"

/* Of struct Window: the three regions of legacy VGA */
#define WINDOW_VGA -1

/**
 * struct Window: one part of the property
 * @text: the part as it was given
 * @region: number of the region, or WINDOW_VGA
 * @whole: all of that
 * @range: otherwise, what of it
 */
typedef struct Window {
    char *text;
    int region;
    bool whole;
    PCITapRange range;
} Window;

/**
 * struct PCITapWindows: the property
 * @property: what it is called
 * @all: it is "all"
 * @window: Window, as given
 */
struct PCITapWindows {
    const char *property;
    bool all;
    GArray *window;
};

/* qemu_strtosz() would take blanks and a sign before the number. */
bool pci_tap_parse_number(const char *property, const char *part,
                          const char *what, const char *word,
                          uint64_t *number, Error **errp)
{
    if (!g_ascii_isdigit(*word) || qemu_strtosz(word, NULL, number) < 0) {
        error_setg(errp, "%s: '%s': %s is '%s'; a number like 4096, 0x1000 or "
                   "4K expected", property, part, what, word);
        return false;
    }
    return true;
}

static bool parse_region(const char *property, const char *word, Window *w,
                         Error **errp)
{
    if (w->whole && g_str_equal(word, "rom")) {
        w->region = PCI_TAP_ROM;
    } else if (w->whole && g_str_equal(word, "vga")) {
        w->region = WINDOW_VGA;
    } else if (word[0] < '0' || word[0] > '5' || word[1]) {
        error_setg(errp, "%s: '%s': BAR is '%s'; 0 to 5%s expected", property,
                   w->text, word, w->whole ? ", rom or vga" : "");
        return false;
    } else {
        w->region = word[0] - '0';
    }
    return true;
}

static bool parse_range(const char *property, char **word, Window *w,
                        Error **errp)
{
    PCITapRange *range = &w->range;

    if (!pci_tap_parse_number(property, w->text, "OFFSET", word[0],
                              &range->offset, errp) ||
        !pci_tap_parse_number(property, w->text, "LEN", word[1], &range->len,
                              errp)) {
        return false;
    }
    if (!range->len) {
        error_setg(errp, "%s: '%s': LEN is 0", property, w->text);
        return false;
    }
    return true;
}

static bool parse_window(const char *property, Window *w, Error **errp)
{
    g_auto(GStrv) word = g_strsplit(w->text, ":", -1);
    unsigned words = g_strv_length(word);

    if (words != 1 && words != 3) {
        error_setg(errp, "%s: '%s' is not BAR or BAR:OFFSET:LEN, nor is "
                   "it \"all\" alone", property, w->text);
        return false;
    }
    w->whole = words == 1;
    return parse_region(property, word[0], w, errp) &&
           (w->whole || parse_range(property, word + 1, w, errp));
}

static void window_clear(gpointer p)
{
    g_free(((Window *)p)->text);
}

PCITapWindows *pci_tap_windows_parse(const char *property, const char *text,
                                     Error **errp)
{
    g_autoptr(PCITapWindows) windows = g_new0(PCITapWindows, 1);
    g_auto(GStrv) part = NULL;
    int i;

    windows->property = property;
    windows->window = g_array_new(false, true, sizeof(Window));
    g_array_set_clear_func(windows->window, window_clear);
    windows->all = !text || !strcmp(text, "all");
    if (windows->all) {
        return g_steal_pointer(&windows);
    }
    if (!*text) {
        error_setg(errp, "%s is empty; \"all\" or BAR[:OFFSET:LEN] expected",
                   property);
        return NULL;
    }
    part = g_strsplit(text, "+", -1);
    for (i = 0; part[i]; i++) {
        Window w = { .text = g_strdup(part[i]) };
        bool ok = parse_window(property, &w, errp);

        g_array_append_val(windows->window, w);
        if (!ok) {
            return NULL;
        }
    }
    return g_steal_pointer(&windows);
}

void pci_tap_windows_free(PCITapWindows *windows)
{
    if (windows) {
        g_array_unref(windows->window);
        g_free(windows);
    }
}

bool pci_tap_windows_all(const PCITapWindows *windows)
{
    return windows->all;
}

static bool window_fits(const PCITapWindows *windows, const Window *w,
                        PCIDevice *pdev, Error **errp)
{
    const char *name = DEVICE(pdev)->id ?: pdev->name;
    uint64_t size;

    if (w->region == WINDOW_VGA || w->region == PCI_TAP_ROM) {
        bool has = w->region == WINDOW_VGA
                   ? pdev->has_vga && !IS_PCI_BRIDGE(pdev)
                   : pdev->io_regions[PCI_ROM_SLOT].size > 0;

        if (!has) {
            error_setg(errp, "%s: '%s': device '%s' has none",
                       windows->property, w->text, name);
        }
        return has;
    }
    size = pdev->io_regions[w->region].size;
    if (!size) {
        error_setg(errp, "%s: '%s': device '%s' has no BAR %d",
                   windows->property, w->text, name, w->region);
        return false;
    }
    if (!w->whole && (w->range.offset >= size ||
                      w->range.len > size - w->range.offset)) {
        error_setg(errp, "%s: '%s': BAR %d of device '%s' ends at 0x%" PRIx64,
                   windows->property, w->text, w->region, name, size);
        return false;
    }
    return true;
}

bool pci_tap_windows_fit(const PCITapWindows *windows, PCIDevice *pdev,
                         Error **errp)
{
    guint i;

    for (i = 0; i < windows->window->len; i++) {
        const Window *w = &g_array_index(windows->window, Window, i);

        if (!window_fits(windows, w, pdev, errp)) {
            return false;
        }
    }
    return true;
}

/* BARs are of a power of two: a whole number of pages, or less than one. */
static PCITapRange to_pages(const Window *w, uint64_t size)
{
    uint64_t page = qemu_real_host_page_size();
    uint64_t first, end;

    if (w->whole || size < page) {
        return (PCITapRange) { .len = size };
    }
    first = ROUND_DOWN(w->range.offset, page);
    end = ROUND_UP(w->range.offset + w->range.len, page);
    return (PCITapRange) { .offset = first, .len = end - first };
}

static gint by_offset(gconstpointer a, gconstpointer b)
{
    const PCITapRange *x = a;
    const PCITapRange *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Let ranges that overlap or meet become one. */
static void merge(GArray *ranges)
{
    guint out = 0;
    guint i;

    g_array_sort(ranges, by_offset);
    for (i = 1; i < ranges->len; i++) {
        PCITapRange *last = &g_array_index(ranges, PCITapRange, out);
        PCITapRange *next = &g_array_index(ranges, PCITapRange, i);
        uint64_t last_end = last->offset + last->len;
        uint64_t next_end = next->offset + next->len;

        if (next->offset <= last_end) {
            last->len = MAX(last_end, next_end) - last->offset;
        } else {
            g_array_index(ranges, PCITapRange, ++out) = *next;
        }
    }
    if (ranges->len) {
        g_array_set_size(ranges, out + 1);
    }
}

static bool window_is_of(const Window *w, int region)
{
    return w->region == region ||
           (w->region == WINDOW_VGA && region >= PCI_TAP_VGA_MEM &&
            region <= PCI_TAP_VGA_3C0);
}

GArray *pci_tap_windows_of(const PCITapWindows *windows, int region,
                           uint64_t size)
{
    GArray *ranges = g_array_new(false, false, sizeof(PCITapRange));
    PCITapRange whole = { .len = size };
    guint i;

    if (windows->all) {
        g_array_append_val(ranges, whole);
    }
    for (i = 0; i < windows->window->len; i++) {
        const Window *w = &g_array_index(windows->window, Window, i);

        if (window_is_of(w, region)) {
            PCITapRange range = to_pages(w, size);

            g_array_append_val(ranges, range);
        }
    }
    merge(ranges);
    return ranges;
}
