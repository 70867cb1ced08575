/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's program for arm64: instructions that Arm does not describe to KVM,
 * on a BAR that is memory
 *
 * usage: arm-nisv FILE [edges]
 *
 * FILE is the BAR in sysfs.  Each instruction is executed on RAM and on the
 * BAR, aligned, unaligned and across a page border, with the same registers and
 * the same bytes around it.  It prints NUMBER PLACE RESULT INSTRUCTION: the
 * result is "same", "differs", "BUS", or "none": it fails on RAM as well.
 *
 * With "edges", it executes pairs that begin in the BAR and end in another
 * page, which is not mapped, not writable and so on, and prints NAME RESULT.
 *
 * The instructions are in the file TABLE, lines X("..."), which the test
 * writes.  X0 has the address, and SP if the instruction uses that; X8 is 16.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE  4096
#define FIRST 8192
#define BYTES (FIRST + 3 * PAGE)
#define REACH 128                   /* bytes before and behind the address */

typedef struct Registers {
    uint64_t x[9];
    uint64_t v[8][2];
} Registers;

typedef struct Case {
    const char *text;
    void (*run)(Registers *r);
    void (*run_sp)(Registers *r);
} Case;

#define LOAD \
    "mov x10, %0\n" \
    "add x9, x10, #72\n" \
    "ld1 {v0.2d-v3.2d}, [x9], #64\n" \
    "ld1 {v4.2d-v7.2d}, [x9]\n" \
    "ldp x0, x1, [x10]\n" \
    "ldp x2, x3, [x10, #16]\n" \
    "ldp x4, x5, [x10, #32]\n" \
    "ldp x6, x7, [x10, #48]\n" \
    "ldr x8, [x10, #64]\n"

#define STORE \
    "add x9, x10, #72\n" \
    "st1 {v0.2d-v3.2d}, [x9], #64\n" \
    "st1 {v4.2d-v7.2d}, [x9]\n" \
    "stp x0, x1, [x10]\n" \
    "stp x2, x3, [x10, #16]\n" \
    "stp x4, x5, [x10, #32]\n" \
    "stp x6, x7, [x10, #48]\n" \
    "str x8, [x10, #64]\n"

#define CLOBBERS \
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", \
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "memory", "cc"

/* A function for each line of the table, with the line's number in its name */
#define NAME2(what, line) what##line
#define NAME(what, line)  NAME2(what, line)

#define X(text) \
    static void NAME(run_, __LINE__)(Registers *r) \
    { \
        __asm__ volatile(".arch armv8.2-a+lse\n" LOAD text "\n" STORE \
                         : : "r"(r) : CLOBBERS); \
    } \
    static void NAME(run_sp_, __LINE__)(Registers *r) \
    { \
        __asm__ volatile(".arch armv8.2-a+lse\n" LOAD \
                         "mov x11, sp\n" "mov sp, x0\n" text "\n" \
                         "mov x0, sp\n" "mov sp, x11\n" STORE \
                         : : "r"(r) : CLOBBERS); \
    }
#include TABLE
#undef X

#define X(text) { text, NAME(run_, __LINE__), NAME(run_sp_, __LINE__) },
static const Case cases[] = {
#include TABLE
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static const struct {
    const char *name;
    unsigned at;
} places[] = {
    { "aligned", FIRST + PAGE / 2 },
    { "unaligned", FIRST + PAGE / 2 + 1 },
    { "border", FIRST + PAGE - 1 },
};

static uint8_t ram[BYTES] __attribute__((aligned(PAGE)));
static uint8_t stack[65536];
static sigjmp_buf back;

static void on_bus(int signal)
{
    siglongjmp(back, signal);
}

/* Accesses that Arm does describe, whatever the compiler likes better */
static void put8(uint8_t *at, uint64_t value)
{
    __asm__ volatile("str %1, [%0]" : : "r"(at), "r"(value) : "memory");
}

static uint64_t get8(const uint8_t *at)
{
    uint64_t value;

    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(at) : "memory");
    return value;
}

static void mark(uint8_t *bar, uint32_t value)
{
    __asm__ volatile("str %w1, [%0]" : : "r"(bar), "r"(value) : "memory");
}

static void fill(uint8_t *memory, unsigned at)
{
    unsigned first = (at - REACH) & ~7u;
    unsigned i;

    for (i = first; i < first + 2 * REACH; i += 8) {
        put8(memory + i, 0x0123456789abcdefull * (i + 1));
    }
}

