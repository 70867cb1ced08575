/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: page tables, walked by libinsn
 */
#include <glib.h>
#include <string.h>

#include "libinsn/walk.h"

#define CR0_WP   (1ull << 16)
#define CR0_PG   (1ull << 31)
#define CR4_PSE  (1ull << 4)
#define CR4_PAE  (1ull << 5)
#define CR4_LA57 (1ull << 12)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)
#define CR4_PKE  (1ull << 22)
#define EFER_LMA (1ull << 10)
#define EFER_NXE (1ull << 11)
#define AC       (1ull << 18)

#define P  (1ull << 0)
#define W  (1ull << 1)
#define U  (1ull << 2)
#define A  (1ull << 5)
#define D  (1ull << 6)
#define PS (1ull << 7)
#define NX (1ull << 63)

#define BITS(from, to) (~0ull >> (63 - (to)) & ~0ull << (from))

/* --- memory ------------------------------------------------------------- */

#define RAM_BASE 0x100000
#define RAM_SIZE 0x8000

typedef struct Ram Ram;

/**
 * struct Ram: memory, and what may happen to it
 * @bytes: at RAM_BASE
 * @rom: no swap succeeds
 * @swaps: how many were tried
 * @before_swap: somebody else gets in between
 * @hook_at: for @before_swap
 */
struct Ram {
    uint8_t bytes[RAM_SIZE];
    bool rom;
    unsigned swaps;
    void (*before_swap)(Ram *ram);
    uint64_t hook_at;
};

static uint8_t *ram_at(Ram *ram, uint64_t gpa, unsigned width)
{
    g_assert_true(width == 4 || width == 8);
    g_assert_cmphex(gpa % width, ==, 0);
    return gpa >= RAM_BASE && gpa - RAM_BASE <= RAM_SIZE - width
           ? ram->bytes + (gpa - RAM_BASE) : NULL;
}

static bool ram_load(void *opaque, uint64_t gpa, unsigned width,
                     uint64_t *value)
{
    const uint8_t *at = ram_at(opaque, gpa, width);

    if (!at) {
        return false;
    }
    *value = 0;
    memcpy(value, at, width);
    return true;
}

static bool ram_swap(void *opaque, uint64_t gpa, unsigned width, uint64_t old,
                     uint64_t value)
{
    Ram *ram = opaque;
    uint8_t *at;

    ram->swaps++;
    if (ram->before_swap) {
        ram->before_swap(ram);
    }
    at = ram_at(ram, gpa, width);
    if (!at || ram->rom || memcmp(at, &old, width)) {
        return false;
    }
    memcpy(at, &value, width);
    return true;
}

static uint64_t ram_get(Ram *ram, uint64_t gpa, unsigned width)
{
    uint64_t value;

    g_assert_true(ram_load(ram, gpa, width, &value));
    return value;
}

static void ram_put(Ram *ram, uint64_t gpa, unsigned width, uint64_t value)
{
    uint8_t *at = ram_at(ram, gpa, width);

    g_assert_nonnull(at);
    memcpy(at, &value, width);
}

/* --- one address, mapped ------------------------------------------------ */

typedef enum Kind { NARROW, PSE, PAE, FOUR, FIVE, KINDS } Kind;

#define MAX_LEVEL 5

/* By level; 1 is that of the smallest pages. */
typedef struct Shape {
    const char *name;
    uint64_t cr4;
    uint64_t efer;
    unsigned width;
    unsigned levels;
    unsigned largest;
    unsigned shift[MAX_LEVEL + 1];
    unsigned bits[MAX_LEVEL + 1];
    uint64_t linear;
} Shape;

static const Shape shapes[KINDS] = {
    [NARROW] = { "32-bit", 0, 0, 4, 2, 1, { 0, 12, 22 }, { 0, 10, 10 },
                 0x89abcdef },
    [PSE] = { "PSE", CR4_PSE, 0, 4, 2, 2, { 0, 12, 22 }, { 0, 10, 10 },
              0x89abcdef },
    [PAE] = { "PAE", CR4_PSE | CR4_PAE, 0, 8, 3, 2, { 0, 12, 21, 30 },
              { 0, 9, 9, 2 }, 0x89abcdef },
    [FOUR] = { "4-level", CR4_PAE, EFER_LMA, 8, 4, 3, { 0, 12, 21, 30, 39 },
               { 0, 9, 9, 9, 9 }, 0xffff8abc12345678 },
    [FIVE] = { "5-level", CR4_PAE | CR4_LA57, EFER_LMA, 8, 5, 3,
               { 0, 12, 21, 30, 39, 48 }, { 0, 9, 9, 9, 9, 9 },
               0x00abcdef12345678 },
};

/* Where pages are: of 4 KiB, of 2 MiB (4 MiB), of 1 GiB */
static const uint64_t narrow_pages[] = { 0, 0x76543000, 0x1200c00000 };
static const uint64_t wide_pages[] = { 0, 0x376543000, 0x376400000,
                                       0x340000000 };

/**
 * struct Space: an address space with one page
 * @shape: of its tables
 * @page_level: of the entry that maps the page
 * @state: registers
 * @ram: with the tables
 * @at: where the entries are, by level
 * @page: the page's address
 */
typedef struct Space {
    const Shape *shape;
    unsigned page_level;
    WalkState state;
    Ram ram;
    uint64_t at[MAX_LEVEL + 1];
    uint64_t page;
} Space;

static uint64_t index_of(const Shape *shape, unsigned level, uint64_t linear)
{
    return linear >> shape->shift[level] & ((1u << shape->bits[level]) - 1);
}

/* A PDPTE of PAE paging: no rights, no accessed bit */
static bool is_bare(const Space *space, unsigned level)
{
    return space->shape == &shapes[PAE] && level == 3;
}

static uint64_t table_at(const Space *space, unsigned level)
{
    return RAM_BASE + level * 0x1000 + (is_bare(space, level) ? 0xfe0 : 0);
}

static uint64_t page_entry(const Space *space)
{
    uint64_t page = space->page;
    uint64_t flags = P | W | U | (space->page_level > 1 ? PS : 0);

    if (space->shape == &shapes[PSE] && space->page_level == 2) {
        return (page & 0xffc00000) | page >> 32 << 13 | flags;
    }
    return page | flags;
}

