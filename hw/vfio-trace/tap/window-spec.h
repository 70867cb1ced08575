/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of the kind of windows=
 *
 * libpcidev parses the grammar (libpcidev/window-spec.h); this file applies it
 * to a device's regions.
 *
 * A property is parsed before the device exists, and checked against the device
 * when it does.
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_SPEC_H
#define HW_VFIO_TRACE_TAP_WINDOW_SPEC_H

#include "hw/pci/pci_device.h"
#include "libpcidev/window-spec.h"
#include "hw/vfio-trace/tap/ranges.h"

typedef struct PCITapWindows PCITapWindows;

/* BARs of a device, which are its first regions */
#define PCI_TAP_BARS PCI_ROM_SLOT

/* The other regions, from PCI_TAP_BARS on */
enum {
    PCI_TAP_ROM = PCI_ROM_SLOT,
    PCI_TAP_VGA_MEM,
    PCI_TAP_VGA_3B0,
    PCI_TAP_VGA_3C0,
    PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_CONFIG = PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_REGIONS,
};

/* Directions of accesses; also used as array indices */
enum {
    PCI_TAP_READ,
    PCI_TAP_WRITE,
    PCI_TAP_DIRECTIONS,
};

#define PCI_TAP_BOTH (1 << PCI_TAP_READ | 1 << PCI_TAP_WRITE)

/**
 * struct PCITapWindow: some accesses to a region
 * @nr: number of the region (tap.h), or a group of them (PciWindowRegion)
 * @whole: the whole region
 * @range: the bytes, if not @whole
 * @directions: a bit for each direction
 */
typedef struct PCITapWindow {
    int nr;
    bool whole;
    PCITapRange range;
    unsigned directions;
} PCITapWindow;

/**
 * pci_tap_windows_parse() - parse a property
 * @property: its name; must live as long as the windows
 * @text: the property's value; NULL for no windows
 * @errp: error that names the invalid part
 *
 * Return: the windows, to be freed
 */
PCITapWindows *pci_tap_windows_parse(const char *property, const char *text,
                                     Error **errp);

/**
 * pci_tap_windows_free() - free windows
 * @windows: the windows, or NULL
 */
void pci_tap_windows_free(PCITapWindows *windows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapWindows, pci_tap_windows_free)

/**
 * pci_tap_windows_all() - are all accesses meant ("all")?
 * @windows: the windows
 */
bool pci_tap_windows_all(const PCITapWindows *windows);

/**
 * pci_tap_windows_none() - is the property empty?
 * @windows: the windows
 */
bool pci_tap_windows_none(const PCITapWindows *windows);

/**
 * pci_tap_windows_fit() - does the device have all windows?
 * @windows: the windows
 * @pdev: the device, realized
 * @errp: error that names the part that the device lacks
 */
bool pci_tap_windows_fit(const PCITapWindows *windows, PCIDevice *pdev,
                         Error **errp);

/**
 * pci_tap_windows_of() - bytes of a region that windows name
 * @windows: the windows; the device has them
 * @pdev: the device
 * @region: number of the region
 * @size: its size in bytes
 * @direction: PCI_TAP_READ or PCI_TAP_WRITE
 *
 * Return: a set of bytes
 */
GArray *pci_tap_windows_of(const PCITapWindows *windows, PCIDevice *pdev,
                           int region, uint64_t size, int direction);

/**
 * pci_tap_window_fits() - does the device have a window?
 * @window: the window
 * @pdev: the device, realized
 * @errp: error that says what the device lacks
 */
bool pci_tap_window_fits(const PCITapWindow *window, PCIDevice *pdev,
                         Error **errp);

/**
 * pci_tap_region_word() - name of a region in the windows property
 * @nr: its number
 */
const char *pci_tap_region_word(int nr);

/**
 * pci_tap_parse_number() - parse a number in a property
 * @property: name of the property
 * @part: the part of it, as it was given
 * @what: name of the number
 * @word: the number: 4096, 0x1000, 4K
 * @number: gets the value
 * @errp: error with all these names
 *
 * Return: whether @word is a valid number
 */
bool pci_tap_parse_number(const char *property, const char *part,
                          const char *what, const char *word,
                          uint64_t *number, Error **errp);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_SPEC_H */
