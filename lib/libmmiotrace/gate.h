/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the gate of a log, between accesses and changes
 *
 * Theory of operation
 *
 * A program has a big lock (QEMU's BQL), under which everything is changed that
 * decides where an access may go.  An access that changes nothing does not have
 * to wait for that lock: it only has to be over before a change begins, and to
 * have its place in the log's order.  The gate is for these two.
 *
 * An access enters the gate, and leaves it when the device has answered.  One
 * access is in the gate at a time, so the order of the accesses that enter is
 * the order in which they reach the devices.
 *
 * Who changes something holds the big lock and closes the gate first.  When
 * mmt_gate_close() returns, no access is in the gate, and none enters it until
 * mmt_gate_open(): it has to wait for the big lock.  Whatever can't be done in
 * the gate - an access to an emulated register, for example - is done like a
 * change: under the big lock, with the gate closed, and so alone.
 *
 * The order of locks: the big lock, then the gate.  Nobody who is in the gate
 * takes another lock or waits for anything but the device.
 *
 * A mutex is not fair: who makes one access after the other takes it again
 * before another thread has woken up, a thousand times and more.  So who finds
 * it taken queues (mmt_gate_queue()): the first in the queue gets in next, and
 * of two threads each waits for one access of the other.  The queue is a mutex
 * as well, in which more threads may overtake each other.  (A queue in strict
 * order would wait for each thread to wake up, and halves what passes if there
 * are more vCPUs than processors.)
 *
 * The host may take the processor away from the thread that is next, for longer
 * than many accesses take.  The others don't wait for it then: who has waited
 * for its turn for some time, and finds nobody there, gets in, and so do others
 * until the one that is next runs again and says so.  Who has lost its processor
 * in the gate is waited for, as with any lock.
 *
 * So nobody enters with the big lock, for which the whole program would wait.
 * Who closes the gate has the big lock, and does not wait for long: @closed is
 * set before the lock is taken, accesses that come meanwhile do not enter, and
 * only those that were there before go first.
 */
#ifndef LIBMMIOTRACE_GATE_H
#define LIBMMIOTRACE_GATE_H

#include <pthread.h>
#include <stdbool.h>

/**
 * struct MmtGate: the gate of a log
 * @lock: held by who is in the gate
 * @closed: how often it is closed; changed under the big lock only
 * @queued: somebody waits for @lock, and others do not go first; changed by who
 *          has @turn, and by who gets past a thread that does not run
 * @turn: held by who waits for @lock to enter
 */
typedef struct MmtGate {
    pthread_mutex_t lock;
    unsigned closed;
    unsigned queued;
    pthread_mutex_t turn;
} MmtGate;

/**
 * mmt_gate_init() - set up a gate, open
 * @gate: the gate
 */
void mmt_gate_init(MmtGate *gate);

/**
 * mmt_gate_destroy() - undo mmt_gate_init()
 * @gate: the gate, in which nobody is
 */
void mmt_gate_destroy(MmtGate *gate);

/**
 * mmt_gate_queue() - wait for the gate's lock, and keep others from taking it
 * @gate: the gate
 *
 * The slow way of mmt_gate_enter().
 */
void mmt_gate_queue(MmtGate *gate);

/**
 * mmt_gate_enter() - enter the gate for an access
 * @gate: the gate
 *
 * Any thread that is not in the gate and does not have the big lock.
 *
 * Return: true, and mmt_gate_leave() is due; false if the gate is closed: then
 *         wait for the big lock, give it back, and try again once
 */
static inline bool mmt_gate_enter(MmtGate *gate)
{
    if (__atomic_load_n(&gate->closed, __ATOMIC_RELAXED)) {
        return false;
    }
    if (__builtin_expect(__atomic_load_n(&gate->queued, __ATOMIC_RELAXED) ||
                         pthread_mutex_trylock(&gate->lock), 0)) {
        mmt_gate_queue(gate);
    }
    if (__builtin_expect(__atomic_load_n(&gate->closed, __ATOMIC_ACQUIRE), 0)) {
        pthread_mutex_unlock(&gate->lock);
        return false;
    }
    return true;
}

/**
 * mmt_gate_leave() - the access is over
 * @gate: the gate, entered
 */
static inline void mmt_gate_leave(MmtGate *gate)
{
    pthread_mutex_unlock(&gate->lock);
}

/**
 * mmt_gate_close() - let no access in, and wait until none is there
 * @gate: the gate
 *
 * Under the big lock, by a thread that is not in the gate.  May be repeated:
 * the gate opens with the last mmt_gate_open().
 */
static inline void mmt_gate_close(MmtGate *gate)
{
    unsigned closed = __atomic_load_n(&gate->closed, __ATOMIC_RELAXED);

    __atomic_store_n(&gate->closed, closed + 1, __ATOMIC_RELAXED);
    if (!closed) {
        pthread_mutex_lock(&gate->lock);
        pthread_mutex_unlock(&gate->lock);
    }
}

/**
 * mmt_gate_open() - undo one mmt_gate_close()
 * @gate: the gate, closed
 *
 * Under the big lock.
 */
static inline void mmt_gate_open(MmtGate *gate)
{
    unsigned closed = __atomic_load_n(&gate->closed, __ATOMIC_RELAXED);

    __atomic_store_n(&gate->closed, closed - 1, __ATOMIC_RELEASE);
}

/**
 * mmt_gate_is_closed() - is it closed?
 * @gate: the gate
 *
 * Without the big lock, the answer may be old: mmt_gate_enter() says the last
 * word.
 */
static inline bool mmt_gate_is_closed(const MmtGate *gate)
{
    return __atomic_load_n(&gate->closed, __ATOMIC_RELAXED);
}

#endif /* LIBMMIOTRACE_GATE_H */
