/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a program for arm64 that executes instructions
 *
 * It reads cases from standard input, executes each instruction with the case's
 * registers and memory, and writes the cases with what has become of them.
 * Without a C library: TPIDR_EL0 is its own.
 */
#include <stddef.h>

#include "a64-case.h"
#include "a64-guest.h"

#define SYS_READ  63
#define SYS_WRITE 64
#define SYS_EXIT  93
#define SYS_MMAP  222

#define BRANCH    0x14000000u
#define CODE_SIZE 4096

A64Case a64_case;

__asm__(
    ".pushsection .text\n"
    "a64_run:\n"
    "    sub sp, sp, #256\n"
    "    stp x19, x20, [sp]\n"
    "    stp x21, x22, [sp, #16]\n"
    "    stp x23, x24, [sp, #32]\n"
    "    stp x25, x26, [sp, #48]\n"
    "    stp x27, x28, [sp, #64]\n"
    "    stp x29, x30, [sp, #80]\n"
    "    stp d8, d9, [sp, #96]\n"
    "    stp d10, d11, [sp, #112]\n"
    "    stp d12, d13, [sp, #128]\n"
    "    stp d14, d15, [sp, #144]\n"
    "    adrp x0, a64_stack\n"
    "    mov x1, sp\n"
    "    str x1, [x0, #:lo12:a64_stack]\n"
    "    adrp x30, a64_case\n"
    "    add x30, x30, #:lo12:a64_case\n"
    "    add x29, x30, #264\n"
    "    ld1 {v0.2d, v1.2d, v2.2d, v3.2d}, [x29], #64\n"
    "    ld1 {v4.2d, v5.2d, v6.2d, v7.2d}, [x29], #64\n"
    "    ld1 {v8.2d, v9.2d, v10.2d, v11.2d}, [x29], #64\n"
    "    ld1 {v12.2d, v13.2d, v14.2d, v15.2d}, [x29], #64\n"
    "    ld1 {v16.2d, v17.2d, v18.2d, v19.2d}, [x29], #64\n"
    "    ld1 {v20.2d, v21.2d, v22.2d, v23.2d}, [x29], #64\n"
    "    ld1 {v24.2d, v25.2d, v26.2d, v27.2d}, [x29], #64\n"
    "    ld1 {v28.2d, v29.2d, v30.2d, v31.2d}, [x29], #64\n"
    "    ldr x0, [x30, #256]\n"
    "    mov sp, x0\n"
    "    ldr x0, [x30, #248]\n"
    "    msr tpidr_el0, x0\n"
    "    ldp x0, x1, [x30, #8]\n"
    "    ldp x2, x3, [x30, #24]\n"
    "    ldp x4, x5, [x30, #40]\n"
    "    ldp x6, x7, [x30, #56]\n"
    "    ldp x8, x9, [x30, #72]\n"
    "    ldp x10, x11, [x30, #88]\n"
    "    ldp x12, x13, [x30, #104]\n"
    "    ldp x14, x15, [x30, #120]\n"
    "    ldp x16, x17, [x30, #136]\n"
    "    ldp x18, x19, [x30, #152]\n"
    "    ldp x20, x21, [x30, #168]\n"
    "    ldp x22, x23, [x30, #184]\n"
    "    ldp x24, x25, [x30, #200]\n"
    "    ldp x26, x27, [x30, #216]\n"
    "    ldp x28, x29, [x30, #232]\n"
    "    mrs x30, tpidr_el0\n"
    "    b a64_code\n"
    ".global a64_back\n"
    "a64_back:\n"
    "    msr tpidr_el0, x30\n"
    "    adrp x30, a64_case\n"
    "    add x30, x30, #:lo12:a64_case\n"
    "    stp x0, x1, [x30, #8]\n"
    "    stp x2, x3, [x30, #24]\n"
    "    stp x4, x5, [x30, #40]\n"
    "    stp x6, x7, [x30, #56]\n"
    "    stp x8, x9, [x30, #72]\n"
    "    stp x10, x11, [x30, #88]\n"
    "    stp x12, x13, [x30, #104]\n"
    "    stp x14, x15, [x30, #120]\n"
    "    stp x16, x17, [x30, #136]\n"
    "    stp x18, x19, [x30, #152]\n"
    "    stp x20, x21, [x30, #168]\n"
    "    stp x22, x23, [x30, #184]\n"
    "    stp x24, x25, [x30, #200]\n"
    "    stp x26, x27, [x30, #216]\n"
    "    stp x28, x29, [x30, #232]\n"
    "    mrs x0, tpidr_el0\n"
    "    str x0, [x30, #248]\n"
    "    mov x0, sp\n"
    "    str x0, [x30, #256]\n"
    "    add x29, x30, #264\n"
    "    st1 {v0.2d, v1.2d, v2.2d, v3.2d}, [x29], #64\n"
    "    st1 {v4.2d, v5.2d, v6.2d, v7.2d}, [x29], #64\n"
    "    st1 {v8.2d, v9.2d, v10.2d, v11.2d}, [x29], #64\n"
    "    st1 {v12.2d, v13.2d, v14.2d, v15.2d}, [x29], #64\n"
    "    st1 {v16.2d, v17.2d, v18.2d, v19.2d}, [x29], #64\n"
    "    st1 {v20.2d, v21.2d, v22.2d, v23.2d}, [x29], #64\n"
    "    st1 {v24.2d, v25.2d, v26.2d, v27.2d}, [x29], #64\n"
    "    st1 {v28.2d, v29.2d, v30.2d, v31.2d}, [x29], #64\n"
    "    adrp x0, a64_stack\n"
    "    ldr x1, [x0, #:lo12:a64_stack]\n"
    "    mov sp, x1\n"
    "    ldp x19, x20, [sp]\n"
    "    ldp x21, x22, [sp, #16]\n"
    "    ldp x23, x24, [sp, #32]\n"
    "    ldp x25, x26, [sp, #48]\n"
    "    ldp x27, x28, [sp, #64]\n"
    "    ldp x29, x30, [sp, #80]\n"
    "    ldp d8, d9, [sp, #96]\n"
    "    ldp d10, d11, [sp, #112]\n"
    "    ldp d12, d13, [sp, #128]\n"
    "    ldp d14, d15, [sp, #144]\n"
    "    add sp, sp, #256\n"
    "    ret\n"
    ".popsection\n"
    ".pushsection .bss\n"
    ".balign 8\n"
    "a64_stack: .skip 8\n"
    ".popsection\n");

