/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: index of the values of an enum (see view-values.h) */
#include "libregdb/view-values.h"

#include "libregdb/view-internal.h"

/**
 * struct RegDbValues: values that are known, and exist on the chip
 * @n: number of them
 * @order: their places in the enum, in the order of the values; of equal ones
 *         in that of the database
 */
struct RegDbValues {
    uint32_t n;
    uint32_t order[];
};

static int values_compare(gconstpointer a, gconstpointer b, gpointer opaque)
{
    const RegDbType *type = opaque;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    uint64_t x = type->values[i].value, y = type->values[j].value;

    return x != y ? (x < y ? -1 : 1) : i < j ? -1 : i > j;
}

RegDbValues *regdb_values_new(const struct RegDbView *view,
                              const RegDbType *type)
{
    RegDbValues *values = g_malloc(sizeof(*values) + type->n_values *
                                   sizeof(values->order[0]));
    uint32_t i;

    values->n = 0;
    for (i = 0; i < type->n_values; i++) {
        if (type->values[i].known &&
            regdb_view_holds_quietly(view, type->values[i].when)) {
            values->order[values->n++] = i;
        }
    }
    g_qsort_with_data(values->order, values->n, sizeof(values->order[0]),
                      values_compare, (gpointer)type);
    return values;
}

const RegDbValue *regdb_values_find(const RegDbValues *values,
                                    const RegDbType *type, uint64_t value)
{
    uint32_t low = 0, high = values->n;
    const RegDbValue *found;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (type->values[values->order[middle]].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == values->n) {
        return NULL;
    }
    found = &type->values[values->order[low]];
    return found->value == value ? found : NULL;
}
