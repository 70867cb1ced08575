/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: accesses of the guest
 *
 * First all registers that an access touches get their values.  Then it
 * triggers: what it triggers may refer to them.
 */
#include "libguestmem/engine.h"
#include "libguestmem/instance.h"
#include "libguestmem/tables.h"
#include "libguestmem/run.h"
#include "libguestmem/trigger.h"

static uint64_t low_bytes(uint64_t value, uint64_t bytes)
{
    return bytes < 8 ? value & ((UINT64_C(1) << (bytes * 8)) - 1) : value;
}

/* --- learning ------------------------------------------------------------ */

/* What an access has brought */
typedef struct AccessEffect {
    bool moves;             /* places of registers may have changed */
    bool triggers;          /* there are triggers */
} AccessEffect;

static void activate(const GmemPlace *place, unsigned element)
{
    const GmemPlaceUse *use = place->user;
    uint64_t n = (uint64_t)place->is->low + element;
    unsigned i;

    for (i = 0; use->activates && i < use->activates->len; i++) {
        GmemTarget *target = g_ptr_array_index(use->activates, i);

        if (gmem_target_has(target, n)) {
            gmem_target_get(target, n);
        }
    }
}

static void learn(void *opaque, GmemPlace *place, unsigned element,
                  uint64_t offset, const GmemAccess *access)
{
    const GmemPlaceUse *use = place->user;
    const GmemRegister *reg = place->is;
    AccessEffect *effect = opaque;
    uint64_t first = MAX(offset, access->offset);
    uint64_t end = MIN(offset + reg->width, access->end);
    bool changed;

    effect->triggers |= use->hook[access->direction] != NULL;
    if (!(access->direction == GMEM_WRITES ? reg->writes : reg->reads)) {
        return;
    }
    if (gmem_registers_learn(place->registers, place->number, element,
                             first - offset, end - first,
                             access->value >> (first - access->offset) * 8,
                             &changed)) {
        activate(place, element);
    }
    effect->moves |= changed && place->moves_others;
}

/* --- triggers ------------------------------------------------------------ */

/* An access triggers if it has the register's first byte. */
static void trigger(G_GNUC_UNUSED void *opaque, GmemPlace *place,
                    unsigned element, uint64_t offset,
                    const GmemAccess *access)
{
    const GmemPlaceUse *use = place->user;
    const GArray *hooks = use->hook[access->direction];
    uint64_t bytes = MIN(place->is->width, access->end - offset);
    GmemEvent event = {
        .kind = access->direction == GMEM_WRITES ? GMEM_ON_WRITE :
                GMEM_ON_READ,
        .bar = access->bar,
        .offset = offset,
        .has_value = true,
        .has_index = place->is->is_array,
        .index = place->is->low + element,
    };
    unsigned i;

    if (!hooks || offset < access->offset) {
        return;
    }
    event.value = low_bytes(access->value >> (offset - access->offset) * 8,
                            bytes);
    for (i = 0; i < hooks->len; i++) {
        const GmemHook *hook = &g_array_index(hooks, GmemHook, i);

        if (event.index >= hook->trigger->low &&
            event.index <= hook->trigger->high) {
            gmem_hook_fire(hook, &event);
        }
    }
}

/* --- accesses ------------------------------------------------------------ */

static void act(GmemEngine *engine, const GmemSpan *span,
                const GmemAccess *access)
{
    GmemTable *table = &engine->table[access->direction][access->bar];
    AccessEffect effect = { 0 };

    gmem_table_each(table, span, access, learn, &effect);
    if (effect.moves) {
        engine->shared.host->now(engine->shared.opaque);
        if (gmem_tables_update(engine)) {
            span = gmem_table_find(table, access->offset, access->end);
        }
    }
    if (effect.triggers && span) {
        engine->shared.serial++;
        gmem_table_each(table, span, access, trigger, NULL);
    }
}

static void see(GmemEngine *engine, GmemDirection direction, int bar,
                uint64_t offset, unsigned width, uint64_t value)
{
    uint64_t end = offset + width;
    const GmemSpan *span;

    if ((unsigned)bar >= GMEM_BARS || end <= offset) {
        return;
    }
    span = gmem_table_find(&engine->table[direction][bar], offset, end);
    if (span) {
        GmemAccess access = {
            .direction = direction, .bar = bar, .offset = offset, .end = end,
            .value = low_bytes(value, width),
        };

        act(engine, span, &access);
    }
}

void gmem_engine_write(GmemEngine *engine, int bar, uint64_t offset,
                       unsigned width, uint64_t value)
{
    see(engine, GMEM_WRITES, bar, offset, width, value);
}

void gmem_engine_read(GmemEngine *engine, int bar, uint64_t offset,
                      unsigned width, uint64_t value)
{
    see(engine, GMEM_READS, bar, offset, width, value);
}
