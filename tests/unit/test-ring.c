/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the ring
 *
 * The stress tests are most useful under TSan (b_sanitize=thread).
 */
#include "libmmiotrace/ring.h"

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/format.h"

#define SLOTS MMT_RING_MIN_SLOTS

static const MmtSlot *peek(MmtRing *ring, uint64_t ahead)
{
    return mmt_ring_peek(ring, ring->tail + ahead);
}

static MmtRing *new_ring(uint32_t slots)
{
    size_t bytes = mmt_ring_bytes(slots);
    void *mem = aligned_alloc(64, bytes);

    g_assert_nonnull(mem);
    memset(mem, 0xa5, bytes);
    return mmt_ring_init(mem, slots);
}

/* Fill a slot that was reserved. */
static void fill(MmtRing *ring, uint64_t pos, uint64_t value, MmtState state)
{
    MmtRecord rec = { .kind = MMT_KIND_WRITE, .width = 8, .value = value };
    MmtSlot *slot = mmt_ring_slot(ring, pos);

    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, state);
}

static bool put(MmtRing *ring, uint64_t value)
{
    uint64_t pos;

    if (!mmt_ring_reserve(ring, 1, &pos)) {
        return false;
    }
    fill(ring, pos, value, MMT_STATE_READY);
    return true;
}

static void assert_next(MmtRing *ring, MmtKind kind, uint64_t value)
{
    const MmtSlot *slot = peek(ring, 0);

    g_assert_nonnull(slot);
    g_assert_cmpint(slot->rec.kind, ==, kind);
    g_assert_cmpuint(slot->rec.value, ==, value);
    mmt_ring_consume(ring, 1);
}

static void test_bytes(void)
{
    g_assert_cmpuint(mmt_ring_bytes(0), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(MMT_RING_MIN_SLOTS / 2), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(MMT_RING_MIN_SLOTS + 1), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(100), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(MMT_RING_MAX_SLOTS * 2), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(UINT32_MAX), ==, 0);
    g_assert_cmpuint(mmt_ring_bytes(64), ==, 320 + 64 * 64);
    g_assert_cmpuint(mmt_ring_bytes(MMT_RING_MAX_SLOTS), ==,
                     320 + 64 * (size_t)MMT_RING_MAX_SLOTS);
}

static void test_init(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t magic;

    g_assert_cmphex(ring->magic, ==, MMT_RING_MAGIC);
    /* A ring has the byte order of its machine. */
    magic = GUINT64_TO_LE(ring->magic);
    g_assert_cmpmem(&magic, 8, "MMTRING", 8);
    g_assert_cmpuint(ring->version, ==, MMT_RING_VERSION);
    g_assert_cmpuint(ring->slots, ==, SLOTS);
    g_assert_cmpuint(mmt_ring_used(ring), ==, 0);
    g_assert_null(peek(ring, 0));
    free(ring);
}

static void test_full(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t pos;
    uint64_t i;

    for (i = 0; i < SLOTS; i++) {
        g_assert_true(put(ring, i));
        g_assert_cmpuint(mmt_ring_used(ring), ==, i + 1);
    }
    g_assert_false(put(ring, i));
    g_assert_false(mmt_ring_reserve(ring, SLOTS, &pos));
    g_assert_cmpuint(mmt_ring_used(ring), ==, SLOTS);
    assert_next(ring, MMT_KIND_WRITE, 0);
    g_assert_true(put(ring, SLOTS));
    g_assert_false(put(ring, 0));
    for (i = 1; i <= SLOTS; i++) {
        assert_next(ring, MMT_KIND_WRITE, i);
    }
    g_assert_null(peek(ring, 0));
    free(ring);
}

/* Many rounds, at all fill levels. */
static void test_wrap(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t in = 0;
    uint64_t out = 0;
    unsigned batch;

    for (batch = 1; batch <= SLOTS; batch++) {
        unsigned i;

        for (i = 0; i < batch; i++) {
            g_assert_true(put(ring, in++));
        }
        for (i = 0; i < batch; i++) {
            const MmtSlot *slot = peek(ring, i);

            g_assert_nonnull(slot);
            g_assert_cmpuint(slot->rec.value, ==, out + i);
        }
        g_assert_null(peek(ring, batch));
        mmt_ring_consume(ring, batch);
        out += batch;
        g_assert_cmpuint(mmt_ring_used(ring), ==, 0);
    }
    free(ring);
}

