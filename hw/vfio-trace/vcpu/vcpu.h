/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: vCPU state at an access
 *
 * Which instruction makes an access, with which page table, and its callers:
 * without fetching all of a vCPU's state from the accelerator.  KVM stores
 * registers in memory that it shares with QEMU at each exit, where that was
 * requested.  TCG finds the instruction from the place in its generated code
 * that the access came from, and has the other registers at hand.
 *
 * All of this runs under the BQL; vfio_trace_pc() and vfio_trace_space() also
 * without it.  Functions that read a vCPU's state are called during the access,
 * on the thread that makes it.
 */
#ifndef HW_VFIO_TRACE_VCPU_H
#define HW_VFIO_TRACE_VCPU_H

#include "exec/memattrs.h"
#include "hw/vfio-trace/vcpu/way.h"

/**
 * vfio_trace_space_extra() - the extra field that tells address spaces apart
 *
 * Return: one of MMT_EXTRA_SPACE, or 0 if this target has none
 */
uint32_t vfio_trace_space_extra(void);

/**
 * vfio_trace_vcpu_start() - make the vCPUs' state available
 *
 * Calls are counted.  vCPUs that are plugged in later are included, from
 * their second access on.
 *
 * Return: NULL, or one word with the reason why it is not available: then
 *         everything returned below is 0
 */
const char *vfio_trace_vcpu_start(void);

/**
 * vfio_trace_pc_missing() - are program counters and callers not available?
 *
 * After vfio_trace_vcpu_start().
 *
 * Return: NULL, or one word with the reason: then they are 0, and other state
 *         is available
 */
const char *vfio_trace_pc_missing(void);

/**
 * vfio_trace_vcpu_stop() - undo one vfio_trace_vcpu_start()
 */
void vfio_trace_vcpu_stop(void);

/**
 * vfio_trace_vcpu_made() - was this access made by an instruction?
 * @attrs: attributes of the access
 *
 * A device may do DMA on a vCPU's thread, too, when the vCPU made it do so.
 */
bool vfio_trace_vcpu_made(MemTxAttrs attrs);

/**
 * vfio_trace_pc() - the instruction that makes this access
 * @attrs: attributes of the access
 * @way: how it gets to the device
 *
 * docs/log-format.md says which instruction that is.
 *
 * Return: its program counter, or 0: not known, or no instruction makes the access
 */
uint64_t vfio_trace_pc(MemTxAttrs attrs, VFIOTraceWay way);

/**
 * vfio_trace_space() - the address space that this access uses
 * @attrs: attributes of the access
 *
 * Return: x86's CR3, Arm's TTBR0_EL1, Power's PIDR, s390x's ASCE of user space
 *         (control register 7), or 0: not known, or no instruction makes the access
 */
uint64_t vfio_trace_space(MemTxAttrs attrs);

/**
 * vfio_trace_backtrace() - the callers of the instruction
 * @attrs: attributes of the access
 * @addrs: room for @max return addresses, innermost first
 * @max: number of addresses at most
 *
 * Follows the frame pointers of the guest's stack, through RAM only: whatever
 * the guest has stored there, no device is read, and the walk ends.  (With TCG,
 * QEMU reads translation tables wherever the guest has put them; accesses of
 * that kind to a traced region fail: vfio_trace_vcpu_walks.)  Code that was
 * compiled without frame pointers gives few frames, or wrong ones.
 *
 * Return: number of addresses
 */
unsigned vfio_trace_backtrace(MemTxAttrs attrs, uint64_t *addrs,
                              unsigned max);

/*
 * vfio_trace_vcpu_walks: is this an access of ours to translation tables?  A
 * variable, since each access asks.
 *
 * The guest has put tables into a traced region.  If a walk for a backtrace had
 * an access and thus a backtrace of its own there, it would never end.  Set
 * under the BQL, which a walk does not release: the accelerator translates.
 */
extern __thread bool vfio_trace_vcpu_walks;

/**
 * vfio_trace_counter() - the counter from which the guest makes its time
 * @counter: where to store it
 *
 * x86's time-stamp counter, Arm's virtual counter (CNTVCT_EL0), Power's time
 * base.
 *
 * Costs a system call with KVM.
 *
 * Return: whether it is known
 */
bool vfio_trace_counter(uint64_t *counter);

#endif /* HW_VFIO_TRACE_VCPU_H */
