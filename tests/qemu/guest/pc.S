/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest with a symbol for each access to a traced device: a BIOS image for
 * QEMU's "pc" machine that accesses BARs from real mode, from 32-bit and from
 * 64-bit code, and has an "at_..." symbol at each instruction that does so.
 *
 * In slot 5 is an ivshmem device, whose BAR2 is plain memory; in slot 6 an
 * e1000, whose transmit descriptors are in that memory.  LOOPS, MEM, NIC
 * and PORT come from test_pc.py, which lists the accesses.
 */
        .set    ROM, 0xf0000            /* address of this below 1 MiB */
        .set    HIGH, 0xffffffff80000000        /* and again, in long mode */
        .set    PML4, 0x10000
        .set    LOW_PDPT, 0x11000
        .set    HIGH_PDPT, 0x12000

        .macro  AT name:req, insn:vararg
at_\name:
        \insn
        .endm

        .include "machine.inc"

        .code16
start:
        cli
        cld
        lgdtl   %cs:gdt_pointer - start
        config_write 5, 0x18, MEM
        config_write 5, 0x1c, 0
        config_write 5, 0x04, 2         /* memory decoding */
        config_write 6, 0x10, NIC
        config_write 6, 0x14, PORT | 1
        config_write 6, 0x04, 7         /* I/O and memory decoding, DMA */

        /* Data segments of 4 GiB; code remains 64 KiB from ROM on. */
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        movw    $16, %bx
        movw    %bx, %ds
        movw    %bx, %es
        andl    $~1, %eax
        movl    %eax, %cr0

        movl    $MEM, %esi
        AT      real_write, movl %eax, (%esi)
        AT      real_read, movl (%esi), %ebx

        /* Ports: whether the PC is known depends on the accelerator. */
        movw    $PORT, %dx
        movl    $8, %eax
        AT      port_write, outl %eax, %dx
        movw    $PORT + 4, %dx
        AT      port_read, inl %dx, %eax

        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmpl   $8, $protected

        .code32
protected:
        movw    $16, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        fninit

        AT      write, movl %eax, MEM + 0x10
        AT      read, movl MEM + 0x10, %ebx
        AT      byte, movb $5, MEM + 0x14
        AT      word, movzwl MEM + 0x14, %ecx
        AT      modify, addl $1, MEM + 0x18
        AT      locked, lock incl MEM + 0x18
        AT      float, fldt MEM + 0x20

        movl    $MEM + 0x30, %edi
        movl    $3, %ecx
        AT      stos, rep stosl
        movl    $MEM + 0x30, %esi
        movl    $0x20000, %edi
        movl    $5, %ecx
        AT      movs, rep movsb
        jmp     cross

        /* An instruction across a page border. */
        .org    0x1000 - 3
cross:
        AT      cross, movl MEM + 0x10, %ebx

        /* A descriptor ring in the other device's memory: DMA. */
        AT      nic_tctl, movl $0x2, NIC + 0x400
        AT      nic_tdbal, movl $MEM + 0x1000, NIC + 0x3800
        AT      nic_tdlen, movl $0x80, NIC + 0x3808
        AT      nic_tdt, movl $1, NIC + 0x3818
        AT      after_dma, movl MEM + 0x10, %ebx

        movl    $LOW_PDPT | 3, PML4
        movl    $HIGH_PDPT | 3, PML4 + 511 * 8
        movl    $0x00000083, LOW_PDPT
        movl    $0x40000083, LOW_PDPT + 8
        movl    $0x80000083, LOW_PDPT + 16
        movl    $0xc0000083, LOW_PDPT + 24
        movl    $0x00000083, HIGH_PDPT + 510 * 8
        movl    $0x220, %eax            /* PAE, OSFXSR */
        movl    %eax, %cr4
        movl    $PML4, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        rdmsr
        orl     $0x100, %eax            /* LME */
        wrmsr
        movl    %cr0, %eax
        orl     $0x80000000, %eax
        movl    %eax, %cr0
        ljmpl   $24, $low

        .code64
low:
        movabsq $HIGH + high, %rax
        jmp     *%rax
high:
        movl    $MEM, %edi
        xorl    %esi, %esi
        AT      long_write, movq %rax, 0x40(%rdi)
        AT      long_read, movq 0x40(%rdi), %rbx
        AT      sse, movdqu 0x40(%rdi), %xmm0

        /* Called from a caller that was called, with frame pointers. */
        movl    $0x30000, %esp
        xorl    %ebp, %ebp
        call    outer
at_ret_outer:
        /* Frame pointers to unmapped memory, to a device, to themselves */
        movq    $0x1234567, %rbp
        AT      odd_frame, movl 0x40(%rdi), %eax
        movabsq $0xdeadbeef00000000, %rbp
        AT      wild_frame, movl 0x40(%rdi), %eax
        leaq    0x40(%rdi), %rbp
        AT      device_frame, movl 0x40(%rdi), %eax
        movl    $0x31000, %ebp
        movq    %rbp, (%rbp)
        movq    %rbp, 8(%rbp)
        AT      loop_frame, movl 0x40(%rdi), %eax
        /* To memory of which a table is in a device */
        movl    $MEM | 3, LOW_PDPT + 32
        movabsq $0x100000100, %rbp
        AT      table_frame, movl 0x40(%rdi), %eax
        xorl    %ebp, %ebp

        /* Generated code that is chained, and in two pages. */
again:
        incl    %esi
        AT      loop_write, movl %esi, 0x48(%rdi)
        jmp     elsewhere
        .org    0x2010
elsewhere:
        nop
        AT      loop_read, movl 0x48(%rdi), %eax
        cmpl    $LOOPS, %esi
        jb      again

        AT      last, movl $0x600d, 0x4c(%rdi)
rest:
        hlt
        jmp     rest

outer:
        pushq   %rbp
        movq    %rsp, %rbp
        call    inner
at_ret_inner:
        popq    %rbp
        ret
inner:
        pushq   %rbp
        movq    %rsp, %rbp
        AT      framed, movl 0x40(%rdi), %eax
        popq    %rbp
        ret

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9a000000ffff      /* code, flat */
        .quad   0x00cf92000000ffff      /* data, flat */
        .quad   0x00af9a000000ffff      /* code, 64 bits */
gdt_pointer:
        .word   31
        .long   gdt

        .org    0xfff0
        .code16
        jmp     start
        .org    0x10000
