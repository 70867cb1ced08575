/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: entries that create and delete rings
 */
#include "libguestmem/instance.h"
#include "libguestmem/look.h"
#include "libguestmem/ring.h"

/* What finding and ending a ring costs, as operations of an expression */
#define DELETE_OPS 16

static GmemInstance *find_instance(const GmemTarget *target, uint64_t number)
{
    return target ? target->instance[number - target->is->low] : NULL;
}

static void delete_ring(GmemLook *look, const GmemRule *rule, uint64_t number)
{
    GmemInstance *instance =
        find_instance(gmem_target_find(look->run, rule->ring, number), number);

    if (instance) {
        gmem_instance_begin(instance, look->event, "deleted");
    }
}

/* A ring with this number that there may be is forgotten. */
static void create_ring(GmemLook *look, const GmemRule *rule, uint64_t number)
{
    GmemTarget *target = gmem_target_find(look->run, rule->ring, number);
    uint64_t count = GMEM_RING_ENTRIES_MAX;
    uint64_t base;
    GmemInstance *instance;

    if (!target || target->is->base.n ||
        !gmem_look_eval(look, &rule->base, &base) ||
        (rule->count.n && !gmem_look_eval(look, &rule->count, &count))) {
        return;
    }
    instance = gmem_target_get(target, number);
    gmem_instance_begin(instance, look->event, NULL);
    instance->created = true;
    instance->made_base = base;
    instance->made_count = count;
}

/* `n` is the number of the ring that is considered. */
static void delete_range(GmemLook *look, const GmemRule *rule, uint64_t first,
                         uint64_t last)
{
    uint64_t i;

    if (last >= first && last - first >= GMEM_RULE_RANGE_MAX) {
        last = first + GMEM_RULE_RANGE_MAX - 1;
        gmem_look_cut(look, "trigger", 0);
    }
    for (i = first; i <= last && i >= first; i++) {
        if (!gmem_budget_ops(&look->run->budget, DELETE_OPS)) {
            gmem_look_cut(look, "trigger", 0);
            break;
        }
        gmem_context_set(&look->scope, GMEM_VAR_N, i);
        if (gmem_look_true(look, &rule->when)) {
            delete_ring(look, rule, i);
        }
    }
    gmem_context_set(&look->scope, GMEM_VAR_N, look->instance->n);
}

static void apply(GmemLook *look, const GmemRule *rule)
{
    uint64_t number;
    uint64_t last;

    if (rule->deletes && rule->last.n) {
        if (gmem_look_eval(look, &rule->instance, &number) &&
            gmem_look_eval(look, &rule->last, &last)) {
            delete_range(look, rule, number, last);
        }
    } else if (gmem_look_true(look, &rule->when) &&
               gmem_look_eval(look, &rule->instance, &number)) {
        (rule->deletes ? delete_ring : create_ring)(look, rule, number);
    }
}

void gmem_entry_rules(GmemLook *look)
{
    const GArray *rules = look->target->is->rule;
    unsigned i;

    for (i = 0; rules && i < rules->len; i++) {
        apply(look, &g_array_index(rules, GmemRule, i));
    }
}
