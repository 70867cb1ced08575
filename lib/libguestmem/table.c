/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: which registers an access is of
 */
#include "libguestmem/table.h"

#include <stdlib.h>

/* --- making it ----------------------------------------------------------- */

static bool is_in(const GmemPlace *place, int bar, GmemDirection direction)
{
    return place->placed && place->on_bar == bar && place->counts[direction];
}

static int compare_offsets(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Where places begin and end: the spans are between these. */
static GArray *cuts_of(const GPtrArray *places)
{
    GArray *cut = g_array_new(false, false, sizeof(uint64_t));
    unsigned i;

    for (i = 0; i < places->len; i++) {
        const GmemPlace *place = g_ptr_array_index(places, i);
        uint64_t end = place->offset + place->len;

        g_array_append_val(cut, place->offset);
        g_array_append_val(cut, end);
    }
    g_array_sort(cut, compare_offsets);
    return cut;
}

static void add_span(GArray *spans, GPtrArray *list, const GPtrArray *places,
                     uint64_t start, uint64_t end)
{
    GmemSpan span = { .start = start, .end = end, .first = list->len };
    unsigned i;

    for (i = 0; i < places->len; i++) {
        GmemPlace *place = g_ptr_array_index(places, i);

        if (place->offset < end && place->offset + place->len > start) {
            g_ptr_array_add(list, place);
        }
    }
    span.n = list->len - span.first;
    if (span.n) {
        g_array_append_val(spans, span);
    }
}

static GPtrArray *select_places(const GPtrArray *all, int bar,
                                GmemDirection direction)
{
    GPtrArray *places = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < all->len; i++) {
        if (is_in(g_ptr_array_index(all, i), bar, direction)) {
            g_ptr_array_add(places, g_ptr_array_index(all, i));
        }
    }
    return places;
}

void gmem_table_make(GmemTable *table, const GPtrArray *all, int bar,
                     GmemDirection direction)
{
    g_autoptr(GPtrArray) places = select_places(all, bar, direction);
    g_autoptr(GArray) cut = cuts_of(places);
    GArray *spans = g_array_new(false, false, sizeof(GmemSpan));
    GPtrArray *list = g_ptr_array_new();
    unsigned i;

    for (i = 1; i < cut->len; i++) {
        uint64_t start = g_array_index(cut, uint64_t, i - 1);
        uint64_t end = g_array_index(cut, uint64_t, i);

        if (start < end) {
            add_span(spans, list, places, start, end);
        }
    }
    gmem_table_clear(table);
    table->n = spans->len;
    table->span = (void *)g_array_free(spans, false);
    table->place = (void *)g_ptr_array_free(list, false);
}

void gmem_table_clear(GmemTable *table)
{
    g_free(table->span);
    g_free(table->place);
    *table = (GmemTable){ 0 };
}

/* --- looking up ---------------------------------------------------------- */

static uint64_t element_at(const GmemPlace *place, uint64_t offset)
{
    uint64_t bytes = offset - place->offset;

    return place->shift >= 0 ? bytes >> place->shift : bytes / place->stride;
}

static void hit_elements(GmemPlace *place, const GmemAccess *access,
                         GmemHit *hit, void *opaque)
{
    uint64_t i = access->offset <= place->offset ? 0 :
                 element_at(place, access->offset);
    uint64_t offset;

    for (; i < place->n; i++) {
        offset = place->offset + i * place->stride;
        if (offset >= access->end) {
            break;
        }
        if (offset + place->is->width > access->offset) {
            hit(opaque, place, i, offset, access);
        }
    }
}

/* All registers of a bank are at one place: which one is it now? */
static void hit_bank(GmemPlace *place, const GmemAccess *access, GmemHit *hit,
                     void *opaque)
{
    const GmemRegister *reg = place->is;
    GmemContext scope = { .registers = place->registers };
    uint64_t index;

    if (gmem_eval(&reg->bank, &scope, &index) == GMEM_OK &&
        index >= reg->low && index <= reg->high) {
        hit(opaque, place, index - reg->low, place->offset, access);
    }
}

void gmem_table_each(const GmemTable *table, const GmemSpan *span,
                     const GmemAccess *access, GmemHit *hit, void *opaque)
{
    for (; span < table->span + table->n && span->start < access->end;
         span++) {
        unsigned i;

        for (i = 0; i < span->n; i++) {
            GmemPlace *place = table->place[span->first + i];

            if (MAX(access->offset, place->offset) < span->start) {
                continue;       /* was in a span before */
            }
            if (place->is->bank.n) {
                hit_bank(place, access, hit, opaque);
            } else {
                hit_elements(place, access, hit, opaque);
            }
        }
    }
}
