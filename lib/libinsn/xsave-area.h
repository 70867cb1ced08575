/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: layout of an XSAVE area
 *
 * Offsets in bytes of fields in the legacy region and the header, which are the
 * same on every processor: Intel's manual, volume 1, 10.5.1 and 13.4.  CPUID
 * leaf 0xd has the offsets of the components from INSN_XSAVE_AT_EXTENDED on.
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
    /* available to software; the processor does not access it */
    INSN_XSAVE_AT_UNUSED = 464,
    INSN_XSAVE_AT_HEADER = 512,
    INSN_XSAVE_AT_XSTATE_BV = 512,
    INSN_XSAVE_AT_XCOMP_BV = 520,
    INSN_XSAVE_AT_EXTENDED = 576,
};

#endif /* LIBINSN_XSAVE_AREA_H */
