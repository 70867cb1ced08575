/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that writes and keeps accounts, from its first instruction on: a BIOS
 * image for QEMU's "pc" machine.
 *
 * Each processor writes (its number << 24 | n) for n = 1, 2, 3 ... to one
 * register each of two edu devices, which store the value without side effects.
 * Before the second write it stores n in ISSUED, afterwards in DONE: words of
 * its own in RAM, shared with the host.
 *
 * REGISTER, BAR, WITNESS_BAR, ACCOUNTS, CONTROL, SLOT and PACE come from test_toggle.py;
 * common/toggle.py documents the layout of RAM.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    APIC_ICR, 0xfee00300
        .set    ISSUED, 0
        .set    DONE, 4
        .set    STOPPED, 8

        .include "machine.inc"

/* The first processor gets here by the jump at the end, the others by SIPI. */
start:
        enter_protected_mode

        movl    $1, %eax
        cpuid
        shrl    $24, %ebx
        testl   %ebx, %ebx
        jnz     load
        config_write SLOT, 0x10, BAR
        config_write SLOT, 0x04, 2      /* memory decoding */
        config_write SLOT + 1, 0x10, WITNESS_BAR
        config_write SLOT + 1, 0x04, 2
        movl    $0x000c4500, APIC_ICR   /* INIT, then SIPI, to the others */
        movl    $0x000c4600 + (ROM >> 12), APIC_ICR
        xorl    %ebx, %ebx

/* ebx: number << 24, edi: this processor's account, ecx: n */
load:
        fninit
        movl    %ebx, %edi
        shll    $6, %edi
        addl    $ACCOUNTS, %edi
        shll    $24, %ebx
        xorl    %ecx, %ecx
next:
        testl   $1 << 31, CONTROL
        jnz     stop
        fld1                            /* some work, without a jump */
        .rept   PACE
        fldpi
        fyl2x
        .endr
        fstp    %st
        incl    %ecx
        leal    (%ebx, %ecx), %eax
        movl    %eax, WITNESS_BAR + REGISTER
        movl    %ecx, ISSUED(%edi)
        movl    %eax, BAR + REGISTER
        movl    %ecx, DONE(%edi)
        cmpl    $0xffffff, %ecx         /* n has 24 bits */
        jb      next
stop:
        movl    $1, STOPPED(%edi)
rest:
        hlt
        jmp     rest

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* code, flat */
        .quad   0x00cf93000000ffff      /* data, flat */
gdt_pointer:
        .word   23
        .long   gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000
