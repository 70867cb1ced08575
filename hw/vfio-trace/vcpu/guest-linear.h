/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest's memory by linear addresses
 *
 * Page tables and code.  Only memory is looked at: never a device's registers,
 * nor the memory of one that is passed through.  Needs no BQL.
 */
#ifndef HW_VFIO_TRACE_GUEST_LINEAR_H
#define HW_VFIO_TRACE_GUEST_LINEAR_H

#include "libinsn/walk.h"

/*
 * For insn_walk_translate(), which finds the vCPUs' address space in .opaque.
 * The first one is for accesses that are made, the other leaves accessed and
 * dirty bits alone.
 */
extern const InsnWalkMemory vfio_trace_guest_memory;
extern const InsnWalkMemory vfio_trace_guest_memory_ro;

/**
 * vfio_trace_guest_fetch() - the bytes of an instruction
 * @state: the vCPU's registers
 * @linear: where it is
 * @buf: room for @len bytes
 * @len: bytes
 *
 * Sets no accessed bits: the processor has seen to those of the instruction,
 * and what is behind it must not be touched.
 *
 * Return: bytes that are there, up to the first that isn't memory or that the
 *         vCPU may not execute
 */
size_t vfio_trace_guest_fetch(const InsnWalkState *state, uint64_t linear,
                              uint8_t *buf, size_t len);

#endif /* HW_VFIO_TRACE_GUEST_LINEAR_H */
