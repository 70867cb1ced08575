/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: triggers
 */
#include "libguestmem/trigger.h"
#include "libguestmem/instance.h"
#include "libguestmem/look.h"
#include "libguestmem/ring.h"
#include "libguestmem/snapshot-look.h"
#include "libguestmem/watch.h"

/* --- one instance -------------------------------------------------------- */

static void act(GmemLook *look, GmemInstance *instance, bool resets)
{
    static void (*const kind[])(GmemLook *look) = {
        [GMEM_RING] = gmem_ring_look,
        [GMEM_WATCH] = gmem_watch_look,
        [GMEM_SNAPSHOT] = gmem_snapshot_look,
    };

    if (resets) {
        gmem_instance_begin(instance, look->event, "reset");
        return;
    }
    look->target->count.triggers++;
    gmem_look_at(look, instance);
    kind[look->target->is->kind](look);
}

/*
 * @when may refer to `n`, or be none.  A reset makes no instance.  Returns
 * whether others are cut off, too.
 */
static bool fire_one(GmemTarget *target, const GmemExpr *when,
                     const GmemEvent *event, uint64_t n, bool resets)
{
    GMEM_UNINITIALIZED GmemLook look;

    if (!gmem_target_has(target, n) ||
        (resets && !target->instance[n - target->is->low])) {
        return false;
    }
    gmem_look_begin(&look, target, event);
    gmem_context_set(&look.scope, GMEM_VAR_N, n);
    if (!when || gmem_look_true(&look, when)) {
        act(&look, gmem_target_get(target, n), resets);
    }
    gmem_look_end(&look);
    return look.why && gmem_look_spent(&look);
}

/* --- all instances ------------------------------------------------------- */

static void cut_loop(GmemTarget *target, const GmemEvent *event, unsigned left)
{
    GmemLook look;

    gmem_look_begin(&look, target, event);
    gmem_look_cut(&look, "trigger", left);
    gmem_look_end(&look);
}

static void reset_all(GmemTarget *target, const GmemExpr *when,
                      const GmemEvent *event)
{
    unsigned n = target->used->len;
    bool spent = false;
    unsigned i;

    for (i = 0; i < n && !spent; i++) {
        const GmemInstance *instance = g_ptr_array_index(target->used, i);

        spent = fire_one(target, when, event, instance->n, true);
    }
    if (i < n) {
        cut_loop(target, event, n - i);
    }
}

/* If there are too many, the next loop begins with those that were left out. */
static void look_at_all(GmemTarget *target, const GmemExpr *when,
                        const GmemEvent *event)
{
    unsigned n = target->used->len;
    unsigned looked = 0;
    bool spent = false;
    unsigned i;

    for (i = 0; i < n && looked < GMEM_LOOP_MAX && !spent; i++) {
        const GmemInstance *instance =
            g_ptr_array_index(target->used, (target->next_loop + i) % n);

        if (gmem_instance_exists(instance)) {
            spent = fire_one(target, when, event, instance->n, false);
            looked++;
        }
    }
    target->next_loop = n ? (target->next_loop + i) % n : 0;
    if (i < n) {
        cut_loop(target, event, n - i);
    }
}

static void fire_all(GmemTarget *target, const GmemExpr *when,
                     const GmemEvent *event, bool resets)
{
    (resets ? reset_all : look_at_all)(target, when, event);
}

void gmem_target_look(GmemTarget *target, const GmemEvent *event, bool all,
                      uint64_t n)
{
    if (all) {
        look_at_all(target, NULL, event);
    } else {
        fire_one(target, NULL, event, n, false);
    }
}

/* --- triggers ------------------------------------------------------------ */

/* Which instance the file says that it is */
static void fire_named(const GmemHook *hook, const GmemEvent *event)
{
    GmemLook look;
    uint64_t n;
    bool known;

    gmem_look_begin(&look, hook->target, event);
    known = gmem_look_eval(&look, &hook->trigger->instance, &n);
    gmem_look_end(&look);
    if (known) {
        fire_one(hook->target, &hook->trigger->when, event, n, hook->resets);
    }
}

void gmem_hook_fire(const GmemHook *hook, const GmemEvent *event)
{
    const GmemStatement *is = hook->target->is;
    const GmemExpr *when = &hook->trigger->when;

    if (hook->trigger->instance.n) {
        fire_named(hook, event);
    } else if (is->low == is->high) {
        fire_one(hook->target, when, event, is->low, hook->resets);
    } else if (event->has_index) {
        fire_one(hook->target, when, event, event->index, hook->resets);
    } else {
        fire_all(hook->target, when, event, hook->resets);
    }
}
