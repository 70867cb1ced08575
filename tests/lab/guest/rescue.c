/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests instructions that KVM can't emulate on a BAR that is plain memory:
 * instructions that store whole areas, code in the BAR, exceptions, single
 * steps, another thread. Each case is tried on RAM and on the BAR:
 *
 *     rescue BDF BAR ELSEWHERE
 *
 * prints "NAME: RESULT | RESULT". ELSEWHERE is a file, an untraced BAR: the
 * last line, "elsewhere: RESULT", has the result of an instruction there.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "device.h"

enum {
    PAGE = 4096,
    /* seconds after which an endless instruction is given up */
    PATIENCE = 20,
    /* offsets in the area, whose first pages are the case's */
    LAST = 15 * PAGE, COUNTED = 16 * PAGE, AREA = 17 * PAGE,
    STEPS = 16, ROUNDS = 10,
};

static char result[1024];

__attribute__((format(printf, 1, 2)))
static void say(const char *format, ...)
{
    size_t len = strlen(result);
    va_list args;

    va_start(args, format);
    vsnprintf(result + len, sizeof(result) - len, format, args);
    va_end(args);
}

/* --- signals -------------------------------------------------------------- */

static sigjmp_buf survived;
static uint8_t *area;           /* where the current case is tried */
static const uint8_t *steps_from;
static unsigned steps;
static int step_at[STEPS];

/* Counts the #DBs of a program that steps itself */
static void trapped(ucontext_t *context)
{
    uint64_t rip = context->uc_mcontext.gregs[REG_RIP];

    if (steps < STEPS) {
        step_at[steps++] = rip - (uintptr_t)steps_from;
    }
}

static void caught(int signal, siginfo_t *info, void *context)
{
    intptr_t offset = (uint8_t *)info->si_addr - area;

    if (signal == SIGTRAP) {
        trapped(context);
        return;
    }
    say(" SIG%s", sigabbrev_np(signal));
    if (signal == SIGSEGV || signal == SIGBUS) {
        /* a general protection fault has no address */
        say(" code %d", info->si_code);
        if (offset >= 0 && offset < AREA) {
            say(" at %#tx", offset);
        }
    } else if (signal == SIGFPE) {
        say(" code %d", info->si_code);
    }
    siglongjmp(survived, 1);
}

static void catch_signals(void)
{
    static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGALRM,
                                   SIGTRAP };
    struct sigaction action = { .sa_sigaction = caught,
                                .sa_flags = SA_SIGINFO };
    unsigned i;

    for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        if (sigaction(signals[i], &action, NULL)) {
            err(1, "sigaction");
        }
    }
}

/* --- cases ---------------------------------------------------------------- */

static void show(const volatile uint8_t *from, unsigned len)
{
    unsigned i;

    say(" ");
    for (i = 0; i < len; i++) {
        say("%02x", from[i]);
    }
}

static void clear(volatile uint8_t *p, unsigned len)
{
    unsigned i;

    for (i = 0; i < len; i += 8) {
        *(volatile uint64_t *)(p + i) = 0;
    }
}

static uint8_t pattern[32] = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

/* Registers are saved to the area, overwritten and restored. */
static void xsave(uint8_t *p)
{
    uint8_t back[32];

    clear(p, 832);
    asm volatile("vmovdqu %[pattern], %%ymm5\n"
                 "movl $7, %%eax\n"
                 "xorl %%edx, %%edx\n"
                 "xsave64 (%[p])\n"
                 "vpxor %%xmm5, %%xmm5, %%xmm5\n"
                 "movl $7, %%eax\n"
                 "xrstor64 (%[p])\n"
                 "vmovdqu %%ymm5, %[back]\n"
                 : [back] "=m" (back) : [p] "r" (p), [pattern] "m" (pattern)
                 : "eax", "edx", "xmm5", "memory");
    show(back, sizeof(back));
    show(p + 160 + 5 * 16, 16);
    show(p + 576 + 5 * 16, 16);
}

