/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tries one instruction of each class on a BAR that is plain memory and on RAM.
 *
 *     widths BDF BAR [kernel]
 *
 * For each instruction and place (aligned, unaligned, across a page border)
 * there is a line
 *     NUMBER PLACE RESULT INSTRUCTION
 * RESULT is "same" if registers, flags and memory are afterwards the same as
 * after the instruction on RAM, "differs" if not, the name of the signal that
 * ended it, or "none" if it ends in a signal on RAM, too: the CPU
 * lacks the instruction. Registers are the general ones, XMM and YMM, MXCSR,
 * and x87's with the addresses of its last instruction and operand. Differences
 * are printed on stderr.
 *
 * With "kernel", the kernel accesses the BAR, by probe-module.c. RAM is still
 * accessed by this program.
 *
 * Writes to the BAR's first register separate what the instructions do to it
 * from the rest: NUMBER * 2 + 1 is written before one, NUMBER * 2 + 2 after it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "probe.h"
#include "probe-device.h"

enum { PAGE = 4096, REACH = PROBE_REACH, FIRST = 2 * PAGE };

/* Seconds after which an endless instruction is given up. */
enum { PATIENCE = 20 };

/* XSAVE's standard format */
enum {
    XSAVE_FOP = 6, XSAVE_FIP = 8, XSAVE_FDP = 16, XSAVE_MXCSR = 24,
    XSAVE_XMM = 160, XSAVE_HEADER = 512, XSAVE_YMM_HIGH = 576,
};

typedef struct Result {
    ProbeState state;
    uint8_t buf[2 * REACH];
    uint8_t mem[2 * REACH];
    bool done;
} Result;

static const struct {
    const char *name;
    unsigned at;                /* offset from the start of its own page */
} places[] = {
    { "aligned", PAGE / 2 },
    { "unaligned", PAGE / 2 + 1 },
    { "border", PAGE - 1 },
};

enum { PLACES = sizeof(places) / sizeof(*places), YMM = 32 };

#define FILL(n) { .b = { [0 ... YMM - 1] = (n) * 0x11 } }

/* YMM0 to YMM15 before each instruction */
static const union {
    uint8_t b[YMM];
    int32_t d[YMM / 4];
    int64_t q[YMM / 8];
    float s[YMM / 4];
    double f[YMM / 8];
} vectors[16] = {
    /* data; as a mask of bytes, the first one of each eight */
    [0] = { .b = { 0xf0, 1, 2, 3, 4, 5, 6, 7, 0xf8, 9, 10, 11, 12, 13, 14, 15,
                   0xd0, 17, 18, 19, 20, 21, 22, 23, 0xd8, 25, 26, 27, 28, 29,
                   30, 31 } },
    /* masks: some, all, none; indices; more masks: bytes, the last one */
    [1] = { .d = { -1, 0, 0, -1, -1, 0, -1, 0 } },
    [2] = { .d = { -1, -1, -1, -1, -1, -1, -1, -1 } },
    [3] = { .d = { 0 } },
    [4] = { .d = { 0, 3, -2, 5, 1, 7, -4, 2 } },
    [5] = { .q = { 0, 2, -1, 3 } },
    [6] = { .b = { [0] = 0x80, [1] = 0x80, [2] = 0x80, [5] = 0x80,
                   [8 ... 15] = 0xff } },
    [7] = { .d = { [7] = -1 } },
    /* numbers */
    [8] = { .s = { 1.5, -2.25, 3e10, 4, -0.5, 100, 7, 8 } },
    [9] = { .f = { 1.25, -3.5, 1e100, 7 } },
    [10] = FILL(10), [11] = FILL(11), [12] = FILL(12), [13] = FILL(13),
    [14] = FILL(14), [15] = FILL(15),
};

static ProbeState before = {
    .a = 0x1122334455667788, .b = 0x99aabbccddeeff01, .c = 4,
    .d = 0x0123456789abcdef,
    /* start and length for bextr */
    .r8 = 0x1407, .r9 = 9, .r10 = 10, .r11 = 11, .r12 = 12, .r13 = 13,
    .r14 = 14, .r15 = 15,
};

static void set_vectors(uint8_t *xsave)
{
    unsigned i;

    for (i = 0; i < 16; i++) {
        memcpy(xsave + XSAVE_XMM + i * 16, vectors[i].b, 16);
        memcpy(xsave + XSAVE_YMM_HIGH + i * 16, vectors[i].b + 16, 16);
    }
}

