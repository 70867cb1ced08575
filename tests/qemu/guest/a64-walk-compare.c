/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random translation tables and addresses: makes them for a64-walk.S, and
 * compares what the processor has found with what liba64's walker finds.  A
 * program for the host.
 *
 *   a64-walk-compare make RAM SAVED SEED COUNT
 *   a64-walk-compare judge RAM SAVED COUNT
 *
 * RAM is the machine's memory, a file.  SAVED has the tables before the
 * processor has changed them.  They are random throughout, so an address finds
 * all kinds of tables.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "a64-walk.h"
#include "liba64/walk.h"

/* Half of the tables are little-endian, the others big-endian. */
#define TABLE_SIZE 0x10000
#define TABLE_COUNT 64
#define DESCS (TABLE_SIZE / 8)
#define HALF (TABLE_COUNT / 2)

#define BIT(n) (1ull << (n))
#define EE BIT(25)
#define EPAN BIT(57)
#define DS BIT(59)
#define IPS(n) ((uint64_t)(n) << 32)

typedef struct Case {
    uint64_t ttbr[2];
    uint64_t tcr;
    uint64_t sctlr;
    uint64_t va;
    uint64_t kind;
    uint64_t par;
    uint64_t pad;
} Case;

_Static_assert(sizeof(Case) == CASE_SIZE, "CASE_SIZE");

static uint8_t *ram;

static void *at(uint64_t addr)
{
    return ram + (addr - RAM);
}

/* --- making -------------------------------------------------------------- */

static uint64_t random64(void)
{
    return (uint64_t)random() << 40 ^ (uint64_t)random() << 20 ^
           (uint64_t)random();
}

/* Once in @n times */
static bool once(unsigned n)
{
    return random() % n == 0;
}

/* A table of one byte order */
static uint64_t random_table(bool big)
{
    return TABLES + (random() % HALF + (big ? HALF : 0)) * (uint64_t)TABLE_SIZE;
}

/* Most are valid, and go on; bits that forbid all are rarer than others. */
static uint64_t random_desc(bool big)
{
    static const struct {
        unsigned bit;
        bool value;
        unsigned often;
    } biases[] = {
        { 1, true, 4 }, { 10, true, 4 }, { 60, false, 4 }, { 61, false, 4 },
        { 62, false, 4 }, { 8, false, 8 }, { 9, false, 8 }, { 0, true, 16 },
    };
    uint64_t desc = (random64() & 0xffff000000000fff) | random_table(big);
    unsigned i;

    for (i = 0; i < sizeof(biases) / sizeof(biases[0]); i++) {
        if (!once(biases[i].often)) {
            desc = (desc & ~BIT(biases[i].bit)) |
                   (biases[i].value ? BIT(biases[i].bit) : 0);
        }
    }
    if (once(32)) {
        /* of 64 KiB: a part of the address, or its highest bits */
        desc |= random() & 0xf000;
    }
    /* outside of memory */
    return once(64) ? desc ^ BIT(31) : desc;
}

static void make_tables(void)
{
    uint64_t *desc = at(TABLES);
    unsigned i;

    for (i = 0; i < TABLE_COUNT * DESCS; i++) {
        bool big = i >= HALF * DESCS;
        uint64_t one = random_desc(big);

        desc[i] = big ? __builtin_bswap64(one) : one;
    }
}

static uint64_t random_tcr(void)
{
    static const struct {
        unsigned bit;
        unsigned often;
    } bits[] = {
        { 7, 12 }, { 23, 12 }, { 37, 2 }, { 38, 2 }, { 39, 2 }, { 40, 2 },
        { 41, 3 }, { 42, 3 }, { 55, 8 }, { 56, 8 }, { 59, 2 },
    };
    uint64_t tcr = (12 + random() % 28) | (12 + random() % 28) << 16;
    unsigned i;

    tcr |= (uint64_t)(random() % 3) << 14 | (uint64_t)(random() % 3 + 1) << 30;
    for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        tcr |= once(bits[i].often) ? BIT(bits[i].bit) : 0;
    }
    /* Addresses wider than IPS are a fault that the walker does not raise. */
    return tcr | IPS(tcr & DS || once(2) ? 6 : 5);
}

/* Mostly of the width that TCR has, with a tag or without one */
static uint64_t random_va(uint64_t tcr)
{
    bool upper = once(2);
    unsigned width = 64 - (tcr >> (upper ? 16 : 0) & 63) + once(10);
    uint64_t va = random64() & (BIT(width) - 1);

    va |= upper ? ~0ull << width : 0;
    return once(2) ? va : (va & (BIT(56) - 1)) | random64() << 56;
}

