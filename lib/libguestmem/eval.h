/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: evaluation of expressions
 */
#ifndef LIBGUESTMEM_EVAL_H
#define LIBGUESTMEM_EVAL_H

#include "libguestmem/model.h"
#include "libguestmem/registers.h"

/* QEMU's compiler clears all variables; a large one that is filled by hand takes
   longer to clear than to use. */
#ifdef __has_attribute
#if __has_attribute(uninitialized)
#define GMEM_UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
#ifndef GMEM_UNINITIALIZED
#define GMEM_UNINITIALIZED
#endif

typedef enum GmemResult {
    GMEM_OK,
    GMEM_UNKNOWN,           /* a register or variable has no value yet */
    GMEM_NO_COMMAND,        /* the command that is answered is not known */
    GMEM_NOT_MEMORY,        /* mem64() and so on of what is no RAM */
    GMEM_ARITHMETIC,        /* division by 0, a field behind its entry's end */
    GMEM_NO_BUDGET,         /* mem64() and so on exceed the bounds */
} GmemResult;

/* The bytes of an entry; none: @data is NULL */
typedef struct GmemBytes {
    const uint8_t *data;
    unsigned len;
} GmemBytes;

/**
 * struct GmemContext: what an expression may refer to
 * @registers: the file's registers, or NULL
 * @read: reads all of some bytes of memory; or NULL
 * @opaque: its first argument
 * @known: variables that have a value, as bits of GmemVariable
 * @variable: their values
 * @entry: the entries
 */
typedef struct GmemContext {
    const GmemRegisters *registers;
    GmemResult (*read)(void *opaque, uint64_t addr, void *buf, unsigned len);
    void *opaque;
    unsigned known;
    uint64_t variable[GMEM_VARIABLES];
    GmemBytes entry[GMEM_ENTRIES];
} GmemContext;

/**
 * gmem_eval() - evaluate an expression
 * @expr: the expression; not none
 * @scope: what it may refer to
 * @value: where to store its value, on GMEM_OK
 */
GmemResult gmem_eval(const GmemExpr *expr, const GmemContext *scope,
                     uint64_t *value);

static inline void gmem_context_set(GmemContext *scope, GmemVariable variable,
                                  uint64_t value)
{
    scope->variable[variable] = value;
    scope->known |= 1u << variable;
}

#endif /* LIBGUESTMEM_EVAL_H */
