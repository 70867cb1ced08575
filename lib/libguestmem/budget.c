/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: bounds of the work at one trigger, and in a second
 */
#include "libguestmem/budget.h"

/* Usual files need one or two. */
#define OPS_PER_BYTE 16

#define SECOND INT64_C(1000000000)

static GmemAllowance allowance(uint64_t bytes)
{
    return (GmemAllowance){
        .bytes = bytes,
        .outs = MAX(bytes / GMEM_READ_COST, 1),
    };
}

void gmem_budget_init(GmemBudget *budget, const GmemFile *file)
{
    *budget = (GmemBudget){
        .per_trigger = file->per_trigger,
        .per_second = file->per_second,
        .second_began = INT64_MIN,
    };
}

static bool has_passed(const GmemBudget *budget, int64_t now)
{
    return budget->second_began == INT64_MIN || now < budget->second_began ||
           now - budget->second_began >= SECOND;
}

/* The clock is read only if it matters. */
void gmem_budget_begin(GmemBudget *budget, uint64_t serial,
                       const GmemHost *host, void *opaque)
{
    if (budget->serial == serial) {
        return;
    }
    budget->serial = serial;
    budget->trigger = allowance(budget->per_trigger);
    budget->ops = budget->per_trigger * OPS_PER_BYTE;
    budget->reserve = (GmemAllowance){ 0 };
    if (budget->second.bytes < budget->trigger.bytes ||
        budget->second.outs < budget->trigger.outs) {
        int64_t now = host->now(opaque);

        if (has_passed(budget, now)) {
            budget->second = allowance(budget->per_second);
            budget->second_began = now;
        }
    }
}

const char *gmem_budget_read(GmemBudget *budget, uint64_t len, bool spare)
{
    uint64_t cost = MAX(len, GMEM_READ_COST);
    uint64_t needed = cost + (spare ? budget->reserve.bytes : 0);

    if (needed > budget->trigger.bytes) {
        return "trigger";
    }
    if (needed > budget->second.bytes) {
        return "second";
    }
    budget->trigger.bytes -= cost;
    budget->second.bytes -= cost;
    return NULL;
}

const char *gmem_budget_out(GmemBudget *budget, bool spare)
{
    uint64_t reserve = spare ? budget->reserve.outs : 0;

    if (budget->trigger.outs <= reserve) {
        return "trigger";
    }
    if (budget->second.outs <= reserve) {
        return "second";
    }
    budget->trigger.outs--;
    budget->second.outs--;
    return NULL;
}

uint64_t gmem_budget_left(const GmemBudget *budget)
{
    return MIN(budget->trigger.bytes, budget->second.bytes);
}

const char *gmem_budget_why(const GmemBudget *budget)
{
    return budget->trigger.bytes <= budget->second.bytes ? "trigger" : "second";
}
