/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest whose instructions on a traced BAR only its processor can execute: a
 * BIOS image for QEMU's "pc" machine.
 *
 * In slot 5 is an ivshmem device, whose BAR2 is plain memory.  The first
 * processor saves and restores its vector registers there, steps itself while it
 * does, and runs code that it has put there, with exceptions, system calls and
 * interrupts; meanwhile a timer's interrupts write into the BAR, and so does
 * the other processor.  The results are copied to BAR + REPORT.
 *
 * BAR, ROUNDS and the offsets in the BAR come from stepguest.py, and USER: a
 * program does all of this instead of a kernel; and SYSTEM: INT n, SYSCALL and
 * ports are used.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    PML4, 0x10000
        .set    PDPT, 0x11000
        .set    PD, 0x12000             /* four of them */
        .set    IDT, 0x16000
        .set    FIRST, 0x17000          /* the state saved to RAM */
        .set    AGAIN, 0x18000          /* the state after it was restored */
        .set    TSS, 0x19000
        .set    HIGH_PD, 0x1a000
        .set    HIGH_PT, 0x1b000
        .set    NOTES, 0x20000
        .set    STACK, 0x30000
        .set    NOWHERE, 0x100000000    /* not mapped */
        .set    BORDER, 0x100200000     /* from the BAR to the HPET */
        .set    NOT_CANONICAL, 0x8000000000000000
        .set    HPET, 0xfed00000
        .set    APIC, 0xfee00000
        .set    VECTOR_TIMER, 0x40
        .set    VECTOR_CALL, 0x80
        .set    STACK_3, 0x38000

        /* Selectors */
        .set    CODE, 0x18
        .set    TASK, 0x28
        .set    MISSING, 0x38
        .set    CODE_3, 0x48 | 3
        .set    DATA_3, 0x40 | 3

        /* In NOTES, and in REPORT; the first two have one entry per vector */
        .set    COUNT, NOTES            /* counts, dwords */
        .set    FLAGS, NOTES + 0x80     /* the last pushed RFLAGS, dwords */
        .set    DB_RIP, NOTES + 0x100
        .set    DB_DR6, NOTES + 0x108
        .set    SYSCALL_FLAGS, NOTES + 0x110
        .set    PUSHED_FLAGS, NOTES + 0x118
        .set    CALL_FLAGS, NOTES + 0x120
        .set    SAME, NOTES + 0x128     /* results of both comparisons */
        .set    TICKS, NOTES + 0x130
        .set    OTHER_COUNT, NOTES + 0x138
        .set    HPET_ID, NOTES + 0x140
        .set    PCI_ID, NOTES + 0x148
        .set    SUM, NOTES + 0x150
        .set    STOP, NOTES + 0x1f0
        .set    NOTES_BYTES, 0x200

        .macro  compare bytes
        movl    $FIRST, %esi
        movl    $AGAIN, %edi
        movl    $\bytes, %ecx
        repe cmpsb
        .endm

        .include "machine.inc"

start:
        enter_protected_mode
        movl    $1, %eax
        cpuid
        shrl    $24, %ebx
        movl    %ebx, %ebp              /* number of this processor */
        testl   %ebp, %ebp
        jnz     to_long_mode

        config_write 5, 0x18, BAR
        config_write 5, 0x1c, 0
        config_write 5, 0x04, 2         /* memory decoding */
        map_4_gib 7                     /* with user access */
        movl    $HIGH_PD | 7, PDPT + 32
        movl    $HIGH_PT | 7, HIGH_PD + 8
        movl    $(BAR + LAST_PAGE) | 7, HIGH_PT
        movl    $HPET | 7, HIGH_PT + 8

to_long_mode:
        /* OSXSAVE, OSXMMEXCPT, OSFXSR, PAE; LME, SCE */
        enter_long_mode 0x40620, 0x101, in_long_mode

        .code64
in_long_mode:
        testl   %ebp, %ebp
        jz      first

/* The other processor: n = 1, 2, 3 ... into its slots */
        xorl    %ecx, %ecx
        movl    $BAR + SLOTS, %edi
        movl    $NOTES, %esi
1:      incl    %ecx
        movl    %ecx, %edx
        andl    $4095, %edx
        movl    %ecx, (%rdi,%rdx,4)
        cmpl    $0, STOP - NOTES(%rsi)
        je      1b
        movl    %ecx, OTHER_COUNT - NOTES(%rsi)
