/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes and reads a disk past the page cache, with memory of known address.
 *
 *     direct-io DISK ROUNDS ABOVE
 *
 * Each round writes some blocks, reads them back to another place, and compares.
 * The sizes take all forms of a list of pages.  Prints the physical address of
 * the memory, two mebibytes, which is ABOVE or more.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hugepage.h"

enum { BLOCK = 512, HALF = HUGEPAGE / 2, DISK_BYTES = 32 << 20 };

static const unsigned sizes[] = { 512, 4096, 8192, 12288, 65536, 131072 };

int main(int argc, char **argv)
{
    unsigned round, rounds, i;
    uint8_t *memory;
    int fd;

    if (argc != 4) {
        errx(2, "usage: direct-io DISK ROUNDS ABOVE");
    }
    rounds = strtoul(argv[2], NULL, 0);
    memory = hugepage_above(strtoull(argv[3], NULL, 0));
    fd = open(argv[1], O_RDWR | O_DIRECT);
    if (fd < 0) {
        err(1, "%s", argv[1]);
    }
    printf("memory %#" PRIx64 "\n", physical(memory));
    for (round = 0; round < rounds; round++) {
        unsigned n = sizes[round % (sizeof(sizes) / sizeof(sizes[0]))];
        uint8_t *from = memory + round * 37 % 256 * BLOCK, *to = from + HALF;
        off_t at = (off_t)round * 131072 % DISK_BYTES;

        for (i = 0; i < n; i++) {
            from[i] = i * 7 + round;
        }
        if (pwrite(fd, from, n, at) != n || pread(fd, to, n, at) != n) {
            err(1, "%s: %u bytes at %lld", argv[1], n, (long long)at);
        }
        if (memcmp(from, to, n)) {
            errx(1, "round %u: read something else", round);
        }
    }
    return 0;
}
