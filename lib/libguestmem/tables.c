/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: an engine's tables of registers
 */
#include "libguestmem/tables.h"

static void collect_places(GmemEngine *engine)
{
    unsigned i;
    unsigned k;

    g_ptr_array_set_size(engine->place, 0);
    for (i = 0; i < engine->run->len; i++) {
        const GmemRun *run = g_ptr_array_index(engine->run, i);

        for (k = 0; k < run->place->len; k++) {
            g_ptr_array_add(engine->place,
                            &g_array_index(run->place, GmemPlace, k));
        }
    }
}

void gmem_tables_make(GmemEngine *engine)
{
    GmemDirection direction;
    int bar;

    collect_places(engine);
    for (direction = 0; direction < GMEM_DIRECTIONS; direction++) {
        for (bar = 0; bar < GMEM_BARS; bar++) {
            gmem_table_make(&engine->table[direction][bar], engine->place,
                            bar, direction);
        }
    }
}

bool gmem_tables_update(GmemEngine *engine)
{
    bool changed = false;
    unsigned i;

    for (i = 0; i < engine->run->len; i++) {
        const GmemRun *run = g_ptr_array_index(engine->run, i);

        changed |= gmem_places_update(run->place, true);
    }
    if (changed) {
        gmem_tables_make(engine);
    }
    return changed;
}

void gmem_tables_clear(GmemEngine *engine)
{
    GmemDirection direction;
    int bar;

    for (direction = 0; direction < GMEM_DIRECTIONS; direction++) {
        for (bar = 0; bar < GMEM_BARS; bar++) {
            gmem_table_clear(&engine->table[direction][bar]);
        }
    }
}
