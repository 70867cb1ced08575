/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: sets of bytes of a region
 *
 * A set is an array of ranges, in order, with gaps between.
 */
#ifndef HW_VFIO_TRACE_TAP_RANGES_H
#define HW_VFIO_TRACE_TAP_RANGES_H

/**
 * struct PCITapRange: some bytes of a region
 * @offset: of the first one
 * @len: their number
 */
typedef struct PCITapRange {
    uint64_t offset;
    uint64_t len;
} PCITapRange;

/**
 * pci_tap_ranges_new() - the empty set
 */
GArray *pci_tap_ranges_new(void);

/**
 * pci_tap_ranges_at() - one of the ranges
 * @ranges: the set
 * @i: which one, below @ranges->len
 */
static inline const PCITapRange *pci_tap_ranges_at(const GArray *ranges,
                                                   guint i)
{
    return &g_array_index(ranges, PCITapRange, i);
}

/**
 * pci_tap_ranges_add() - let a range be in the set
 * @ranges: the set
 * @range: the range; does not wrap
 */
void pci_tap_ranges_add(GArray *ranges, PCITapRange range);

/**
 * pci_tap_ranges_remove() - let no byte of a range be in the set
 * @ranges: the set
 * @range: the range; does not wrap
 */
void pci_tap_ranges_remove(GArray *ranges, PCITapRange range);

/**
 * pci_tap_ranges_add_all() - let a set be in another
 * @ranges: the set that grows
 * @more: the other one
 */
void pci_tap_ranges_add_all(GArray *ranges, const GArray *more);

/**
 * pci_tap_ranges_remove_all() - let nothing of a set be in another
 * @ranges: the set that shrinks
 * @less: the other one
 */
void pci_tap_ranges_remove_all(GArray *ranges, const GArray *less);

/**
 * pci_tap_ranges_touch() - is any byte of a range in the set?
 * @ranges: the set
 * @offset: of the range
 * @len: its bytes
 */
bool pci_tap_ranges_touch(const GArray *ranges, uint64_t offset, uint64_t len);

/**
 * pci_tap_ranges_cover() - are all bytes of a range in the set?
 * @ranges: the set
 * @offset: of the range
 * @len: its bytes, at least one
 */
bool pci_tap_ranges_cover(const GArray *ranges, uint64_t offset, uint64_t len);

/**
 * pci_tap_ranges_equal() - are two sets the same?
 * @a: one set
 * @b: the other
 */
bool pci_tap_ranges_equal(const GArray *a, const GArray *b);

/**
 * pci_tap_ranges_pages() - the pages of the host in which a set has bytes
 * @ranges: the set
 * @size: of the region, whole pages; one that is smaller than a page is taken
 *        whole
 *
 * Return: a set of whole pages
 */
GArray *pci_tap_ranges_pages(const GArray *ranges, uint64_t size);

#endif /* HW_VFIO_TRACE_TAP_RANGES_H */
