/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: grammar of windows
 *
 * A window names some accesses to a PCI device:
 *
 *     REGION[:OFFSET:LEN][:r|w|rw]
 *
 * REGION is a BAR ("0" or "bar0" to "5" or "bar5"), "rom", "config",
 * "vga-memory", "vga-3b0", "vga-3c0", or a group of regions: "vga" for the
 * three of legacy VGA, "all" for everything but config space, "registers" for
 * the same without BARs of memory (pci_window_is_memory()).  OFFSET and LEN are
 * bytes of one region (4096, 0x1000, 4K); "r" stands for reads, "w" for writes.
 * Several windows are joined by "+".
 *
 * The parser does not know the device: the caller has to check that the device
 * has these bytes.
 */
#ifndef LIBPCIDEV_WINDOW_SPEC_H
#define LIBPCIDEV_WINDOW_SPEC_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PCI_WINDOW_ERROR pci_window_error_quark()

/**
 * pci_window_error_quark() - error domain of PciWindowError
 */
GQuark pci_window_error_quark(void);

typedef enum PciWindowError {
    PCI_WINDOW_ERROR_FORM,      /* not REGION[:OFFSET:LEN][:r|w|rw] */
    PCI_WINDOW_ERROR_REGION,    /* no such region, or a range of a group */
    PCI_WINDOW_ERROR_NUMBER,    /* not a number, or one that is too large */
} PciWindowError;

/* Regions; BARs 0 to 5 are the first.  Groups of regions come last. */
typedef enum PciWindowRegion {
    PCI_WINDOW_BAR0,
    PCI_WINDOW_BAR1,
    PCI_WINDOW_BAR2,
    PCI_WINDOW_BAR3,
    PCI_WINDOW_BAR4,
    PCI_WINDOW_BAR5,
    PCI_WINDOW_ROM,
    PCI_WINDOW_VGA_MEMORY,
    PCI_WINDOW_VGA_3B0,
    PCI_WINDOW_VGA_3C0,
    PCI_WINDOW_CONFIG,
    PCI_WINDOW_REGIONS,
    PCI_WINDOW_VGA = PCI_WINDOW_REGIONS,
    PCI_WINDOW_ALL,
    PCI_WINDOW_REGISTERS,
} PciWindowRegion;

/* BARs of a device; the expansion ROM is none */
#define PCI_WINDOW_BARS 6

/**
 * struct PciWindowBar: a BAR
 * @size: bytes; 0 if there is no such BAR
 * @memory: memory, not I/O ports
 * @prefetch: prefetchable
 */
typedef struct PciWindowBar {
    uint64_t size;
    bool memory;
    bool prefetch;
} PciWindowBar;

/**
 * pci_window_is_memory() - does a BAR have memory, as a frame buffer?
 * @bars: all BARs of the device
 * @n: the BAR
 *
 * Such BARs are not in "registers".  They are large and prefetchable; but so
 * are the registers of many devices that have no other BAR for them: network
 * cards (Intel's X710, Mellanox's ConnectX), Intel's Arc, NVIDIA's H100.  A
 * device without a BAR that is not prefetchable has its registers in the first
 * one.
 */
bool pci_window_is_memory(const PciWindowBar bars[PCI_WINDOW_BARS],
                          unsigned n);

/* Directions of accesses */
typedef enum PciWindowDirection {
    PCI_WINDOW_READ = 1 << 0,
    PCI_WINDOW_WRITE = 1 << 1,
    PCI_WINDOW_BOTH = PCI_WINDOW_READ | PCI_WINDOW_WRITE,
} PciWindowDirection;

/**
 * struct PciWindow: a window
 * @text: as it was given
 * @region: its region, or a group of regions
 * @whole: the window is the whole region; always true for a group
 * @offset: if not @whole, offset of the first byte
 * @len: if not @whole, number of bytes, which is not 0
 * @directions: directions of the accesses
 */
typedef struct PciWindow {
    char *text;
    PciWindowRegion region;
    bool whole;
    uint64_t offset;
    uint64_t len;
    PciWindowDirection directions;
} PciWindow;

/**
 * struct PciWindowLimits: the part of the grammar that a caller can use
 * @device_wide: "all" and "registers" are regions
 * @number_max: the largest OFFSET and LEN
 */
typedef struct PciWindowLimits {
    bool device_wide;
    uint64_t number_max;
} PciWindowLimits;

/**
 * pci_window_parse() - parse one window
 * @text: the window
 * @limits: the part of the grammar that the caller can use
 * @window: where to store it; pci_window_clear() frees its contents, also after
 *          an error
 * @error: error that quotes @text and says what is expected
 *
 * Return: true, or false on error
 */
bool pci_window_parse(const char *text, const PciWindowLimits *limits,
                      PciWindow *window, GError **error);

/**
 * pci_window_clear() - free the contents of a window
 * @window: the window
 */
void pci_window_clear(PciWindow *window);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PciWindow, pci_window_clear)

/**
 * pci_window_list_parse() - parse windows that are joined by "+"
 * @text: the windows
 * @limits: the part of the grammar that the caller can use
 * @error: error that quotes the invalid window
 *
 * Return: an array of PciWindow in the order of @text, to be freed with
 *         g_array_unref(); or NULL on error
 */
GArray *pci_window_list_parse(const char *text, const PciWindowLimits *limits,
                              GError **error);

/**
 * pci_window_number_parse() - parse a number of bytes
 * @what: name of the number, for the error
 * @word: the number: 4096, 0x1000, 4K, 1.5M
 * @max: the largest number that is allowed
 * @number: where to store it
 * @error: error that quotes @word
 *
 * Units are B, K, M, G, T, P and E, in upper or lower case; hexadecimal
 * numbers have none.
 *
 * Return: true, or false on error
 */
bool pci_window_number_parse(const char *what, const char *word, uint64_t max,
                             uint64_t *number, GError **error);

/**
 * pci_window_region_word() - the grammar's word for a region
 * @region: the region, or a group
 *
 * Return: a constant text
 */
const char *pci_window_region_word(PciWindowRegion region);

#endif /* LIBPCIDEV_WINDOW_SPEC_H */