static void prepare(void)
{
    uint8_t *xsave = before.xsave;
    unsigned components = PROBE_XCR0;

    if (!__builtin_cpu_supports("avx2")) {
        errx(1, "this CPU has no AVX2, or the kernel does not enable it");
    }
    /* two numbers on x87's stack */
    asm volatile("fninit\n"
                 "fld1\n"
                 "fldpi\n"
                 "xsave64 (%[xsave])\n"
                 "fninit\n"
                 : : [xsave] "r" (xsave), "a" (components), "d" (0)
                 : "memory", "st", "st(1)");
    memset(xsave + XSAVE_FOP, 0, XSAVE_MXCSR - XSAVE_FOP);
    memset(xsave + XSAVE_HEADER, 0, XSAVE_YMM_HIGH - XSAVE_HEADER);
    xsave[XSAVE_HEADER] = components;
    set_vectors(xsave);
}

/* Copy by accesses that KVM can emulate, whatever the compiler's choice. */
static void copy(uint8_t *to, const uint8_t *from)
{
    unsigned i;

    for (i = 0; i < 2 * REACH; i += 8) {
        *(volatile uint64_t *)(to + i) = *(const volatile uint64_t *)(from + i);
    }
}

/* Turn addresses into offsets, and clear fields that vary by processor. */
static void normalize(ProbeState *s, unsigned probe, const uint8_t *mem,
                      const uint8_t *buf)
{
    uint64_t fip, fdp;

    s->di -= (uintptr_t)mem;
    s->si -= (uintptr_t)buf;
    memcpy(&fip, s->xsave + XSAVE_FIP, sizeof(fip));
    memcpy(&fdp, s->xsave + XSAVE_FDP, sizeof(fdp));
    if (fip) {
        fip -= (uintptr_t)probe_code[probe];
    }
    if (fdp) {
        fdp -= (uintptr_t)mem;
    }
    memcpy(s->xsave + XSAVE_FIP, &fip, sizeof(fip));
    memcpy(s->xsave + XSAVE_FDP, &fdp, sizeof(fdp));
    memset(s->xsave + XSAVE_HEADER, 0, XSAVE_YMM_HIGH - XSAVE_HEADER);
}

/**
 * struct Subject: the target of the tested instructions
 * @page: its first page, which begins with the register for markers
 * @device: for accesses by the kernel; -1: this program accesses it
 */
typedef struct Subject {
    uint8_t *page;
    int device;
} Subject;

static void run_here(unsigned probe, uint8_t *mem, uint8_t *buf,
                     ProbeState *state)
{
    state->di = (uintptr_t)mem;
    state->si = (uintptr_t)buf;
    probe_call(state, probe_code[probe]);
    normalize(state, probe, mem, buf);
}

static void run_kernel(const Subject *on, unsigned probe, unsigned offset,
                       uint8_t *buf, ProbeState *state)
{
    static ProbeRequest request;

    request.probe = probe;
    request.offset = offset;
    request.state = *state;
    memcpy(request.buf, buf - REACH, sizeof(request.buf));
    if (ioctl(on->device, PROBE_RUN, &request)) {
        err(1, "/dev/" PROBE_DEVICE);
    }
    *state = request.state;
    memcpy(buf - REACH, request.buf, sizeof(request.buf));
    memset(state->xsave + XSAVE_HEADER, 0, XSAVE_YMM_HIGH - XSAVE_HEADER);
}

static void run(const Subject *on, unsigned probe, unsigned at,
                unsigned number, Result *r)
{
    static uint8_t buf[2 * REACH] __attribute__((aligned(64)));
    volatile uint32_t *marker = (uint32_t *)on->page;
    uint8_t *mem = on->page + FIRST + at;
    unsigned i;

    /* none is zero or equal to its neighbours, none has its top bit set */
    for (i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 7 % 126 + 1;
    }
    copy(mem - REACH, buf);
    for (i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 5 % 126 + 1;
    }
    r->state = before;
    *marker = number * 2 + 1;
    if (on->device < 0) {
        run_here(probe, mem, buf + REACH, &r->state);
    } else {
        run_kernel(on, probe, FIRST + at, buf + REACH, &r->state);
    }
    *marker = number * 2 + 2;
    memcpy(r->buf, buf, sizeof(buf));
    copy(r->mem, mem - REACH);
    r->done = true;
}

static sigjmp_buf survived;

static void survive(int signal)
{
    siglongjmp(survived, signal);
}

static void catch_signals(void)
{
    static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGALRM };
    struct sigaction action = { .sa_handler = survive };
    unsigned i;

    for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        if (sigaction(signals[i], &action, NULL)) {
            err(1, "sigaction");
        }
    }
}

