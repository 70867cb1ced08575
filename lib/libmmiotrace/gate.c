/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: the gate of a log (see gate.h) */
#include "libmmiotrace/gate.h"

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

void mmt_gate_queue(MmtGate *gate)
{
    pthread_mutex_lock(&gate->turn);
    __atomic_store_n(&gate->queued, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&gate->lock);
    __atomic_store_n(&gate->queued, 0, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&gate->turn);
}

void mmt_gate_destroy(MmtGate *gate)
{
    pthread_mutex_destroy(&gate->turn);
    pthread_mutex_destroy(&gate->lock);
}
