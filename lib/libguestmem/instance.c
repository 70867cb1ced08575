/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: statements at work, and their numbered rings, watches, snapshots
 */
#include "libguestmem/instance.h"
#include "libguestmem/look.h"
#include "libguestmem/watch.h"

#include <string.h>

void gmem_target_init(GmemTarget *target, GmemRun *run,
                      const GmemStatement *is)
{
    *target = (GmemTarget){
        .run = run,
        .is = is,
        .count.name = is->name,
        .instance = g_new0(GmemInstance *, is->high - is->low + 1),
        .used = g_ptr_array_new(),
    };
}

void gmem_target_clear(GmemTarget *target)
{
    unsigned i;

    for (i = 0; i < target->used->len; i++) {
        GmemInstance *instance = g_ptr_array_index(target->used, i);

        gmem_watch_forget(instance);
        g_free(instance->name);
        g_free(instance);
    }
    g_ptr_array_unref(target->used);
    g_free(target->instance);
}

GmemInstance *gmem_target_get(GmemTarget *target, uint64_t n)
{
    const GmemStatement *is = target->is;
    GmemInstance **instance = &target->instance[n - is->low];

    if (!*instance) {
        *instance = g_new0(GmemInstance, 1);
        (*instance)->target = target;
        (*instance)->n = n;
        (*instance)->life = ++target->run->shared->lives;
        (*instance)->name = is->is_array ?
            g_strdup_printf("%s[%" G_GUINT64_FORMAT "]", is->name, n) :
            g_strdup(is->name);
        g_ptr_array_add(target->used, *instance);
    }
    return *instance;
}

GmemTarget *gmem_target_find(GmemRun *run, unsigned like, uint64_t n)
{
    GmemTarget *target = &g_array_index(run->target, GmemTarget, like);
    const char *name = target->is->name;
    unsigned i;

    if (gmem_target_has(target, n)) {
        return target;
    }
    for (i = 0; i < run->target->len; i++) {
        target = &g_array_index(run->target, GmemTarget, i);
        if (gmem_target_has(target, n) && !strcmp(target->is->name, name)) {
            return target;
        }
    }
    return NULL;
}

/* Thousands may end at once: budget and log bound the marks. */
static void hand_out_end(const GmemInstance *instance, const GmemEvent *event,
                         const char *state)
{
    GmemTarget *target = instance->target;
    const GmemShared *shared = target->run->shared;
    const GmemStatement *is = target->is;
    GmemOut out = gmem_out(target, instance, event, GMEM_OUT_RING);

    if (!shared->host->room(shared->opaque, 0) ||
        gmem_budget_out(&target->run->budget, false)) {
        target->count.cut++;
        return;
    }
    out.at = instance->said_base;
    out.count = instance->said_count;
    out.entry = is->entry;
    out.layout = is->layout;
    out.by_device = is->by_device || is->answers >= 0;
    out.state = state;
    gmem_out_put(target->run, &out);
}

void gmem_instance_begin(GmemInstance *instance, const GmemEvent *event,
                         const char *state)
{
    if (state && instance->said) {
        hand_out_end(instance, event, state);
    }
    gmem_watch_forget(instance);
    *instance = (GmemInstance){
        .target = instance->target,
        .n = instance->n,
        .name = instance->name,
        .life = ++instance->target->run->shared->lives,
        .has_access = instance->has_access,
        .value = instance->value,
        .index = instance->index,
    };
}