static uint64_t table_entry(const Space *space, unsigned level)
{
    return table_at(space, level - 1) | P |
           (is_bare(space, level) ? 0 : W | U);
}

static uint64_t entry_get(Space *space, unsigned level)
{
    return ram_get(&space->ram, space->at[level], space->shape->width);
}

static void entry_put(Space *space, unsigned level, uint64_t entry)
{
    ram_put(&space->ram, space->at[level], space->shape->width, entry);
}

static void space_build(Space *space, Kind kind, unsigned page_level)
{
    const Shape *shape = &shapes[kind];
    unsigned level;

    memset(space, 0, sizeof(*space));
    space->shape = shape;
    space->page_level = page_level;
    space->page = (shape->width == 4 ? narrow_pages : wide_pages)[page_level];
    space->state.cr0 = CR0_PG;
    /* There are flags, or a PCID, below the address. */
    space->state.cr3 = table_at(space, shape->levels) | 0x18;
    space->state.cr4 = shape->cr4;
    space->state.efer = shape->efer;
    space->state.phys_bits = 46;
    for (level = shape->levels; level >= page_level; level--) {
        space->at[level] = table_at(space, level) +
            index_of(shape, level, shape->linear) * shape->width;
        entry_put(space, level, level == page_level
                                ? page_entry(space)
                                : table_entry(space, level));
    }
}

/* No page fault */
#define DONE (-1)

#define UNTOUCHED 0xdeadbeefdeadbeef

/* Return: an error code, or DONE */
static int walk(const WalkState *state, const WalkMemory *memory,
                uint64_t linear, unsigned access, uint64_t *gpa)
{
    uint32_t error = (uint32_t)UNTOUCHED;

    *gpa = UNTOUCHED;
    if (walk_translate(state, memory, linear, access, gpa, &error)) {
        g_assert_cmphex(error, ==, (uint32_t)UNTOUCHED);
        return DONE;
    }
    g_assert_cmphex(*gpa, ==, UNTOUCHED);
    return error;
}

static int space_walk(Space *space, unsigned access, uint64_t *gpa)
{
    const WalkMemory memory = { &space->ram, ram_load, ram_swap };

    return walk(&space->state, &memory, space->shape->linear, access, gpa);
}

static int space_try(Space *space, unsigned access)
{
    uint64_t gpa;

    return space_walk(space, access, &gpa);
}

static uint64_t expected_gpa(const Space *space)
{
    uint64_t mask = (1ull << space->shape->shift[space->page_level]) - 1;

    return space->page | (space->shape->linear & mask);
}

/* For each paging mode and each size of a page there */
static void each_space(void (*test)(Kind kind, unsigned page_level))
{
    Kind kind;
    unsigned page_level;

    for (kind = 0; kind < KINDS; kind++) {
        for (page_level = 1; page_level <= shapes[kind].largest; page_level++) {
            g_test_message("%s, page at level %u", shapes[kind].name,
                           page_level);
            test(kind, page_level);
        }
    }
}

/* --- what is found ------------------------------------------------------ */

static void test_off(void)
{
    const WalkState state = { .cr3 = RAM_BASE, .cr4 = CR4_SMEP | CR4_SMAP,
                              .phys_bits = 46, .user = true };
    Ram ram = { 0 };
    const WalkMemory memory = { &ram, ram_load, ram_swap };
    uint64_t gpa;

    g_assert_cmpint(walk(&state, &memory, 0x123456789a, WALK_WRITE, &gpa), ==,
                    DONE);
    g_assert_cmphex(gpa, ==, 0x3456789a);
    g_assert_cmpuint(ram.swaps, ==, 0);
}

/* 32 bits are taken of what is no address of long mode's. */
static void test_32_bits(void)
{
    Kind kind;

    for (kind = NARROW; kind <= PAE; kind++) {
        Space space;
        const WalkMemory memory = { &space.ram, ram_load, ram_swap };
        uint64_t gpa;

        space_build(&space, kind, 1);
        g_assert_cmpint(walk(&space.state, &memory,
                             shapes[kind].linear | 0xabcdull << 32, 0, &gpa),
                        ==, DONE);
        g_assert_cmphex(gpa, ==, expected_gpa(&space));
    }
}

static void check_marks(Kind kind, unsigned page_level)
{
    static const struct {
        unsigned access;
        uint64_t leaf;
    } accesses[] = {
        { 0, A }, { WALK_FETCH, A }, { WALK_WRITE, A | D },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(accesses); i++) {
        Space space;
        uint64_t before[MAX_LEVEL + 1];
        unsigned level;
        uint64_t gpa;

        space_build(&space, kind, page_level);
        for (level = page_level; level <= space.shape->levels; level++) {
            before[level] = entry_get(&space, level);
        }
        g_assert_cmpint(space_walk(&space, accesses[i].access, &gpa), ==,
                        DONE);
        g_assert_cmphex(gpa, ==, expected_gpa(&space));
        for (level = page_level; level <= space.shape->levels; level++) {
            uint64_t set = level == page_level ? accesses[i].leaf
                           : is_bare(&space, level) ? 0 : A;

            g_assert_cmphex(entry_get(&space, level), ==, before[level] | set);
        }

        /* There is nothing left to be set. */
        space.ram.swaps = 0;
        g_assert_cmpint(space_walk(&space, accesses[i].access, &gpa), ==,
                        DONE);
        g_assert_cmpuint(space.ram.swaps, ==, 0);
    }
}

static void test_marks(void)
{
    each_space(check_marks);
}

/* Literally: what space_build() and the walk might both get wrong */
static void test_gpa(void)
{
    static const struct {
        Kind kind;
        unsigned page_level;
        uint64_t gpa;
    } pages[] = {
        { NARROW, 1, 0x76543def },
        { PSE, 1, 0x76543def },
        { PSE, 2, 0x1200ebcdef },
        { PAE, 1, 0x376543def },
        { PAE, 2, 0x3764bcdef },
        { FOUR, 1, 0x376543678 },
        { FOUR, 2, 0x376545678 },
        { FOUR, 3, 0x352345678 },
        { FIVE, 1, 0x376543678 },
        { FIVE, 2, 0x376545678 },
        { FIVE, 3, 0x352345678 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pages); i++) {
        Space space;
        uint64_t gpa;

        space_build(&space, pages[i].kind, pages[i].page_level);
        g_assert_cmpint(space_walk(&space, 0, &gpa), ==, DONE);
        g_assert_cmphex(gpa, ==, pages[i].gpa);
    }
}

