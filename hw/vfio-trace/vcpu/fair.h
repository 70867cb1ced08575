/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: leave the BQL to others, too
 *
 * The BQL goes to whichever thread asks for it at the right moment.  A vCPU
 * that exits again at once has it back before the main loop has woken up: what
 * costs it some tens of microseconds under the lock, done in a loop, keeps QMP
 * waiting for seconds.  So a vCPU that has held it for long stays away from it
 * for a while.
 */
#ifndef HW_VFIO_TRACE_FAIR_H
#define HW_VFIO_TRACE_FAIR_H

#include <stdint.h>

/**
 * vfio_trace_fair() - the vCPU has held the BQL for something that takes long
 * @ns: how long; not for what each access costs
 *
 * Under the BQL, on any thread; on a vCPU's this adds up.
 */
void vfio_trace_fair(int64_t ns);

/**
 * vfio_trace_fair_held() - how long it has held the BQL since its last rest
 *
 * Return: nanoseconds; 0 on a thread that is no vCPU's
 */
int64_t vfio_trace_fair_held(void);

/**
 * vfio_trace_fair_rest() - the vCPU does nothing for a while
 * @ns: how long
 *
 * Under the BQL, on a vCPU's thread: it is done when the vCPU has left what it
 * is doing, and before it runs again, without the BQL.
 */
void vfio_trace_fair_rest(int64_t ns);

#endif /* HW_VFIO_TRACE_FAIR_H */
