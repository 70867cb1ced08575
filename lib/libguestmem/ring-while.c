/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: rings whose entries themselves say that they are new
 *
 * Base and count are evaluated when the ring, or a segment, begins.  From then
 * on the position is an address: a link may have led anywhere.  If a bound cuts
 * the look, the next one goes on at the same entry.
 */
#include "libguestmem/look.h"
#include "libguestmem/ring.h"

/* --- position ------------------------------------------------------------ */

static bool start(GmemLook *look)
{
    GmemInstance *instance = look->instance;

    if (!gmem_ring_segments(look, &instance->segments) ||
        !gmem_ring_start(look, &instance->slot)) {
        return false;
    }
    instance->segment = 0;
    instance->placed = false;
    instance->started = true;
    return true;
}

static bool place(GmemLook *look)
{
    GmemInstance *instance = look->instance;

    if (!gmem_ring_segment(look, instance->segment, &instance->base,
                           &instance->count)) {
        return false;
    }
    instance->slot %= instance->count;
    instance->at = instance->base + instance->slot * look->target->is->entry;
    if (instance->at < instance->base) {
        gmem_look_unreadable(look);
        return false;
    }
    instance->placed = true;
    return true;
}

static bool next_segment(GmemLook *look)
{
    GmemInstance *instance = look->instance;

    instance->slot = 0;
    instance->placed = false;
    instance->segment++;
    if (instance->segment >= instance->segments) {
        instance->segment = 0;
        instance->phase ^= 1;
        gmem_context_set(&look->scope, GMEM_VAR_PHASE, instance->phase);
        return gmem_ring_segments(look, &instance->segments);
    }
    return true;
}

static bool follow_link(GmemLook *look, unsigned *links)
{
    const GmemStatement *is = look->target->is;
    GmemInstance *instance = look->instance;
    uint64_t toggles = 0;
    uint64_t to;

    if (!gmem_look_eval(look, &is->link_to, &to) ||
        (is->link_toggles.n &&
         !gmem_look_eval(look, &is->link_toggles, &toggles))) {
        return false;
    }
    if (toggles) {
        instance->phase ^= 1;
        gmem_context_set(&look->scope, GMEM_VAR_PHASE, instance->phase);
    }
    if (to == instance->at || ++*links > GMEM_LINKS_MAX) {
        instance->at = to;
        gmem_look_cut(look, "trigger", 0);
        return false;
    }
    instance->at = to;
    return true;
}

/* Addresses end at 2^64: what would lie behind can't be read. */
static bool advance(GmemLook *look, unsigned *links)
{
    const GmemStatement *is = look->target->is;
    GmemInstance *instance = look->instance;

    instance->number++;
    if (is->link_to.n && gmem_look_true(look, &is->link_when)) {
        return follow_link(look, links);
    }
    instance->at = instance->at > UINT64_MAX - is->entry ? UINT64_MAX :
                   instance->at + is->entry;
    instance->slot++;
    return is->link_to.n || instance->slot < instance->count ||
           next_segment(look);
}

/* --- entries ------------------------------------------------------------- */

/* It is handed out once: the ring stays here. */
static void tell_unreadable(GmemLook *look, const GmemEntry *entry)
{
    gmem_look_unreadable(look);
    if (!look->instance->told_unreadable) {
        look->instance->told_unreadable = !gmem_entry_put(look, entry);
    }
}

/* Reads the entry at the position.  Returns NULL, or which bound does not allow
   it. */
static const char *read_entry(GmemLook *look, GmemEntry *entry)
{
    const GmemInstance *instance = look->instance;
    uint8_t *data = look->run->shared->entries;

    *entry = (GmemEntry){
        .base = instance->base, .count = instance->count,
        .index = instance->number, .at = instance->at, .data = data,
    };
    return gmem_look_read(look, instance->at, data, look->target->is->entry,
                          false, &entry->got);
}

/* Is the entry that was read a new one? */
static bool is_new(GmemLook *look, const GmemEntry *entry)
{
    uint64_t new;

    if (entry->got < look->target->is->entry) {
        tell_unreadable(look, entry);
        return false;
    }
    gmem_entry_enter(look, entry);
    return gmem_look_eval(look, &look->target->is->condition, &new) && new;
}

/*
 * Finds the next entry, if there is a new one.  It is read once more when it is
 * known to be new, as drivers do: the device may have been writing it, and its
 * phase comes last.
 */
static bool find_new(GmemLook *look, GmemEntry *entry)
{
    const char *why = read_entry(look, entry);

    if (!why) {
        if (!is_new(look, entry)) {
            return false;
        }
#ifndef __SANITIZE_THREAD__     /* it has no fences: -Wtsan */
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
        why = read_entry(look, entry);
    }
    if (why) {
        gmem_look_cut(look, why, 0);
        return false;
    }
    return is_new(look, entry);
}

/* Returns whether to go on with the next entry. */
static bool step(GmemLook *look, unsigned *links)
{
    GmemInstance *instance = look->instance;
    GmemEntry entry;
    const char *why;

    if ((!instance->placed && !place(look)) || !find_new(look, &entry)) {
        return false;
    }
    why = gmem_entry_put(look, &entry);
    if (why) {
        gmem_look_cut(look, why, 0);
        return false;
    }
    instance->told_unreadable = false;
    /* The entry may have deleted its own ring. */
    return instance->started && advance(look, links);
}

void gmem_ring_while(GmemLook *look)
{
    GmemInstance *instance = look->instance;
    unsigned links = 0;
    uint64_t limit = 0;
    uint64_t done;

    if ((!instance->started && !start(look)) ||
        (!instance->placed && !place(look))) {
        return;
    }
    /* A condition that is always true must not lead around again. */
    for (done = 0; done <= limit; done++) {
        if (!step(look, &links)) {
            return;
        }
        limit = MAX(limit, instance->segments * instance->count - 1);
    }
}