/* --- nothing there ------------------------------------------------------ */

static void assert_unchanged(Space *space, const Ram *before)
{
    g_assert_cmpmem(space->ram.bytes, RAM_SIZE, before->bytes, RAM_SIZE);
    g_assert_cmpuint(space->ram.swaps, ==, 0);
}

static void check_not_present(Space *space)
{
    Ram before = space->ram;

    space->state.user = false;
    space->state.efer |= EFER_NXE;
    g_assert_cmpint(space_try(space, 0), ==, 0);
    g_assert_cmpint(space_try(space, WALK_WRITE), ==, WALK_WRITE);
    g_assert_cmpint(space_try(space, WALK_FETCH), ==,
                    space->shape->width == 8 ? WALK_FETCH : 0);
    space->state.user = true;
    g_assert_cmpint(space_try(space, 0), ==, WALK_USER);
    g_assert_cmpint(space_try(space, WALK_WRITE), ==, WALK_WRITE | WALK_USER);
    space->state.cr4 |= CR4_SMEP;
    g_assert_cmpint(space_try(space, WALK_FETCH), ==, WALK_FETCH | WALK_USER);
    assert_unchanged(space, &before);
}

static void check_missing(Kind kind, unsigned page_level)
{
    unsigned level;

    for (level = page_level; level <= shapes[kind].levels; level++) {
        Space space;

        /* Everything else may be set in what isn't present. */
        space_build(&space, kind, page_level);
        entry_put(&space, level, ~P);
        check_not_present(&space);

        /* The table is where there is no memory. */
        space_build(&space, kind, page_level);
        if (level == shapes[kind].levels) {
            space.state.cr3 = RAM_BASE - 0x1000;
        } else {
            entry_put(&space, level + 1,
                      (RAM_BASE + RAM_SIZE) |
                      (entry_get(&space, level + 1) & 0xfff));
        }
        check_not_present(&space);
    }
}

static void test_missing(void)
{
    each_space(check_missing);
}

/* --- reserved bits ------------------------------------------------------ */

/* Each bit of one entry that is reserved, with EFER.NXE */
static const struct {
    Kind kind;
    unsigned page_level;
    unsigned level;
    unsigned phys_bits;
    uint64_t reserved;
} reserved[] = {
    { NARROW, 1, 2, 32, 0 },
    { NARROW, 1, 1, 32, 0 },
    { PSE, 1, 2, 32, 0 },
    { PSE, 1, 1, 32, 0 },
    { PSE, 2, 2, 40, BITS(21, 21) },
    { PSE, 2, 2, 46, BITS(21, 21) },
    { PSE, 2, 2, 37, BITS(18, 21) },
    { PAE, 1, 3, 46, BITS(1, 2) | BITS(5, 8) | BITS(46, 63) },
    { PAE, 1, 2, 46, BITS(46, 62) },
    { PAE, 1, 1, 46, BITS(46, 62) },
    { PAE, 1, 1, 36, BITS(36, 62) },
    { PAE, 1, 1, 52, BITS(52, 62) },
    { PAE, 2, 2, 46, BITS(13, 20) | BITS(46, 62) },
    { FOUR, 1, 4, 46, BITS(7, 7) | BITS(46, 51) },
    { FOUR, 1, 3, 46, BITS(46, 51) },
    { FOUR, 1, 2, 46, BITS(46, 51) },
    { FOUR, 1, 1, 46, BITS(46, 51) },
    { FOUR, 1, 1, 36, BITS(36, 51) },
    { FOUR, 1, 1, 52, 0 },
    { FOUR, 2, 2, 46, BITS(13, 20) | BITS(46, 51) },
    { FOUR, 3, 3, 46, BITS(13, 29) | BITS(46, 51) },
    { FOUR, 3, 3, 52, BITS(13, 29) },
    { FIVE, 1, 5, 46, BITS(7, 7) | BITS(46, 51) },
    { FIVE, 1, 4, 46, BITS(7, 7) | BITS(46, 51) },
    { FIVE, 1, 3, 48, BITS(48, 51) },
    { FIVE, 2, 2, 52, BITS(13, 20) },
    { FIVE, 3, 3, 52, BITS(13, 29) },
};

static bool try_bit(size_t row, unsigned bit, uint64_t nxe)
{
    Space space;
    Ram before;
    int error;

    space_build(&space, reserved[row].kind, reserved[row].page_level);
    space.state.phys_bits = reserved[row].phys_bits;
    space.state.efer |= nxe;
    entry_put(&space, reserved[row].level,
              entry_get(&space, reserved[row].level) | 1ull << bit);
    before = space.ram;
    error = space_try(&space, WALK_WRITE);
    if (error == DONE || !(error & WALK_RSVD)) {
        return false;
    }
    g_assert_cmphex(error, ==, WALK_PRESENT | WALK_WRITE | WALK_RSVD);
    assert_unchanged(&space, &before);
    return true;
}

static void test_reserved(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(reserved); i++) {
        const Shape *shape = &shapes[reserved[i].kind];
        bool makes_page = reserved[i].level > reserved[i].page_level &&
                          reserved[i].level <= shape->largest;
        unsigned bit;

        for (bit = 1; bit < shape->width * 8; bit++) {
            bool is = reserved[i].reserved >> bit & 1;

            /* This bit makes something else of the entry. */
            if (1ull << bit == PS && makes_page) {
                continue;
            }
            g_test_message("%s level %u, %u-bit addresses: bit %u",
                           shape->name, reserved[i].level,
                           reserved[i].phys_bits, bit);
            g_assert_cmpint(try_bit(i, bit, EFER_NXE), ==, is);
            g_assert_cmpint(try_bit(i, bit, 0), ==, is || 1ull << bit == NX);
        }
    }
}

