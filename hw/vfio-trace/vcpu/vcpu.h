/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a vCPU is doing
 *
 * Which instruction makes an access, in which address space, called from
 * where: without asking the accelerator for all of a vCPU's state.  KVM leaves
 * registers in memory that it shares with us at each exit, where it was told
 * to; TCG finds the instruction from the place in its generated code that the
 * access came from, and has the rest at hand.
 *
 * All of this runs under the BQL; what asks for a vCPU's state runs in the
 * access, on the thread that makes it.
 */
#ifndef HW_VFIO_TRACE_VCPU_H
#define HW_VFIO_TRACE_VCPU_H

#include "exec/memattrs.h"

/**
 * vfio_trace_vcpu_start() - have the vCPUs' state from now on
 *
 * Calls are counted.  vCPUs that are plugged in later are included, from
 * their second access on.
 *
 * Return: NULL, or in one word why there is none: all will be 0
 */
const char *vfio_trace_vcpu_start(void);

/**
 * vfio_trace_vcpu_stop() - undo one vfio_trace_vcpu_start()
 */
void vfio_trace_vcpu_stop(void);

/**
 * vfio_trace_vcpu_made() - is this access an instruction's?
 * @attrs: the access's
 *
 * Devices do DMA on the thread of a vCPU, too, when that made them.
 */
bool vfio_trace_vcpu_made(MemTxAttrs attrs);

/**
 * vfio_trace_pc() - which instruction makes this access?
 * @attrs: the access's
 * @port: it goes to an I/O port
 *
 * docs/log-format.md says which instruction that is.
 *
 * Return: its RIP, or 0: not known, or the access is no instruction's
 */
uint64_t vfio_trace_pc(MemTxAttrs attrs, bool port);

/**
 * vfio_trace_cr3() - with which page table?
 * @attrs: the access's
 *
 * Return: CR3, or 0: not known, or the access is no instruction's
 */
uint64_t vfio_trace_cr3(MemTxAttrs attrs);

/**
 * vfio_trace_backtrace() - called from where?
 * @attrs: the access's
 * @addrs: room for @max return addresses, innermost first
 * @max: how many at most
 *
 * Follows the frame pointers of the guest's stack, through RAM only: whatever
 * the guest has made of them, nothing is read that a device would notice, and
 * the walk ends.  What was compiled without frame pointers gives few frames, or
 * wrong ones.
 *
 * Return: how many there are
 */
unsigned vfio_trace_backtrace(MemTxAttrs attrs, uint64_t *addrs,
                              unsigned max);

/**
 * vfio_trace_tsc() - the guest's time stamp counter
 * @tsc: where to store it
 *
 * Costs a system call with KVM.
 *
 * Return: whether it is known
 */
bool vfio_trace_tsc(uint64_t *tsc);

#endif /* HW_VFIO_TRACE_VCPU_H */
