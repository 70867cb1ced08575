/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: switch to a guest's registers and back
 */
#include "libinsn/native-internal.h"

/*
 * The compiler must not infer from its body what the function does not do: for
 * the compiler, the body is empty.
 */
#if defined(__has_attribute)
#if __has_attribute(noipa)
#define NO_IPA __attribute__((noipa))
#endif
#endif
#ifndef NO_IPA
#define NO_IPA __attribute__((noinline))
#endif

#define CX(field) [field] "i" (offsetof(InsnNativeContext, field))

/*
 * When the code's first instruction is about to run, the stack is
 *
 *   (%rsp)    cx->entry
 *   8(%rsp)   the address to which the code jumps when it is done
 *   16(%rsp)  cx
 *
 * followed by the caller's registers.
 *
 * XSAVE is used, not XSAVEOPT or XSAVEC: it does not change the parts of the
 * area's header that it does not own, and has the standard layout.
 */
__attribute__((naked)) NO_IPA
void insn_native_enter(InsnNativeContext *cx __attribute__((unused)))
{
    asm volatile(
        "pushq %%rbp\n\t"
        "pushq %%rbx\n\t"
        "pushq %%r12\n\t"
        "pushq %%r13\n\t"
        "pushq %%r14\n\t"
        "pushq %%r15\n\t"
        "pushfq\n\t"
        "pushq %%rdi\n\t"
        "leaq 2f(%%rip), %%rax\n\t"
        "pushq %%rax\n\t"
        "pushq %c[entry](%%rdi)\n\t"
        "leaq 1f(%%rip), %%rax\n\t"
        "movq %%rax, %c[restore](%%rdi)\n\t"
        "leaq 3f(%%rip), %%rax\n\t"
        "movq %%rax, %c[fault](%%rdi)\n\t"

        "movl %c[mask](%%rdi), %%eax\n\t"
        "movl %c[mask]+4(%%rdi), %%edx\n\t"
        "movq %c[host](%%rdi), %%rsi\n\t"
        "xsave64 (%%rsi)\n\t"
        "movq %c[guest](%%rdi), %%rsi\n"
        "1:\n\t"
        "xrstor64 (%%rsi)\n\t"

        "pushq %c[rflags](%%rdi)\n\t"
        "popfq\n\t"
        "movq %c[gpr]+0x00(%%rdi), %%rax\n\t"
        "movq %c[gpr]+0x08(%%rdi), %%rcx\n\t"
        "movq %c[gpr]+0x10(%%rdi), %%rdx\n\t"
        "movq %c[gpr]+0x18(%%rdi), %%rbx\n\t"
        "movq %c[gpr]+0x28(%%rdi), %%rbp\n\t"
        "movq %c[gpr]+0x30(%%rdi), %%rsi\n\t"
        "movq %c[gpr]+0x40(%%rdi), %%r8\n\t"
        "movq %c[gpr]+0x48(%%rdi), %%r9\n\t"
        "movq %c[gpr]+0x50(%%rdi), %%r10\n\t"
        "movq %c[gpr]+0x58(%%rdi), %%r11\n\t"
        "movq %c[gpr]+0x60(%%rdi), %%r12\n\t"
        "movq %c[gpr]+0x68(%%rdi), %%r13\n\t"
        "movq %c[gpr]+0x70(%%rdi), %%r14\n\t"
        "movq %c[gpr]+0x78(%%rdi), %%r15\n\t"
        "movq %c[gpr]+0x38(%%rdi), %%rdi\n\t"
        "jmpq *(%%rsp)\n"

        "2:\n\t"
        "pushq %%rdi\n\t"
        "movq 24(%%rsp), %%rdi\n\t"
        "popq %c[gpr]+0x38(%%rdi)\n\t"
        "movq %%rax, %c[gpr]+0x00(%%rdi)\n\t"
        "movq %%rcx, %c[gpr]+0x08(%%rdi)\n\t"
        "movq %%rdx, %c[gpr]+0x10(%%rdi)\n\t"
        "movq %%rbx, %c[gpr]+0x18(%%rdi)\n\t"
        "movq %%rbp, %c[gpr]+0x28(%%rdi)\n\t"
        "movq %%rsi, %c[gpr]+0x30(%%rdi)\n\t"
        "movq %%r8, %c[gpr]+0x40(%%rdi)\n\t"
        "movq %%r9, %c[gpr]+0x48(%%rdi)\n\t"
        "movq %%r10, %c[gpr]+0x50(%%rdi)\n\t"
        "movq %%r11, %c[gpr]+0x58(%%rdi)\n\t"
        "movq %%r12, %c[gpr]+0x60(%%rdi)\n\t"
        "movq %%r13, %c[gpr]+0x68(%%rdi)\n\t"
        "movq %%r14, %c[gpr]+0x70(%%rdi)\n\t"
        "movq %%r15, %c[gpr]+0x78(%%rdi)\n\t"
        "pushfq\n\t"
        "popq %c[rflags](%%rdi)\n"

        "3:\n\t"
        "movq 16(%%rsp), %%rdi\n\t"
        "movl %c[mask](%%rdi), %%eax\n\t"
        "movl %c[mask]+4(%%rdi), %%edx\n\t"
        "movq %c[guest](%%rdi), %%rsi\n\t"
        "xsave64 (%%rsi)\n\t"
        "movq %c[host](%%rdi), %%rsi\n\t"
        "xrstor64 (%%rsi)\n\t"
        "addq $24, %%rsp\n\t"
        "popfq\n\t"
        "popq %%r15\n\t"
        "popq %%r14\n\t"
        "popq %%r13\n\t"
        "popq %%r12\n\t"
        "popq %%rbx\n\t"
        "popq %%rbp\n\t"
        "retq\n"
        :
        : CX(gpr), CX(rflags), CX(entry), CX(mask), CX(host), CX(guest),
          CX(restore), CX(fault)
        : "memory");
}