/* What is further down is not looked at; nor are rights. */
static void test_reserved_first(void)
{
    Space space;

    space_build(&space, FOUR, 1);
    space.state.user = true;
    entry_put(&space, 3, (entry_get(&space, 3) | BITS(51, 51)) & ~U);
    entry_put(&space, 2, 0);
    g_assert_cmphex(space_try(&space, 0), ==,
                    WALK_PRESENT | WALK_RSVD | WALK_USER);

    /* But above it */
    entry_put(&space, 4, 0);
    g_assert_cmphex(space_try(&space, 0), ==, WALK_USER);
}

/* What isn't present is what counts, whatever the rights above it are. */
static void test_missing_before_rights(void)
{
    Space space;

    space_build(&space, FOUR, 1);
    space.state.user = true;
    entry_put(&space, 4, entry_get(&space, 4) & ~(U | W));
    entry_put(&space, 1, 0);
    g_assert_cmphex(space_try(&space, WALK_WRITE), ==, WALK_USER | WALK_WRITE);
}

/* Without CR4.PSE that bit says nothing. */
static void test_no_pse(void)
{
    Space space;
    uint64_t gpa;

    space_build(&space, NARROW, 1);
    entry_put(&space, 2, entry_get(&space, 2) | PS);
    g_assert_cmpint(space_walk(&space, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, expected_gpa(&space));
}

/* A large page's PAT bit is where a small one's address begins. */
static void check_pat(Kind kind, unsigned page_level)
{
    uint64_t pat = 1ull << (page_level > 1 ? 12 : 7);
    Space space;
    uint64_t gpa;

    space_build(&space, kind, page_level);
    entry_put(&space, page_level, entry_get(&space, page_level) | pat);
    g_assert_cmpint(space_walk(&space, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, expected_gpa(&space));
}

static void test_pat(void)
{
    each_space(check_pat);
}

/* --- rights ------------------------------------------------------------- */

#define R 0
#define X WALK_FETCH

enum { PF_P = 1, PF_W = 2, PF_U = 4, PF_RSVD = 8, PF_I = 16, PF_PK = 32 };

/**
 * struct Right: an access to a page that has all rights but for
 * @clear: bits of one level's entry
 * @set: bits of it
 * @user: at CPL 3
 * @cr0: WP
 * @cr4: SMEP, SMAP
 * @nxe: EFER.NXE
 * @rflags: AC
 * @access: R, WALK_WRITE, X
 * @error: what comes of it
 * @wide: for modes with that bit, or where it tells fetches
 */
typedef struct Right {
    uint64_t clear;
    uint64_t set;
    bool user;
    uint64_t cr0;
    uint64_t cr4;
    bool nxe;
    uint64_t rflags;
    unsigned access;
    int error;
    bool wide;
} Right;

static const Right rights[] = {
    /* A user's page */
    { 0, 0, true, 0, 0, false, 0, R, DONE },
    { 0, 0, true, CR0_WP, 0, false, 0, WALK_WRITE, DONE },
    { 0, 0, true, 0, 0, false, 0, X, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, R, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, WALK_WRITE, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, X, DONE },
    { 0, 0, false, 0, 0, false, 0, R, DONE },
    { 0, 0, false, CR0_WP, 0, false, 0, WALK_WRITE, DONE },
    { 0, 0, false, 0, 0, false, 0, X, DONE },

    /* A supervisor's */
    { U, 0, true, 0, 0, false, 0, R, PF_P | PF_U },
    { U, 0, true, 0, 0, false, AC, R, PF_P | PF_U },
    { U, 0, true, 0, 0, false, 0, WALK_WRITE, PF_P | PF_U | PF_W },
    { U, 0, true, 0, 0, false, 0, X, PF_P | PF_U },
    { U, 0, true, 0, 0, true, 0, X, PF_P | PF_U | PF_I, true },
    { U, 0, true, 0, CR4_SMEP, false, 0, X, PF_P | PF_U | PF_I },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, false, 0, R, DONE },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, false, 0, WALK_WRITE, DONE },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, X, DONE },

    /* Read-only */
    { W, 0, true, 0, 0, false, 0, R, DONE },
    { W, 0, true, 0, 0, false, 0, X, DONE },
    { W, 0, true, 0, 0, false, 0, WALK_WRITE, PF_P | PF_U | PF_W },
    { W, 0, true, CR0_WP, 0, false, 0, WALK_WRITE, PF_P | PF_U | PF_W },
    { W, 0, false, 0, 0, false, 0, WALK_WRITE, DONE },
    { W, 0, false, CR0_WP, 0, false, 0, WALK_WRITE, PF_P | PF_W },
    { W, 0, false, CR0_WP, 0, false, 0, R, DONE },
    { W | U, 0, true, CR0_WP, 0, false, 0, WALK_WRITE, PF_P | PF_U | PF_W },
    { W | U, 0, false, CR0_WP, 0, false, 0, WALK_WRITE, PF_P | PF_W },
    { W | U, 0, false, 0, 0, false, 0, WALK_WRITE, DONE },

    /* Not to be executed */
    { 0, NX, true, 0, 0, true, 0, R, DONE, true },
    { 0, NX, true, 0, 0, true, 0, WALK_WRITE, DONE, true },
    { 0, NX, true, 0, 0, true, 0, X, PF_P | PF_U | PF_I, true },
    { 0, NX, false, 0, 0, true, 0, X, PF_P | PF_I, true },
    { U, NX, false, 0, 0, true, 0, X, PF_P | PF_I, true },
    { 0, NX, false, 0, 0, false, 0, R, PF_P | PF_RSVD, true },
    { 0, NX, true, 0, 0, false, 0, WALK_WRITE,
      PF_P | PF_RSVD | PF_U | PF_W, true },
    { 0, NX, true, 0, 0, false, 0, X, PF_P | PF_RSVD | PF_U, true },
    { 0, NX, false, 0, CR4_SMEP, false, 0, X, PF_P | PF_RSVD | PF_I, true },

    /* SMEP */
    { 0, 0, false, 0, CR4_SMEP, false, 0, X, PF_P | PF_I },
    { 0, 0, false, 0, CR4_SMEP, false, AC, X, PF_P | PF_I },
    { 0, 0, false, 0, CR4_SMEP, false, 0, R, DONE },
    { 0, 0, false, 0, CR4_SMEP, false, 0, WALK_WRITE, DONE },

    /* SMAP */
    { 0, 0, false, 0, CR4_SMAP, false, 0, R, PF_P },
    { 0, 0, false, 0, CR4_SMAP, false, 0, WALK_WRITE, PF_P | PF_W },
    { 0, 0, false, 0, CR4_SMAP, false, 0, X, DONE },
    { 0, 0, false, 0, CR4_SMAP, false, AC, R, DONE },
    { 0, 0, false, 0, CR4_SMAP, false, AC, WALK_WRITE, DONE },
    { W, 0, false, CR0_WP, CR4_SMAP, false, AC, WALK_WRITE, PF_P | PF_W },
    { W, 0, false, 0, CR4_SMAP, false, AC, WALK_WRITE, DONE },
    { W, 0, false, 0, CR4_SMAP, false, 0, WALK_WRITE, PF_P | PF_W },
};

