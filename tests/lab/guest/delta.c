/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes random lines of a mebibyte that a trigger makes the tracer look at.
 *
 *     delta BDF ROUNDS SEED ABOVE FILE
 *
 * The device is edu.  The mebibyte's physical address, which is ABOVE or more,
 * goes to its DMA source register; the trigger is a write of the round's number
 * to its register at 4.  Neither makes it do anything.  Prints the address, and
 * with each round the CRC-32 of the memory at the trigger; FILE gets the memory
 * at the end.
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

#include "device.h"
#include "hugepage.h"

enum { SIZE = 1 << 20, LINE = 64, LINES = SIZE / LINE, PAGE = 4096 };
enum { TRIGGER = 0x4, SOURCE = 0x80 };

static uint64_t state;
static uint32_t crc_table[256];

/* xorshift64* */
static uint32_t draw(uint32_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1dull) >> 32) % below;
}

static void crc_init(void)
{
    uint32_t i, bit, c;

    for (i = 0; i < 256; i++) {
        for (c = i, bit = 0; bit < 8; bit++) {
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        }
        crc_table[i] = c;
    }
}

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t c = ~0u;

    while (n--) {
        c = c >> 8 ^ crc_table[(c ^ *p++) & 0xff];
    }
    return ~c;
}

static void fill(uint8_t *p, size_t n)
{
    while (n--) {
        *p++ = draw(256);
    }
}

/* One byte or a whole line, anywhere */
static void scatter(uint8_t *memory, uint32_t lines)
{
    while (lines--) {
        uint8_t *line = memory + draw(LINES) * LINE;

        if (draw(2)) {
            line[draw(LINE)] ^= 1 + draw(255);
        } else {
            fill(line, LINE);
        }
    }
}

static void change(uint8_t *memory)
{
    uint32_t first, n;

    switch (draw(8)) {
    case 0:                             /* nothing */
        break;
    case 1:                             /* the first and the last byte */
        memory[0]++;
        memory[SIZE - 1]--;
        break;
    case 2:                             /* the same as before */
        first = draw(LINES);
        n = memory[first * LINE];
        *(volatile uint8_t *)&memory[first * LINE] = n + 1;
        *(volatile uint8_t *)&memory[first * LINE] = n;
        break;
    case 3:                             /* adjacent lines, with odd ends */
        first = draw(SIZE / 2);
        fill(memory + first, 1 + draw(64 * LINE));
        break;
    default:
        scatter(memory, 1 + draw(100));
    }
}

static volatile uint8_t *map_bar(const char *bdf)
{
    char path[128];
    void *map;
    int fd;

    enable_memory(bdf);
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0", bdf);
    fd = open(path, O_RDWR);
    map = fd < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                                     MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        err(1, "%s", path);
    }
    close(fd);
    return map;
}

static void save(const char *path, const uint8_t *memory)
{
    FILE *f = fopen(path, "w");

    if (!f || fwrite(memory, SIZE, 1, f) != 1 || fclose(f)) {
        err(1, "%s", path);
    }
}

int main(int argc, char **argv)
{
    volatile uint8_t *bar;
    uint8_t *memory;
    uint32_t round, rounds;

    if (argc != 6) {
        errx(2, "usage: delta BDF ROUNDS SEED ABOVE FILE");
    }
    bar = map_bar(argv[1]);
    rounds = strtoul(argv[2], NULL, 0);
    state = strtoull(argv[3], NULL, 0) | 1;
    memory = hugepage_above(strtoull(argv[4], NULL, 0));
    crc_init();
    fill(memory, SIZE);
    printf("memory %#" PRIx64 "\n", physical(memory));
    *(volatile uint64_t *)(bar + SOURCE) = physical(memory);
    for (round = 0; round < rounds; round++) {
        change(memory);
        *(volatile uint32_t *)(bar + TRIGGER) = round;
        printf("round %u %08x\n", round, crc32_of(memory, SIZE));
    }
    save(argv[5], memory);
    return 0;
}
