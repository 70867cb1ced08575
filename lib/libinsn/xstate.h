/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: registers in an XSAVE area
 *
 * The area is in standard format: Intel's Software Developer's Manual, volume
 * 1, 13.4; the components' offsets are read from CPUID leaf 0xd once.
 */
#ifndef LIBINSN_XSTATE_H
#define LIBINSN_XSTATE_H

#include "libinsn/insn.h"

/* Components that supported instructions may use: x87, SSE, AVX, AVX-512 */
#define INSN_XSTATE_X87     (1u << 0)
#define INSN_XSTATE_SSE     (1u << 1)
#define INSN_XSTATE_AVX     (1u << 2)
#define INSN_XSTATE_OPMASK  (1u << 5)
#define INSN_XSTATE_ZMM_HI  (1u << 6)
#define INSN_XSTATE_HI16    (1u << 7)
#define INSN_XSTATE_ALL     0xe7u

/**
 * insn_xstate_host() - which of INSN_XSTATE_ALL the host's kernel enabled
 */
uint64_t insn_xstate_host(void);

/**
 * insn_xstate_components() - which of INSN_XSTATE_ALL an instruction can use
 * @state: the vCPU
 *
 * These are the components that guest and host have both enabled and that
 * @state->xsave has.  x87 and SSE are always there: they don't depend on XCR0.
 */
uint64_t insn_xstate_components(const InsnState *state);

/**
 * insn_xstate_normalize() - write out components in their initial state
 * @state: the vCPU, whose @xsave is changed
 *
 * A component whose XSTATE_BV bit is clear is in its initial state, whatever
 * its bytes are: write the initial values and set the bit.  Only components in
 * insn_xstate_components(): KVM accepts no area that has bits of others.
 */
void insn_xstate_normalize(InsnState *state);

/**
 * insn_xstate_get_mxcsr() - get SSE's control and status register
 * @state: the vCPU, normalized
 */
uint32_t insn_xstate_get_mxcsr(const InsnState *state);

/**
 * insn_xstate_get_vector() - get the low bytes of a vector register
 * @state: the vCPU, normalized
 * @nr: 0 to 31
 * @buf: gets @len bytes
 * @len: 16, 32 or 64
 */
void insn_xstate_get_vector(const InsnState *state, unsigned nr, uint8_t *buf,
                            size_t len);

/**
 * insn_xstate_set_vector() - set a vector register
 * @state: the vCPU, normalized
 * @nr: 0 to 31
 * @buf: @len bytes; the bytes above become 0, as with VEX and EVEX
 * @len: 16, 32 or 64
 */
void insn_xstate_set_vector(InsnState *state, unsigned nr, const uint8_t *buf,
                            size_t len);

/**
 * insn_xstate_get_mmx() - get an MMX register
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 */
uint64_t insn_xstate_get_mmx(const InsnState *state, unsigned nr);

/**
 * insn_xstate_x87_pending() - is there an unmasked x87 exception to raise?
 * @state: the vCPU, normalized
 */
bool insn_xstate_x87_pending(const InsnState *state);

/**
 * insn_xstate_enter_mmx() - change the x87 stack as MMX instructions do
 * @state: the vCPU, normalized
 *
 * All registers become valid, and the top of the stack is register 0.  (EMMS
 * does not do this.)
 */
void insn_xstate_enter_mmx(InsnState *state);

/**
 * insn_xstate_get_mask() - get an opmask register
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 */
uint64_t insn_xstate_get_mask(const InsnState *state, unsigned nr);

/**
 * insn_xstate_set_mask() - set an opmask register
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 * @mask: its bits
 */
void insn_xstate_set_mask(InsnState *state, unsigned nr, uint64_t mask);

#endif /* LIBINSN_XSTATE_H */
