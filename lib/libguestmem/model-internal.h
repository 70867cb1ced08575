/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: making a model
 *
 * What is added is zeros, with empty arrays, and belongs to the model.
 */
#ifndef LIBGUESTMEM_MODEL_INTERNAL_H
#define LIBGUESTMEM_MODEL_INTERNAL_H

#include "libguestmem/model.h"

/* gmem_file_new() - a file without statements */
GmemFile *gmem_file_new(const char *name);

/* Valid until the next one of its kind is added */
GmemArea *gmem_file_add_area(GmemFile *file);
GmemRegister *gmem_file_add_register(GmemFile *file);
GmemStatement *gmem_file_add_statement(GmemFile *file);

/* gmem_trigger_add() - to the triggers or resets of a statement */
GmemTrigger *gmem_trigger_add(GArray *triggers);

/* gmem_item_add() - to the items of a statement or a list */
GmemItem *gmem_item_add(GPtrArray *items);

/* gmem_expr_clear() - free an expression's operations */
void gmem_expr_clear(GmemExpr *expr);

#endif /* LIBGUESTMEM_MODEL_INTERNAL_H */
