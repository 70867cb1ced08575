/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb: count what is in a database
 *
 * Types are shared: each is counted once.
 */
#include "tools/regdb/regdb.h"

static void count_type(RegdbCounts *counts, GHashTable *seen,
                       const RegDbType *type)
{
    uint32_t i;

    while (type && type->kind == REGDB_NAMED) {
        type = type->base;
    }
    if (!type || !g_hash_table_add(seen, (void *)type)) {
        return;
    }
    counts->enums += type->kind == REGDB_ENUM;
    counts->values += type->n_values;
    counts->fields += type->n_fields;
    for (i = 0; i < type->n_fields; i++) {
        count_type(counts, seen, type->fields[i].type);
    }
}

static void count_elements(RegdbCounts *counts, GHashTable *seen,
                           RegDbElement *const *elements, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        if (elements[i]->kind == REGDB_REGISTER) {
            count_type(counts, seen, elements[i]->type);
        } else {
            count_elements(counts, seen, elements[i]->children,
                           elements[i]->n_children);
        }
    }
}

RegdbCounts regdb_count(const RegDb *db)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    RegdbCounts counts = {
        .domains = db->n_domains,
        .registers = db->n_registers,
        .bitsets = db->n_bitsets,
        .varsets = db->n_varsets,
    };
    uint32_t i;

    for (i = 0; i < db->n_domains; i++) {
        count_elements(&counts, seen, db->domains[i]->elements,
                       db->domains[i]->n_elements);
    }
    for (i = 0; i < db->n_enums; i++) {
        count_type(&counts, seen, db->enums[i]);
    }
    for (i = 0; i < db->n_bitsets; i++) {
        count_type(&counts, seen, db->bitsets[i]);
    }
    return counts;
}
