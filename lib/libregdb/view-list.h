/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: index of the elements of one group, for a view
 */
#ifndef LIBREGDB_VIEW_LIST_H
#define LIBREGDB_VIEW_LIST_H

#include "libregdb/regdb.h"

struct RegDbView;

/* Behind all addresses: the end of what is repeated without end */
#define REGDB_LIST_NO_END UINT64_MAX

/**
 * struct RegDbListItem: an element that exists on the chip
 * @element: the element
 * @list: its children; of arrays, NULL until they are needed
 * @first: the group's first unit that the element may reach
 * @end: the unit behind the last one
 */
typedef struct RegDbListItem {
    const RegDbElement *element;
    struct RegDbList *list;
    uint64_t first;
    uint64_t end;
} RegDbListItem;

/**
 * struct RegDbList: index of the elements of a group
 * @items: those that exist on the chip, in the database's order
 * @n_items: number of @items
 * @first: the first unit that any of them may reach
 * @end: the unit behind the last one
 * @starts: where segments begin, ascending; each reaches to the next one
 * @n_starts: number of segments
 * @at: @n_starts + 1 places in @candidates: where those of a segment begin
 * @candidates: numbers of the items that reach into a segment, ascending
 */
typedef struct RegDbList {
    RegDbListItem *items;
    uint32_t n_items;
    uint64_t first;
    uint64_t end;
    uint64_t *starts;
    uint32_t n_starts;
    uint32_t *at;
    uint32_t *candidates;
} RegDbList;

/**
 * regdb_list_new() - make an index
 * @view: the view, for its variants
 * @elements: the elements
 * @n: number of them
 * @unit: bits of a unit
 */
RegDbList *regdb_list_new(const struct RegDbView *view,
                          RegDbElement *const *elements, uint32_t n,
                          unsigned unit);

/**
 * regdb_list_at() - get the elements that may be at an address
 * @list: the index
 * @address: the address in the group
 * @n: where to store the number of elements
 *
 * Return: numbers of items, ascending
 */
const uint32_t *regdb_list_at(const RegDbList *list, uint64_t address,
                              uint32_t *n);

/**
 * regdb_list_units() - get the units that a register takes
 * @element: the register
 * @unit: bits of a unit
 */
uint64_t regdb_list_units(const RegDbElement *element, unsigned unit);

/**
 * regdb_list_free() - free an index
 * @list: the index, or NULL
 */
void regdb_list_free(RegDbList *list);

#endif /* LIBREGDB_VIEW_LIST_H */
