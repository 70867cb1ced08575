/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction of each class on a BAR that is plain memory, and on RAM.
 *
 *     widths BDF BAR
 *
 * For each instruction and place (aligned, unaligned, across a page border)
 * there is a line
 *     NUMBER PLACE RESULT INSTRUCTION
 * RESULT is "same" if registers, flags and memory are afterwards what they
 * are if the same is done to RAM, "differs" if not, the name of the signal that
 * killed the program, or "none" if it does on RAM already: the CPU
 * lacks the instruction.
 *
 * Writes to the BAR's first register separate what the instructions do to it
 * from the rest: NUMBER * 2 + 1 is written before one, NUMBER * 2 + 2 after it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

enum { PAGE = 4096, REACH = 64, FIRST = 2 * PAGE };

typedef struct Result {
    uint64_t a, b, c, d, di, si, flags;
    uint8_t x[16];
    uint8_t buf[2 * REACH];
    uint8_t mem[2 * REACH];
    bool done;
} Result;

typedef void Probe(uint8_t *mem, uint8_t *buf, Result *r);

/*
 * The instruction finds the BAR in rdi, RAM in rsi, 4 in rcx, XMM0 and the
 * others as below. What it does to the stack it must undo itself.
 */
#define PROBE(id, insn)                                                     \
    static void do_##id(uint8_t *mem, uint8_t *buf, Result *r)              \
    {                                                                       \
        uint64_t a = 0x1122334455667788, b = 0x99aabbccddeeff01, c = 4;     \
        uint64_t d = 0x0123456789abcdef, flags;                             \
        uint8_t *di = mem, *si = buf;                                       \
        static const uint8_t x[16] __attribute__((aligned(16))) = {         \
            0xf0, 1, 2, 3, 4, 5, 6, 7, 0xf8, 9, 10, 11, 12, 13, 14, 15 };   \
                                                                            \
        asm volatile("leaq -256(%%rsp), %%rsp\n"                            \
                     "movaps %[x], %%xmm0\n"                                \
                     "pxor %%xmm1, %%xmm1\n"                                \
                     "xorl %%r8d, %%r8d\n"                                  \
                     insn "\n"                                              \
                     "pushfq\n"                                             \
                     "popq %%r8\n"                                          \
                     "cld\n"                                                \
                     "movups %%xmm0, %[out]\n"                              \
                     "leaq 256(%%rsp), %%rsp\n"                             \
                     "movq %%r8, %[flags]\n"                                \
                     : "+a" (a), "+b" (b), "+c" (c), "+d" (d), "+D" (di),   \
                       "+S" (si), [flags] "=&r" (flags)                     \
                     : [x] "m" (x), [out] "m" (r->x)                        \
                     : "memory", "cc", "r8", "xmm0", "xmm1", "mm0", "st");  \
        r->a = a;                                                           \
        r->b = b;                                                           \
        r->c = c;                                                           \
        r->d = d;                                                           \
        r->di = di - mem;                                                   \
        r->si = si - buf;                                                   \
        r->flags = flags;                                                   \
    }

#include "widths.h"

INSTRUCTIONS(PROBE)

#define ROW(id, insn) { do_##id, insn },

static const struct {
    Probe *run;
    const char *text;
} probes[] = { INSTRUCTIONS(ROW) };

static const struct {
    const char *name;
    unsigned at;                /* from the start of a page of its own */
} places[] = {
    { "aligned", PAGE / 2 },
    { "unaligned", PAGE / 2 + 1 },
    { "border", PAGE - 1 },
};

/* Copy by accesses that KVM can carry out, whatever the compiler thinks. */
static void copy(uint8_t *to, const uint8_t *from)
{
    unsigned i;

    for (i = 0; i < 2 * REACH; i += 8) {
        *(volatile uint64_t *)(to + i) = *(const volatile uint64_t *)(from + i);
    }
}

static void run(Probe *probe, uint8_t *mem, volatile uint32_t *marker,
                unsigned number, Result *r)
{
    static uint8_t buf[2 * REACH] __attribute__((aligned(64)));
    unsigned i;

    /* none is zero or like its neighbours, none has its top bit */
    for (i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 7 % 126 + 1;
    }
    copy(mem - REACH, buf);
    for (i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 5 % 126 + 1;
    }
    *marker = number * 2 + 1;
    probe(mem, buf + REACH, r);
    *marker = number * 2 + 2;
    memcpy(r->buf, buf, sizeof(buf));
    copy(r->mem, mem - REACH);
    r->done = true;
}

/* Return: 0, or the signal that the instruction ended in */
static int try(Probe *probe, uint8_t *page, unsigned at, unsigned number,
               Result *r)
{
    int status;
    pid_t pid;

    memset(r, 0, sizeof(*r));
    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        err(1, "fork");
    }
    if (!pid) {
        run(probe, page + FIRST + at, (uint32_t *)page, number, r);
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid) {
        err(1, "waitpid");
    }
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static uint8_t *map_bar(const char *bdf, const char *bar, size_t *size)
{
    char path[128];
    struct stat st;
    void *p;
    int fd;

    enable_memory(bdf);
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%s", bdf,
             bar);
    fd = open(path, O_RDWR);
    if (fd < 0 || fstat(fd, &st)) {
        err(1, "%s", path);
    }
    *size = st.st_size;
    p = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        err(1, "%s: mmap", path);
    }
    close(fd);
    return p;
}

/* In asm() a percent sign is two. */
static void print_text(const char *text)
{
    for (; *text; text++) {
        putchar(*text);
        text += *text == '%';
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    uint8_t *bar, *ram;
    Result *shared;
    size_t size;
    unsigned i, k, number = 0;

    if (argc != 3) {
        errx(2, "usage: widths BDF BAR");
    }
    bar = map_bar(argv[1], argv[2], &size);
    if (size < FIRST + 2 * PAGE) {
        errx(1, "BAR %s is too small", argv[2]);
    }
    ram = mmap(NULL, FIRST + 2 * PAGE, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared = mmap(NULL, 2 * sizeof(*shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ram == MAP_FAILED || shared == MAP_FAILED) {
        err(1, "mmap");
    }
    for (i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
        for (k = 0; k < sizeof(places) / sizeof(*places); k++, number++) {
            const char *result;
            int signal;

            if (try(probes[i].run, ram, places[k].at, number, &shared[0])) {
                result = "none";
            } else {
                signal = try(probes[i].run, bar, places[k].at, number,
                             &shared[1]);
                if (signal) {
                    *(volatile uint32_t *)bar = number * 2 + 2;
                    result = sigabbrev_np(signal);
                } else {
                    result = memcmp(&shared[0], &shared[1], sizeof(*shared)) ?
                        "differs" : "same";
                }
            }
            printf("%u %s %s ", number, places[k].name, result);
            print_text(probes[i].text);
        }
    }
    return 0;
}
