/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the ring with several producers and one consumer
 *
 * Most useful under TSan (b_sanitize=thread).
 */
#include "libmmiotrace/ring.h"

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/gate.h"
#include "ring-new.h"

#define SLOTS     MMT_RING_MIN_SLOTS
#define PRODUCERS 4
#define EACH      20000u

/**
 * struct Stress: one run
 * @ring: the ring
 * @gate: its producers are in it
 * @drop: producers drop records that find no room, instead of waiting
 * @running: producers that have not ended
 */
typedef struct Stress {
    MmtRing *ring;
    MmtGate gate;
    bool drop;
    int running;
} Stress;

typedef struct Producer {
    pthread_t thread;
    Stress *stress;
    unsigned index;
    uint64_t dropped;
} Producer;

/*
 * Like a vCPU in the gate: reserve, fill in, publish as pending, forward,
 * complete.  Every 64th time a text instead.
 */
static bool produce_in_gate(MmtRing *ring, unsigned index, uint32_t i)
{
    MmtRecord rec = {
        .kind = MMT_KIND_READ, .width = 8, .cpu = index, .addr = i,
        .arg = ~(uint64_t)i, .state = MMT_STATE_READY,
    };
    MmtSlot *slot;
    uint64_t pos;

    if (i % 64 == 63) {
        char text[200];
        size_t len = 100 + i % 100;

        memset(text, 'a' + index, sizeof(text));
        rec.kind = MMT_KIND_MARK;
        return mmt_ring_put_text(ring, &rec, text, len);
    }
    slot = mmt_ring_reserve_one(ring, ring->slots / 2);
    if (!slot) {
        if (!mmt_ring_reserve(ring, 1, &pos)) {
            return false;
        }
        slot = mmt_ring_slot(ring, pos);
    }
    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    if (i % 16 == 0) {
        sched_yield();
    }
    slot->rec.value = (uint64_t)index << 32 | i;
    mmt_slot_publish(slot, MMT_STATE_READY);
    return true;
}

static bool produce(Stress *stress, unsigned index, uint32_t i)
{
    bool done;

    g_assert_true(mmt_gate_enter(&stress->gate));
    done = produce_in_gate(stress->ring, index, i);
    if (!done && stress->drop) {
        mmt_ring_lose(stress->ring);
    }
    mmt_gate_leave(&stress->gate);
    return done;
}

static void *producer_thread(void *opaque)
{
    Producer *p = opaque;
    Stress *stress = p->stress;
    uint32_t i;

    for (i = 0; i < EACH; i++) {
        while (!produce(stress, p->index, i)) {
            if (stress->drop) {
                p->dropped++;
                break;
            }
            sched_yield();
        }
    }
    __atomic_fetch_sub(&stress->running, 1, __ATOMIC_RELEASE);
    return NULL;
}

/**
 * struct Seen: the consumer's state
 * @next: for each producer, the least number that may come next
 * @records: from each producer
 * @lost: sum of the notices
 * @mark: the text under way: its producer; @mark_left: its bytes to come
 */
typedef struct Seen {
    uint32_t next[PRODUCERS];
    uint64_t records[PRODUCERS];
    uint64_t lost;
    unsigned mark;
    size_t mark_left;
} Seen;

static void see(Seen *seen, const MmtSlot *slot, bool drop)
{
    const MmtRecord *rec = &slot->rec;
    size_t i;

    if (rec->kind == MMT_KIND_TEXT) {
        /* No record comes between a text's slots. */
        g_assert_cmpuint(slot->text.len, <=, seen->mark_left);
        seen->mark_left -= slot->text.len;
        g_assert_true((slot->text.more != 0) == (seen->mark_left != 0));
        for (i = 0; i < slot->text.len; i++) {
            g_assert_cmpint(slot->text.text[i], ==, 'a' + seen->mark);
        }
        return;
    }
    g_assert_cmpuint(seen->mark_left, ==, 0);
    if (rec->kind == MMT_KIND_LOST) {
        g_assert_true(drop);
        seen->lost += rec->value;
        return;
    }
    g_assert_cmpuint(rec->cpu, <, PRODUCERS);
    g_assert_cmpuint(rec->arg, ==, ~rec->addr);
    if (drop) {
        g_assert_cmpuint(rec->addr, >=, seen->next[rec->cpu]);
    } else {
        g_assert_cmpuint(rec->addr, ==, seen->next[rec->cpu]);
    }
    seen->next[rec->cpu] = rec->addr + 1;
    seen->records[rec->cpu]++;
    if (rec->kind == MMT_KIND_MARK) {
        seen->mark = rec->cpu;
        seen->mark_left = 100 + rec->addr % 100;
    } else {
        g_assert_cmpint(rec->kind, ==, MMT_KIND_READ);
        g_assert_cmphex(rec->value, ==, (uint64_t)rec->cpu << 32 | rec->addr);
    }
}

static void run_stress(uint32_t slots, bool drop)
{
    Stress stress = { .ring = new_ring(slots), .drop = drop,
                      .running = PRODUCERS };
    Producer producers[PRODUCERS];
    Seen seen = { 0 };
    uint64_t dropped = 0;
    MmtSlot last;
    unsigned i;

    mmt_gate_init(&stress.gate);
    for (i = 0; i < PRODUCERS; i++) {
        producers[i] = (Producer) { .stress = &stress, .index = i };
        g_assert_cmpint(pthread_create(&producers[i].thread, NULL,
                                       producer_thread, &producers[i]), ==, 0);
    }
    for (;;) {
        bool done = !__atomic_load_n(&stress.running, __ATOMIC_ACQUIRE);
        const MmtSlot *slot;
        uint64_t n = 0;

        while (n < 32 && (slot = peek(stress.ring, n))) {
            see(&seen, slot, drop);
            n++;
        }
        mmt_ring_consume(stress.ring, n);
        g_assert_cmpuint(mmt_ring_used(stress.ring), <=, slots);
        if (!n) {
            if (done) {
                break;
            }
            sched_yield();
        }
    }
    for (i = 0; i < PRODUCERS; i++) {
        pthread_join(producers[i].thread, NULL);
        dropped += producers[i].dropped;
        g_assert_cmpuint(seen.records[i] + producers[i].dropped, ==, EACH);
    }
    if (mmt_ring_salvage(stress.ring, &last)) {
        see(&seen, &last, drop);
    }
    g_assert_cmpuint(seen.lost, ==, dropped);
    g_assert_cmpuint(mmt_ring_total_lost(stress.ring), ==, dropped);
    g_assert_cmpuint(mmt_ring_used(stress.ring), ==, 0);
    g_test_message("%" G_GUINT64_FORMAT " of %u dropped", dropped,
                   PRODUCERS * EACH);
    mmt_gate_destroy(&stress.gate);
    free(stress.ring);
}

static void test_stress(void)
{
    run_stress(SLOTS, false);
}

static void test_stress_large(void)
{
    run_stress(16384, false);
}

static void test_stress_drop(void)
{
    run_stress(SLOTS, true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ring/stress", test_stress);
    g_test_add_func("/ring/stress-large", test_stress_large);
    g_test_add_func("/ring/stress-drop", test_stress_drop);
    return g_test_run();
}