static void fxsave(uint8_t *p)
{
    uint8_t back[16];

    clear(p, 512);
    asm volatile("movdqu %[pattern], %%xmm5\n"
                 "fxsave64 (%[p])\n"
                 "pxor %%xmm5, %%xmm5\n"
                 "fxrstor64 (%[p])\n"
                 "movdqu %%xmm5, %[back]\n"
                 : [back] "=m" (back) : [p] "r" (p), [pattern] "m" (pattern)
                 : "xmm5", "memory");
    show(back, sizeof(back));
    show(p + 160 + 5 * 16, 16);
}

static void x87_state(uint8_t *p)
{
    uint64_t bits;
    double back;

    clear(p, 112);
    asm volatile("fninit\n"
                 "fldpi\n"
                 "fnsave (%[p])\n"
                 "fldz\n"
                 "frstor (%[p])\n"
                 "fstpl %[back]\n"
                 : [back] "=m" (back) : [p] "r" (p) : "st", "memory");
    memcpy(&bits, &back, sizeof(bits));
    say(" %#lx", bits);
    show(p + 28, 10);
}

/* mov $42, %eax; ret */
static void code(uint8_t *p)
{
    int answer;

    *(volatile uint64_t *)p = 0xc30000002ab8;
    asm volatile("call *%[p]\n" : "=a" (answer) : [p] "r" (p) : "memory");
    say(" %d", answer);
}

/* The second page is not mapped: nothing is written to the first. */
static void page_fault(uint8_t *p)
{
    uint8_t *at = p + LAST - 8;

    clear(at, 8);
    if (mprotect(p + LAST, PAGE, PROT_NONE)) {
        err(1, "mprotect");
    }
    if (!sigsetjmp(survived, 1)) {
        asm volatile("vmovdqu %[pattern], %%ymm0\n"
                     "vmovdqu %%ymm0, (%[at])\n"
                     : : [at] "r" (at), [pattern] "m" (pattern)
                     : "xmm0", "memory");
    }
    if (!sigsetjmp(survived, 1)) {
        asm volatile("vmovdqu (%[at]), %%ymm0\n"
                     : : [at] "r" (at) : "xmm0", "memory");
    }
    if (mprotect(p + LAST, PAGE, PROT_READ | PROT_WRITE)) {
        err(1, "mprotect");
    }
    show(at, 8);
}

static void read_only(uint8_t *p)
{
    if (mprotect(p + LAST, PAGE, PROT_READ)) {
        err(1, "mprotect");
    }
    if (!sigsetjmp(survived, 1)) {
        asm volatile("vmovdqu %%ymm0, 64(%[p])\n"
                     : : [p] "r" (p + LAST) : "memory");
    }
    if (mprotect(p + LAST, PAGE, PROT_READ | PROT_WRITE)) {
        err(1, "mprotect");
    }
}

static void unaligned(uint8_t *p)
{
    asm volatile("vmovaps 1(%[p]), %%ymm0\n" : : [p] "r" (p) : "xmm0");
}

/* Invalid operation, unmasked; MXCSR's flags give the signal's code. */
static void sse_exception(uint8_t *p)
{
    uint32_t open = 0x1f00;

    *(volatile uint32_t *)p = 0xbf800000;
    if (!sigsetjmp(survived, 1)) {
        asm volatile("ldmxcsr %[open]\n"
                     "sqrtss (%[p]), %%xmm3\n"
                     : : [open] "m" (open), [p] "r" (p) : "xmm3", "memory");
    }
    open = 0x1f80;
    asm volatile("ldmxcsr %[open]\n" : : [open] "m" (open));
}

/* Division by zero: reported by the next x87 instruction */
static void x87_exception(uint8_t *p)
{
    uint16_t open = 0x37b;

    *(volatile uint32_t *)p = 0;
    if (!sigsetjmp(survived, 1)) {
        asm volatile("fninit\n"
                     "fldcw %[open]\n"
                     "fld1\n"
                     "fdivs (%[p])\n"
                     "nop\n"
                     "fwait\n"
                     : : [open] "m" (open), [p] "r" (p) : "st", "memory");
    }
    asm volatile("fninit\n");
}

