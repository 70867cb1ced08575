/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hypervisor that injects one interrupt into its guest at each VMRUN and
 * counts its deliveries: a BIOS image for QEMU's "pc" machine.
 *
 * The guest runs for long with interrupts off, without anything that leaves
 * QEMU's execution loop, and has an exception of its own before it exits.  TALLY
 * is for the host: rounds; interrupts; exits that were not the guest's VMMCALL;
 * exceptions; exits with an event in EXITINTINFO, though none is under way.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    PML4, 0x10000
        .set    PDPT, 0x11000
        .set    PD, 0x12000             /* four of them */
        .set    IDT, 0x16000
        .set    HOST_SAVE, 0x18000
        .set    VMCB, 0x19000
        .set    STACK, 0x30000
        .set    GUEST_STACK, 0x38000

        .set    CODE, 0x18
        .set    DATA, 0x20

        .set    VECTOR, 0x40
        .set    INVALID_OPCODE, 6
        .set    VM_HSAVE_PA, 0xc0010117
        .set    VMMCALL_EXIT, 0x81

        /* In the VMCB (AMD64 Architecture Programmer's Manual 2, appendix B) */
        .set    INTERCEPTS_4, 0x10
        .set    ASID, 0x58
        .set    EXIT_CODE, 0x70
        .set    EXIT_EVENT, 0x88        /* EXITINTINFO */
        .set    EVENT_INJECTION, 0xa8
        .set    SAVE, 0x400
        .set    GDTR, SAVE + 0x60
        .set    IDTR, SAVE + 0x80
        .set    EFER, SAVE + 0xd0
        .set    CR4, SAVE + 0x148
        .set    CR3, SAVE + 0x150
        .set    CR0, SAVE + 0x158
        .set    DR7, SAVE + 0x160
        .set    DR6, SAVE + 0x168
        .set    RFLAGS, SAVE + 0x170
        .set    RIP, SAVE + 0x178
        .set    RSP, SAVE + 0x1d8

        .include "machine.inc"

start:
        enter_protected_mode
        map_4_gib 3
        /* PAE; SVME, LME */
        enter_long_mode 0x20, 0x1100, in_long_mode

        .macro  segment number, selector, attributes
        movw    $\selector, VMCB + SAVE + 16 * \number
        movw    $\attributes, VMCB + SAVE + 16 * \number + 2
        movl    $0xffffffff, VMCB + SAVE + 16 * \number + 4
        .endm

        .code64
in_long_mode:
        movl    $STACK, %esp
        make_gates gates, 0x8e00
        lidt    idt_pointer
        movl    $VM_HSAVE_PA, %ecx
        movl    $HOST_SAVE, %eax
        xorl    %edx, %edx
        wrmsr

        movl    $3, VMCB + INTERCEPTS_4         /* VMMCALL, VMRUN */
        movl    $1, VMCB + ASID
        segment 0, DATA, 0xc93
        segment 1, CODE, 0xa9b
        segment 2, DATA, 0xc93
        segment 3, DATA, 0xc93
        movl    $0xfff, VMCB + IDTR + 4
        movl    $IDT, VMCB + IDTR + 8
        movl    $39, VMCB + GDTR + 4
        movl    $gdt, VMCB + GDTR + 8
        movl    $0x1500, VMCB + EFER            /* SVME, LMA, LME */
        movl    $0x20, VMCB + CR4
        movl    $PML4, VMCB + CR3
        movl    $0x80000033, %eax
        movl    %eax, VMCB + CR0
        movl    $0x400, VMCB + DR7
        movl    $0xffff0ff0, %eax
        movl    %eax, VMCB + DR6

1:      movl    $0x80000000 | VECTOR, %eax
        movl    %eax, VMCB + EVENT_INJECTION
        movl    $guest, VMCB + RIP
        movl    $GUEST_STACK, VMCB + RSP
        movl    $2, VMCB + RFLAGS
        movl    $VMCB, %eax
        vmrun   %rax
        incl    TALLY
        cmpl    $0, VMCB + EXIT_EVENT
        je      3f
        incl    TALLY + 16
3:      cmpl    $VMMCALL_EXIT, VMCB + EXIT_CODE
        je      1b
        incl    TALLY + 8
        jmp     1b

guest:
        movl    $ITERATIONS, %ecx
2:      decl    %ecx
        jnz     2b
        ud2
        vmmcall

interrupt:
        incl    TALLY + 4
        iretq

invalid_opcode:
        incl    TALLY + 12
        addq    $2, (%rsp)              /* over the ud2 */
        iretq

gates:
        gate    VECTOR, interrupt
        gate    INVALID_OPCODE, invalid_opcode
        gate    0, 0

idt_pointer:
        .word   0xfff
        .quad   IDT

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* code, flat */
        .quad   0x00cf93000000ffff      /* data, flat */
        .quad   0x00af9b000000ffff      /* code, 64 bits */
        .quad   0x00cf93000000ffff
gdt_pointer:
        .word   39
        .long   gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000
