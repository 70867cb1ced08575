/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what the files of a view share
 */
#ifndef LIBREGDB_VIEW_INTERNAL_H
#define LIBREGDB_VIEW_INTERNAL_H

#include "libregdb/view.h"

/**
 * view_holds_quietly() - regdb_view_holds() without regdb_view_undecided()
 * @view: the view
 * @when: the condition, or NULL
 */
bool view_holds_quietly(const RegDbView *view, const RegDbCondition *when);

/**
 * view_domain() - get the domain of a view
 * @view: the view
 */
const RegDbDomain *view_domain(const RegDbView *view);

#endif /* LIBREGDB_VIEW_INTERNAL_H */
