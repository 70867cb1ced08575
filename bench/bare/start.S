/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest: from reset to main() (see bare.c)
 *
 * The image is 64 KiB of ROM that ends at 4 GiB.  The first CPU begins at the
 * last 16 bytes, in real mode; it switches to flat 32-bit mode without ever
 * leaving the ROM.  The others are started by it and begin at TRAMPOLINE, in
 * RAM, where it has copied their first instructions.
 */
#include "layout.h"

        .section .text
        .code16
real_mode:                              /* CS:0, since it comes first */
        cli
        cs lgdtl (gdtr - real_mode)
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmpl   $SEL_CODE, $protected

        .code32
protected:
        mov     $SEL_DATA, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     $STACK_TOP, %esp
        call    bare_main
halt:
        cli
        hlt
        jmp     halt

/* Copied to TRAMPOLINE; runs there, so it may only use absolute addresses. */
        .code16
        .global ap_begin, ap_end
ap_begin:
        cli
        cs lgdtl (ap_gdtr - ap_begin)
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmpl   $SEL_CODE, $ap_protected
        .balign 4
ap_gdtr:
        .word   gdt_end - gdt - 1
        .long   gdt
ap_end:

        .code32
ap_protected:
        mov     $SEL_DATA, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     $1, %eax
        lock xadd %eax, CPUS_UP
        inc     %eax
        mov     %eax, %edx
        imul    $STACK_BYTES, %edx
        mov     $STACK_TOP, %esp
        sub     %edx, %esp
        push    %eax
        call    bare_ap_main
        jmp     halt

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* code: 4 GiB, flat */
        .quad   0x00cf93000000ffff      /* data */
gdt_end:
        .balign 4
gdtr:
        .word   gdt_end - gdt - 1
        .long   gdt

        .section .reset, "ax"
        .code16
        jmp     real_mode
        .balign 16