/* A program that steps itself stops once after each instruction. */
static void single_step(uint8_t *p)
{
    unsigned i;

    steps = 0;
    clear(p, 96);
    asm volatile("leaq 1f(%%rip), %%rax\n"
                 "movq %%rax, %[from]\n"
                 "pushfq\n"
                 "orl $0x100, (%%rsp)\n"
                 "popfq\n"
                 "1: vmovdqu (%[p]), %%ymm0\n"
                 "vmovdqu %%ymm0, 64(%[p])\n"
                 "popcntq (%[p]), %%rax\n"
                 "pushfq\n"
                 "andl $~0x100, (%%rsp)\n"
                 "popfq\n"
                 : [from] "=m" (steps_from) : [p] "r" (p)
                 : "rax", "xmm0", "memory", "cc");
    for (i = 0; i < steps; i++) {
        say(" %d", step_at[i]);
    }
}

static volatile bool stop;
static volatile unsigned long reads;

static void *read_on(void *opaque)
{
    const volatile uint32_t *at = opaque;

    while (!stop) {
        (void)*at;
        reads++;
    }
    return NULL;
}

/* Another vCPU's accesses meanwhile; the log must have each of them. */
static void other_thread(uint8_t *p)
{
    size_t len = strlen(result);
    pthread_t thread;
    unsigned i;

    stop = false;
    reads = 0;
    if (pthread_create(&thread, NULL, read_on, p + COUNTED)) {
        errx(1, "pthread_create");
    }
    while (!reads) {
        sched_yield();
    }
    for (i = 0; i < ROUNDS; i++) {
        result[len] = '\0';
        xsave(p);
    }
    stop = true;
    pthread_join(thread, NULL);
}

static const struct {
    const char *name;
    void (*run)(uint8_t *p);
} cases[] = {
    { "xsave", xsave },
    { "fxsave", fxsave },
    { "x87-state", x87_state },
    { "code", code },
    { "page-fault", page_fault },
    { "read-only", read_only },
    { "unaligned", unaligned },
    { "sse-exception", sse_exception },
    { "x87-exception", x87_exception },
    { "single-step", single_step },
    { "other-thread", other_thread },
};

/* --- places --------------------------------------------------------------- */

static uint8_t *map_file(const char *path, off_t from, size_t size, int prot)
{
    int fd = open(path, O_RDWR | O_SYNC);
    uint8_t *p;

    if (fd < 0) {
        err(1, "%s", path);
    }
    p = mmap(NULL, size, prot, MAP_SHARED, fd, from);
    if (p == MAP_FAILED) {
        err(1, "%s: mmap", path);
    }
    close(fd);
    return p;
}

/* Mapped by its address, since files in sysfs can't be mapped executable. */
static uint8_t *map_bar(const char *bdf, unsigned bar, int prot)
{
    char path[128];
    unsigned long long start;
    FILE *f;

    enable_memory(bdf);
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", bdf);
    f = fopen(path, "r");
    if (!f) {
        err(1, "%s", path);
    }
    do {
        if (fscanf(f, "%llx %*x %*x", &start) != 1) {
            errx(1, "%s: no BAR %u", path, bar);
        }
    } while (bar--);
    fclose(f);
    return map_file("/dev/mem", start, AREA, prot);
}

static void try(void (*run)(uint8_t *p), uint8_t *p)
{
    area = p;
    if (!sigsetjmp(survived, 1)) {
        alarm(PATIENCE);
        run(p);
    }
    alarm(0);
}

static void load(uint8_t *p)
{
    asm volatile("vmovdqu (%[p]), %%ymm0\n" : : [p] "r" (p) : "xmm0");
    say(" loaded");
}

int main(int argc, char **argv)
{
    const int prot = PROT_READ | PROT_WRITE | PROT_EXEC;
    uint8_t *ram, *bar;
    unsigned i;

    if (argc != 4) {
        errx(2, "usage: rescue BDF BAR ELSEWHERE");
    }
    bar = map_bar(argv[1], atoi(argv[2]), prot);
    ram = mmap(NULL, AREA, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ram == MAP_FAILED) {
        err(1, "mmap");
    }
    catch_signals();
    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        result[0] = '\0';
        try(cases[i].run, ram);
        say(" |");
        try(cases[i].run, bar);
        printf("%s:%s\n", cases[i].name, result);
        fflush(stdout);
    }
    printf("reads: %lu\n", reads);
    result[0] = '\0';
    try(load, map_file(argv[3], 0, PAGE, PROT_READ));
    printf("elsewhere:%s\n", result);
    return 0;
}