rest:
        hlt
        jmp     rest

first:
        movl    $STACK, %esp

        make_gates gates, 0xee00        /* interrupt gates, DPL 3 */
        lidt    idt_pointer
        movw    $TASK, %ax
        ltr     %ax
        movl    $STACK, TSS + 4

        xorl    %ecx, %ecx
        xorl    %edx, %edx
        movl    $7, %eax
        xsetbv
        movl    $0xc0000082, %ecx       /* LSTAR */
        movl    $system_call, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000081, %ecx       /* STAR */
        xorl    %eax, %eax
        movl    $CODE | (CODE_3 - 16) << 16, %edx
        wrmsr
        movl    $0xc0000084, %ecx       /* FMASK: IF, TF */
        movl    $0x300, %eax
        xorl    %edx, %edx
        wrmsr

        movl    $APIC, %ebx
        movl    $0x1ff, 0xf0(%rbx)
        movl    $0x000c4500, 0x300(%rbx)        /* INIT to all others */
        movl    $0x000c4600 + (ROM >> 12), 0x300(%rbx)
        movl    $0xb, 0x3e0(%rbx)
        movl    $0x20000 + VECTOR_TIMER, 0x320(%rbx)
        movl    $TIMER_NS, 0x380(%rbx)

        .if     USER
        pushq   $DATA_3
        pushq   $STACK_3
        pushq   $0x3202                 /* IF, IOPL 3 */
        pushq   $CODE_3
        pushq   $program
        iretq
        .else
        movl    $STACK_3, %esp
        sti
        .endif

program:
        fld1
        movl    $pattern, %esi
        movdqu  (%rsi), %xmm0
        movdqu  5(%rsi), %xmm15
        fxsave64 FIRST
        movl    $BAR + FXSAVE, %edi
at_fxsave:
        fxsave64 (%rdi)
        pxor    %xmm0, %xmm0
        pxor    %xmm15, %xmm15
        fldz
at_fxrstor:
        fxrstor64 (%rdi)
        fxsave64 AGAIN
        compare FXSAVE_BYTES
        sete    SAME + 1

        /* No component in its initial state, so that all are saved */
        movl    $pattern, %esi
        vmovdqu (%rsi), %ymm0
        vmovdqu 5(%rsi), %ymm7
        vmovdqu 9(%rsi), %ymm15

        .macro  components
        movl    $7, %eax
        xorl    %edx, %edx
        .endm

        components
        xsave64 FIRST
        movl    $BAR + XSAVE, %edi
at_xsave:
        xsave64 (%rdi)

        vpxor   %ymm0, %ymm0, %ymm0
        vpxor   %ymm7, %ymm7, %ymm7
        vpxor   %ymm15, %ymm15, %ymm15
        fldz
at_xrstor:
        xrstor64 (%rdi)
        xsave64 AGAIN
        compare XSAVE_BYTES
        sete    SAME

        /* The host compares the contents. */
        movl    $FIRST, %esi
        movl    $BAR + COPY, %edi
        movl    $XSAVE_BYTES / 8, %ecx
        rep movsq

        /* Steps itself: a #DB after the instruction after next */
        components
        movl    $BAR + XSAVE, %edi
        pushfq
        orl     $0x100, (%rsp)
        popfq
at_traced:
        xsave64 (%rdi)
after_traced:
        nop

        /* Code in the BAR */
        movl    $bar_code, %esi
        movl    $BAR + CODE_PAGE, %edi
        movl    $bar_code_end - bar_code, %ecx
        rep movsb
        movl    $BAR + CODE_PAGE, %eax
        call    *%rax
        movl    %ebx, SUM

        /* A step that is impossible: it would end a kernel */
        .if     USER
        components
        movabsq $BORDER + 0x1000 - 64, %rdi
        next_is 1f
at_refused:
        xsave64 (%rdi)
1:
        .endif

        movl    $ROUNDS, %r12d
1:      components
        movl    $BAR + XSAVE, %edi
at_round:
        xsave64 (%rdi)
        decl    %r12d
        jnz     1b

        movl    $1, STOP
1:      pause
        cmpl    $0, OTHER_COUNT
        je      1b
        /* No more interrupts, except one that is pending */
        movl    $APIC, %ebx
        movl    $0x30000 + VECTOR_TIMER, 0x320(%rbx)
        movl    $1000, %ecx
