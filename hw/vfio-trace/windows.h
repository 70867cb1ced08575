/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what of a device is traced
 *
 * The windows= property and its like: "all", or ranges BAR[:OFFSET:LEN], "rom"
 * and "vga", joined by "+".  What it says is understood before the device is
 * there; whether the device has it shows when it is.
 */
#ifndef HW_VFIO_TRACE_WINDOWS_H
#define HW_VFIO_TRACE_WINDOWS_H

#include "hw/pci/pci_device.h"

typedef struct PCITapWindows PCITapWindows;

/**
 * struct PCITapRange: some bytes of a BAR
 * @offset: of the first one
 * @len: their number
 */
typedef struct PCITapRange {
    uint64_t offset;
    uint64_t len;
} PCITapRange;

/**
 * pci_tap_windows_parse() - understand a windows= property
 * @property: what it is called; must live as long as the windows
 * @text: the property; NULL is "all"
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
 * pci_tap_windows_all() - is everything traced, whatever the device has?
 * @windows: the windows
 */
bool pci_tap_windows_all(const PCITapWindows *windows);

/**
 * pci_tap_windows_fit() - does the device have all that is named?
 * @windows: the windows
 * @pdev: the device, realized
 * @errp: error that names the part that it has not
 */
bool pci_tap_windows_fit(const PCITapWindows *windows, PCIDevice *pdev,
                         Error **errp);

/**
 * pci_tap_windows_of() - what is traced of a region
 * @windows: the windows; the device has them
 * @region: number of the region (tap.h)
 * @size: its size in bytes
 *
 * The guest's accesses can be told apart by the host's pages only: ranges
 * grow to whole ones.
 *
 * Return: PCITapRange, in order, with gaps between; empty if nothing is
 */
GArray *pci_tap_windows_of(const PCITapWindows *windows, int region,
                           uint64_t size);

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

#endif /* HW_VFIO_TRACE_WINDOWS_H */