static void check_right(const Right *right, Kind kind, unsigned page_level,
                        unsigned level)
{
    Space space;
    Ram before;
    int error;

    space_build(&space, kind, page_level);
    if (is_bare(&space, level) ||
        (right->wide && space.shape->width != 8)) {
        return;
    }
    space.state.user = right->user;
    space.state.cr0 |= right->cr0;
    space.state.cr4 |= right->cr4;
    space.state.efer |= right->nxe ? EFER_NXE : 0;
    space.state.rflags = right->rflags;
    entry_put(&space, level,
              (entry_get(&space, level) & ~right->clear) | right->set);
    before = space.ram;
    error = space_try(&space, right->access);
    if (error != right->error) {
        g_test_message("rights[%zu] at level %u", right - rights, level);
    }
    g_assert_cmphex(error, ==, right->error);
    if (error != DONE) {
        assert_unchanged(&space, &before);
    }
}

/* Any level may deny what the others grant. */
static void check_rights(Kind kind, unsigned page_level)
{
    unsigned level;
    size_t i;

    for (level = page_level; level <= shapes[kind].levels; level++) {
        for (i = 0; i < G_N_ELEMENTS(rights); i++) {
            check_right(&rights[i], kind, page_level, level);
        }
    }
}

static void test_rights(void)
{
    each_space(check_rights);
}

/* With 32-bit paging, EFER.NXE tells no fetches. */
static void test_narrow_fetch(void)
{
    Space space;

    space_build(&space, PSE, 1);
    space.state.user = true;
    space.state.efer |= EFER_NXE;
    entry_put(&space, 1, entry_get(&space, 1) & ~U);
    g_assert_cmphex(space_try(&space, X), ==, PF_P | PF_U);
}

/* --- protection keys ---------------------------------------------------- */

#define KEY 11
#define AD(key) (1u << 2 * (key))
#define WD(key) (2u << 2 * (key))

static const struct {
    uint32_t pkru;
    uint64_t cr4;
    uint64_t cr0;
    bool user;
    uint64_t clear;
    unsigned access;
    int error;
} keys[] = {
    { AD(KEY), CR4_PKE, 0, true, 0, R, PF_P | PF_U | PF_PK },
    { AD(KEY), CR4_PKE, 0, true, 0, WALK_WRITE, PF_P | PF_U | PF_W | PF_PK },
    { AD(KEY), CR4_PKE, 0, true, 0, X, DONE },
    { AD(KEY), CR4_PKE, 0, false, 0, R, PF_P | PF_PK },
    { AD(KEY), CR4_PKE, 0, false, 0, WALK_WRITE, PF_P | PF_W | PF_PK },
    { AD(KEY), CR4_PKE, 0, false, 0, X, DONE },
    { AD(KEY) | WD(KEY), CR4_PKE, 0, true, 0, R, PF_P | PF_U | PF_PK },
    { WD(KEY), CR4_PKE, 0, true, 0, R, DONE },
    { WD(KEY), CR4_PKE, 0, true, 0, WALK_WRITE, PF_P | PF_U | PF_W | PF_PK },
    { WD(KEY), CR4_PKE, 0, true, 0, X, DONE },
    { WD(KEY), CR4_PKE, 0, false, 0, WALK_WRITE, DONE },
    { WD(KEY), CR4_PKE, CR0_WP, false, 0, WALK_WRITE, PF_P | PF_W | PF_PK },
    { WD(KEY), CR4_PKE, CR0_WP, false, 0, R, DONE },

    /* Not this page's key */
    { ~(AD(KEY) | WD(KEY)), CR4_PKE, CR0_WP, true, 0, WALK_WRITE, DONE },

    /* No keys */
    { ~0u, 0, CR0_WP, true, 0, WALK_WRITE, DONE },
    { ~0u, 0, CR0_WP, false, 0, WALK_WRITE, DONE },

    /* A supervisor's page has none */
    { ~0u, CR4_PKE, CR0_WP, false, U, WALK_WRITE, DONE },
    { ~0u, CR4_PKE, CR0_WP, true, U, R, PF_P | PF_U },

    /* The key and the page */
    { ~0u, CR4_PKE, 0, true, W, WALK_WRITE, PF_P | PF_U | PF_W | PF_PK },
    { AD(KEY), CR4_PKE | CR4_SMAP, 0, false, 0, R, PF_P | PF_PK },
};

static void check_keys(Kind kind, unsigned page_level)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(keys); i++) {
        bool has_keys = shapes[kind].efer & EFER_LMA;
        Space space;
        int error;

        if (shapes[kind].width != 8 || (!has_keys && keys[i].clear)) {
            continue;
        }
        space_build(&space, kind, page_level);
        space.state.pkru = keys[i].pkru;
        space.state.cr0 |= keys[i].cr0;
        space.state.cr4 |= keys[i].cr4;
        space.state.user = keys[i].user;
        if (has_keys) {
            /* Only the page's counts. */
            entry_put(&space, shapes[kind].levels,
                      entry_get(&space, shapes[kind].levels) | 5ull << 59);
            entry_put(&space, page_level,
                      (entry_get(&space, page_level) & ~keys[i].clear) |
                      (uint64_t)KEY << 59);
        }
        error = space_try(&space, keys[i].access);
        if (has_keys) {
            g_test_message("keys[%zu]", i);
            g_assert_cmphex(error, ==, keys[i].error);
        } else {
            g_assert_true(error == DONE || !(error & PF_PK));
        }
    }
}

static void test_keys(void)
{
    each_space(check_keys);
}

/* --- entries that change ------------------------------------------------ */

