/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: registers in an XSAVE area
 *
 * The area is in standard format: Intel's Software Developer's Manual, volume
 * 1, 13.4; where components are is asked of CPUID leaf 0xd once.
 */
#ifndef LIBINSN_XSTATE_H
#define LIBINSN_XSTATE_H

#include "libinsn/insn.h"

/* Components that instructions here may work on: x87, SSE, AVX, AVX-512 */
#define XSTATE_X87     (1u << 0)
#define XSTATE_SSE     (1u << 1)
#define XSTATE_AVX     (1u << 2)
#define XSTATE_OPMASK  (1u << 5)
#define XSTATE_ZMM_HI  (1u << 6)
#define XSTATE_HI16    (1u << 7)
#define XSTATE_ALL     0xe7u

/**
 * xstate_host() - which of XSTATE_ALL the host's kernel has switched on
 */
uint64_t xstate_host(void);

/**
 * xstate_components() - which of XSTATE_ALL an instruction may find in there
 * @state: the vCPU
 *
 * Those that guest and host have both switched on, and what an area always has:
 * x87 and SSE don't depend on XCR0.
 */
uint64_t xstate_components(const InsnState *state);

/**
 * xstate_normalize() - have every component's bytes say what is in it
 * @state: the vCPU, whose @xsave is changed
 *
 * A component whose XSTATE_BV bit is clear is in its initial state, whatever
 * its bytes are: these are written out and the bit set.  Only for
 * xstate_components(): KVM takes no area back that has bits of others.
 */
void xstate_normalize(InsnState *state);

/**
 * xstate_get_mxcsr() - SSE's control and status register
 * @state: the vCPU, normalized
 */
uint32_t xstate_get_mxcsr(const InsnState *state);

/**
 * xstate_get_vector() - the low bytes of a vector register
 * @state: the vCPU, normalized
 * @nr: 0 to 31
 * @buf: gets @len bytes
 * @len: 16, 32 or 64
 */
void xstate_get_vector(const InsnState *state, unsigned nr, uint8_t *buf,
                       size_t len);

/**
 * xstate_set_vector() - set a vector register
 * @state: the vCPU, normalized
 * @nr: 0 to 31
 * @buf: @len bytes; those above become 0, as with VEX and EVEX
 * @len: 16, 32 or 64
 */
void xstate_set_vector(InsnState *state, unsigned nr, const uint8_t *buf,
                       size_t len);

/**
 * xstate_get_mmx() - an MMX register
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 */
uint64_t xstate_get_mmx(const InsnState *state, unsigned nr);

/**
 * xstate_x87_pending() - is there an unmasked x87 exception, not yet raised?
 * @state: the vCPU, normalized
 */
bool xstate_x87_pending(const InsnState *state);

/**
 * xstate_enter_mmx() - what any MMX instruction but EMMS does to the x87 stack
 * @state: the vCPU, normalized
 *
 * All registers become valid, the stack's top is register 0.
 */
void xstate_enter_mmx(InsnState *state);

/**
 * xstate_get_mask() - an opmask register
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 */
uint64_t xstate_get_mask(const InsnState *state, unsigned nr);

/**
 * xstate_set_mask() - set one
 * @state: the vCPU, normalized
 * @nr: 0 to 7
 * @mask: its bits
 */
void xstate_set_mask(InsnState *state, unsigned nr, uint64_t mask);

#endif /* LIBINSN_XSTATE_H */
