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
    pthread_mutexattr_destroy(&attr);
    gate->closed = 0;
    gate->wanted = 0;
}

/* Some ten microseconds */
#define WAITS 1000

void mmt_gate_wait(const MmtGate *gate)
{
    unsigned i;

    for (i = 0; i < WAITS && __atomic_load_n(&gate->wanted, __ATOMIC_RELAXED);
         i++) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("isb" : : : "memory");
#endif
    }
}

void mmt_gate_destroy(MmtGate *gate)
{
    pthread_mutex_destroy(&gate->lock);
}
