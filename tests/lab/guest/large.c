/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses a large memory BAR everywhere, and one traced page in it.
 *
 *     large FILE OFFSET
 *
 * FILE is the BAR's resource file, OFFSET is the traced page's. Writes the
 * number of each 2 MiB of the BAR to their first word, except for the 2 MiB with
 * the page; then 0, 1, 2, ... to the page's first word, and as often to the
 * word before the page. Prints the nanoseconds that one write took in each of
 * the three cases.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP (2ul << 20)

enum { WRITES = 1000 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static double write_word(char *at)
{
    double start = now();
    uint32_t i;

    for (i = 0; i < WRITES; i++) {
        *(volatile uint32_t *)at = i;
    }
    return (now() - start) / WRITES;
}

/*
 * Take a page fault that the host does not see: the kernel gives out a page that
 * the host has mapped already. An access after it must find no trace of it in
 * the processor: KVM refuses to emulate one while an exception is delivered.
 */
static void fault(void)
{
    size_t size = sysconf(_SC_PAGESIZE);
    volatile char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        err(1, "mmap");
    }
    p[0] = 1;
    if (madvise((void *)p, size, MADV_DONTNEED)) {
        err(1, "madvise");
    }
    p[0] = 2;
}

/* The host may take the processor away: of several times, the best */
static double best_of(char *at)
{
    double best = write_word(at);
    int i;

    for (i = 1; i < 20; i++) {
        double time = write_word(at);

        best = time < best ? time : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    unsigned long page, offset, n = 0;
    double start, each;
    struct stat st;
    char *bar;
    int fd;

    if (argc != 3) {
        errx(2, "usage: large FILE OFFSET");
    }
    page = strtoul(argv[2], NULL, 0);
    fd = open(argv[1], O_RDWR);
    if (fd < 0 || fstat(fd, &st)) {
        err(1, "%s", argv[1]);
    }
    bar = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bar == MAP_FAILED) {
        err(1, "%s: mmap", argv[1]);
    }
    start = now();
    for (offset = 0; offset < (unsigned long)st.st_size; offset += STEP) {
        if (page - offset >= STEP) {
            *(volatile uint32_t *)(bar + offset) = offset / STEP;
            n++;
        }
    }
    each = (now() - start) / n;
    printf("%lu of 2 MiB: %.0f\n", n, each);
    fault();
    printf("traced: %.0f\n", write_word(bar + page));
    printf("beside: %.0f\n", best_of(bar + page - 4));
    return 0;
}
