/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions of widths.h as code, and a call that sets all registers
 * before one of them and stores them afterwards. The same code serves user
 * space and the kernel; only one file of a program or module may include it.
 */
#ifndef PROBE_H
#define PROBE_H

#include "widths.h"

/* Bytes on either side of an operand that an instruction may reach */
#define PROBE_REACH 64

/* x87, SSE and AVX, in XSAVE's standard format */
#define PROBE_XCR0 7
#define PROBE_XSAVE 832

/**
 * struct ProbeState: registers before and after an instruction
 * @a: RAX, and so on
 * @di: the tested operand
 * @si: an operand in RAM
 * @xsave: the area for XSAVE and XRSTOR
 */
typedef struct ProbeState {
    uint64_t a, c, d, b, si, di, r8, r9, r10, r11, r12, r13, r14, r15, flags;
    uint64_t unused;
    uint8_t xsave[PROBE_XSAVE] __attribute__((aligned(64)));
} ProbeState;

/* void probe_call(ProbeState *, const void *instruction) */
#define PROBE_CALL                                                          \
    ".globl probe_call\n"                                                   \
    ".type probe_call, @function\n"                                         \
    "probe_call:\n"                                                         \
    "pushq %rbx\n"                                                          \
    "pushq %rbp\n"                                                          \
    "pushq %r12\n"                                                          \
    "pushq %r13\n"                                                          \
    "pushq %r14\n"                                                          \
    "pushq %r15\n"                                                          \
    "pushq %rdi\n"                                                          \
    "pushq %rsi\n"                                                          \
    "movl $7, %eax\n"                                                       \
    "xorl %edx, %edx\n"                                                     \
    "xrstor64 128(%rdi)\n"                                                  \
    "movq 0(%rdi), %rax\n"                                                  \
    "movq 8(%rdi), %rcx\n"                                                  \
    "movq 16(%rdi), %rdx\n"                                                 \
    "movq 24(%rdi), %rbx\n"                                                 \
    "movq 32(%rdi), %rsi\n"                                                 \
    "movq 48(%rdi), %r8\n"                                                  \
    "movq 56(%rdi), %r9\n"                                                  \
    "movq 64(%rdi), %r10\n"                                                 \
    "movq 72(%rdi), %r11\n"                                                 \
    "movq 80(%rdi), %r12\n"                                                 \
    "movq 88(%rdi), %r13\n"                                                 \
    "movq 96(%rdi), %r14\n"                                                 \
    "movq 104(%rdi), %r15\n"                                                \
    "movq 40(%rdi), %rdi\n"                                                 \
    /* the same flags each time, with ZF set */                             \
    "cmpl %eax, %eax\n"                                                     \
    "call *(%rsp)\n"                                                        \
    "pushfq\n"                                                              \
    "cld\n"                                                                 \
    "pushq %rdi\n"                                                          \
    "movq 24(%rsp), %rdi\n"                                                 \
    "movq %rax, 0(%rdi)\n"                                                  \
    "movq %rcx, 8(%rdi)\n"                                                  \
    "movq %rdx, 16(%rdi)\n"                                                 \
    "movq %rbx, 24(%rdi)\n"                                                 \
    "movq %rsi, 32(%rdi)\n"                                                 \
    "movq %r8, 48(%rdi)\n"                                                  \
    "movq %r9, 56(%rdi)\n"                                                  \
    "movq %r10, 64(%rdi)\n"                                                 \
    "movq %r11, 72(%rdi)\n"                                                 \
    "movq %r12, 80(%rdi)\n"                                                 \
    "movq %r13, 88(%rdi)\n"                                                 \
    "movq %r14, 96(%rdi)\n"                                                 \
    "movq %r15, 104(%rdi)\n"                                                \
    "popq 40(%rdi)\n"                                                       \
    "popq 112(%rdi)\n"                                                      \
    "movl $7, %eax\n"                                                       \
    "xorl %edx, %edx\n"                                                     \
    "xsave64 128(%rdi)\n"                                                   \
    /* restore what the ABI requires */                                     \
    "fninit\n"                                                              \
    "movl $0x1f80, (%rsp)\n"                                                \
    "ldmxcsr (%rsp)\n"                                                      \
    "addq $16, %rsp\n"                                                      \
    "popq %r15\n"                                                           \
    "popq %r14\n"                                                           \
    "popq %r13\n"                                                           \
    "popq %r12\n"                                                           \
    "popq %rbp\n"                                                           \
    "popq %rbx\n"                                                           \
    "ret\n"                                                                 \
    ".size probe_call, . - probe_call\n"

/* A kernel may require endbr64 at the target of a call. */
#define PROBE_CODE(text)                                                    \
    "771: endbr64\n"                                                        \
    text "\n"                                                               \
    "ret\n"                                                                 \
    ".pushsection .data\n"                                                  \
    ".quad 771b\n"                                                          \
    ".popsection\n"

asm(".pushsection .data\n"
    ".balign 8\n"
    "probe_code:\n"
    ".popsection\n"
    ".pushsection .text\n"
    PROBE_CALL
    INSTRUCTIONS(PROBE_CODE)
    ".popsection\n");

void probe_call(ProbeState *state, const void *code);

#define PROBE_ROW(instruction) { instruction },

static const struct {
    const char *text;
} probes[] = { INSTRUCTIONS(PROBE_ROW) };

enum { PROBES = sizeof(probes) / sizeof(*probes) };

/* The code of each instruction */
extern const void *const probe_code[PROBES];

#endif