static void set_registers(Registers *r, uint8_t *at)
{
    unsigned i;

    r->x[0] = (uintptr_t)at;
    for (i = 1; i < 8; i++) {
        r->x[i] = 0x1f2e3d4c5b6a7988ull * i;
    }
    r->x[8] = 16;
    for (i = 0; i < 16; i++) {
        r->v[i / 2][i % 2] = 0x8796a5b4c3d2e1f1ull * (i + 3);
    }
}

/* Return: the signal, or 0 */
static int execute(const Case *c, Registers *r, uint8_t *at)
{
    int got = sigsetjmp(back, 1);

    if (!got) {
        set_registers(r, at);
        (strstr(c->text, "[sp") ? c->run_sp : c->run)(r);
        r->x[0] -= (uintptr_t)at;
    }
    return got;
}

static int differ(const uint8_t *bar, unsigned at)
{
    unsigned first = (at - REACH) & ~7u;
    unsigned i;

    for (i = first; i < first + 2 * REACH; i += 8) {
        if (get8(bar + i) != get8(ram + i)) {
            return 1;
        }
    }
    return 0;
}

static const char *try_case(const Case *c, uint8_t *bar, unsigned at,
                            uint32_t number)
{
    Registers on_ram;
    Registers on_bar;
    int got;

    fill(ram, at);
    if (execute(c, &on_ram, ram + at)) {
        return "none";
    }
    fill(bar, at);
    mark(bar, 2 * number + 1);
    got = execute(c, &on_bar, bar + at);
    mark(bar, 2 * number + 2);
    if (got) {
        return "BUS";
    }
    return memcmp(&on_ram, &on_bar, sizeof(on_ram)) || differ(bar, at)
           ? "differs" : "same";
}

/* --- the BAR's last page, and one behind it ------------------------------ */

static uint8_t *fault_at;
static sigjmp_buf edge_back;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    fault_at = info->si_addr;
    siglongjmp(edge_back, signal);
}

static void store_pair(uint8_t *at)
{
    __asm__ volatile("stp %1, %2, [%0]" : : "r"(at),
                     "r"(0x1122334455667788ull), "r"(0x99aabbccddeeff00ull)
                     : "memory");
}

static uint64_t load_pair(uint8_t *at)
{
    uint64_t low, high;

    __asm__ volatile("ldp %0, %1, [%2]" : "=&r"(low), "=&r"(high) : "r"(at)
                     : "memory");
    return low ^ high;
}

/* 11 bytes in the BAR, and 5 in the page behind it */
static void try_edge(const char *name, uint8_t *behind, int write)
{
    int got = sigsetjmp(edge_back, 1);
    uint64_t value = 0;

    if (!got) {
        if (write) {
            store_pair(behind - 11);
            value = load_pair(behind - 11);
        } else {
            value = load_pair(behind - 11);
        }
        printf("%s %s\n", name, !write || value == 0x8888888888888888ull
               ? "done" : "differs");
        return;
    }
    printf("%s %s %ld\n", name, got == SIGSEGV ? "SEGV" : "BUS",
           (long)(fault_at - behind));
}

static int edges(int fd)
{
    const struct sigaction action = {
        .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO,
    };
    uint8_t *both = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *behind = both + PAGE;

    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    if (mmap(both, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
             0) == MAP_FAILED) {
        return 1;
    }
    /* never touched: the kernel maps it when the processor says so */
    try_edge("untouched", behind, 1);
    try_edge("touched", behind, 1);
    mprotect(behind, PAGE, PROT_READ);
    try_edge("read-only-store", behind, 1);
    try_edge("read-only-load", behind, 0);
    mprotect(behind, PAGE, PROT_NONE);
    try_edge("no-access", behind, 0);
    munmap(behind, PAGE);
    try_edge("unmapped", behind, 0);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_bus, .sa_flags = SA_ONSTACK };
    stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
    int fd = argc >= 2 ? open(argv[1], O_RDWR | O_SYNC) : -1;
    uint8_t *bar = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unsigned i, p;

    if (bar == MAP_FAILED) {
        perror(argc >= 2 ? argv[1] : "usage: arm-nisv FILE [edges]");
        return 1;
    }
    if (argc == 3) {
        return edges(fd);
    }
    sigaltstack(&other, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    for (i = 0; i < CASES; i++) {
        for (p = 0; p < 3; p++) {
            printf("%u %s %s %s\n", i, places[p].name,
                   try_case(&cases[i], bar, places[p].at, 3 * i + p),
                   cases[i].text);
        }
    }
    fflush(stdout);
    return 0;
}
