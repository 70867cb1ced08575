/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: a file at work
 */
#include "libguestmem/run.h"
#include "libguestmem/instance.h"
#include "libguestmem/trigger.h"

/* --- triggers ------------------------------------------------------------ */

static GmemPlace *place_at(const GmemRun *run, unsigned i)
{
    return &g_array_index(run->place, GmemPlace, i);
}

static GmemTarget *target_at(const GmemRun *run, unsigned i)
{
    return &g_array_index(run->target, GmemTarget, i);
}

static GArray *new_hooks(void)
{
    return g_array_new(false, false, sizeof(GmemHook));
}

static void hook_register(GmemRun *run, const GmemHook *hook)
{
    GmemDirection direction = hook->trigger->kind == GMEM_ON_WRITE ?
                              GMEM_WRITES : GMEM_READS;
    GmemPlace *place = place_at(run, hook->trigger->reg);
    GmemPlaceUse *use = place->user;

    place->counts[direction] = true;
    if (!use->hook[direction]) {
        use->hook[direction] = new_hooks();
    }
    g_array_append_val(use->hook[direction], *hook);
}

typedef void HookFunction(GmemRun *run, const GmemHook *hook, void *opaque);

static void each_trigger(GmemRun *run, GmemTarget *target,
                         const GArray *triggers, bool resets,
                         HookFunction *function, void *opaque)
{
    unsigned i;

    for (i = 0; triggers && i < triggers->len; i++) {
        GmemHook hook = {
            .target = target,
            .trigger = &g_array_index(triggers, GmemTrigger, i),
            .resets = resets,
        };

        function(run, &hook, opaque);
    }
}

/* All resets come before the others. */
static void each_hook(GmemRun *run, HookFunction *function, void *opaque)
{
    unsigned i;

    for (i = 0; i < run->target->len; i++) {
        each_trigger(run, target_at(run, i), target_at(run, i)->is->reset,
                     true, function, opaque);
    }
    for (i = 0; i < run->target->len; i++) {
        each_trigger(run, target_at(run, i), target_at(run, i)->is->trigger,
                     false, function, opaque);
    }
}

static void add_register_hook(GmemRun *run, const GmemHook *hook,
                              G_GNUC_UNUSED void *opaque)
{
    if (hook->trigger->kind == GMEM_ON_WRITE ||
        hook->trigger->kind == GMEM_ON_READ) {
        hook_register(run, hook);
    }
}

typedef struct HookChoice {
    GmemTriggerKind kind;
    GArray *hooks;
} HookChoice;

static void add_chosen_hook(G_GNUC_UNUSED GmemRun *run, const GmemHook *hook,
                            void *opaque)
{
    HookChoice *choice = opaque;

    if (hook->trigger->kind == choice->kind) {
        g_array_append_val(choice->hooks, *hook);
    }
}

void gmem_run_hooks(GmemRun *run, GmemTriggerKind kind, GArray *hooks)
{
    HookChoice choice = { .kind = kind, .hooks = hooks };

    each_hook(run, add_chosen_hook, &choice);
}

/* --- addresses that depend on registers ---------------------------------- */

static bool has_target(const GPtrArray *targets, const GmemTarget *target)
{
    return g_ptr_array_find((GPtrArray *)targets, target, NULL);
}

static void note_address(GmemRun *run, GmemTarget *target)
{
    const GmemExpr *base = &target->is->base;
    unsigned i;

    for (i = 0; i < base->n; i++) {
        const GmemOp *op = &base->op[i];
        GmemPlaceUse *use;

        if ((op->code != GMEM_OP_REGISTER && op->code != GMEM_OP_KNOWN) ||
            !place_at(run, op->a)->is->is_array) {
            continue;
        }
        use = place_at(run, op->a)->user;
        if (!use->activates) {
            use->activates = g_ptr_array_new();
        }
        if (!has_target(use->activates, target)) {
            g_ptr_array_add(use->activates, target);
        }
    }
}

/* A statement with one instance: it is in use from the beginning. */
static void note_use(GmemRun *run, GmemTarget *target)
{
    if (target->is->low == target->is->high) {
        gmem_target_get(target, target->is->low);
    } else {
        note_address(run, target);
    }
}

/* --- beginning and end --------------------------------------------------- */

static void add_uses(GmemRun *run)
{
    unsigned i;

    for (i = 0; i < run->place->len; i++) {
        GmemPlaceUse *use = g_new0(GmemPlaceUse, 1);

        use->run = run;
        place_at(run, i)->user = use;
    }
}

static void add_targets(GmemRun *run)
{
    const GArray *statements = run->file->statement;
    unsigned i;

    run->target = g_array_sized_new(false, true, sizeof(GmemTarget),
                                    statements->len);
    g_array_set_size(run->target, statements->len);
    for (i = 0; i < statements->len; i++) {
        gmem_target_init(target_at(run, i), run,
                         &g_array_index(statements, GmemStatement, i));
        note_use(run, target_at(run, i));
    }
}

GmemRun *gmem_run_new(GmemShared *shared, GmemFile *file,
                      const uint8_t *config, GError **error)
{
    GmemRun *run = g_new0(GmemRun, 1);

    run->shared = shared;
    run->file = file;
    run->registers = gmem_registers_new(file);
    run->place = gmem_places_new(file, run->registers, config, error);
    if (!run->place) {
        gmem_run_free(run);
        return NULL;
    }
    gmem_places_update(run->place, false);
    gmem_budget_init(&run->budget, file);
    add_uses(run);
    add_targets(run);
    each_hook(run, add_register_hook, NULL);
    return run;
}

static void free_use(GmemPlaceUse *use)
{
    g_clear_pointer(&use->hook[GMEM_READS], g_array_unref);
    g_clear_pointer(&use->hook[GMEM_WRITES], g_array_unref);
    g_clear_pointer(&use->activates, g_ptr_array_unref);
    g_free(use);
}

void gmem_run_free(GmemRun *run)
{
    unsigned i;

    for (i = 0; run->target && i < run->target->len; i++) {
        gmem_target_clear(target_at(run, i));
    }
    for (i = 0; run->place && i < run->place->len; i++) {
        free_use(place_at(run, i)->user);
    }
    g_clear_pointer(&run->target, g_array_unref);
    g_clear_pointer(&run->place, g_array_unref);
    gmem_registers_free(run->registers);
    gmem_file_free(run->file);
    g_free(run);
}

void gmem_run_reset(GmemRun *run)
{
    static const GmemEvent event = { .kind = GMEM_ON_REQUEST, .bar = -1 };
    unsigned i;
    unsigned k;

    gmem_budget_begin(&run->budget, run->shared->serial, run->shared->host,
                      run->shared->opaque);
    for (i = 0; i < run->target->len; i++) {
        const GPtrArray *used = target_at(run, i)->used;

        for (k = 0; k < used->len; k++) {
            GmemInstance *instance = g_ptr_array_index(used, k);

            gmem_instance_begin(instance, &event, "reset");
            instance->has_access = false;
        }
    }
    gmem_registers_reset(run->registers);
    gmem_places_update(run->place, false);
}
