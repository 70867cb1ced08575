/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: map ids
 */
#include "tools/check/map.h"

Map *check_find_map(Check *check, uint32_t id)
{
    return g_hash_table_lookup(check->maps, GUINT_TO_POINTER(id));
}

Map *check_get_map(Check *check, uint32_t id)
{
    Map *map = check_find_map(check, id);

    if (!map) {
        map = g_new0(Map, 1);
        map->id = id;
        g_hash_table_insert(check->maps, GUINT_TO_POINTER(id), map);
    }
    return map;
}
