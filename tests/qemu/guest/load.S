/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that only puts load on a traced device, from its first instruction
 * on: a BIOS image for QEMU's "pc" machine.
 *
 * Each processor writes (its number, the boot's number, n) for n = 1, 2, 3 ...
 * into slots of its own in BAR2 of an ivshmem device, which is plain memory in a
 * file of the host: its contents are what has reached the device.  In
 * every sixteenth round it also writes into a word that all share, reads that and
 * its own slot back, and reads the host's command.  If EDU is defined, it also
 * writes its value to a register of an edu device there, and reads it back.
 *
 * BAR, CONTROL, BOOT, SHARED, DONE, WRONG, SLOTS, EDU and EDU_SLOT come from
 * loadguest.py, which builds this and documents the layout of the BAR.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    PCI_ADDRESS, 0xcf8
        .set    PCI_DATA, 0xcfc
        .set    IVSHMEM, 0x11101af4
        .set    APIC_ICR, 0xfee00300
        .set    SIPI_ALL_BUT_SELF, 0x000c4600
        .set    EDU_REGISTER, 0x80      /* its DMA's source: only kept */

        .include "machine.inc"

/*
 * Every processor begins here: the first one by the jump at the image's end,
 * the others by the first one's SIPI.  The code segment's base differs, the
 * offsets do not.
 */
start:
        enter_protected_mode

        movl    $1, %eax
        cpuid
        shrl    $24, %ebx
        movl    %ebx, %ebp              /* number of this processor */
        testl   %ebp, %ebp
        jnz     load

/* The first processor finds the device; it may be plugged in later. */
find_all:
        movl    $0x80000000, %ebx
find:
        movl    %ebx, %eax
        movw    $PCI_ADDRESS, %dx
        outl    %eax, %dx
        movw    $PCI_DATA, %dx
        inl     %dx, %eax
        cmpl    $IVSHMEM, %eax
        je      found
        addl    $0x800, %ebx
        cmpl    $0x80010000, %ebx
        jb      find
        jmp     find_all

        .macro  config_register offset, value
        leal    \offset(%ebx), %eax
        movw    $PCI_ADDRESS, %dx
        outl    %eax, %dx
        movl    $\value, %eax
        movw    $PCI_DATA, %dx
        outl    %eax, %dx
        .endm

found:
        config_register 0x18, BAR
        config_register 0x1c, 0
        config_register 0x04, 2            /* memory decoding */
        .ifdef  EDU
        config_write EDU_SLOT, 0x10, EDU
        config_write EDU_SLOT, 0x04, 2
        .endif

        incl    BAR + BOOT
        /* KVM, unlike TCG, drops a SIPI without an INIT before it. */
        movl    $0x000c4500, APIC_ICR
        movl    $SIPI_ALL_BUT_SELF + (ROM >> 12), APIC_ICR

/*
 * ebx: upper bits of the values, ebp: number of this processor,
 * edi: its slots, ecx: n
 */
load:
        movl    %ebp, %edi
        shll    $16, %edi
        addl    $BAR + SLOTS, %edi
        movl    BAR + BOOT, %ebx
        andl    $15, %ebx
        shll    $25, %ebx
        movl    %ebp, %eax
        shll    $29, %eax
        orl     %eax, %ebx
        xorl    %ecx, %ecx
next:
        incl    %ecx
        leal    (%ebx, %ecx), %eax
        movl    %ecx, %edx
        andl    $4095, %edx
        movl    %eax, (%edi, %edx, 4)
        testl   $15, %ecx
        jnz     next

        movl    %eax, BAR + SHARED
        movl    BAR + SHARED, %esi
        movl    (%edi, %edx, 4), %esi
        cmpl    %esi, %eax
        jne     wrong
        .ifdef  EDU
        movl    %eax, EDU + EDU_REGISTER
        movl    EDU + EDU_REGISTER, %esi
        .endif
        movl    BAR + CONTROL(, %ebp, 4), %esi
        testl   %esi, %esi
        js      done
        cmpl    $0x1fffff0, %ecx        /* n has 25 bits */
        je      done
        testl   %esi, %esi
        jz      next
slow:
        decl    %esi
        jnz     slow
        jmp     next

wrong:
        movl    %esi, BAR + WRONG(, %ebp, 4)
done:
        movl    %eax, BAR + DONE(, %ebp, 4)
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