/* Positions count up for ever: past 2^32 and past 2^64. */
static void test_counter_wrap(void)
{
    static const uint64_t starts[] = { UINT32_MAX - 10ull, UINT64_MAX - 10 };
    size_t k;

    for (k = 0; k < G_N_ELEMENTS(starts); k++) {
        MmtRing *ring = new_ring(SLOTS);
        uint64_t i;

        ring->head = ring->tail = starts[k];
        for (i = 0; i < 200; i++) {
            g_assert_true(put(ring, i));
            g_assert_true(put(ring, i + 1000));
            g_assert_cmpuint(mmt_ring_used(ring), ==, 2);
            assert_next(ring, MMT_KIND_WRITE, i);
            assert_next(ring, MMT_KIND_WRITE, i + 1000);
        }
        for (i = 0; i < SLOTS; i++) {
            g_assert_true(put(ring, i));
        }
        g_assert_false(put(ring, i));
        free(ring);
    }
}

/* The log is in the order of reservation, whichever is ready first. */
static void test_pending_holds_back(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t a;
    uint64_t b;
    uint64_t c;

    g_assert_true(mmt_ring_reserve(ring, 1, &a));
    g_assert_true(mmt_ring_reserve(ring, 1, &b));
    g_assert_true(mmt_ring_reserve(ring, 1, &c));
    g_assert_null(peek(ring, 0));
    fill(ring, c, 3, MMT_STATE_READY);
    g_assert_null(peek(ring, 0));
    g_assert_nonnull(peek(ring, 2));
    fill(ring, a, 1, MMT_STATE_PENDING);
    g_assert_null(peek(ring, 0));
    fill(ring, b, 2, MMT_STATE_READY);
    g_assert_null(peek(ring, 0));
    mmt_slot_publish(mmt_ring_slot(ring, a), MMT_STATE_READY);
    assert_next(ring, MMT_KIND_WRITE, 1);
    assert_next(ring, MMT_KIND_WRITE, 2);
    assert_next(ring, MMT_KIND_WRITE, 3);
    g_assert_null(peek(ring, 0));
    free(ring);
}

static void test_lost(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t i;

    for (i = 0; i < SLOTS; i++) {
        g_assert_true(put(ring, i));
    }
    for (i = 0; i < 5; i++) {
        g_assert_false(put(ring, 1000));
        mmt_ring_lose(ring);
    }
    g_assert_cmpuint(mmt_ring_total_lost(ring), ==, 5);

    /* Room for only one of record and notice is not enough for either. */
    assert_next(ring, MMT_KIND_WRITE, 0);
    g_assert_false(put(ring, 1000));
    mmt_ring_lose(ring);
    g_assert_cmpuint(mmt_ring_used(ring), ==, SLOTS - 1);

    assert_next(ring, MMT_KIND_WRITE, 1);
    g_assert_true(put(ring, 2000));
    g_assert_cmpuint(mmt_ring_used(ring), ==, SLOTS);
    for (i = 2; i < SLOTS; i++) {
        assert_next(ring, MMT_KIND_WRITE, i);
    }
    /* Exactly where records are missing, and once */
    assert_next(ring, MMT_KIND_LOST, 6);
    assert_next(ring, MMT_KIND_WRITE, 2000);
    g_assert_true(put(ring, 3000));
    assert_next(ring, MMT_KIND_WRITE, 3000);
    g_assert_null(peek(ring, 0));
    g_assert_cmpuint(mmt_ring_total_lost(ring), ==, 6);
    free(ring);
}

/* Take one text out of the ring, as the writer does. */
static char *take_text(MmtRing *ring)
{
    MmtFormatter fmt = { 0 };
    const MmtSlot *slot;
    char buf[MMT_FORMAT_MAX];

    while ((slot = peek(ring, 0))) {
        size_t n = mmt_format(&fmt, slot, buf);

        mmt_ring_consume(ring, 1);
        if (n) {
            return g_strndup(buf, n);
        }
    }
    return NULL;
}

static void test_text(void)
{
    MmtRing *ring = new_ring(SLOTS);
    MmtRecord mark = { .kind = MMT_KIND_MARK, .ns = 1000000000 };
    char text[MMT_MARK_MAX];
    size_t len;

    memset(text, 'm', sizeof(text));
    for (len = 0; len <= sizeof(text); len++) {
        g_autofree char *expected = g_strdup_printf("MARK 1.000000 %.*s\n",
                                                    (int)len, text);
        g_autofree char *line = NULL;

        g_assert_true(mmt_ring_put_text(ring, &mark, text, len));
        line = take_text(ring);
        g_assert_cmpstr(line, ==, expected);
        g_assert_cmpuint(mmt_ring_used(ring), ==, 0);
    }
    free(ring);
}

