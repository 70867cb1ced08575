/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: areas of guest memory (see compile-areas.h)
 */
#include "tools/sequence/compile-areas.h"

#include "tools/sequence/compile-options.h"
#include "tools/sequence/limits.h"

/*
 * Joined areas that others are added to, and as many that are not joined yet:
 * joining costs the more the more there are, and must stay rare
 */
#define AREAS_MAX (1u << 16)

/**
 * struct CompileAreas: the areas
 * @list: CompileArea
 * @sorted: so many of them are joined
 * @ranges: CompileRange of the user
 */
struct CompileAreas {
    GArray *list;
    guint sorted;
    GArray *ranges;
};

guint compile_address_hash(gconstpointer p)
{
    static uint64_t factor;

    if (!factor) {
        factor = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    }
    return (*(const uint64_t *)p * factor) >> 32;
}

CompileAreas *compile_areas_new(void)
{
    CompileAreas *areas = g_new0(CompileAreas, 1);

    areas->list = g_array_new(FALSE, FALSE, sizeof(CompileArea));
    areas->ranges = g_array_new(FALSE, FALSE, sizeof(CompileRange));
    return areas;
}

static CompileArea *area_at(const CompileAreas *areas, guint i)
{
    return &g_array_index(areas->list, CompileArea, i);
}

void compile_areas_add(CompileAreas *areas, uint64_t start, uint64_t len)
{
    CompileArea area = { .start = start & -(uint64_t)COMPILE_PAGE };
    const CompileArea *last = areas->list->len ?
                              area_at(areas, areas->list->len - 1) : NULL;
    const CompileArea *known = compile_areas_find(areas, area.start);

    if (!len || len > UINT64_MAX - COMPILE_PAGE ||
        start > UINT64_MAX - COMPILE_PAGE - len) {
        return;
    }
    area.end = (start + len + COMPILE_PAGE - 1) & -(uint64_t)COMPILE_PAGE;
    if ((last && area.start >= last->start && area.end <= last->end) ||
        (known && area.end <= known->end)) {
        return;
    }
    if (areas->list->len >= 2 * AREAS_MAX && areas->sorted < AREAS_MAX) {
        compile_areas_join(areas);
    }
    if (areas->list->len < 2 * AREAS_MAX) {
        g_array_append_val(areas->list, area);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const CompileArea *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

void compile_areas_join(CompileAreas *areas)
{
    guint i, n = 0;

    g_array_sort(areas->list, compare);
    for (i = 0; i < areas->list->len; i++) {
        CompileArea next = *area_at(areas, i);
        CompileArea *last = n ? area_at(areas, n - 1) : NULL;
        bool overlap = last && next.start < last->end;

        if (overlap || (last && next.start == last->end &&
                        next.end - last->start <= SEQUENCE_BUFFER_MAX)) {
            last->end = MAX(last->end, next.end);
        } else {
            *area_at(areas, n++) = next;
        }
    }
    g_array_set_size(areas->list, n);
    areas->sorted = n;
}

const CompileArea *compile_areas_find(const CompileAreas *areas,
                                      uint64_t address)
{
    guint low = 0, high = areas->sorted;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const CompileArea *area = area_at(areas, middle);

        if (address < area->start) {
            high = middle;
        } else if (address >= area->end) {
            low = middle + 1;
        } else {
            return area;
        }
    }
    return NULL;
}

uint64_t compile_areas_end(const CompileAreas *areas)
{
    return areas->sorted ? area_at(areas, areas->sorted - 1)->end : 0;
}

void compile_areas_range(CompileAreas *areas, uint64_t start, uint64_t len)
{
    CompileRange range = { start, len };

    g_array_append_val(areas->ranges, range);
    if (len <= SEQUENCE_BUFFER_MAX / 2) {
        compile_areas_add(areas, start, len);
    }
}

bool compile_areas_has_ranges(const CompileAreas *areas)
{
    return areas->ranges->len > 0;
}

bool compile_areas_in_range(const CompileAreas *areas, uint64_t address)
{
    guint i;

    for (i = 0; i < areas->ranges->len; i++) {
        const CompileRange *range = &g_array_index(areas->ranges,
                                                   CompileRange, i);

        if (address >= range->start && address - range->start < range->len) {
            return true;
        }
    }
    return false;
}

void compile_areas_free(CompileAreas *areas)
{
    if (areas) {
        g_array_unref(areas->list);
        g_array_unref(areas->ranges);
        g_free(areas);
    }
}
