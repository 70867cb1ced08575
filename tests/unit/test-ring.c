/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the ring
 */
#include "libmmiotrace/ring.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/format.h"
#include "ring-new.h"

#define SLOTS MMT_RING_MIN_SLOTS

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

/* As many as there may be, and no more, whatever the producer has seen. */
static void test_one(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t limit;
    uint64_t i;

    for (limit = 0; limit <= SLOTS; limit++) {
        for (i = 0; i < limit; i++) {
            MmtSlot *slot = mmt_ring_reserve_one(ring, limit);

            g_assert_true(slot == mmt_ring_slot(ring, ring->head - 1));
            fill(ring, ring->head - 1, i, MMT_STATE_READY);
        }
        g_assert_null(mmt_ring_reserve_one(ring, limit));
        g_assert_cmpuint(mmt_ring_used(ring), ==, limit);
        for (i = 0; i < limit; i++) {
            assert_next(ring, MMT_KIND_WRITE, i);
        }
        g_assert_null(peek(ring, 0));
    }
    for (i = 0; i < SLOTS; i++) {
        g_assert_nonnull(mmt_ring_reserve_one(ring, UINT64_MAX));
    }
    g_assert_null(mmt_ring_reserve_one(ring, UINT64_MAX));
    free(ring);
}

/* A notice is due: mmt_ring_reserve() puts it. */
static void test_one_lost(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t pos;

    mmt_ring_lose(ring);
    g_assert_null(mmt_ring_reserve_one(ring, SLOTS));
    g_assert_cmpuint(mmt_ring_used(ring), ==, 0);
    g_assert_cmpuint(mmt_ring_reserve(ring, 1, &pos), ==, 2);
    g_assert_nonnull(mmt_ring_reserve_one(ring, SLOTS));
    g_assert_cmpuint(mmt_ring_used(ring), ==, 3);
    free(ring);
}

/* The number is exact when a ring looks half full, and never too low. */
static void test_reserve_used(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t in = 0;
    uint64_t i;

    for (i = 0; i < 10 * SLOTS; i++) {
        uint64_t pos;
        uint64_t used = mmt_ring_reserve(ring, 1, &pos);
        uint64_t now = mmt_ring_used(ring);

        g_assert_cmpuint(used, >=, now);
        g_assert_true(used == now || used < SLOTS / 2);
        fill(ring, pos, in++, MMT_STATE_READY);
        while (now-- > i / SLOTS * 6) {
            mmt_ring_consume(ring, 1);
        }
    }
    free(ring);
}

/* The consumer does not take what it has seen already for a new round. */
static void test_peek_round(void)
{
    MmtRing *ring = new_ring(SLOTS);
    uint64_t i;

    for (i = 0; i < SLOTS; i++) {
        g_assert_true(put(ring, i));
    }
    g_assert_nonnull(peek(ring, SLOTS - 1));
    g_assert_null(peek(ring, SLOTS));
    g_assert_null(peek(ring, 2 * SLOTS - 1));
    mmt_ring_consume(ring, 1);
    g_assert_nonnull(peek(ring, SLOTS - 2));
    g_assert_null(peek(ring, SLOTS - 1));
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ring/bytes", test_bytes);
    g_test_add_func("/ring/init", test_init);
    g_test_add_func("/ring/full", test_full);
    g_test_add_func("/ring/wrap", test_wrap);
    g_test_add_func("/ring/counter-wrap", test_counter_wrap);
    g_test_add_func("/ring/pending-holds-back", test_pending_holds_back);
    g_test_add_func("/ring/one", test_one);
    g_test_add_func("/ring/one-lost", test_one_lost);
    g_test_add_func("/ring/reserve-used", test_reserve_used);
    g_test_add_func("/ring/peek-round", test_peek_round);
    g_test_add_func("/ring/lost", test_lost);
    g_test_add_func("/ring/text", test_text);
    g_test_add_func("/ring/text-full", test_text_full);
    g_test_add_func("/ring/salvage", test_salvage);
    return g_test_run();
}
