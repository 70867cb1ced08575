/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: rescue of instructions that KVM can't emulate
 *
 * A trapped page is not RAM, so KVM has to emulate instructions that access it.
 * Its emulator knows the usual instructions and few others.  By default, it
 * raises #UD in a program that uses AVX there, and stops the machine if the
 * guest's kernel does.  While a device is traced, KVM reports each such
 * instruction to QEMU (KVM_CAP_EXIT_ON_EMULATION_FAILURE).  An instruction that
 * touches one of our windows is executed here:
 *
 *   - by libinsn, if it can; the accesses go the same way as KVM's and are
 *     logged in the same way (rescue.c);
 *   - else by the vCPU itself, with the windows lifted for this one
 *     instruction (step.c).
 *
 * Any other instruction gets what KVM would have given it.
 *
 * An exit of this kind is the only cost: instructions that KVM can emulate
 * never reach this code.
 */
#ifndef HW_VFIO_TRACE_RESCUE_H
#define HW_VFIO_TRACE_RESCUE_H

#include "hw/core/cpu.h"

/**
 * vfio_trace_rescue_start() - make KVM report failed emulation
 *
 * Calls are counted.  Under the BQL.
 *
 * Return: NULL, or one word for the reason why that is not possible; then an
 * instruction that KVM can't emulate ends the guest
 */
const char *vfio_trace_rescue_start(void);

/**
 * vfio_trace_rescue_stop() - undo one vfio_trace_rescue_start()
 */
void vfio_trace_rescue_stop(void);

#endif /* HW_VFIO_TRACE_RESCUE_H */
