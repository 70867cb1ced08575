/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of the command line in QMP's words (see window-parse.h)
 */
#include "tools/control/window-parse.h"
#include "libpcidev/window-spec.h"

#include <string.h>

/* QMP's names of regions */
static const char *const names[][WINDOW_REGIONS_MAX + 1] = {
    [PCI_WINDOW_BAR0] = { "bar0" },
    [PCI_WINDOW_BAR1] = { "bar1" },
    [PCI_WINDOW_BAR2] = { "bar2" },
    [PCI_WINDOW_BAR3] = { "bar3" },
    [PCI_WINDOW_BAR4] = { "bar4" },
    [PCI_WINDOW_BAR5] = { "bar5" },
    [PCI_WINDOW_ROM] = { "rom" },
    [PCI_WINDOW_CONFIG] = { "config" },
    [PCI_WINDOW_VGA_MEMORY] = { "vga-memory" },
    [PCI_WINDOW_VGA_3B0] = { "vga-3b0" },
    [PCI_WINDOW_VGA_3C0] = { "vga-3c0" },
    [PCI_WINDOW_VGA] = { "vga-memory", "vga-3b0", "vga-3c0" },
};

/* And of directions */
static const char *const directions[] = {
    [PCI_WINDOW_READ] = "read",
    [PCI_WINDOW_WRITE] = "write",
    [PCI_WINDOW_BOTH] = "both",
};

/* QMP has no region for the whole device; JSON's numbers are signed here. */
static const PciWindowLimits limits = {
    .device_wide = false,
    .number_max = INT64_MAX,
};

bool window_parse(const char *text, WindowSpec *window, GError **error)
{
    g_auto(PciWindow) parsed = { 0 };

    *window = (WindowSpec) { .text = text };
    if (!pci_window_parse(text, &limits, &parsed, error)) {
        return false;
    }
    memcpy(window->regions, names[parsed.region], sizeof(window->regions));
    window->whole = parsed.whole;
    window->offset = parsed.offset;
    window->length = parsed.len;
    window->direction = directions[parsed.directions];
    return true;
}
