/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that tries to access its device without the tracer's knowledge: a
 * BIOS image for QEMU's "pc" machine.
 *
 * Code in a BAR is stepped with the windows lifted.  Here it raises exceptions,
 * and their handlers write to the BAR, as much as they can, before they go on
 * after it.  In slot 5 is an ivshmem device; the log must have all that reaches
 * its BAR2.
 *
 * BAR and the offsets in it come from stepguest.py; with DOUBLE_FAULT there is
 * a handler for that exception.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    PML4, 0x10000
        .set    PDPT, 0x11000
        .set    PD, 0x12000             /* four of them */
        .set    IDT, 0x16000
        .set    TSS, 0x17000
        .set    SIDT, 0x18000
        .set    COUNT, 0x19000          /* counts, dwords by vector */
        .set    STACK, 0x30000
        .set    STACK_DF, 0x38000
        .set    NOT_CANONICAL, 0x8000000000000000
        .set    NOWHERE, 0x100000000    /* not mapped */

        /* Selectors */
        .set    CODE, 0x18
        .set    TASK, 0x28
        .set    MISSING, 0x38

        .set    IDT_LIMIT, 0xfff

        .include "machine.inc"

start:
        enter_protected_mode
        config_write 5, 0x18, BAR
        config_write 5, 0x1c, 0
        config_write 5, 0x04, 2         /* memory decoding */
        map_4_gib 3
        /* OSXMMEXCPT, OSFXSR, PAE; LME */
        enter_long_mode 0x620, 0x100, in_long_mode

        .code64
in_long_mode:
        movl    $STACK, %esp
        make_gates gates, 0x8e00
        movw    $0x8e01, IDT + 8 * 16 + 4       /* with a stack of its own */
        .if     !DOUBLE_FAULT
        movw    $0, IDT + 8 * 16 + 4
        .endif
        lidt    idt_pointer
        movw    $TASK, %ax
        ltr     %ax
        movl    $STACK_DF, TSS + 0x24

        movl    $bar_code, %esi
        movl    $BAR + CODE_PAGE, %edi
        movl    $bar_code_end - bar_code, %ecx
        rep movsb

        /* A later instruction raises the pending exception. */
        fninit
        fldcw   unmasked
        fld1
        fdivs   zero

        xorl    %ebx, %ebx              /* number of exceptions so far */
        movl    $BAR + CODE_PAGE, %eax
        call    *%rax

        movl    $BAR + REPORT, %edi
        movl    %ebx, (%rdi)
        movzwl  SIDT, %eax
        movl    %eax, 4(%rdi)
        movl    $COUNT, %esi
        addl    $8, %edi
        movl    $32, %ecx
        rep movsl
        movl    $DONE_WORD, %eax
        movl    $BAR + DONE, %edi
        movl    %eax, (%rdi)
        jmp     .

/* Each instruction is stepped. */
bar_code:
        next_is 1f
        movl    $MISSING, %eax
        movl    %eax, %ds               /* #NP */
1:      next_is 2f
        movabsq $NOT_CANONICAL, %rbp
        movl    (%rbp), %eax            /* #SS */
2:      next_is 3f
        fwait                           /* #MF */
3:      next_is 4f
        movabsq $NOT_CANONICAL, %rsi
        movl    (%rsi), %eax            /* #GP */
4:      next_is 5f
        movabsq $NOWHERE, %rsi
        movl    (%rsi), %eax            /* #PF */
5:      next_is 6f
        ud2
6:      next_is 7f
        movl    $MISSING, %eax
        movl    %eax, %es               /* #NP again */
7:
        .if     DOUBLE_FAULT
        next_is 8f
        movq    %rsp, %r14
        movabsq $NOWHERE + 0x1000, %rsp
        ud2                             /* #PF, and #DF */
8:
        .endif
        sidt    SIDT
        movl    %ss, %eax
        movl    %eax, %ss               /* and the next instruction */
        nop
        ret
bar_code_end:

/* Writes values that the log must have, and goes on after the instruction. */
        .macro  handler vector, error
on_\vector:
        .if     \error
        addq    $8, %rsp
        .endif
        incl    %ebx
        incl    COUNT + 4 * \vector
        movl    %ebx, %eax
        shll    $16, %eax
        movl    $WRITES, %ecx
        movl    $BAR + SLOTS, %edi
1:      incl    %eax
        movl    %eax, (%rdi,%rcx,4)
        loop    1b
        .if     \vector == 8
        movq    %r14, 24(%rsp)
        .endif
        .if     \vector == 16
        fnclex
        .endif
        movq    %r15, (%rsp)
        iretq
        .endm

        handler 6, 0
        handler 8, 1
        handler 11, 1
        handler 12, 1
        handler 13, 1
        handler 14, 1
        handler 16, 0

gates:
        gate    6, on_6
        gate    8, on_8
        gate    11, on_11
        gate    12, on_12
        gate    13, on_13
        gate    14, on_14
        gate    16, on_16
        gate    0, 0

idt_pointer:
        .word   IDT_LIMIT
        .quad   IDT

unmasked:
        .word   0x37b                   /* all masked but #Z */
zero:
        .long   0

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* code, flat */
        .quad   0x00cf93000000ffff      /* data, flat */
        .quad   0x00af9b000000ffff      /* code, 64 bits */
        .quad   0x00cf93000000ffff
        .quad   0x0000890000000067 | TSS << 16
        .quad   0
        .quad   0x00cf73000000ffff      /* not present */
gdt_pointer:
        .word   63
        .long   gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000
