/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what the files of a view share
 */
#ifndef LIBREGDB_VIEW_INTERNAL_H
#define LIBREGDB_VIEW_INTERNAL_H

#include "libregdb/regdb.h"

struct RegDbView;

/**
 * regdb_view_holds_quietly() - regdb_view_holds() that decides nothing
 * @view: the view
 * @when: the condition, or NULL
 */
bool regdb_view_holds_quietly(const struct RegDbView *view,
                              const RegDbCondition *when);

/**
 * regdb_view_domain() - get the domain of a view
 * @view: the view
 */
const RegDbDomain *regdb_view_domain(const struct RegDbView *view);

/**
 * regdb_view_value() - find a value of an enum
 * @view: the view
 * @type: the enum
 * @value: the value
 *
 * Return: the first one that exists on the chip; NULL if there is none
 */
const RegDbValue *regdb_view_value(const struct RegDbView *view,
                                   const RegDbType *type, uint64_t value);

#endif /* LIBREGDB_VIEW_INTERNAL_H */
