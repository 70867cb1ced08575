/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: from reset to C, and entry to and exit from an instruction
 * (see rescue.c)
 */
#include "rescue.h"

        /* Registers in the order of struct Trap */
        .macro  load_registers
        movq    0x00(%rdi), %rax
        movq    0x08(%rdi), %rcx
        movq    0x10(%rdi), %rdx
        movq    0x18(%rdi), %rbx
        movq    0x28(%rdi), %rbp
        movq    0x30(%rdi), %rsi
        movq    0x40(%rdi), %r8
        movq    0x48(%rdi), %r9
        movq    0x50(%rdi), %r10
        movq    0x58(%rdi), %r11
        movq    0x60(%rdi), %r12
        movq    0x68(%rdi), %r13
        movq    0x70(%rdi), %r14
        movq    0x78(%rdi), %r15
        movq    0x38(%rdi), %rdi
        .endm

        .include "machine.inc"

        .section .rom, "ax"
        .code16
start:
        cli
        cld
        cs lgdtl (rom_gdtr - start)
        config_write DUT_SLOT, 0x10, REGISTERS
        config_write DUT_SLOT, 0x18, BAR
        config_write DUT_SLOT, 0x1c, 0
        config_write DUT_SLOT, 0x04, 2  /* memory decoding */
        config_write ALIAS_SLOT, 0x10, FOREIGN
        config_write ALIAS_SLOT, 0x18, ALIAS
        config_write ALIAS_SLOT, 0x1c, 0
        config_write ALIAS_SLOT, 0x04, 2
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpl   $SEL_DATA + 8, $protected

        .code32
protected:
        movl    $SEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss

        /* 4 GiB, mapped one to one, with user access. */
        movl    $PML4, %edi
        xorl    %eax, %eax
        movl    $7 * 0x400, %ecx
        rep stosl
        movl    $PDPT | 7, PML4
        movl    $PD | 7, PDPT
        movl    $(PD + 0x1000) | 7, PDPT + 8
        movl    $(PD + 0x2000) | 7, PDPT + 16
        movl    $(PD + 0x3000) | 7, PDPT + 24
        movl    $PD, %edi
        movl    $0xe7, %eax             /* 2 MiB, accessed, dirty */
        movl    $2048, %ecx
1:      movl    %eax, (%edi)
        addl    $8, %edi
        addl    $0x200000, %eax
        loop    1b
        movl    $TEST_PT | 7, PD + 0x1000

        movl    $BOOT_STACK, %esp
        call    long_mode
        lgdtl   rom_gdtr
        ljmpl   $SEL_CODE, $in_long_mode

        /* All processors: PAE, SSE, XSAVE, long mode, paging */
        .global long_mode
long_mode:
        movl    $0x40620, %eax
        movl    %eax, %cr4
        movl    $PML4, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        rdmsr
        orl     $0x900, %eax            /* LME, NXE */
        wrmsr
        movl    $0x80010033, %eax       /* PG, WP, NE, ET, MP, PE */
        movl    %eax, %cr0
        ret

        .code64
in_long_mode:
        movl    $BOOT_STACK, %esp
        movabsq $rescue_main, %rax
        call    *%rax
rest:
        hlt
        jmp     rest

        .balign 8
rom_gdt:
        .quad   0
        .quad   0x00af9b000000ffff      /* SEL_CODE: 64 bits */
        .quad   0x00cf93000000ffff      /* SEL_DATA */
        .quad   0x00cf9b000000ffff      /* 32 bits, until long mode */
rom_gdtr:
        .word   31
        .long   rom_gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000

        .text
        .code64
/* void to_user(void (*function)(void)): continues there in user mode */
        .global to_user
to_user:
        pushq   $SEL_UDATA
        pushq   $BOOT_STACK - 0x1008
        pushq   $2
        pushq   $SEL_UCODE
        pushq   %rdi
        iretq

/* void serve(void (*function)(void)): runs it in kernel mode */
        .global serve
serve:
        movq    %rdi, request
        int3
        ret

        .macro  save_place
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, saved_rsp
        .endm

        .macro  load_vectors
        movl    $-1, %eax
        movl    $-1, %edx
        xrstor64 (%rsi)
        .endm

/* void enter(const Trap *with, const void *xsave): runs until an exception */
        .global enter
enter:
        save_place
        load_vectors
        movq    0xa8(%rdi), %rsp
        pushq   0x90(%rdi)              /* RIP */
        pushq   0xa0(%rdi)              /* RFLAGS */
        load_registers
        popfq
        ret

/* The same with IRET, for CPL 0, TF and RF; xsave may be NULL */
        .global enter_by_iret
