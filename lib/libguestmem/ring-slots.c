/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: rings whose new entries are known by their slots: up to a tail,
 * all, or by bits
 *
 * Neighbours are read at once.
 */
#include "libguestmem/look.h"
#include "libguestmem/ring.h"

#include <string.h>

/* Modulus of a counter at most: it has 32 bits. */
#define WRAP_MAX (UINT64_C(1) << 32)

/**
 * struct SlotRange: where slots are
 * @segments: number of segments
 * @total: entries in all of them
 * @segment: the segment that was found last, and its
 * @first: first slot
 * @base: base
 * @count: entries
 */
typedef struct SlotRange {
    uint64_t segments;
    uint64_t total;
    uint64_t segment;
    uint64_t first;
    uint64_t base;
    uint64_t count;
} SlotRange;

/* --- segments ------------------------------------------------------------ */

static bool at_segment(GmemLook *look, SlotRange *r, uint64_t segment)
{
    r->first = segment ? r->first + r->count : 0;
    r->segment = segment;
    return gmem_ring_segment(look, segment, &r->base, &r->count);
}

static bool measure(GmemLook *look, SlotRange *r)
{
    uint64_t i;

    *r = (SlotRange){ 0 };
    if (!gmem_ring_segments(look, &r->segments)) {
        return false;
    }
    for (i = 0; i < r->segments; i++) {
        if (!at_segment(look, r, i)) {
            return false;
        }
        r->total += r->count;
    }
    return true;
}

/* The guest may have changed the segments since they were measured. */
static bool locate(GmemLook *look, SlotRange *r, uint64_t slot)
{
    if (slot < r->first && !at_segment(look, r, 0)) {
        return false;
    }
    while (slot - r->first >= r->count) {
        if (r->segment + 1 >= r->segments) {
            gmem_look_unreadable(look);
            return false;
        }
        if (!at_segment(look, r, r->segment + 1)) {
            return false;
        }
    }
    return true;
}

/* --- entries ------------------------------------------------------------- */

/* Entries get what they need before what others point to. */
static const char *put_one(GmemLook *look, const SlotRange *r, uint64_t slot,
                           uint64_t at, const uint8_t *data, uint64_t got)
{
    GmemEntry entry = {
        .base = r->base, .count = r->count, .index = slot, .at = at,
        .data = data, .got = got,
    };

    gmem_entry_enter(look, &entry);
    return gmem_entry_put(look, &entry);
}

/*
 * Hands out up to @n entries from @slot on, as many as one read brings, of
 * @left that there are.  Returns how many; 0: no more.
 */
static uint64_t put_batch(GmemLook *look, const SlotRange *r, uint64_t slot,
                          uint64_t n, uint64_t left)
{
    GmemBudget *budget = &look->run->budget;
    uint8_t *data = look->run->shared->entries;
    unsigned size = look->target->is->entry;
    uint64_t at = r->base + (slot - r->first) * size;
    const char *why;
    uint64_t got = 0;
    uint64_t i;

    n = MIN(n, GMEM_ENTRY_MAX / size);
    n = MIN(n, MAX(gmem_budget_left(budget) / size, 1));
    /* An address behind 2^64 is none. */
    why = at < r->base ? gmem_budget_read(budget, n * size, false) :
          gmem_look_read(look, at, data, n * size, false, &got);
    for (i = 0; i < n && !why; i++) {
        budget->reserve.outs = left - i - 1;
        budget->reserve.bytes = (left - n) * size;
        why = put_one(look, r, slot + i, at + i * size, data + i * size,
                      got > i * size ? MIN(got - i * size, size) : 0);
        if (why) {
            break;
        }
    }
    if (why) {
        gmem_look_cut(look, why, left - i);
        return 0;
    }
    return n;
}

/* Hands out @n entries from @slot on, around the ring's end. */
static void put_slots(GmemLook *look, SlotRange *r, uint64_t slot, uint64_t n)
{
    while (n) {
        uint64_t done;

        if (!locate(look, r, slot)) {
            return;
        }
        done = put_batch(look, r, slot, MIN(n, r->first + r->count - slot), n);
        if (!done) {
            return;
        }
        n -= done;
        slot = (slot + done) % r->total;
    }
}

/* --- orders -------------------------------------------------------------- */

static bool find_tail(GmemLook *look, const SlotRange *r, uint64_t *wrap,
                      uint64_t *tail)
{
    const GmemStatement *is = look->target->is;

    *wrap = r->total;
    if ((is->wrap.n && !gmem_look_eval(look, &is->wrap, wrap)) ||
        !gmem_look_eval(look, &is->tail, tail)) {
        return false;
    }
    /* The tail may be the number of the last entry, plus one. */
    if (!*wrap || *wrap > WRAP_MAX || *tail > *wrap) {
        gmem_look_unreadable(look);
        return false;
    }
    *tail = *tail == *wrap ? 0 : *tail;
    return true;
}

static void by_tail(GmemLook *look, SlotRange *r)
{
    GmemInstance *instance = look->instance;
    uint64_t wrap;
    uint64_t tail;
    uint64_t n;

    if (!find_tail(look, r, &wrap, &tail)) {
        return;
    }
    if (!instance->started) {
        if (!gmem_ring_start(look, &instance->position)) {
            return;
        }
        instance->started = true;
    }
    instance->position %= wrap;
    n = tail >= instance->position ? tail - instance->position :
        tail + wrap - instance->position;
    if (n > r->total) {
        /* The ring has the last ones only. */
        gmem_look_unreadable(look);
        instance->position = (instance->position + (n - r->total)) % wrap;
        n = r->total;
    }
    put_slots(look, r, instance->position % r->total, n);
    instance->position = tail;
}

static void all(GmemLook *look, SlotRange *r)
{
    put_slots(look, r, 0, r->total);
}

static void by_bits(GmemLook *look, SlotRange *r)
{
    uint64_t bits;

    if (!gmem_look_eval(look, &look->target->is->tail, &bits)) {
        return;
    }
    if (r->total < 64 && bits >> r->total) {
        gmem_look_unreadable(look);
        bits &= (UINT64_C(1) << r->total) - 1;
    }
    for (; bits; bits &= bits - 1) {
        uint64_t slot = __builtin_ctzll(bits);

        if (!locate(look, r, slot) ||
            !put_batch(look, r, slot, 1, __builtin_popcountll(bits))) {
            return;
        }
    }
}

void gmem_ring_slots(GmemLook *look)
{
    static void (*const order[])(GmemLook *look, SlotRange *r) = {
        [GMEM_BY_TAIL] = by_tail,
        [GMEM_BY_BITS] = by_bits,
        [GMEM_ALL] = all,
    };
    SlotRange r;

    if (measure(look, &r)) {
        order[look->target->is->order](look, &r);
    }
    look->run->budget.reserve = (GmemAllowance){ 0 };
}
