/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fair share of the BQL
 *
 * The BQL goes to whichever thread asks for it at the right moment.  A vCPU
 * that exits again at once gets it back before the main loop has woken up: an
 * operation that takes some tens of microseconds under the lock keeps QMP
 * waiting for seconds if the guest repeats it in a loop.  So a vCPU that has
 * held the BQL for long stays without it for a while.
 */
#ifndef HW_VFIO_TRACE_FAIR_H
#define HW_VFIO_TRACE_FAIR_H

#include <stdint.h>

/**
 * vfio_trace_fair() - report that something took long under the BQL
 * @ns: how long; not for the usual cost of an access
 *
 * Under the BQL, on any thread.  On a vCPU's thread the times add up, and the
 * vCPU rests when they reach 1 ms; on others nothing happens.
 */
void vfio_trace_fair(int64_t ns);

/**
 * vfio_trace_fair_held() - reported time since the vCPU's last rest
 *
 * Return: nanoseconds; 0 on a thread that is not a vCPU's
 */
int64_t vfio_trace_fair_held(void);

/**
 * vfio_trace_fair_rest() - let the vCPU rest
 * @ns: how long
 *
 * Under the BQL, on a vCPU's thread.  The vCPU sleeps without the BQL when it
 * has left its current operation, before it runs the guest again.
 */
void vfio_trace_fair_rest(int64_t ns);

#endif /* HW_VFIO_TRACE_FAIR_H */
