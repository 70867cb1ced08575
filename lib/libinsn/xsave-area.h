/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: where things are in an XSAVE area
 *
 * Offsets in bytes of what is in the same place on every processor, in the
 * legacy region and the header: Intel's manual, volume 1, 10.5.1 and 13.4.  All
 * behind INSN_XSAVE_AT_EXTENDED is where CPUID leaf 0xd says.
 */
#ifndef LIBINSN_XSAVE_AREA_H
#define LIBINSN_XSAVE_AREA_H

enum {
    INSN_XSAVE_AT_FCW = 0,
    INSN_XSAVE_AT_FSW = 2,
    INSN_XSAVE_AT_FTW = 4,
    INSN_XSAVE_AT_FOP = 6,
    INSN_XSAVE_AT_FIP = 8,
    INSN_XSAVE_AT_FDP = 16,
    INSN_XSAVE_AT_MXCSR = 24,
    INSN_XSAVE_AT_MXCSR_MASK = 28,
    INSN_XSAVE_AT_ST = 32,
    INSN_XSAVE_AT_XMM = 160,
    INSN_XSAVE_AT_XMM_END = 416,
    /* for whatever software likes; the processor leaves it alone */
    INSN_XSAVE_AT_UNUSED = 464,
    INSN_XSAVE_AT_HEADER = 512,
    INSN_XSAVE_AT_XSTATE_BV = 512,
    INSN_XSAVE_AT_XCOMP_BV = 520,
    INSN_XSAVE_AT_EXTENDED = 576,
};

#endif /* LIBINSN_XSAVE_AREA_H */
