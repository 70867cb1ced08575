/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: what a trigger does with one ring, watch or snapshot
 */
#include "libguestmem/look.h"

/* --- memory -------------------------------------------------------------- */

const char *gmem_look_read(GmemLook *look, uint64_t at, void *buf,
                           uint64_t len, bool spare, uint64_t *got)
{
    const GmemShared *shared = look->run->shared;
    const char *why = gmem_budget_read(&look->run->budget, len, spare);
    uint64_t behind = -at;      /* bytes up to the end of addresses; 0: all */

    if (why) {
        return why;
    }
    if (behind && len > behind) {
        len = behind;
    }
    *got = shared->host->read(shared->opaque, at, buf, len);
    *got = MIN(*got, len);
    return NULL;
}

static GmemResult look_memory(void *opaque, uint64_t at, void *buf,
                              unsigned len)
{
    GmemLook *look = opaque;
    uint64_t got;
    const char *why = gmem_look_read(look, at, buf, len, true, &got);

    if (why) {
        gmem_look_cut(look, why, 0);
        return GMEM_NO_BUDGET;
    }
    return got == len ? GMEM_OK : GMEM_NOT_MEMORY;
}

/* --- beginning and end --------------------------------------------------- */

void gmem_look_begin(GmemLook *look, GmemTarget *target,
                     const GmemEvent *event)
{
    GmemRun *run = target->run;

    look->run = run;
    look->target = target;
    look->instance = NULL;
    look->event = event;
    look->number = 0;
    look->path_len = 0;
    look->why = NULL;
    look->left = 0;
    look->scope = (GmemContext){
        .registers = run->registers,
        .read = look_memory,
        .opaque = look,
    };
    gmem_context_set(&look->scope, GMEM_VAR_TRIGGER, event->kind);
    if (event->has_value) {
        gmem_context_set(&look->scope, GMEM_VAR_VALUE, event->value);
        gmem_context_set(&look->scope, GMEM_VAR_INDEX, event->index);
    }
    gmem_budget_begin(&run->budget, run->shared->serial, run->shared->host,
                      run->shared->opaque);
    run->budget.reserve = (GmemAllowance){ 0 };
}

/* At a request, the last access counts. */
void gmem_look_at(GmemLook *look, GmemInstance *instance)
{
    const GmemEvent *event = look->event;

    look->instance = instance;
    gmem_context_set(&look->scope, GMEM_VAR_N, instance->n);
    if (event->bar >= 0) {
        instance->has_access = true;
        instance->value = event->value;
        instance->index = event->index;
    } else if (!event->has_value && instance->has_access) {
        gmem_context_set(&look->scope, GMEM_VAR_VALUE, instance->value);
        gmem_context_set(&look->scope, GMEM_VAR_INDEX, instance->index);
    }
}

bool gmem_look_spent(const GmemLook *look)
{
    const GmemShared *shared = look->run->shared;

    return gmem_budget_spent(&look->run->budget) ||
           !shared->host->room(shared->opaque, 0);
}

void gmem_look_end(GmemLook *look)
{
    if (look->why) {
        GmemOut out = gmem_out(look->target, look->instance, look->event,
                               GMEM_OUT_CUT);

        out.state = look->why;
        out.left = look->left;
        look->target->count.cut++;
        gmem_out_put(look->run, &out);
    }
}

/* --- expressions --------------------------------------------------------- */

bool gmem_look_eval(GmemLook *look, const GmemExpr *expr, uint64_t *value)
{
    GmemResult result;

    if (!gmem_budget_ops(&look->run->budget, expr->n)) {
        gmem_look_cut(look, "trigger", 0);
        return false;
    }
    result = gmem_eval(expr, &look->scope, value);
    if (result == GMEM_UNKNOWN || result == GMEM_NOT_MEMORY ||
        result == GMEM_ARITHMETIC) {
        gmem_look_unreadable(look);
    }
    return result == GMEM_OK;
}

bool gmem_look_true(GmemLook *look, const GmemExpr *when)
{
    uint64_t value;

    return !when->n || (gmem_look_eval(look, when, &value) && value);
}

/* --- handing out --------------------------------------------------------- */

void gmem_look_cut(GmemLook *look, const char *why, uint64_t left)
{
    look->why = look->why ? look->why : why;
    look->left += left;
}

void gmem_look_unreadable(GmemLook *look)
{
    look->target->count.unreadable++;
}

const char *gmem_look_put(GmemLook *look, const GmemOut *out, bool spare)
{
    const GmemShared *shared = look->run->shared;
    const char *why;

    if (!shared->host->room(shared->opaque, out->len)) {
        return "ring-full";
    }
    why = gmem_budget_out(&look->run->budget, spare);
    if (why) {
        return why;
    }
    look->target->count.bytes += out->len;
    shared->host->put(shared->opaque, out);
    return NULL;
}

void gmem_out_put(const GmemRun *run, const GmemOut *out)
{
    run->shared->host->put(run->shared->opaque, out);
}
