/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: index of the values of an enum, for a view
 */
#ifndef LIBREGDB_VIEW_VALUES_H
#define LIBREGDB_VIEW_VALUES_H

#include "libregdb/regdb.h"

struct RegDbView;

typedef struct RegDbValues RegDbValues;

/**
 * regdb_values_new() - make an index
 * @view: the view, for its variants
 * @type: the enum
 *
 * Return: the index, to be freed with g_free()
 */
RegDbValues *regdb_values_new(const struct RegDbView *view,
                              const RegDbType *type);

/**
 * regdb_values_find() - find the first value that exists on the chip
 * @values: the index
 * @type: the enum
 * @value: the value
 *
 * Return: the value, or NULL
 */
const RegDbValue *regdb_values_find(const RegDbValues *values,
                                    const RegDbType *type, uint64_t value);

#endif /* LIBREGDB_VIEW_VALUES_H */