/* A text without enough room gets none at all. */
static void test_text_full(void)
{
    MmtRing *ring = new_ring(SLOTS);
    MmtRecord mark = { .kind = MMT_KIND_MARK };
    char text[MMT_TEXT_BYTES * 2];
    uint64_t i;

    memset(text, 'm', sizeof(text));
    for (i = 0; i < SLOTS - 2; i++) {
        g_assert_true(put(ring, i));
    }
    g_assert_false(mmt_ring_put_text(ring, &mark, text, sizeof(text)));
    g_assert_cmpuint(mmt_ring_used(ring), ==, SLOTS - 2);
    g_assert_true(mmt_ring_put_text(ring, &mark, text, sizeof(text) / 2));
    g_assert_cmpuint(mmt_ring_used(ring), ==, SLOTS);
    free(ring);
}

static void test_salvage(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t pos[5];
    MmtSlot slot;
    int i;

    for (i = 0; i < 5; i++) {
        g_assert_true(mmt_ring_reserve(ring, 1, &pos[i]));
    }
    fill(ring, pos[0], 10, MMT_STATE_READY);
    fill(ring, pos[1], 11, MMT_STATE_PENDING);
    /* pos[2]: its producer died before it had filled it in */
    fill(ring, pos[3], 13, MMT_STATE_READY);
    fill(ring, pos[4], 14, MMT_STATE_PENDING);
    mmt_ring_lose(ring);
    mmt_ring_lose(ring);

    g_assert_true(mmt_ring_salvage(ring, &slot));
    g_assert_cmpuint(slot.rec.value, ==, 10);
    g_assert_cmpuint(slot.rec.flags, ==, 0);
    g_assert_true(mmt_ring_salvage(ring, &slot));
    g_assert_cmpuint(slot.rec.value, ==, 11);
    g_assert_cmpuint(slot.rec.flags, ==, MMT_FLAG_PENDING);
    g_assert_true(mmt_ring_salvage(ring, &slot));
    g_assert_cmpuint(slot.rec.value, ==, 13);
    g_assert_cmpuint(slot.rec.flags, ==, 0);
    g_assert_true(mmt_ring_salvage(ring, &slot));
    g_assert_cmpuint(slot.rec.value, ==, 14);
    g_assert_true(mmt_ring_salvage(ring, &slot));
    g_assert_cmpint(slot.rec.kind, ==, MMT_KIND_LOST);
    g_assert_cmpuint(slot.rec.value, ==, 2);
    g_assert_false(mmt_ring_salvage(ring, &slot));
    g_assert_cmpuint(mmt_ring_used(ring), ==, 0);
    free(ring);
}

/* --- several producers, one consumer -------------------------------------- */

#define PRODUCERS 4
#define EACH      20000u

/**
 * struct Stress: one run
 * @ring: the ring
 * @drop: producers drop records that find no room, instead of waiting
 * @running: producers that have not ended
 */
typedef struct Stress {
    MmtRing *ring;
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
 * Like a vCPU: reserve, fill in, publish as pending, forward, complete.
 * Every 64th time a text instead.
 */
static bool produce(MmtRing *ring, unsigned index, uint32_t i)
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
    if (!mmt_ring_reserve(ring, 1, &pos)) {
        return false;
    }
    slot = mmt_ring_slot(ring, pos);
    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    if (i % 16 == 0) {
        sched_yield();
    }
    slot->rec.value = (uint64_t)index << 32 | i;
    mmt_slot_publish(slot, MMT_STATE_READY);
    return true;
}

static void *producer_thread(void *opaque)
{
    Producer *p = opaque;
    Stress *stress = p->stress;
    uint32_t i;

    for (i = 0; i < EACH; i++) {
        while (!produce(stress->ring, p->index, i)) {
            if (stress->drop) {
                mmt_ring_lose(stress->ring);
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
    g_test_add_func("/ring/bytes", test_bytes);
    g_test_add_func("/ring/init", test_init);
    g_test_add_func("/ring/full", test_full);
    g_test_add_func("/ring/wrap", test_wrap);
    g_test_add_func("/ring/counter-wrap", test_counter_wrap);
    g_test_add_func("/ring/pending-holds-back", test_pending_holds_back);
    g_test_add_func("/ring/lost", test_lost);
    g_test_add_func("/ring/text", test_text);
    g_test_add_func("/ring/text-full", test_text_full);
    g_test_add_func("/ring/salvage", test_salvage);
    g_test_add_func("/ring/stress", test_stress);
    g_test_add_func("/ring/stress-large", test_stress_large);
    g_test_add_func("/ring/stress-drop", test_stress_drop);
    return g_test_run();
}
