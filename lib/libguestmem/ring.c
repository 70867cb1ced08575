/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: rings: geometry, and the choice of the order
 */
#include "libguestmem/ring.h"
#include "libguestmem/instance.h"
#include "libguestmem/look.h"

/* --- an unknown address -------------------------------------------------- */

/* It is handed out once, and counted each time. */
static void tell_unknown(GmemLook *look)
{
    GmemInstance *instance = look->instance;
    GmemOut out;

    if (instance->told_unknown) {
        return;
    }
    out = gmem_out(look->target, instance, look->event, GMEM_OUT_ENTRY);
    out.state = "address-unknown";
    instance->told_unknown = !gmem_look_put(look, &out, false);
}

/* --- geometry ------------------------------------------------------------ */

bool gmem_ring_segments(GmemLook *look, uint64_t *segments)
{
    const GmemExpr *expr = &look->target->is->segments;

    *segments = 1;
    if (!expr->n) {
        return true;
    }
    if (!gmem_look_eval(look, expr, segments)) {
        return false;
    }
    if (!*segments || *segments > GMEM_SEGMENTS_MAX) {
        gmem_look_unreadable(look);
        return false;
    }
    return true;
}

static bool find_geometry(GmemLook *look, uint64_t *base, uint64_t *count)
{
    const GmemInstance *instance = look->instance;
    const GmemStatement *is = look->target->is;

    *base = instance->made_base;
    *count = instance->made_count;
    if (!is->base.n) {
        return true;
    }
    *count = GMEM_RING_ENTRIES_MAX;     /* links say where such a ring ends */
    return gmem_look_eval(look, &is->base, base) &&
           (!is->count.n || gmem_look_eval(look, &is->count, count));
}

bool gmem_ring_segment(GmemLook *look, uint64_t segment, uint64_t *base,
                       uint64_t *count)
{
    gmem_context_set(&look->scope, GMEM_VAR_SEGMENT, segment);
    if (!find_geometry(look, base, count)) {
        if (!look->why) {
            tell_unknown(look);
        }
        return false;
    }
    look->instance->told_unknown = false;
    if (!*count || *count > GMEM_RING_ENTRIES_MAX) {
        gmem_look_unreadable(look);
        return false;
    }
    return true;
}

bool gmem_ring_start(GmemLook *look, uint64_t *start)
{
    const GmemStatement *is = look->target->is;
    uint64_t phase = 1;

    *start = 0;
    if ((is->phase.n && !gmem_look_eval(look, &is->phase, &phase)) ||
        (is->start.n && !gmem_look_eval(look, &is->start, start))) {
        return false;
    }
    look->instance->phase = phase & 1;
    gmem_context_set(&look->scope, GMEM_VAR_PHASE, phase & 1);
    return true;
}

/* --- orders -------------------------------------------------------------- */

void gmem_ring_look(GmemLook *look)
{
    if (!gmem_instance_exists(look->instance)) {
        gmem_look_unreadable(look);
        tell_unknown(look);
        return;
    }
    gmem_context_set(&look->scope, GMEM_VAR_PHASE, look->instance->phase);
    if (look->target->is->order == GMEM_BY_WHILE) {
        gmem_ring_while(look);
    } else {
        gmem_ring_slots(look);
    }
}
