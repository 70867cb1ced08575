/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory by linear addresses
 *
 * For page tables and code.  Only RAM and ROM are accessed: never a device's
 * registers, nor the memory of a device that is passed through.  Needs no BQL.
 */
#ifndef HW_VFIO_TRACE_GUEST_LINEAR_H
#define HW_VFIO_TRACE_GUEST_LINEAR_H

#include "libinsn/walk.h"

/*
 * Arguments of insn_walk_translate(), with the vCPUs' address space in .opaque.
 * The first is for real accesses and sets accessed and dirty bits, the second
 * leaves them alone.
 */
extern const InsnWalkMemory vfio_trace_guest_memory;
extern const InsnWalkMemory vfio_trace_guest_memory_ro;

/**
 * vfio_trace_guest_fetch() - read the bytes of an instruction
 * @state: the vCPU's registers
 * @linear: address of the instruction
 * @buf: room for @len bytes
 * @len: bytes
 *
 * Sets no accessed bits: the processor has set those of the instruction's
 * pages, and those of the page behind it must not change.
 *
 * Return: bytes read, up to the first that is not in RAM or ROM or that the
 *         vCPU may not execute
 */
size_t vfio_trace_guest_fetch(const InsnWalkState *state, uint64_t linear,
                              uint8_t *buf, size_t len);

#endif /* HW_VFIO_TRACE_GUEST_LINEAR_H */
