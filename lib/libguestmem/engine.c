/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: engine: its files, and what is no access
 */
#include "libguestmem/engine.h"
#include "libguestmem/glob.h"
#include "libguestmem/instance.h"
#include "libguestmem/run.h"
#include "libguestmem/tables.h"
#include "libguestmem/trigger.h"

#include <string.h>

static GmemRun *run_at(const GmemEngine *engine, unsigned i)
{
    return g_ptr_array_index(engine->run, i);
}

/* --- files --------------------------------------------------------------- */

GmemEngine *gmem_engine_new(const GmemHost *host, void *opaque)
{
    GmemEngine *engine = g_new0(GmemEngine, 1);

    engine->shared.host = host;
    engine->shared.opaque = opaque;
    engine->shared.commands = gmem_commands_new();
    engine->run = g_ptr_array_new();
    engine->place = g_ptr_array_new();
    engine->irq = g_array_new(false, false, sizeof(GmemHook));
    engine->marker = g_array_new(false, false, sizeof(GmemHook));
    return engine;
}

void gmem_engine_free(GmemEngine *engine)
{
    unsigned i;

    for (i = 0; i < engine->run->len; i++) {
        gmem_run_free(run_at(engine, i));
    }
    gmem_tables_clear(engine);
    gmem_commands_free(engine->shared.commands);
    g_free(engine->shared.data);
    g_ptr_array_unref(engine->run);
    g_ptr_array_unref(engine->place);
    g_array_unref(engine->irq);
    g_array_unref(engine->marker);
    g_free(engine);
}

static void files_changed(GmemEngine *engine)
{
    unsigned i;

    g_array_set_size(engine->irq, 0);
    g_array_set_size(engine->marker, 0);
    for (i = 0; i < engine->run->len; i++) {
        gmem_run_hooks(run_at(engine, i), GMEM_ON_IRQ, engine->irq);
        gmem_run_hooks(run_at(engine, i), GMEM_ON_MARKER, engine->marker);
    }
    gmem_tables_make(engine);
}

bool gmem_engine_add(GmemEngine *engine, GmemFile *file, const uint8_t *config,
                     GError **error)
{
    GmemRun *run = gmem_run_new(&engine->shared, file, config, error);

    if (!run) {
        return false;
    }
    if (!engine->shared.data) {
        engine->shared.data = g_malloc(GMEM_DATA_MAX);
    }
    g_ptr_array_add(engine->run, run);
    files_changed(engine);
    return true;
}

static GmemRun *find_run(const GmemEngine *engine, const GmemFile *file)
{
    unsigned i;

    for (i = 0; i < engine->run->len; i++) {
        if (run_at(engine, i)->file == file) {
            return run_at(engine, i);
        }
    }
    return NULL;
}

void gmem_engine_remove(GmemEngine *engine, const GmemFile *file)
{
    GmemRun *run = find_run(engine, file);

    if (run) {
        g_ptr_array_remove(engine->run, run);
        files_changed(engine);
        gmem_run_free(run);
    }
}

const GmemFile *gmem_engine_file(const GmemEngine *engine, unsigned i)
{
    return i < engine->run->len ? run_at(engine, i)->file : NULL;
}

bool gmem_engine_count(const GmemEngine *engine, const GmemFile *file,
                       unsigned i, GmemCount *count)
{
    const GmemRun *run = find_run(engine, file);

    if (!run || i >= run->target->len) {
        return false;
    }
    *count = g_array_index(run->target, GmemTarget, i).count;
    return true;
}

/* --- registers ----------------------------------------------------------- */

bool gmem_engine_range(const GmemEngine *engine, unsigned i, int *bar,
                       uint64_t *offset, uint64_t *len, bool *reads,
                       bool *writes, const char **name)
{
    unsigned k;

    for (k = 0; k < engine->place->len; k++) {
        const GmemPlace *place = g_ptr_array_index(engine->place, k);

        if (!place->placed || i--) {
            continue;
        }
        *bar = place->on_bar;
        *offset = place->offset;
        *len = place->len;
        *reads = place->counts[GMEM_READS];
        *writes = place->counts[GMEM_WRITES];
        *name = place->is->name;
        return true;
    }
    return false;
}

