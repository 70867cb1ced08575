/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: index of the elements of one group (see view-list.h) */
#include "libregdb/view-list.h"

#include <string.h>

#include "libregdb/view-internal.h"

/* More elements than this at one place: all are tried, one by one */
#define ACTIVE_MAX 1024

uint64_t regdb_list_units(const RegDbElement *element, unsigned unit)
{
    return MAX(element->bits / unit, 1);
}

/* What an element reaches, from its own offset on: one repetition */
static void list_extent(const RegDbListItem *item, unsigned unit,
                        uint64_t *first, uint64_t *end)
{
    const RegDbElement *element = item->element;

    *first = *end = 0;
    switch (element->kind) {
    case REGDB_REGISTER:
        *end = regdb_list_units(element, unit);
        break;
    case REGDB_ARRAY:
        *end = element->stride ?: REGDB_LIST_NO_END;
        break;
    case REGDB_STRIPE:
        *first = item->list->first;
        *end = item->list->end;
        break;
    }
}

static uint64_t list_add(uint64_t a, uint64_t b)
{
    return a > REGDB_LIST_NO_END - b ? REGDB_LIST_NO_END : a + b;
}

static void list_span(RegDbListItem *item, unsigned unit)
{
    const RegDbElement *element = item->element;
    uint64_t first, end, offset, i;

    list_extent(item, unit, &first, &end);
    if (first == end) {
        /* nothing in it */
        item->first = item->end = 0;
        return;
    }
    if (element->offsets) {
        item->first = REGDB_LIST_NO_END;
        item->end = 0;
        for (i = 0; i < element->length; i++) {
            offset = element->offsets[i];
            item->first = MIN(item->first, list_add(offset, first));
            item->end = MAX(item->end, list_add(offset, end));
        }
        return;
    }
    item->first = list_add(element->offset, first);
    item->end = !element->length ? REGDB_LIST_NO_END :
                list_add(element->offset + element->stride *
                         (element->length - 1), end);
}

typedef struct Edge {
    uint64_t address;
    uint32_t item;
    bool begins;
} Edge;

static int list_compare_edges(const void *a, const void *b)
{
    const Edge *x = a, *y = b;

    return x->address < y->address ? -1 : x->address > y->address;
}

static uint32_t *list_place(uint32_t *active, uint32_t n, uint32_t item)
{
    uint32_t low = 0, high = n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (active[middle] < item) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return active + low;
}

/* One segment with all items: for what overlaps without measure */
static void list_all(RegDbList *list, GArray *starts, GArray *at,
                     GArray *candidates)
{
    uint32_t i, none = 0;

    g_array_set_size(starts, 0);
    g_array_set_size(at, 0);
    g_array_set_size(candidates, 0);
    g_array_append_val(starts, list->first);
    g_array_append_val(at, none);
    for (i = 0; i < list->n_items; i++) {
        g_array_append_val(candidates, i);
    }
}

static void list_sweep(RegDbList *list, const Edge *edges, uint32_t n,
                       GArray *starts, GArray *at, GArray *candidates)
{
    uint32_t active[ACTIVE_MAX];
    uint32_t i, n_active = 0, room = 8 * list->n_items + 1024;

    for (i = 0; i < n; i++) {
        uint32_t *place = list_place(active, n_active, edges[i].item);
        size_t behind = (char *)(active + n_active) - (char *)place;

        if (edges[i].begins) {
            if (n_active == ACTIVE_MAX || candidates->len > room) {
                list_all(list, starts, at, candidates);
                return;
            }
            memmove(place + 1, place, behind);
            *place = edges[i].item;
            n_active++;
        } else {
            memmove(place, place + 1, behind - sizeof(*place));
            n_active--;
        }
        if (i + 1 == n || edges[i + 1].address != edges[i].address) {
            g_array_append_val(starts, edges[i].address);
            g_array_append_val(at, candidates->len);
            g_array_append_vals(candidates, active, n_active);
        }
    }
}

static void list_index(RegDbList *list)
{
    g_autofree Edge *edges = g_new(Edge, 2 * list->n_items + 1);
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    GArray *at = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t i, n = 0;

    for (i = 0; i < list->n_items; i++) {
        const RegDbListItem *item = &list->items[i];

        if (item->first < item->end) {
            edges[n++] = (Edge) { item->first, i, true };
            edges[n++] = (Edge) { item->end, i, false };
        }
    }
    qsort(edges, n, sizeof(Edge), list_compare_edges);
    list_sweep(list, edges, n, starts, at, candidates);
    list->n_starts = starts->len;
    g_array_append_val(at, candidates->len);
    list->starts = (uint64_t *)g_array_free(starts, FALSE);
    list->at = (uint32_t *)g_array_free(at, FALSE);
    list->candidates = (uint32_t *)g_array_free(candidates, FALSE);
}

RegDbList *regdb_list_new(const struct RegDbView *view,
                          RegDbElement *const *elements, uint32_t n,
                          unsigned unit)
{
    RegDbList *list = g_new0(RegDbList, 1);
    uint32_t i;

    list->items = g_new0(RegDbListItem, n);
    list->first = REGDB_LIST_NO_END;
    for (i = 0; i < n; i++) {
        RegDbListItem *item = &list->items[list->n_items];

        if (!regdb_view_holds_quietly(view, elements[i]->when)) {
            continue;
        }
        list->n_items++;
        item->element = elements[i];
        if (elements[i]->kind == REGDB_STRIPE) {
            item->list = regdb_list_new(view, elements[i]->children,
                                        elements[i]->n_children, unit);
        }
        list_span(item, unit);
        if (item->first < item->end) {
            list->first = MIN(list->first, item->first);
            list->end = MAX(list->end, item->end);
        }
    }
    if (list->first > list->end) {
        list->first = list->end = 0;
    }
    list_index(list);
    return list;
}

const uint32_t *regdb_list_at(const RegDbList *list, uint64_t address,
                              uint32_t *n)
{
    uint32_t low = 0, high = list->n_starts;

    /* the last segment that does not begin behind the address */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (list->starts[middle] <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (!low || address >= list->end) {
        *n = 0;
        return NULL;
    }
    *n = list->at[low] - list->at[low - 1];
    return list->candidates + list->at[low - 1];
}

void regdb_list_free(RegDbList *list)
{
    uint32_t i;

    if (!list) {
        return;
    }
    for (i = 0; i < list->n_items; i++) {
        regdb_list_free(list->items[i].list);
    }
    g_free(list->items);
    g_free(list->starts);
    g_free(list->at);
    g_free(list->candidates);
    g_free(list);
}