1:      pause
        loop    1b
        movl    $NOTES, %esi
        movl    $BAR + REPORT, %edi
        movl    $NOTES_BYTES / 4, %ecx
        rep movsl
        movl    $DONE_WORD, %eax
        movl    $BAR + DONE, %edi
        movl    %eax, (%rdi)
        jmp     .

/* Each instruction is stepped. */
bar_code:
        movl    $1, %ebx
        pushfq
        popq    %rax
        movq    %rax, PUSHED_FLAGS
        addl    $2, %ebx
        call    1f
1:      popq    %rcx
        next_is 2f
        ud2
2:      next_is 3f
        movabsq $NOWHERE, %rax
        movl    (%rax), %eax
3:      next_is 4f
        xorl    %edx, %edx
        xorl    %ecx, %ecx
        divl    %ecx
4:      next_is 5f
        movabsq $NOT_CANONICAL, %rbp
        movl    (%rbp), %eax
5:      movl    HPET, %eax              /* emulated by QEMU */
        movl    %eax, HPET_ID
        movl    %eax, HPET              /* KVM's own step does not end there */
        .if     SYSTEM
        int     $VECTOR_CALL
        syscall
        movl    $0x80000000, %eax
        movw    $0xcf8, %dx
        outl    %eax, %dx
        movw    $0xcfc, %dx
        inl     %dx, %eax
        movl    %eax, PCI_ID
        .endif
        lock addl $3, STACK
        movl    $2, %ecx
6:      addl    $0x10, %ebx
        loop    6b
        /* An exception that few instructions raise */
        .if     SYSTEM
        next_is 7f
        movl    $MISSING, %eax
        movl    %eax, %ds
7:      nop
        .endif
        .if     !USER
        hlt
        .endif
        ret
bar_code_end:

system_call:
        movq    %r11, SYSCALL_FLAGS
        .if     USER
        sysretq
        .else
        pushq   %r11
        popfq
        jmp     *%rcx
        .endif

        .macro  handler vector, error
on_\vector:
        .if     \error
        addq    $8, %rsp
        .endif
        pushq   %rax
        movl    24(%rsp), %eax
        movl    %eax, FLAGS + 4 * \vector
        incl    COUNT + 4 * \vector
        popq    %rax
        movq    %r15, (%rsp)
        iretq
        .endm

        handler 0, 0
        handler 6, 0
        handler 8, 1
        handler 11, 1
        handler 12, 1
        handler 13, 1
        handler 14, 1

on_1:
        pushq   %rax
        incl    COUNT + 4
        movq    8(%rsp), %rax
        movq    %rax, DB_RIP
        movq    %dr6, %rax
        movq    %rax, DB_DR6
        xorl    %eax, %eax
        movq    %rax, %dr6
        andl    $~0x100, 24(%rsp)
        popq    %rax
        iretq

on_call:
        pushq   %rax
        movl    24(%rsp), %eax
        movl    %eax, CALL_FLAGS
        popq    %rax
        iretq

on_timer:
        pushq   %rax
        pushq   %rdi
        incl    TICKS
        movl    TICKS, %eax
        movl    $BAR + TICK, %edi
        movl    %eax, (%rdi)
        movl    $APIC, %edi
        movl    $0, 0xb0(%rdi)
        popq    %rdi
        popq    %rax
        iretq

gates:
        gate    0, on_0
        gate    1, on_1
        gate    6, on_6
        gate    8, on_8
        gate    11, on_11
        gate    12, on_12
        gate    13, on_13
        gate    14, on_14
        gate    VECTOR_TIMER, on_timer
        gate    VECTOR_CALL, on_call
        gate    0, 0

idt_pointer:
        .word   0xfff
        .quad   IDT

pattern:
        .set    i, 1
        .rept   64
        .byte   i
        .set    i, (i * 7 + 3) & 255
        .endr

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* code, flat */
        .quad   0x00cf93000000ffff      /* data, flat */
        .quad   0x00af9b000000ffff      /* code, 64 bits */
        .quad   0x00cf93000000ffff      /* data, for SYSCALL */
        .quad   0x0000890000000067 | TSS << 16
        .quad   0
        .quad   0x00cf73000000ffff      /* not present */
        .quad   0x00cff3000000ffff      /* data, CPL 3 */
        .quad   0x00affb000000ffff      /* code, 64 bits, CPL 3 */
gdt_pointer:
        .word   79
        .long   gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000
