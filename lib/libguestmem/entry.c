/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: one entry of a ring
 */
#include "libguestmem/instance.h"
#include "libguestmem/item.h"
#include "libguestmem/look.h"
#include "libguestmem/ring.h"

/* --- scope --------------------------------------------------------------- */

void gmem_entry_enter(GmemLook *look, const GmemEntry *entry)
{
    GmemContext *scope = &look->scope;

    look->number = entry->index;
    scope->entry[GMEM_ENTRY_THIS] = (GmemBytes){
        .data = entry->data,
        .len = look->target->is->entry,
    };
    scope->entry[GMEM_ENTRY_COMMAND] = (GmemBytes){ 0 };
    gmem_context_set(scope, GMEM_VAR_POSITION, entry->index);
    gmem_context_set(scope, GMEM_VAR_ADDRESS, entry->at);
}

/* --- handing out --------------------------------------------------------- */

/* Is the ring's geometry that of the last time? */
static bool is_said(const GmemInstance *instance, const GmemEntry *entry)
{
    return instance->said && instance->said_base == entry->base &&
           instance->said_count == entry->count;
}

static void put_geometry(GmemLook *look, const GmemEntry *entry)
{
    GmemInstance *instance = look->instance;
    const GmemStatement *is = look->target->is;
    GmemOut out = gmem_out(look->target, instance, look->event, GMEM_OUT_RING);

    out.at = entry->base;
    out.count = entry->count;
    out.entry = is->entry;
    out.layout = is->layout;
    out.by_device = is->by_device || is->answers >= 0;
    gmem_out_put(look->run, &out);
    instance->said = true;
    instance->said_base = entry->base;
    instance->said_count = entry->count;
}

static const char *put_entry(GmemLook *look, const GmemEntry *entry)
{
    const GmemStatement *is = look->target->is;
    GmemOut out = gmem_out(look->target, look->instance, look->event,
                           GMEM_OUT_ENTRY);
    const char *why;

    out.index = entry->index;
    out.at = entry->at;
    out.len = entry->got;
    out.of = is->entry;
    out.entry = is->entry;
    out.layout = is->layout;
    out.data = entry->data;
    out.state = entry->got < is->entry ? "not-memory" : NULL;
    why = gmem_look_put(look, &out, false);
    if (!why) {
        look->target->count.entries++;
    }
    return why;
}

/* --- commands ------------------------------------------------------------ */

static void keep(GmemLook *look)
{
    const GmemExpr *expr = &look->target->is->key;
    uint64_t key;

    if (expr->n && gmem_look_eval(look, expr, &key)) {
        gmem_commands_keep(look->run->shared->commands, look->instance->life,
                           key, look->scope.entry[GMEM_ENTRY_THIS]);
    }
}

/* The command that the entry answers; none if it is not known */
static GmemBytes command(GmemLook *look)
{
    const GmemStatement *is = look->target->is;
    GmemTarget *target;
    const GmemInstance *instance;
    uint64_t number = 0;
    uint64_t key;

    if (is->answers < 0 ||
        (is->answers_instance.n &&
         !gmem_look_eval(look, &is->answers_instance, &number)) ||
        !gmem_look_eval(look, &is->answers_key, &key)) {
        return (GmemBytes){ 0 };
    }
    target = gmem_target_find(look->run, is->answers, number);
    instance = target ? target->instance[number - target->is->low] : NULL;
    return instance ? gmem_commands_find(look->run->shared->commands,
                                         instance->life, key) :
           (GmemBytes){ 0 };
}

const char *gmem_entry_put(GmemLook *look, const GmemEntry *entry)
{
    const GmemStatement *is = look->target->is;
    const char *why;

    if (!is_said(look->instance, entry)) {
        put_geometry(look, entry);
    }
    why = put_entry(look, entry);
    if (why) {
        return why;
    }
    if (entry->got < is->entry) {
        gmem_look_unreadable(look);
        return NULL;
    }
    keep(look);
    look->scope.entry[GMEM_ENTRY_COMMAND] = command(look);
    gmem_entry_rules(look);
    gmem_items(look, is->item);
    return NULL;
}