static long a64_call(long number, long a, long b, long c, long d, long e,
                     long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;

    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

/* Transfer all of the case; 0: no more of them */
static int a64_transfer(long number, int fd)
{
    size_t done = 0;

    while (done < sizeof(a64_case)) {
        long n = a64_call(number, fd, (long)((char *)&a64_case + done),
                          (long)(sizeof(a64_case) - done), 0, 0, 0);

        if (n <= 0) {
            return 0;
        }
        done += (size_t)n;
    }
    return 1;
}

static void a64_map(uint64_t addr, size_t len)
{
    /* readable, writable, executable; private, fixed, anonymous */
    if (a64_call(SYS_MMAP, (long)addr, (long)len, 7, 0x32, -1, 0) !=
        (long)addr) {
        a64_call(SYS_EXIT, 1, 0, 0, 0, 0, 0);
    }
}

static void a64_copy(uint8_t *to, const uint8_t *from)
{
    size_t i;

    for (i = 0; i < A64_CASE_BYTES; i++) {
        to[i] = from[i];
    }
}

static void a64_execute_case(void)
{
    uint32_t *code = (uint32_t *)A64_CASE_CODE;
    uint64_t dczid;

    a64_copy((uint8_t *)A64_CASE_MEMORY, a64_case.memory);
    code[0] = a64_case.word;
    code[1] = BRANCH | ((((uint64_t)a64_back - A64_CASE_CODE - 4) >> 2) &
                        0x3ffffff);
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb"
                     : : "r"(code) : "memory");
    a64_run();
    a64_copy(a64_case.memory, (uint8_t *)A64_CASE_MEMORY);
    __asm__("mrs %0, dczid_el0" : "=r"(dczid));
    a64_case.zero_block = 4u << (dczid & 15);
}

void _start(void)
{
    a64_map(A64_CASE_CODE, CODE_SIZE);
    a64_map(A64_CASE_MEMORY, A64_CASE_BYTES);
    while (a64_transfer(SYS_READ, 0)) {
        a64_execute_case();
        a64_transfer(SYS_WRITE, 1);
    }
    a64_call(SYS_EXIT, 0, 0, 0, 0, 0, 0);
}
