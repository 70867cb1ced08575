/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what an exit of a vCPU costs on this host
 *
 * A trapped access costs the guest what the tracer and the device take, which
 * is measured, and an exit to QEMU and an entry, of which QEMU can't see the
 * beginning.  So exits are measured once, in a virtual machine that does
 * nothing else and is destroyed again.
 */
#ifndef HW_VFIO_TRACE_EXIT_COST_H
#define HW_VFIO_TRACE_EXIT_COST_H

/**
 * struct VFIOTraceExitCost: what an exit costs
 * @ns: nanoseconds from the guest's access to QEMU and back to the guest; 0 if
 *      not known
 * @why: one word: why it is not known; NULL if it is
 */
typedef struct VFIOTraceExitCost {
    uint64_t ns;
    const char *why;
} VFIOTraceExitCost;

/**
 * vfio_trace_exit_cost() - get what an exit costs
 *
 * Under the BQL, when the accelerator is initialised.  The first call measures:
 * it takes 5 ms and the time that KVM needs for creating and destroying a virtual
 * machine; some 0.3 s where KVM itself is emulated.
 *
 * Included: VM exit, KVM's emulation of a write to memory that is not there,
 * return of the system call, and all of that backwards.  Not included: QEMU's
 * way from there to the access's callback, and waiting for the BQL.
 *
 * Return: the cost; static
 */
const VFIOTraceExitCost *vfio_trace_exit_cost(void);

#endif /* HW_VFIO_TRACE_EXIT_COST_H */
