/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: get accesses back from folded items
 */
#ifndef TESTS_UNIT_UNFOLD_H
#define TESTS_UNIT_UNFOLD_H

#include "tools/analysis/fold-types.h"

#include <glib.h>

/**
 * struct Unfolded: an access
 * @kind: MmtEntryKind
 * @width: bytes
 * @region: number of its region
 * @offset: offset in the region
 * @value: the value, if @kept
 * @kept: the fold kept it
 */
typedef struct Unfolded {
    uint8_t kind;
    uint8_t width;
    uint32_t region;
    uint64_t offset;
    uint64_t value;
    bool kept;
} Unfolded;

/**
 * unfold() - append the accesses of an item
 * @item: the item
 * @accesses: array of struct Unfolded
 */
void unfold(const FoldItem *item, GArray *accesses);

/**
 * unfold_equals() - compare with what was folded
 * @accesses: what unfold() has made
 * @entries: array of struct MmtEntry
 *
 * Return: whether operations, regions, offsets, widths and the values that were
 *         kept are those of @entries, in their order
 */
bool unfold_equals(const GArray *accesses, const GArray *entries);

#endif /* TESTS_UNIT_UNFOLD_H */
