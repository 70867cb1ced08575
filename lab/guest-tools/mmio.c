// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads and writes a PCI device's BAR, or its config space, from user space.
 *
 *     mmio [-n TIMES] BDF {BAR|config} OP...
 *
 *     rW OFFSET[xCOUNT]          read, W = 8, 16, 32 or 64 bits
 *     wW OFFSET=VALUE[xCOUNT]    write
 *     +OP                        as OP, and print nanoseconds per access
 *     dump FILE                  copy a whole memory BAR, by reads of 32 bits
 *
 * e.g. `mmio 0000:01:00.0 0 r32 0x8 w32 0x100=0x1 +r32 0x8x10000`. A memory
 * BAR is mapped, so each access is one instruction of that width; an I/O BAR
 * goes through sysfs, which does one port access of that width. COUNT is
 * decimal; -n repeats the whole list. A read prints its last value. The
 * device need not have a driver: for a BAR, memory and I/O decoding are
 * switched on (and left on).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define IORESOURCE_IO 0x100ULL

typedef struct Bar {
    int fd;
    uint64_t size;
    volatile uint8_t *map;      /* NULL if accesses go through the file */
} Bar;

typedef struct Op {
    bool write;
    bool timed;
    unsigned width;             /* bytes */
    uint64_t offset;
    uint64_t value;
    unsigned long count;
} Op;

__attribute__((format(printf, 1, 2)))
static _Noreturn void die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "mmio: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    exit(1);
}

/* Memory and I/O decoding: bits 0 and 1 of the command register. */
static void enable_decoding(const char *bdf)
{
    char path[128];
    uint16_t command;
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
    fd = open(path, O_RDWR);
    if (fd < 0 || pread(fd, &command, 2, 4) != 2) {
        die("%s: %s", path, strerror(errno));
    }
    if ((command & 3) != 3) {
        command |= 3;
        if (pwrite(fd, &command, 2, 4) != 2) {
            die("%s: %s", path, strerror(errno));
        }
    }
    close(fd);
}

static void open_config(Bar *bar, const char *bdf)
{
    char path[128];

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
    bar->fd = open(path, O_RDWR);
    if (bar->fd < 0) {
        die("%s: %s", path, strerror(errno));
    }
    bar->size = lseek(bar->fd, 0, SEEK_END);
    bar->map = NULL;
}

static void open_bar(Bar *bar, const char *bdf, unsigned n)
{
    unsigned long long start, end, flags = 0;
    char path[128];
    FILE *f;
    unsigned i;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", bdf);
    f = fopen(path, "r");
    if (!f) {
        die("%s: %s", path, strerror(errno));
    }
    for (i = 0; i <= n; i++) {
        if (fscanf(f, "%llx %llx %llx", &start, &end, &flags) != 3) {
            die("%s has no BAR %u", bdf, n);
        }
    }
    fclose(f);
    if (!flags) {
        die("%s has no BAR %u", bdf, n);
    }
    bar->size = end - start + 1;
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource%u", bdf, n);
    bar->fd = open(path, O_RDWR);
    if (bar->fd < 0) {
        die("%s: %s", path, strerror(errno));
    }
    bar->map = NULL;
    if (!(flags & IORESOURCE_IO)) {
        size_t page = sysconf(_SC_PAGESIZE);
        size_t len = (bar->size + page - 1) & ~(page - 1);
        void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
                       bar->fd, 0);

        if (p == MAP_FAILED) {
            die("mmap %s: %s", path, strerror(errno));
        }
        /* a BAR smaller than a page begins inside of it */
        bar->map = (uint8_t *)p + (start & (page - 1));
    }
}