/* An entry of a software bit's: there is no swap with the old one. */
static void change_once(Ram *ram)
{
    ram->before_swap = NULL;
    ram_put(ram, ram->hook_at, 8, ram_get(ram, ram->hook_at, 8) | 1 << 9);
}

static void unmap_once(Ram *ram)
{
    ram->before_swap = NULL;
    ram_put(ram, ram->hook_at, 8, 0);
}

static void protect_once(Ram *ram)
{
    ram->before_swap = NULL;
    ram_put(ram, ram->hook_at, 8, ram_get(ram, ram->hook_at, 8) & ~W);
}

static void move_once(Ram *ram)
{
    ram->before_swap = NULL;
    ram_put(ram, ram->hook_at, 8, 0x5a5a5000 | P | W | U);
}

static void change_always(Ram *ram)
{
    ram_put(ram, ram->hook_at, 8, ram_get(ram, ram->hook_at, 8) ^ 1 << 9);
}

static void build_conflict(Space *space, void (*hook)(Ram *ram),
                           unsigned level)
{
    space_build(space, FOUR, 1);
    space->state.user = true;
    space->ram.before_swap = hook;
    space->ram.hook_at = space->at[level];
}

static void test_conflict(void)
{
    unsigned level;

    for (level = 1; level <= 4; level++) {
        Space space;
        uint64_t gpa;

        build_conflict(&space, change_once, level);
        g_assert_cmpint(space_walk(&space, WALK_WRITE, &gpa), ==, DONE);
        g_assert_cmphex(gpa, ==, expected_gpa(&space));
        g_assert_cmpuint(space.ram.swaps, ==, 5);
        g_assert_cmphex(entry_get(&space, level), ==,
                        (level == 1 ? page_entry(&space) | D
                                    : table_entry(&space, level)) |
                        A | 1 << 9);

        build_conflict(&space, unmap_once, level);
        g_assert_cmphex(space_try(&space, WALK_WRITE), ==, PF_W | PF_U);
        g_assert_cmphex(entry_get(&space, level), ==, 0);

        build_conflict(&space, protect_once, level);
        g_assert_cmphex(space_try(&space, WALK_WRITE), ==, PF_P | PF_W | PF_U);
        g_assert_cmphex(entry_get(&space, 1) & D, ==, 0);
    }
}

