/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the gate between accesses and changes, step by step
 */
#include "libmmiotrace/gate.h"

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <sched.h>

#define WAITERS 4

static void test_open_closed(void)
{
    MmtGate gate;

    mmt_gate_init(&gate);
    g_assert_false(mmt_gate_is_closed(&gate));
    g_assert_true(mmt_gate_enter(&gate));
    mmt_gate_leave(&gate);

    mmt_gate_close(&gate);
    g_assert_true(mmt_gate_is_closed(&gate));
    g_assert_false(mmt_gate_enter(&gate));
    mmt_gate_close(&gate);
    mmt_gate_open(&gate);
    g_assert_true(mmt_gate_is_closed(&gate));
    g_assert_false(mmt_gate_enter(&gate));
    mmt_gate_open(&gate);

    g_assert_false(mmt_gate_is_closed(&gate));
    g_assert_true(mmt_gate_enter(&gate));
    /* One at a time: the lock is held. */
    g_assert_cmpint(pthread_mutex_trylock(&gate.lock), ==, EBUSY);
    mmt_gate_leave(&gate);
    mmt_gate_destroy(&gate);
}

static void start(pthread_t *thread, void *(*func)(void *), void *opaque)
{
    g_assert_cmpint(pthread_create(thread, NULL, func, opaque), ==, 0);
}

/**
 * struct Close: a thread that closes the gate while others wait to enter it
 * @trying: threads that are about to enter; atomic
 * @entered: threads that have entered
 * @closed: the gate is closed, and nobody there; atomic
 */
typedef struct Close {
    MmtGate gate;
    unsigned trying;
    unsigned entered;
    bool closed;
} Close;

static void *closer_thread(void *opaque)
{
    Close *c = opaque;

    mmt_gate_close(&c->gate);
    __atomic_store_n(&c->closed, true, __ATOMIC_RELAXED);
    return NULL;
}

static void *waiter_thread(void *opaque)
{
    Close *c = opaque;

    __atomic_fetch_add(&c->trying, 1, __ATOMIC_RELAXED);
    if (mmt_gate_enter(&c->gate)) {
        c->entered++;
        mmt_gate_leave(&c->gate);
    }
    return NULL;
}

/* Give the others time to do what they should not do. */
static void yield_often(void)
{
    unsigned i;

    for (i = 0; i < 200; i++) {
        sched_yield();
    }
}

/*
 * Who closes the gate waits for the one that is there, and none of those that
 * have waited longer gets in before.
 */
static void test_close_waits(void)
{
    Close c = { 0 };
    pthread_t waiter[WAITERS];
    pthread_t closer;
    unsigned i;

    mmt_gate_init(&c.gate);
    g_assert_true(mmt_gate_enter(&c.gate));
    for (i = 0; i < WAITERS; i++) {
        start(&waiter[i], waiter_thread, &c);
    }
    while (__atomic_load_n(&c.trying, __ATOMIC_RELAXED) < WAITERS) {
        sched_yield();
    }
    yield_often();
    start(&closer, closer_thread, &c);
    while (!mmt_gate_is_closed(&c.gate)) {
        sched_yield();
    }
    yield_often();
    g_assert_false(__atomic_load_n(&c.closed, __ATOMIC_RELAXED));
    mmt_gate_leave(&c.gate);

    pthread_join(closer, NULL);
    for (i = 0; i < WAITERS; i++) {
        pthread_join(waiter[i], NULL);
    }
    g_assert_true(c.closed);
    g_assert_cmpuint(c.entered, ==, 0);
    mmt_gate_destroy(&c.gate);
}

/**
 * struct Queue: a thread that waits to enter, while another enters often
 * @entered: it has; in the gate
 */
typedef struct Queue {
    MmtGate gate;
    bool entered;
} Queue;

static void *queue_thread(void *opaque)
{
    Queue *q = opaque;

    g_assert_true(mmt_gate_enter(&q->gate));
    q->entered = true;
    mmt_gate_leave(&q->gate);
    return NULL;
}

/*
 * Who waits sleeps by now: but for the queue, another would be quicker.  It may
 * be as well if that one is not awake after 0.2 ms: see gate.c.
 */
static void test_queue(void)
{
    unsigned round;

    for (round = 0; round < 100; round++) {
        Queue q = { 0 };
        pthread_t thread;
        gint64 left;

        mmt_gate_init(&q.gate);
        g_assert_true(mmt_gate_enter(&q.gate));
        start(&thread, queue_thread, &q);
        while (!__atomic_load_n(&q.gate.queued, __ATOMIC_RELAXED)) {
            sched_yield();
        }
        yield_often();
        g_assert_false(q.entered);
        left = g_get_monotonic_time();
        mmt_gate_leave(&q.gate);
        g_assert_true(mmt_gate_enter(&q.gate));
        if (g_get_monotonic_time() - left < 150) {
            g_assert_true(q.entered);
        }
        mmt_gate_leave(&q.gate);
        pthread_join(thread, NULL);
        mmt_gate_destroy(&q.gate);
    }
}

/*
 * Who is next has no processor: others get in, and do not wait for it again
 * until it runs, and says that it waits.
 */
static void test_queue_stands(void)
{
    Queue q = { 0 };
    pthread_t thread;

    mmt_gate_init(&q.gate);
    g_assert_cmpint(pthread_mutex_lock(&q.gate.turn), ==, 0);
    q.gate.queued = 1;
    g_assert_true(mmt_gate_enter(&q.gate));
    mmt_gate_leave(&q.gate);
    g_assert_cmpuint(q.gate.queued, ==, 0);
    pthread_mutex_unlock(&q.gate.turn);

    g_assert_true(mmt_gate_enter(&q.gate));
    start(&thread, queue_thread, &q);
    while (!__atomic_load_n(&q.gate.queued, __ATOMIC_RELAXED)) {
        sched_yield();
    }
    __atomic_store_n(&q.gate.queued, 0, __ATOMIC_RELAXED);
    while (!__atomic_load_n(&q.gate.queued, __ATOMIC_RELAXED)) {
        sched_yield();
    }
    mmt_gate_leave(&q.gate);
    pthread_join(thread, NULL);
    g_assert_true(q.entered);
    mmt_gate_destroy(&q.gate);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/open-closed", test_open_closed);
    g_test_add_func("/gate/close-waits", test_close_waits);
    g_test_add_func("/gate/queue", test_queue);
    g_test_add_func("/gate/queue-stands", test_queue_stands);
    return g_test_run();
}
