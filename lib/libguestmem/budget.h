/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: bounds of the work at one trigger, and in a second
 *
 * Two things are bounded: the bytes read from memory, each read counting with
 * GMEM_READ_COST at least; and the things handed out, as if each were a read of
 * its own, since one read may bring many small entries.
 *
 * In addition, the operations of expressions at a trigger are bounded: so many
 * for each byte that may be read.
 *
 * A trigger is all that one access, interrupt, marker or request does.
 */
#ifndef LIBGUESTMEM_BUDGET_H
#define LIBGUESTMEM_BUDGET_H

#include "libguestmem/host.h"

typedef struct GmemAllowance {
    uint64_t bytes;
    uint64_t outs;
} GmemAllowance;

/**
 * struct GmemBudget: budget of a file
 * @per_trigger: bytes
 * @per_second: bytes
 * @trigger: left at this trigger
 * @second: left in this second
 * @reserve: what entries will need, and what they point to must not take
 * @second_began: when the second began
 * @serial: number of the trigger that @trigger is for
 * @ops: operations left at this trigger
 */
typedef struct GmemBudget {
    uint64_t per_trigger;
    uint64_t per_second;
    GmemAllowance trigger;
    GmemAllowance second;
    GmemAllowance reserve;
    int64_t second_began;
    uint64_t serial;
    uint64_t ops;
} GmemBudget;

void gmem_budget_init(GmemBudget *budget, const GmemFile *file);

/**
 * gmem_budget_begin() - a trigger begins
 * @budget: the budget
 * @serial: number of the trigger; nothing happens if it has begun
 * @host: of the engine
 * @opaque: likewise
 */
void gmem_budget_begin(GmemBudget *budget, uint64_t serial,
                       const GmemHost *host, void *opaque);

/**
 * gmem_budget_read() - take what a read costs
 * @budget: the budget
 * @len: bytes
 * @spare: leave the reserve
 *
 * Return: NULL, or which bound does not allow it: "trigger" or "second"
 */
const char *gmem_budget_read(GmemBudget *budget, uint64_t len, bool spare);

/* gmem_budget_out() - likewise, for a thing that is handed out */
const char *gmem_budget_out(GmemBudget *budget, bool spare);

/* gmem_budget_ops() - take what an expression costs; false: too much */
static inline bool gmem_budget_ops(GmemBudget *budget, unsigned ops)
{
    if (budget->ops < ops) {
        return false;
    }
    budget->ops -= ops;
    return true;
}

/* gmem_budget_spent() - is too little left for anything? */
static inline bool gmem_budget_spent(const GmemBudget *budget)
{
    return MIN(budget->trigger.bytes, budget->second.bytes) < GMEM_READ_COST ||
           !MIN(budget->trigger.outs, budget->second.outs) ||
           budget->ops < GMEM_OPS_MAX;
}

/* gmem_budget_left() - bytes that may still be read at once */
uint64_t gmem_budget_left(const GmemBudget *budget);

/* gmem_budget_why() - which bound is the one that gmem_budget_left() is of */
const char *gmem_budget_why(const GmemBudget *budget);

#endif /* LIBGUESTMEM_BUDGET_H */
