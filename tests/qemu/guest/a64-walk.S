/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that runs at EL2 without tables, and translates addresses with the
 * tables of EL1, case by case.  For a fault in a walk, the processor raises an
 * exception, which is made into the same form of result.
 */
#include "a64-walk.h"

        .arch   armv8.4-a
        .section .text.start, "ax"
        .global _start
_start:
        mov     x0, #1 << 31                    /* HCR_EL2.RW */
        msr     hcr_el2, x0
        adr     x0, vectors
        msr     vbar_el2, x0
        msr     pan, #1                         /* for AT S1E1RP and S1E1WP */
        isb
        ldr     x10, =CASES
        ldr     x11, =COUNT
next:
        ldr     x12, [x11]
        cbz     x12, rest
        ldp     x0, x1, [x10, #CASE_TTBR0]
        msr     ttbr0_el1, x0
        msr     ttbr1_el1, x1
        ldp     x0, x1, [x10, #CASE_TCR]
        msr     tcr_el1, x0
        msr     sctlr_el1, x1
        isb
        ldp     x0, x1, [x10, #CASE_VA]
        adr     x2, kinds
        add     x2, x2, x1, lsl #3
        br      x2
kinds:
        at      s1e1r, x0
        b       done
        at      s1e1w, x0
        b       done
        at      s1e0r, x0
        b       done
        at      s1e0w, x0
        b       done
        at      s1e1rp, x0
        b       done
        at      s1e1wp, x0
done:
        isb
        mrs     x0, par_el1
store:
        str     x0, [x10, #CASE_PAR]
        add     x10, x10, #CASE_SIZE
        sub     x12, x12, #1
        str     x12, [x11]
        b       next
rest:
        wfi
        b       rest
        .ltorg

        .balign 2048
vectors:
        .rept   16
        .balign 128
        b       fault
        .endr
fault:
        mrs     x0, esr_el2
        and     x0, x0, #63
        lsl     x0, x0, #1
        orr     x0, x0, #1
        msr     pan, #1
        b       store