static bool parse_op(Op *op, const char *verb, const char *what)
{
    char *end;
    unsigned bits;

    memset(op, 0, sizeof(*op));
    op->timed = *verb == '+';
    verb += op->timed;
    op->write = *verb == 'w';
    if (*verb != 'r' && *verb != 'w') {
        return false;
    }
    bits = strtoul(verb + 1, &end, 10);
    if (*end || (bits != 8 && bits != 16 && bits != 32 && bits != 64)) {
        return false;
    }
    op->width = bits / 8;
    op->count = 1;
    op->offset = strtoull(what, &end, 0);
    if (op->write) {
        if (*end != '=') {
            return false;
        }
        op->value = strtoull(end + 1, &end, 0);
    }
    if (*end == 'x') {
        op->count = strtoul(end + 1, &end, 10);
    }
    return !*end && end != what && op->count;
}

/* An access must be exactly one instruction of its width. */
#define ACCESS(type)                                            \
    do {                                                        \
        volatile type *p = (volatile type *)(bar->map + op->offset); \
        if (op->write) {                                        \
            *p = op->value;                                     \
        } else {                                                \
            op->value = *p;                                     \
        }                                                       \
    } while (0)

static void access_memory(const Bar *bar, Op *op)
{
    switch (op->width) {
    case 1:
        ACCESS(uint8_t);
        break;
    case 2:
        ACCESS(uint16_t);
        break;
    case 4:
        ACCESS(uint32_t);
        break;
    default:
        ACCESS(uint64_t);
    }
}

static void access_file(const Bar *bar, Op *op)
{
    ssize_t n = op->write
        ? pwrite(bar->fd, &op->value, op->width, op->offset)
        : pread(bar->fd, &op->value, op->width, op->offset);

    if (n != op->width) {
        die("access at 0x%llx: %s", (unsigned long long)op->offset,
            n < 0 ? strerror(errno) : "short");
    }
}

static void run_op(const Bar *bar, Op *op, bool print)
{
    struct timespec a, b;
    unsigned long i;

    if (op->offset >= bar->size || op->width > bar->size - op->offset) {
        die("offset 0x%llx is outside the BAR (0x%llx bytes)",
            (unsigned long long)op->offset, (unsigned long long)bar->size);
    }
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (i = 0; i < op->count; i++) {
        if (bar->map) {
            access_memory(bar, op);
        } else {
            access_file(bar, op);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (!op->write && print) {
        printf("0x%0*llx\n", op->width * 2, (unsigned long long)op->value);
    }
    if (op->timed && print) {
        printf("%.1f ns\n", ((b.tv_sec - a.tv_sec) * 1e9 +
                             (b.tv_nsec - a.tv_nsec)) / op->count);
    }
}

static void dump(const Bar *bar, const char *path)
{
    FILE *f = fopen(path, "wb");
    uint64_t i;

    if (!bar->map) {
        die("only a memory BAR can be dumped");
    }
    if (!f) {
        die("%s: %s", path, strerror(errno));
    }
    for (i = 0; i + 4 <= bar->size; i += 4) {
        uint32_t v = *(volatile uint32_t *)(bar->map + i);

        fwrite(&v, sizeof(v), 1, f);
    }
    if (ferror(f) | fclose(f)) {
        die("%s: %s", path, strerror(errno));
    }
}

int main(int argc, char **argv)
{
    unsigned long times = 1;
    Bar bar;
    int i;

    if (argc > 2 && !strcmp(argv[1], "-n")) {
        times = strtoul(argv[2], NULL, 10);
        argc -= 2;
        argv += 2;
    }
    if (argc < 5 || !(argc & 1) || !times) {
        die("usage: mmio [-n TIMES] BDF {BAR|config} "
            "{[+]{r|w}WIDTH OFFSET[=VALUE][xCOUNT] | dump FILE}...");
    }
    if (!strcmp(argv[2], "config")) {
        open_config(&bar, argv[1]);
    } else {
        enable_decoding(argv[1]);
        open_bar(&bar, argv[1], atoi(argv[2]));
    }
    while (times--) {
        for (i = 3; i < argc; i += 2) {
            Op op;

            if (!strcmp(argv[i], "dump")) {
                dump(&bar, argv[i + 1]);
                continue;
            }
            if (!parse_op(&op, argv[i], argv[i + 1])) {
                die("can't read '%s %s'", argv[i], argv[i + 1]);
            }
            run_op(&bar, &op, !times);
        }
    }
    return 0;
}