/* Those of a bank are all at one place. */
static void forget_place(const GmemPlace *place, uint64_t offset, uint64_t end)
{
    unsigned i;

    for (i = 0; i < gmem_register_elements(place->is); i++) {
        uint64_t at = place->offset + (place->n > 1 ? i * place->stride : 0);

        if (at < end && at + place->is->width > offset) {
            gmem_registers_forget(place->registers, place->number, i);
        }
    }
}

void gmem_engine_forget(GmemEngine *engine, int bar, uint64_t offset,
                        uint64_t len)
{
    uint64_t end = len > UINT64_MAX - offset ? UINT64_MAX : offset + len;
    unsigned i;

    for (i = 0; i < engine->place->len; i++) {
        const GmemPlace *place = g_ptr_array_index(engine->place, i);

        if (place->placed && place->on_bar == bar) {
            forget_place(place, offset, end);
        }
    }
}

void gmem_engine_reset(GmemEngine *engine)
{
    unsigned i;

    engine->shared.serial++;
    for (i = 0; i < engine->run->len; i++) {
        gmem_run_reset(run_at(engine, i));
    }
    gmem_tables_make(engine);
}

/* --- interrupts and markers ---------------------------------------------- */

void gmem_engine_irq(GmemEngine *engine, unsigned vector)
{
    GmemEvent event = {
        .kind = GMEM_ON_IRQ, .bar = -1, .has_value = true, .value = vector,
    };
    unsigned i;

    engine->shared.serial++;
    for (i = 0; i < engine->irq->len; i++) {
        gmem_hook_fire(&g_array_index(engine->irq, GmemHook, i), &event);
    }
}

void gmem_engine_marker(GmemEngine *engine, const char *text)
{
    GmemEvent event = { .kind = GMEM_ON_MARKER, .bar = -1 };
    unsigned i;

    engine->shared.serial++;
    for (i = 0; i < engine->marker->len; i++) {
        const GmemHook *hook = &g_array_index(engine->marker, GmemHook, i);

        if (gmem_glob_match(hook->trigger->glob, text)) {
            gmem_hook_fire(hook, &event);
        }
    }
}

/* --- requests ------------------------------------------------------------ */

/* Is it this statement's name, without (then @all) or with a number? */
static bool is_named(const GmemTarget *target, const char *name, bool *all,
                     uint64_t *n)
{
    const char *own = target->is->name;
    size_t len = strlen(own);
    const char *end;
    g_autofree char *digits = NULL;

    *all = target->is->low != target->is->high;
    *n = target->is->low;
    if (!strcmp(name, own)) {
        return true;
    }
    if (!target->is->is_array || strncmp(name, own, len) || name[len] != '[') {
        return false;
    }
    end = strchr(name + len, ']');
    if (!end || end[1]) {
        return false;
    }
    *all = false;
    digits = g_strndup(name + len + 1, end - name - len - 1);
    return g_ascii_string_to_unsigned(digits, 10, target->is->low,
                                      target->is->high, n, NULL);
}

bool gmem_engine_request(GmemEngine *engine, const char *name)
{
    static const GmemEvent event = { .kind = GMEM_ON_REQUEST, .bar = -1 };
    bool found = false;
    unsigned i;
    unsigned k;

    engine->shared.serial++;
    for (i = 0; i < engine->run->len; i++) {
        GArray *targets = run_at(engine, i)->target;

        for (k = 0; k < targets->len; k++) {
            GmemTarget *target = &g_array_index(targets, GmemTarget, k);
            bool all;
            uint64_t n;

            if (is_named(target, name, &all, &n)) {
                found = true;
                gmem_target_look(target, &event, all, n);
            }
        }
    }
    return found;
}
