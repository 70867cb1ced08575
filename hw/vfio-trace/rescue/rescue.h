/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: instructions that KVM can not emulate
 *
 * A trapped page is no memory: KVM carries out what a guest does there, in an
 * emulator that knows the usual instructions and few others.  Left to itself
 * it gives #UD to a program that uses AVX there and stops the machine when the
 * guest's kernel does.  While a device is traced we have KVM tell us of
 * each such instruction (KVM_CAP_EXIT_ON_EMULATION_FAILURE).  What touches
 * one of our windows is carried out: by libinsn, where all of its accesses go
 * the way that KVM's go and are logged like these (rescue.c); or, where that
 * knows no way either, by the vCPU itself with the windows lifted for this one
 * instruction (step.c).  All else is none of our business and gets what
 * KVM would have given it.
 *
 * An exit of this kind is the only cost: what KVM can emulate never comes here.
 */
#ifndef HW_VFIO_TRACE_RESCUE_H
#define HW_VFIO_TRACE_RESCUE_H

#include "hw/core/cpu.h"

/**
 * vfio_trace_rescue_start() - let KVM report failed emulation
 *
 * Calls are counted.  Under the BQL.
 *
 * Return: NULL, or in one word why that is not possible: an instruction that
 * KVM can't emulate ends the guest then
 */
const char *vfio_trace_rescue_start(void);

/**
 * vfio_trace_rescue_stop() - undo one vfio_trace_rescue_start()
 */
void vfio_trace_rescue_stop(void);

#endif /* HW_VFIO_TRACE_RESCUE_H */