enter_by_iret:
        save_place
        testq   %rsi, %rsi
        jz      1f
        load_vectors
1:      movq    %rdi, resumed
        movq    $resume, request
        int3
resume:
        movq    resumed, %rdi
        pushq   0xb0(%rdi)              /* SS */
        pushq   0xa8(%rdi)              /* RSP */
        pushq   0xa0(%rdi)              /* RFLAGS */
        pushq   0x98(%rdi)              /* CS */
        pushq   0x90(%rdi)              /* RIP */
        load_registers
        iretq

/*
 * Exceptions: a request is carried out; any other ends the entered code, even
 * in kernel mode.  There is little code here since some versions of KVM run
 * user mode on the processor and the kernel in an emulator.
 */
        .balign 16
        .global vectors, gate_irq
vectors:
        .set    n, 0
        .rept   32
        .balign 16
        .if     n != 8 && n != 17 && (n < 10 || n > 14)
        pushq   $0                      /* in place of an error code */
        .endif
        pushq   $n
        jmp     trapped
        .set    n, n + 1
        .endr
        .balign 16
gate_irq:
        pushq   $0
        pushq   $GATE_IRQ
trapped:
        cmpq    $0, request
        jne     1f
        cmpq    $0, saved_rsp
        je      kernel_panic
        popq    caught + 0x80
        popq    caught + 0x88
        popq    caught + 0x90
        popq    caught + 0x98
        popq    caught + 0xa0
        popq    caught + 0xa8
        popq    caught + 0xb0
        pushq   $SEL_UDATA
        pushq   saved_rsp
        pushq   $2
        pushq   $SEL_UCODE
        pushq   $user_trapped
        iretq

1:      addq    $16, %rsp
        movq    request, %rax
        movq    $0, request
        pushq   %rax                    /* for alignment */
        call    *%rax
        popq    %rax
        iretq

user_trapped:
        movq    %rax, caught
        movq    %rcx, caught + 0x08
        movq    %rdx, caught + 0x10
        movq    %rbx, caught + 0x18
        movq    %rbp, caught + 0x28
        movq    %rsi, caught + 0x30
        movq    %rdi, caught + 0x38
        movq    %r8, caught + 0x40
        movq    %r9, caught + 0x48
        movq    %r10, caught + 0x50
        movq    %r11, caught + 0x58
        movq    %r12, caught + 0x60
        movq    %r13, caught + 0x68
        movq    %r14, caught + 0x70
        movq    %r15, caught + 0x78
        movq    caught + 0xa8, %rax
        movq    %rax, caught + 0x20
        movq    $0, saved_rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        ret

/* An exception of the guest itself: the stack has the end of a struct Trap */
kernel_panic:
        movq    %rsp, %rdi
        andq    $~15, %rsp
        jmp     panic

/* The other processor; copied to TRAMPOLINE: only absolute addresses. */
        .code16
        .global ap_begin, ap_end
ap_begin:
        cli
        cs lgdtl (ap_gdtr - ap_begin)
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpl   $SEL_DATA + 8, $TRAMPOLINE + (ap_protected - ap_begin)
        .balign 4
ap_gdtr:
        .word   31
        .long   rom_gdt
        .code32
ap_protected:
        movl    $SEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        movl    $TRAMPOLINE + 0x1000, %esp
        movl    $long_mode, %eax
        call    *%eax
        ljmpl   $SEL_CODE, $ap_long
ap_end:
        .code64
        .text
ap_long:
        movl    $TRAMPOLINE + 0x1000, %esp
        call    ap_main
        hlt

/* The other processor changes the instruction, which is 4 bytes long. */
        .data
        .balign 64
        .global race_code
race_code:
        vmovdqu %ymm1, (%rdi)
        int3

/* The timed instructions: keep in step with rescueguest.TIMED */
        .text
        .balign 16
timed_code:
        movq    %rax, (%rdi)
        ret
        .balign 16
        movq    (%rdi), %rax
        ret
        .balign 16
        movaps  %xmm0, (%rdi)
        ret
        .balign 16
        movaps  (%rdi), %xmm0
        ret
        .balign 16
        vmovdqu %ymm0, (%rdi)
        ret
        .balign 16
        vmovdqu (%rdi), %ymm0
        ret

        .section .rodata
        .balign 8
        .global timed
timed:
        .set    n, 0
        .rept   TIMED
        .quad   timed_code + 16 * n
        .set    n, n + 1
        .endr

        .bss
        .balign 8
saved_rsp:
        .quad   0
request:
        .quad   0
resumed:
        .quad   0

#include "rows.inc"
