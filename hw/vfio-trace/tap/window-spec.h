/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of a device
 *
 * The windows= property and its like: their grammar is libpcidev's
 * (libpcidev/window-spec.h).  Here is what they mean for a tap.
 *
 * A property is parsed before the device is there; whether the device has what
 * it names shows when it is.
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_SPEC_H
#define HW_VFIO_TRACE_TAP_WINDOW_SPEC_H

#include "hw/pci/pci_device.h"
#include "libpcidev/window-spec.h"
#include "hw/vfio-trace/tap/ranges.h"

typedef struct PCITapWindows PCITapWindows;

/* BARs of a device, which are its first regions */
#define PCI_TAP_BARS PCI_ROM_SLOT

/* The others, from PCI_TAP_BARS on */
enum {
    PCI_TAP_ROM = PCI_ROM_SLOT,
    PCI_TAP_VGA_MEM,
    PCI_TAP_VGA_3B0,
    PCI_TAP_VGA_3C0,
    PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_CONFIG = PCI_TAP_MEMORY_REGIONS,
    PCI_TAP_REGIONS,
};

/* Which accesses are meant; also indices of what there is one of for each */
enum {
    PCI_TAP_READ,
    PCI_TAP_WRITE,
    PCI_TAP_DIRECTIONS,
};

#define PCI_TAP_BOTH (1 << PCI_TAP_READ | 1 << PCI_TAP_WRITE)

/**
 * struct PCITapWindow: some accesses to a region
 * @nr: number of the region (tap.h), or a group of them (PciWindowRegion)
 * @whole: all of it
 * @range: otherwise, these bytes
 * @directions: a bit for each direction
 */
typedef struct PCITapWindow {
    int nr;
    bool whole;
    PCITapRange range;
    unsigned directions;
} PCITapWindow;

/**
 * pci_tap_windows_parse() - understand a property
 * @property: what it is called; must live as long as the windows
 * @text: the property; NULL is no windows
 * @errp: error that names the part that is wrong
 *
 * Return: the windows, to be freed
 */
PCITapWindows *pci_tap_windows_parse(const char *property, const char *text,
                                     Error **errp);

/**
 * pci_tap_windows_free() - free them
 * @windows: the windows, or NULL
 */
void pci_tap_windows_free(PCITapWindows *windows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapWindows, pci_tap_windows_free)

/**
 * pci_tap_windows_all() - is it "all"?
 * @windows: the windows
 */
bool pci_tap_windows_all(const PCITapWindows *windows);

/**
 * pci_tap_windows_none() - are there none?
 * @windows: the windows
 */
bool pci_tap_windows_none(const PCITapWindows *windows);

/**
 * pci_tap_windows_fit() - does the device have all that is named?
 * @windows: the windows
 * @pdev: the device, realized
 * @errp: error that names the part that it has not
 */
bool pci_tap_windows_fit(const PCITapWindows *windows, PCIDevice *pdev,
                         Error **errp);

/**
 * pci_tap_windows_of() - what is meant of a region
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
 * pci_tap_window_fits() - does the device have it?
 * @window: the window
 * @pdev: the device, realized
 * @errp: error that says what it has not
 */
bool pci_tap_window_fits(const PCITapWindow *window, PCIDevice *pdev,
                         Error **errp);

/**
 * pci_tap_region_word() - what the windows property calls a region
 * @nr: its number
 */
const char *pci_tap_region_word(int nr);

/**
 * pci_tap_parse_number() - understand a number in a property
 * @property: what the property is called
 * @part: the part of it, as it was given
 * @what: what the number is called
 * @word: the number: 4096, 0x1000, 4K
 * @number: where to store it
 * @errp: error that names all these
 *
 * Return: whether it is one
 */
bool pci_tap_parse_number(const char *property, const char *part,
                          const char *what, const char *word,
                          uint64_t *number, Error **errp);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_SPEC_H */