static void test_moved(void)
{
    Space space;
    uint64_t gpa;

    build_conflict(&space, move_once, 1);
    g_assert_cmpint(space_walk(&space, WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, 0x5a5a5678);
    g_assert_cmphex(entry_get(&space, 1), ==, 0x5a5a5000 | P | W | U | A | D);
}

/* A guest that never lets go of it gets its access all the same. */
static void test_no_end(void)
{
    Space space;
    uint64_t gpa;

    build_conflict(&space, change_always, 1);
    g_assert_cmpint(space_walk(&space, WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, expected_gpa(&space));
    g_assert_cmpuint(space.ram.swaps, <, 1000);
}

static void check_unmarked(Kind kind, unsigned page_level)
{
    Space space;
    const WalkMemory look = { &space.ram, ram_load, NULL };
    Ram before;
    uint64_t gpa;

    space_build(&space, kind, page_level);
    before = space.ram;
    g_assert_cmpint(walk(&space.state, &look, space.shape->linear, WALK_WRITE,
                         &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, expected_gpa(&space));
    assert_unchanged(&space, &before);

    space.ram.rom = true;
    g_assert_cmpint(space_walk(&space, WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, expected_gpa(&space));
    space.ram.swaps = 0;
    assert_unchanged(&space, &before);
}

/* Tables in ROM, or that are only to be looked at */
static void test_unmarked(void)
{
    each_space(check_unmarked);
}

/* Windows maps its tables so: one entry is that of several levels. */
static void test_self_map(void)
{
    const uint64_t top = RAM_BASE + 0x1000;
    const uint64_t slot = top + 0x1ed * 8;
    const uint64_t other = RAM_BASE + 0x2000;
    /* All four levels by the same entry: the table itself */
    const uint64_t linear = 0xfffff6fb7dbed000 + 0x123;
    WalkState state = { .cr0 = CR0_PG, .cr3 = top, .cr4 = CR4_PAE,
                        .efer = EFER_LMA, .phys_bits = 46 };
    Ram ram = { 0 };
    const WalkMemory memory = { &ram, ram_load, ram_swap };
    uint64_t gpa;

    ram_put(&ram, slot, 8, top | P | W);
    g_assert_cmpint(walk(&state, &memory, linear, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, top + 0x123);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A);
    g_assert_cmpint(walk(&state, &memory, linear, WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A | D);

    /* A and D at once */
    ram_put(&ram, slot, 8, top | P | W);
    g_assert_cmpint(walk(&state, &memory, linear, WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A | D);

    /* A lower table, by way of the upper one */
    ram_put(&ram, slot, 8, top | P | W);
    ram_put(&ram, top, 8, other | P | W);
    g_assert_cmpint(walk(&state, &memory, 0xfffff6fb7dbed000 & ~0x1ff000ull,
                         WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, other);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A);
    g_assert_cmphex(ram_get(&ram, top, 8), ==, other | P | W | A | D);
}

/* --- against a second implementation ------------------------------------ */

/* A chapter for each mode, as the manual has it; slow and plain */
typedef struct Plain {
    const WalkState *s;
    Ram *ram;
    unsigned access;
    bool w, u, x;
    uint64_t leaf;
    uint64_t leaf_at;
    unsigned width;
    uint64_t uppers[MAX_LEVEL];
    unsigned n_uppers;
    uint32_t error;
} Plain;

static bool plain_present(Plain *p, uint64_t at, unsigned width,
                          uint64_t *entry)
{
    p->width = width;
    p->error = 0;
    return ram_load(p->ram, at, width, entry) && (*entry & 1);
}

static bool plain_reserved(Plain *p)
{
    p->error = 1 | 8;
    return false;
}

static void plain_upper(Plain *p, uint64_t at, uint64_t entry)
{
    p->uppers[p->n_uppers++] = at;
    p->w = p->w && (entry & 2);
    p->u = p->u && (entry & 4);
    p->x = p->x && !(entry & NX);
}

static void plain_leaf(Plain *p, uint64_t at, uint64_t entry)
{
    p->leaf = entry;
    p->leaf_at = at;
    p->w = p->w && (entry & 2);
    p->u = p->u && (entry & 4);
    p->x = p->x && !(entry & NX);
}

/* Bits 62 or 51 to MAXPHYADDR, and 63 */
static bool plain_high(const Plain *p, uint64_t entry, unsigned top)
{
    unsigned bit;

    for (bit = p->s->phys_bits; bit <= top; bit++) {
        if (entry >> bit & 1) {
            return true;
        }
    }
    return (entry & NX) && !(p->s->efer & EFER_NXE);
}

static bool plain_narrow(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t at = (p->s->cr3 & 0xfffff000) + (la >> 22) * 4;
    uint64_t pde, pte;

    if (!plain_present(p, at, 4, &pde)) {
        return false;
    }
    if ((p->s->cr4 & CR4_PSE) && (pde & 0x80)) {
        uint64_t above = pde >> 13 & 0xff;

        if (pde & 0x200000 ||
            (p->s->phys_bits < 40 && above >> (p->s->phys_bits - 32))) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pde);
        *gpa = above << 32 | (pde & 0xffc00000) | (la & 0x3fffff);
        return true;
    }
    plain_upper(p, at, pde);
    at = (pde & 0xfffff000) + (la >> 12 & 0x3ff) * 4;
    if (!plain_present(p, at, 4, &pte)) {
        return false;
    }
    plain_leaf(p, at, pte);
    *gpa = (pte & 0xfffff000) | (la & 0xfff);
    return true;
}

/* Page directories are the same with PAE and in long mode. */
static bool plain_directory(Plain *p, uint64_t table, uint64_t la,
                            unsigned top, uint64_t *gpa)
{
    uint64_t at = table + (la >> 21 & 0x1ff) * 8;
    uint64_t pde, pte;

    if (!plain_present(p, at, 8, &pde)) {
        return false;
    }
    if (plain_high(p, pde, top)) {
        return plain_reserved(p);
    }
    if (pde & 0x80) {
        if (pde & 0x1fe000) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pde);
        *gpa = (pde & 0xfffffffe00000) | (la & 0x1fffff);
        return true;
    }
    plain_upper(p, at, pde);
    at = (pde & 0xffffffffff000) + (la >> 12 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pte)) {
        return false;
    }
    if (plain_high(p, pte, top)) {
        return plain_reserved(p);
    }
    plain_leaf(p, at, pte);
    *gpa = (pte & 0xffffffffff000) | (la & 0xfff);
    return true;
}

static bool plain_pae(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t at = (p->s->cr3 & 0xffffffe0) + (la >> 30) * 8;
    uint64_t pdpte;

    if (!plain_present(p, at, 8, &pdpte)) {
        return false;
    }
    if (pdpte & (0x1e6 | NX) || plain_high(p, pdpte, 62)) {
        return plain_reserved(p);
    }
    return plain_directory(p, pdpte & 0xffffffffff000, la, 62, gpa);
}

static bool plain_long(Plain *p, uint64_t la, uint64_t *gpa)
{
    uint64_t table = p->s->cr3 & 0xffffffffff000;
    uint64_t at, pml5e, pml4e, pdpte;

    if (p->s->cr4 & CR4_LA57) {
        at = table + (la >> 48 & 0x1ff) * 8;
        if (!plain_present(p, at, 8, &pml5e)) {
            return false;
        }
        if (pml5e & 0x80 || plain_high(p, pml5e, 51)) {
            return plain_reserved(p);
        }
        plain_upper(p, at, pml5e);
        table = pml5e & 0xffffffffff000;
    }
    at = table + (la >> 39 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pml4e)) {
        return false;
    }
    if (pml4e & 0x80 || plain_high(p, pml4e, 51)) {
        return plain_reserved(p);
    }
    plain_upper(p, at, pml4e);
    at = (pml4e & 0xffffffffff000) + (la >> 30 & 0x1ff) * 8;
    if (!plain_present(p, at, 8, &pdpte)) {
        return false;
    }
    if (plain_high(p, pdpte, 51)) {
        return plain_reserved(p);
    }
    if (pdpte & 0x80) {
        if (pdpte & 0x3fffe000) {
            return plain_reserved(p);
        }
        plain_leaf(p, at, pdpte);
        *gpa = (pdpte & 0xfffffc0000000) | (la & 0x3fffffff);
        return true;
    }
    plain_upper(p, at, pdpte);
    return plain_directory(p, pdpte & 0xffffffffff000, la, 51, gpa);
}

/* "Determination of access rights", sentence by sentence */
static bool plain_allowed(const Plain *p)
{
    const WalkState *s = p->s;

    if (s->user) {
        return p->access == WALK_FETCH ? p->u && p->x
               : p->access == WALK_WRITE ? p->u && p->w : p->u;
    }
    if (p->access == WALK_FETCH) {
        return p->u ? p->x && !(s->cr4 & CR4_SMEP) : p->x;
    }
    if (p->u && (s->cr4 & CR4_SMAP) && !(s->rflags & AC)) {
        return false;
    }
    return p->access == WALK_WRITE ? p->w || !(s->cr0 & CR0_WP) : true;
}

static bool plain_key_allowed(const Plain *p)
{
    const WalkState *s = p->s;
    unsigned key = p->leaf >> 59 & 0xf;

    if (!(s->cr4 & CR4_PKE) || !(s->efer & EFER_LMA) || !p->u ||
        p->access == WALK_FETCH) {
        return true;
    }
    if (s->pkru & AD(key)) {
        return false;
    }
    if (p->access == WALK_WRITE && (s->pkru & WD(key))) {
        return !s->user && !(s->cr0 & CR0_WP);
    }
    return true;
}

static void plain_mark(Plain *p)
{
    unsigned i;

    for (i = 0; i < p->n_uppers; i++) {
        ram_put(p->ram, p->uppers[i], p->width,
                ram_get(p->ram, p->uppers[i], p->width) | 0x20);
    }
    ram_put(p->ram, p->leaf_at, p->width,
            ram_get(p->ram, p->leaf_at, p->width) |
            (p->access == WALK_WRITE ? 0x60 : 0x20));
}

static int plain_translate(const WalkState *s, Ram *ram, uint64_t la,
                           unsigned access, uint64_t *gpa)
{
    Plain p = { .s = s, .ram = ram, .access = access, .w = true, .u = true,
                .x = true };
    bool found = s->efer & EFER_LMA ? plain_long(&p, la, gpa)
                 : s->cr4 & CR4_PAE ? plain_pae(&p, la, gpa)
                 : plain_narrow(&p, la, gpa);

    if (found && plain_allowed(&p) && plain_key_allowed(&p)) {
        plain_mark(&p);
        return DONE;
    }
    if (found) {
        p.error = plain_key_allowed(&p) ? 1 : 1 | 0x20;
    }
    if (s->user) {
        p.error |= 4;
    }
    if (access == WALK_WRITE) {
        p.error |= 2;
    }
    if (access == WALK_FETCH &&
        (s->cr4 & CR4_SMEP ||
         (s->cr4 & CR4_PAE && s->efer & EFER_NXE))) {
        p.error |= 0x10;
    }
    *gpa = UNTOUCHED;
    return p.error;
}

static uint64_t random64(GRand *rand)
{
    return (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
}

/* One in @n */
static bool rarely(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n) == 0;
}

static uint64_t some_of(GRand *rand, uint64_t bits)
{
    return random64(rand) & bits;
}

static void randomize_state(GRand *rand, WalkState *state)
{
    static const unsigned widths[] = { 32, 36, 39, 40, 46, 48, 52 };

    state->cr0 |= some_of(rand, CR0_WP);
    state->cr4 |= some_of(rand, CR4_SMEP | CR4_SMAP | CR4_PKE);
    state->efer |= rarely(rand, 4) ? 0 : EFER_NXE;
    state->rflags = some_of(rand, AC);
    state->pkru = g_rand_int(rand) & g_rand_int(rand);
    state->phys_bits = widths[g_rand_int_range(rand, 0,
                                               G_N_ELEMENTS(widths))];
    state->user = g_rand_boolean(rand);
}

static void randomize_entry(GRand *rand, Space *space, unsigned level)
{
    uint64_t entry = entry_get(space, level);
    bool leaf = level == space->page_level;

    if (!is_bare(space, level)) {
        entry &= ~(rarely(rand, 6) ? W : 0) & ~(rarely(rand, 6) ? U : 0);
        entry |= some_of(rand, A | D | BITS(9, 11));
        if (space->shape->width == 8 && rarely(rand, 8)) {
            entry |= NX;
        }
    }
    if (leaf && (space->shape->efer & EFER_LMA)) {
        entry |= some_of(rand, BITS(59, 62));
    }
    if (leaf && space->page_level == 1) {
        entry ^= some_of(rand, BITS(12, 31));
    }
    while (rarely(rand, 8)) {
        entry ^= 1ull << g_rand_int_range(rand, 0, 64);
    }
    entry_put(space, level, entry);
}

static void test_random(void)
{
    GRand *rand = g_rand_new_with_seed(6);
    Space *space = g_new(Space, 1);
    unsigned done = 0;
    unsigned codes[64] = { 0 };
    unsigned distinct = 0;
    unsigned i;

    for (i = 0; i < 100000; i++) {
        Kind kind = g_rand_int_range(rand, 0, KINDS);
        unsigned access = g_rand_int_range(rand, 0, 3);
        uint64_t gpa, plain_gpa;
        int error, plain_error;
        unsigned level;
        Ram plain_ram;

        access = access == 2 ? WALK_FETCH : access ? WALK_WRITE : 0;
        space_build(space, kind,
                    g_rand_int_range(rand, 1, shapes[kind].largest + 1));
        randomize_state(rand, &space->state);
        for (level = space->page_level; level <= space->shape->levels;
             level++) {
            randomize_entry(rand, space, level);
        }
        plain_ram = space->ram;
        plain_error = plain_translate(&space->state, &plain_ram,
                                      space->shape->linear, access,
                                      &plain_gpa);
        error = space_walk(space, access, &gpa);
        if (error != plain_error || gpa != plain_gpa) {
            g_test_message("round %u: %s, page at level %u, access %x", i,
                           space->shape->name, space->page_level, access);
        }
        g_assert_cmphex(error, ==, plain_error);
        g_assert_cmphex(gpa, ==, plain_gpa);
        g_assert_cmpmem(space->ram.bytes, RAM_SIZE, plain_ram.bytes, RAM_SIZE);
        if (error == DONE) {
            done++;
        } else {
            g_assert_cmpint(error, <, G_N_ELEMENTS(codes));
            distinct += !codes[error]++;
        }
    }

    /*
     * All of them: user and supervisor; a read (or an untold fetch), a write, a
     * fetch; not present, reserved, denied: 18; and denied by a key, which
     * fetches can't be: 4.
     */
    g_test_message("%u translated, %u error codes", done, distinct);
    g_assert_cmpuint(done, >, 20000);
    g_assert_cmpuint(distinct, ==, 22);
    g_free(space);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insn-walk/off", test_off);
    g_test_add_func("/insn-walk/32-bits", test_32_bits);
    g_test_add_func("/insn-walk/marks", test_marks);
    g_test_add_func("/insn-walk/gpa", test_gpa);
    g_test_add_func("/insn-walk/missing", test_missing);
    g_test_add_func("/insn-walk/reserved", test_reserved);
    g_test_add_func("/insn-walk/reserved-first", test_reserved_first);
    g_test_add_func("/insn-walk/missing-before-rights",
                    test_missing_before_rights);
    g_test_add_func("/insn-walk/no-pse", test_no_pse);
    g_test_add_func("/insn-walk/pat", test_pat);
    g_test_add_func("/insn-walk/rights", test_rights);
    g_test_add_func("/insn-walk/narrow-fetch", test_narrow_fetch);
    g_test_add_func("/insn-walk/keys", test_keys);
    g_test_add_func("/insn-walk/conflict", test_conflict);
    g_test_add_func("/insn-walk/moved", test_moved);
    g_test_add_func("/insn-walk/no-end", test_no_end);
    g_test_add_func("/insn-walk/unmarked", test_unmarked);
    g_test_add_func("/insn-walk/self-map", test_self_map);
    g_test_add_func("/insn-walk/random", test_random);
    return g_test_run();
}
