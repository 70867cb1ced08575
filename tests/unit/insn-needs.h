/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor features that an instruction needs, according to the decoder:
 * the reference for the tables of instructions, which are written by hand.
 */
#ifndef INSN_NEEDS_H
#define INSN_NEEDS_H

#include <glib.h>
#include <stdint.h>

#include "libinsn/insn.h"

/**
 * insn_needs: the processor's features that an instruction needs
 *
 * @code: its bytes
 * @len: their number, or more
 * @mode: the processor's
 *
 * Only those that not every x86-64 processor has (FPU, MMX, SSE, SSE2).
 * AVX-512's forms of 128 and 256 bits need avx512vl, all of AVX-512 needs
 * avx512f, everything with a VEX prefix and vectors needs avx.
 *
 * Return: names as in Linux's /proc/cpuinfo, sorted; g_strfreev() them.  NULL if
 * the decoder does not know the instruction, or its ISA set is not in the table.
 */
char **insn_needs(const uint8_t *code, size_t len, InsnMode mode);

#endif