static void make_case(Case *c)
{
    bool big = once(4);
    unsigned i;

    for (i = 0; i < 2; i++) {
        c->ttbr[i] = random_table(big) | (once(4) ? random() & 0xffff : 0) |
                     (once(4) ? random64() << 48 : 0);
    }
    c->tcr = random_tcr();
    c->sctlr = 1 | (big ? EE : 0) | (once(3) ? EPAN : 0);
    c->va = random_va(c->tcr);
    c->kind = random() % 6;
    c->par = 0;
}

static int make(const char *saved, unsigned seed, uint64_t count)
{
    Case *c = at(CASES);
    FILE *f = fopen(saved, "wb");
    uint64_t i;

    srandom(seed);
    make_tables();
    for (i = 0; i < count; i++) {
        make_case(&c[i]);
    }
    memcpy(at(COUNT), &count, 8);
    return !f ||
           fwrite(at(TABLES), TABLE_SIZE, TABLE_COUNT, f) != TABLE_COUNT ||
           fclose(f);
}

/* --- judging ------------------------------------------------------------- */

static bool load(void *opaque, uint64_t addr, unsigned width, uint64_t *value)
{
    if (addr < RAM || addr > RAM + RAM_SIZE - 8) {
        return false;
    }
    memcpy(value, addr - TABLES < TABLE_COUNT * TABLE_SIZE
                  ? (uint8_t *)opaque + (addr - TABLES) : at(addr), 8);
    return true;
}

static bool swap(void *opaque, uint64_t addr, unsigned width, uint64_t old,
                 uint64_t value)
{
    memcpy((uint8_t *)opaque + (addr - TABLES), &value, 8);
    return true;
}

/* Codes 0 to 3: an address is wider than IPS. */
static bool is_of_size(const Case *c)
{
    return (c->par & 1) && (c->par >> 1 & 63) < 4;
}

static bool agrees(const Case *c, const InsnWalkMemory *memory)
{
    const A64WalkState state = {
        .sctlr = c->sctlr, .tcr = c->tcr, .ttbr = { c->ttbr[0], c->ttbr[1] },
        .user = c->kind == 2 || c->kind == 3, .pan = c->kind >= 4,
    };
    uint64_t ipa = 0;
    unsigned fault = 0;
    bool found = a64_walk_translate(&state, memory, c->va,
                                    c->kind & 1 ? A64_WALK_WRITE
                                                : A64_WALK_READ, &ipa, &fault);
    bool same = c->par & 1 ? !found && fault == (c->par >> 1 & 63)
                           : found && !((ipa ^ c->par) & 0xffffffffff000);

    if (!same) {
        printf("kind %d va 0x%lx tcr 0x%lx sctlr 0x%lx ttbr 0x%lx 0x%lx: ",
               (int)c->kind, c->va, c->tcr, c->sctlr, c->ttbr[0], c->ttbr[1]);
        printf("PAR 0x%lx, walker: %s 0x%lx 0x%x\n", c->par,
               found ? "address" : "fault", ipa, fault);
    }
    return same;
}

static int judge(const char *saved, uint64_t count)
{
    static uint8_t tables[TABLE_COUNT * TABLE_SIZE];
    const InsnWalkMemory memory = { tables, load, swap };
    const Case *c = at(CASES);
    FILE *f = fopen(saved, "rb");
    unsigned wrong = 0;
    unsigned faults = 0;
    unsigned judged = 0;
    uint64_t i;

    if (!f || fread(tables, TABLE_SIZE, TABLE_COUNT, f) != TABLE_COUNT) {
        return 1;
    }
    fclose(f);
    for (i = 0; i < count && wrong < 10; i++) {
        if (!is_of_size(&c[i])) {
            wrong += !agrees(&c[i], &memory);
            faults += c[i].par & 1;
            judged++;
        }
    }
    printf("addresses %u faults %u wrong %u tables %s\n", judged - faults,
           faults, wrong, memcmp(tables, at(TABLES), sizeof(tables))
                          ? "different" : "equal");
    return 0;
}

int main(int argc, char **argv)
{
    bool making = argc == 6 && !strcmp(argv[1], "make");
    int fd = argc > 3 ? open(argv[2], O_RDWR) : -1;

    ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (ram == MAP_FAILED) {
        perror("memory");
        return 1;
    }
    return making ? make(argv[3], atoi(argv[4]), atol(argv[5]))
                  : judge(argv[3], atol(argv[4]));
}
