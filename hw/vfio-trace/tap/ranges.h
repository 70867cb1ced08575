/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: sets of bytes of a region
 *
 * A set is a sorted array of ranges with gaps between them.
 */
#ifndef HW_VFIO_TRACE_TAP_RANGES_H
#define HW_VFIO_TRACE_TAP_RANGES_H

/**
 * struct PCITapRange: consecutive bytes of a region
 * @offset: offset of the first byte
 * @len: number of bytes
 */
typedef struct PCITapRange {
    uint64_t offset;
    uint64_t len;
} PCITapRange;

/**
 * pci_tap_ranges_new() - make an empty set
 */
GArray *pci_tap_ranges_new(void);

/**
 * pci_tap_ranges_at() - get a range of a set
 * @ranges: the set
 * @i: its index, less than @ranges->len
 */
static inline const PCITapRange *pci_tap_ranges_at(const GArray *ranges,
                                                   guint i)
{
    return &g_array_index(ranges, PCITapRange, i);
}

/**
 * pci_tap_ranges_add() - add a range to a set
 * @ranges: the set
 * @range: the range; does not wrap
 */
void pci_tap_ranges_add(GArray *ranges, PCITapRange range);

/**
 * pci_tap_ranges_remove() - remove all bytes of a range from a set
 * @ranges: the set
 * @range: the range; does not wrap
 */
void pci_tap_ranges_remove(GArray *ranges, PCITapRange range);

/**
 * pci_tap_ranges_add_all() - add a set to another
 * @ranges: the set to change
 * @more: the set to add
 */
void pci_tap_ranges_add_all(GArray *ranges, const GArray *more);

/**
 * pci_tap_ranges_remove_all() - remove all bytes of a set from another
 * @ranges: the set to change
 * @less: the set to remove
 */
void pci_tap_ranges_remove_all(GArray *ranges, const GArray *less);

/**
 * pci_tap_ranges_touch() - is any byte of a range in the set?
 * @ranges: the set
 * @offset: start of the range
 * @len: length of the range
 */
bool pci_tap_ranges_touch(const GArray *ranges, uint64_t offset, uint64_t len);

/**
 * pci_tap_ranges_cover() - are all bytes of a range in the set?
 * @ranges: the set
 * @offset: start of the range
 * @len: length of the range, at least 1
 */
bool pci_tap_ranges_cover(const GArray *ranges, uint64_t offset, uint64_t len);

/**
 * pci_tap_ranges_equal() - are two sets the same?
 * @a: one set
 * @b: the other
 */
bool pci_tap_ranges_equal(const GArray *a, const GArray *b);

/**
 * pci_tap_ranges_pages() - host pages in which a set has bytes
 * @ranges: the set
 * @size: size of the region in bytes: whole pages, or less than a page; the
 *        latter is not divided
 *
 * Return: a set of whole pages
 */
GArray *pci_tap_ranges_pages(const GArray *ranges, uint64_t size);

#endif /* HW_VFIO_TRACE_TAP_RANGES_H */
