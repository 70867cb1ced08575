/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: the gate of a log (see gate.h) */
#include "libmmiotrace/gate.h"

#include <time.h>

/*
 * Who has the turn for longer than this, in nanoseconds, may have no processor.
 * (Most devices answer within a microsecond.)
 */
#define PATIENCE 200000

/*
 * Who waits for the gate waits for one access of another vCPU, about a
 * microsecond: it spins for that long before it sleeps.
 */
void mmt_gate_init(MmtGate *gate)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    pthread_mutex_init(&gate->lock, &attr);
    pthread_mutex_init(&gate->turn, &attr);
    pthread_mutexattr_destroy(&attr);
    gate->closed = 0;
    gate->queued = 0;
}

/*
 * If somebody sets the host's clock just now, this wait is longer, or none.
 *
 * Return: false if somebody else has had it for too long
 */
static bool gate_wait(pthread_mutex_t *mutex)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PATIENCE;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    return !pthread_mutex_timedlock(mutex, &until);
}

static void gate_mark_queued(MmtGate *gate, bool queued)
{
    __atomic_store_n(&gate->queued, queued, __ATOMIC_RELAXED);
}

/*
 * Somebody is next, but does not get in.  If nobody is there, then because it
 * does not run: pass, and let others pass until it says again that it waits.
 */
static void gate_queue_past(MmtGate *gate)
{
    if (!pthread_mutex_trylock(&gate->lock)) {
        gate_mark_queued(gate, false);
        return;
    }
    pthread_mutex_lock(&gate->lock);
}

void mmt_gate_queue(MmtGate *gate)
{
    if (!gate_wait(&gate->turn)) {
        gate_queue_past(gate);
        return;
    }
    do {
        gate_mark_queued(gate, true);
    } while (!gate_wait(&gate->lock));
    gate_mark_queued(gate, false);
    pthread_mutex_unlock(&gate->turn);
}

void mmt_gate_destroy(MmtGate *gate)
{
    pthread_mutex_destroy(&gate->turn);
    pthread_mutex_destroy(&gate->lock);
}