/* Return: 0, or the signal that the instruction ended in */
static int try(const Subject *on, unsigned probe, unsigned at, unsigned number,
               Result *r)
{
    int signal;

    memset(r, 0, sizeof(*r));
    signal = sigsetjmp(survived, 1);
    if (!signal) {
        alarm(PATIENCE);
        run(on, probe, at, number, r);
    }
    alarm(0);
    return signal;
}

/* Report the bytes that differ */
static void tell_difference(unsigned number, const Result *ram, const Result *r)
{
    static const struct {
        const char *name;
        size_t at, size;
    } parts[] = {
#define PART(name, member) { name, offsetof(Result, member),                \
                             sizeof(((Result *)NULL)->member) }
        PART("rax", state.a), PART("rcx", state.c), PART("rdx", state.d),
        PART("rbx", state.b), PART("rsi", state.si), PART("rdi", state.di),
        PART("r8", state.r8), PART("r9", state.r9), PART("r10", state.r10),
        PART("r11", state.r11), PART("r12", state.r12), PART("r13", state.r13),
        PART("r14", state.r14), PART("r15", state.r15),
        PART("flags", state.flags), PART("xsave", state.xsave),
        PART("RAM", buf), PART("memory", mem), PART("done", done),
    };
    const uint8_t *a = (const uint8_t *)ram, *b = (const uint8_t *)r;
    unsigned i, k;

    for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        for (k = 0; k < parts[i].size; k++) {
            size_t at = parts[i].at + k;

            if (a[at] != b[at]) {
                fprintf(stderr, "%u: byte %u of %s is %02x, on RAM %02x\n",
                        number, k, parts[i].name, b[at], a[at]);
            }
        }
    }
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

/* Does x87 read correct values across the page border @border? */
static bool reads_across(uint8_t *border)
{
    static const uint8_t one[10] = { [7] = 0x80, [8] = 0xff, [9] = 0x3f };
    uint8_t *at = border - 1;
    double got;

    memset(border - PAGE, 0, 2 * PAGE);
    memcpy(at, one, sizeof(one));
    asm("fldt %[at]\n"
        "fstpl %[got]\n"
        : [got] "=m" (got) : [at] "m" (*(const uint8_t (*)[10])at) : "st");
    return got == 1;
}

/*
 * QEMU's TCG, which may emulate this CPU, takes pages for adjacent in
 * access_ptr() where fldt and similar instructions cross from one to the next
 * (seen in 10.0 and 10.2): reads are wrong, and writes corrupt memory. So these
 * pages must be adjacent.
 */
static uint8_t *map_ram(void)
{
    const size_t size = 8 << 20;
    uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *border;

    if (p == MAP_FAILED) {
        err(1, "mmap");
    }
    for (border = p + FIRST + PAGE; border < p + size - PAGE; border += PAGE) {
        if (reads_across(border)) {
            return border - PAGE - FIRST;
        }
    }
    errx(1, "this CPU can't read 10 bytes across any page border");
}

int main(int argc, char **argv)
{
    Subject ram = { .device = -1 }, bar = { .device = -1 };
    static Result on_ram, on_bar;
    size_t size;
    unsigned i, k, number = 0;

    if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "kernel"))) {
        errx(2, "usage: widths BDF BAR [kernel]");
    }
    prepare();
    bar.page = map_bar(argv[1], argv[2], &size);
    if (size < FIRST + 2 * PAGE) {
        errx(1, "BAR %s is too small", argv[2]);
    }
    if (argc == 4) {
        bar.device = open("/dev/" PROBE_DEVICE, O_RDWR);
        if (bar.device < 0) {
            err(1, "/dev/" PROBE_DEVICE);
        }
    }
    ram.page = map_ram();
    catch_signals();
    for (i = 0; i < PROBES; i++) {
        for (k = 0; k < PLACES; k++, number++) {
            const char *result;
            int signal;

            if (try(&ram, i, places[k].at, number, &on_ram)) {
                result = "none";
            } else {
                signal = try(&bar, i, places[k].at, number, &on_bar);
                if (signal) {
                    *(volatile uint32_t *)bar.page = number * 2 + 2;
                    result = sigabbrev_np(signal);
                } else if (memcmp(&on_ram, &on_bar, sizeof(on_ram))) {
                    result = "differs";
                    tell_difference(number, &on_ram, &on_bar);
                } else {
                    result = "same";
                }
            }
            printf("%u %s %s %s\n", number, places[k].name, result,
                   probes[i].text);
        }
    }
    return 0;
}
