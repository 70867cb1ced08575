/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the virtual machine that measures exits
 */
#ifndef HW_VFIO_TRACE_EXIT_COST_VM_H
#define HW_VFIO_TRACE_EXIT_COST_VM_H

#include <linux/kvm.h>

/* Guest-physical address where there is no memory */
#define EXIT_COST_HOLE 0x10000000

/* How often the code writes there */
#define EXIT_COST_WRITES 1024

/**
 * struct ExitCostVM: the virtual machine
 * @vm: its file descriptor, or -1
 * @vcpu: the vCPU's, or -1
 * @page: its memory, or MAP_FAILED
 * @run: what KVM shares of the vCPU, or MAP_FAILED
 * @run_size: bytes of @run
 */
typedef struct ExitCostVM {
    int vm;
    int vcpu;
    void *page;
    struct kvm_run *run;
    size_t run_size;
} ExitCostVM;

/* Each architecture has these: exit-cost-x86.c, exit-cost-arm.c */

/**
 * vfio_trace_exit_code() - put the code there
 * @page: the machine's memory, of zeros; the code is at its beginning
 *
 * It writes 32 bits to EXIT_COST_HOLE EXIT_COST_WRITES times and ends.  It also
 * ends if KVM makes an exception of a write.
 */
void vfio_trace_exit_code(void *page);

/**
 * vfio_trace_exit_vm_type() - get the argument of KVM_CREATE_VM
 */
unsigned long vfio_trace_exit_vm_type(void);

/**
 * vfio_trace_exit_set_up() - let the vCPU begin with the code
 *
 * Return: whether it could be set up
 */
bool vfio_trace_exit_set_up(const ExitCostVM *m);

#endif /* HW_VFIO_TRACE_EXIT_COST_VM_H */
