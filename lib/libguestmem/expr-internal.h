/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: an expression that is being compiled
 */
#ifndef LIBGUESTMEM_EXPR_INTERNAL_H
#define LIBGUESTMEM_EXPR_INTERNAL_H

#include "libguestmem/code.h"
#include "libguestmem/parse-internal.h"

/**
 * struct GmemCompile: an expression
 * @p: the parser
 * @scope: what it may use
 * @code: its operations so far
 * @nesting: how deep the parser is in it
 */
typedef struct GmemCompile {
    GmemParse *p;
    const GmemScope *scope;
    GmemCode code;
    unsigned nesting;
} GmemCompile;

/* gmem_expr_put(), _put_code(), _put_number() - add an operation */
bool gmem_expr_put(GmemCompile *c, GmemOp op);
bool gmem_expr_put_code(GmemCompile *c, GmemOpCode code);
bool gmem_expr_put_number(GmemCompile *c, uint64_t number);

/* gmem_expr_take_any() - an expression, of any operators */
bool gmem_expr_take_any(GmemCompile *c);

/* gmem_expr_take_named() - a part of an expression that begins with a name */
bool gmem_expr_take_named(GmemCompile *c);

/* gmem_name_is_reserved() - has the name a meaning in expressions? */
bool gmem_name_is_reserved(const GmemToken *name);

#endif /* LIBGUESTMEM_EXPR_INTERNAL_H */
