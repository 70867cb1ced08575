/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: page tables, walked by libinsn
 */
#include <glib.h>
#include <string.h>

#include "insn-walk-plain.h"
#include "insn-walk-space.h"
#include "libinsn/walk.h"

/* --- successful walks ----------------------------------------------------- */

static void test_off(void)
{
    const InsnWalkState state = { .cr3 = RAM_BASE, .cr4 = CR4_SMEP | CR4_SMAP,
                              .phys_bits = 46, .user = true };
    Ram ram = { 0 };
    const InsnWalkMemory memory = { &ram, ram_load, ram_swap };
    uint64_t gpa;

    g_assert_cmpint(walk(&state, &memory, 0x123456789a, INSN_WALK_WRITE, &gpa),
                    ==, DONE);
    g_assert_cmphex(gpa, ==, 0x3456789a);
    g_assert_cmpuint(ram.swaps, ==, 0);
}

/* Outside of long mode, addresses are truncated to 32 bits. */
static void test_32_bits(void)
{
    Kind kind;

    for (kind = NARROW; kind <= PAE; kind++) {
        Space space;
        const InsnWalkMemory memory = { &space.ram, ram_load, ram_swap };
        uint64_t gpa;

        space_build(&space, kind, 1);
        g_assert_cmpint(walk(&space.state, &memory,
                             shapes[kind].linear | 0xabcdull << 32, 0, &gpa),
                        ==, DONE);
        g_assert_cmphex(gpa, ==, space_gpa(&space));
    }
}

static void check_marks(Kind kind, unsigned page_level)
{
    static const struct {
        unsigned access;
        uint64_t leaf;
    } accesses[] = {
        { 0, A }, { INSN_WALK_FETCH, A }, { INSN_WALK_WRITE, A | D },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(accesses); i++) {
        Space space;
        uint64_t before[MAX_LEVEL + 1];
        unsigned level;
        uint64_t gpa;

        space_build(&space, kind, page_level);
        for (level = page_level; level <= space.shape->levels; level++) {
            before[level] = space_get(&space, level);
        }
        g_assert_cmpint(space_walk(&space, accesses[i].access, &gpa), ==,
                        DONE);
        g_assert_cmphex(gpa, ==, space_gpa(&space));
        for (level = page_level; level <= space.shape->levels; level++) {
            uint64_t set = level == page_level ? accesses[i].leaf
                           : space_bare(&space, level) ? 0 : A;

            g_assert_cmphex(space_get(&space, level), ==, before[level] | set);
        }

        /* No bits are left to set. */
        space.ram.swaps = 0;
        g_assert_cmpint(space_walk(&space, accesses[i].access, &gpa), ==,
                        DONE);
        g_assert_cmpuint(space.ram.swaps, ==, 0);
    }
}

static void test_marks(void)
{
    space_each(check_marks);
}

/* Literal values, in case space_build() and the walk have the same error */
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

/* --- missing entries ------------------------------------------------------ */

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
    g_assert_cmpint(space_try(space, INSN_WALK_WRITE), ==, INSN_WALK_WRITE);
    g_assert_cmpint(space_try(space, INSN_WALK_FETCH), ==,
                    space->shape->width == 8 ? INSN_WALK_FETCH : 0);
    space->state.user = true;
    g_assert_cmpint(space_try(space, 0), ==, INSN_WALK_USER);
    g_assert_cmpint(space_try(space, INSN_WALK_WRITE), ==,
                    INSN_WALK_WRITE | INSN_WALK_USER);
    space->state.cr4 |= CR4_SMEP;
    g_assert_cmpint(space_try(space, INSN_WALK_FETCH), ==,
                    INSN_WALK_FETCH | INSN_WALK_USER);
    assert_unchanged(space, &before);
}

static void check_missing(Kind kind, unsigned page_level)
{
    unsigned level;

    for (level = page_level; level <= shapes[kind].levels; level++) {
        Space space;

        /* All other bits may be set in an entry that is not present. */
        space_build(&space, kind, page_level);
        space_put(&space, level, ~P);
        check_not_present(&space);

        /* The table's address has no memory. */
        space_build(&space, kind, page_level);
        if (level == shapes[kind].levels) {
            space.state.cr3 = RAM_BASE - 0x1000;
        } else {
            space_put(&space, level + 1,
                      (RAM_BASE + RAM_SIZE) |
                      (space_get(&space, level + 1) & 0xfff));
        }
        check_not_present(&space);
    }
}

static void test_missing(void)
{
    space_each(check_missing);
}

/* --- reserved bits ------------------------------------------------------ */

/* Each reserved bit of one entry, with EFER.NXE */
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
    space_put(&space, reserved[row].level,
              space_get(&space, reserved[row].level) | 1ull << bit);
    before = space.ram;
    error = space_try(&space, INSN_WALK_WRITE);
    if (error == DONE || !(error & INSN_WALK_RSVD)) {
        return false;
    }
    g_assert_cmphex(error, ==,
                    INSN_WALK_PRESENT | INSN_WALK_WRITE | INSN_WALK_RSVD);
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

            /* This bit changes the entry's type. */
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

/* Lower levels are not read; rights are not checked. */
static void test_reserved_first(void)
{
    Space space;

    space_build(&space, FOUR, 1);
    space.state.user = true;
    space_put(&space, 3, (space_get(&space, 3) | BITS(51, 51)) & ~U);
    space_put(&space, 2, 0);
    g_assert_cmphex(space_try(&space, 0), ==,
                    INSN_WALK_PRESENT | INSN_WALK_RSVD | INSN_WALK_USER);

    /* But higher levels are */
    space_put(&space, 4, 0);
    g_assert_cmphex(space_try(&space, 0), ==, INSN_WALK_USER);
}

/* A missing entry takes precedence over the rights above it. */
static void test_missing_before_rights(void)
{
    Space space;

    space_build(&space, FOUR, 1);
    space.state.user = true;
    space_put(&space, 4, space_get(&space, 4) & ~(U | W));
    space_put(&space, 1, 0);
    g_assert_cmphex(space_try(&space, INSN_WALK_WRITE), ==,
                    INSN_WALK_USER | INSN_WALK_WRITE);
}

/* Without CR4.PSE that bit is ignored. */
static void test_no_pse(void)
{
    Space space;
    uint64_t gpa;

    space_build(&space, NARROW, 1);
    space_put(&space, 2, space_get(&space, 2) | PS);
    g_assert_cmpint(space_walk(&space, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, space_gpa(&space));
}

/* A large page's PAT bit is the lowest address bit of a small page. */
static void check_pat(Kind kind, unsigned page_level)
{
    uint64_t pat = 1ull << (page_level > 1 ? 12 : 7);
    Space space;
    uint64_t gpa;

    space_build(&space, kind, page_level);
    space_put(&space, page_level, space_get(&space, page_level) | pat);
    g_assert_cmpint(space_walk(&space, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, space_gpa(&space));
}

static void test_pat(void)
{
    space_each(check_pat);
}

/* --- rights ------------------------------------------------------------- */

#define R 0
#define X INSN_WALK_FETCH

enum { PF_P = 1, PF_W = 2, PF_U = 4, PF_RSVD = 8, PF_I = 16, PF_PK = 32 };

/**
 * struct Right: an access to a page that has all rights, except for
 * @clear: bits of one level's entry
 * @set: bits of it
 * @user: access at CPL 3
 * @cr0: WP
 * @cr4: SMEP, SMAP
 * @nxe: EFER.NXE
 * @rflags: AC
 * @access: R, INSN_WALK_WRITE, X
 * @error: the expected result
 * @wide: only for modes with that bit, or that distinguish fetches
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
    { 0, 0, true, CR0_WP, 0, false, 0, INSN_WALK_WRITE, DONE },
    { 0, 0, true, 0, 0, false, 0, X, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, R, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, INSN_WALK_WRITE, DONE },
    { 0, 0, true, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, X, DONE },
    { 0, 0, false, 0, 0, false, 0, R, DONE },
    { 0, 0, false, CR0_WP, 0, false, 0, INSN_WALK_WRITE, DONE },
    { 0, 0, false, 0, 0, false, 0, X, DONE },

    /* A supervisor's */
    { U, 0, true, 0, 0, false, 0, R, PF_P | PF_U },
    { U, 0, true, 0, 0, false, AC, R, PF_P | PF_U },
    { U, 0, true, 0, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_U | PF_W },
    { U, 0, true, 0, 0, false, 0, X, PF_P | PF_U },
    { U, 0, true, 0, 0, true, 0, X, PF_P | PF_U | PF_I, true },
    { U, 0, true, 0, CR4_SMEP, false, 0, X, PF_P | PF_U | PF_I },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, false, 0, R, DONE },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, false, 0, INSN_WALK_WRITE,
      DONE },
    { U, 0, false, CR0_WP, CR4_SMEP | CR4_SMAP, true, 0, X, DONE },

    /* Read-only */
    { W, 0, true, 0, 0, false, 0, R, DONE },
    { W, 0, true, 0, 0, false, 0, X, DONE },
    { W, 0, true, 0, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_U | PF_W },
    { W, 0, true, CR0_WP, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_U | PF_W },
    { W, 0, false, 0, 0, false, 0, INSN_WALK_WRITE, DONE },
    { W, 0, false, CR0_WP, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_W },
    { W, 0, false, CR0_WP, 0, false, 0, R, DONE },
    { W | U, 0, true, CR0_WP, 0, false, 0, INSN_WALK_WRITE,
      PF_P | PF_U | PF_W },
    { W | U, 0, false, CR0_WP, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_W },
    { W | U, 0, false, 0, 0, false, 0, INSN_WALK_WRITE, DONE },

    /* No-execute */
    { 0, NX, true, 0, 0, true, 0, R, DONE, true },
    { 0, NX, true, 0, 0, true, 0, INSN_WALK_WRITE, DONE, true },
    { 0, NX, true, 0, 0, true, 0, X, PF_P | PF_U | PF_I, true },
    { 0, NX, false, 0, 0, true, 0, X, PF_P | PF_I, true },
    { U, NX, false, 0, 0, true, 0, X, PF_P | PF_I, true },
    { 0, NX, false, 0, 0, false, 0, R, PF_P | PF_RSVD, true },
    { 0, NX, true, 0, 0, false, 0, INSN_WALK_WRITE,
      PF_P | PF_RSVD | PF_U | PF_W, true },
    { 0, NX, true, 0, 0, false, 0, X, PF_P | PF_RSVD | PF_U, true },
    { 0, NX, false, 0, CR4_SMEP, false, 0, X, PF_P | PF_RSVD | PF_I, true },

    /* SMEP */
    { 0, 0, false, 0, CR4_SMEP, false, 0, X, PF_P | PF_I },
    { 0, 0, false, 0, CR4_SMEP, false, AC, X, PF_P | PF_I },
    { 0, 0, false, 0, CR4_SMEP, false, 0, R, DONE },
    { 0, 0, false, 0, CR4_SMEP, false, 0, INSN_WALK_WRITE, DONE },

    /* SMAP */
    { 0, 0, false, 0, CR4_SMAP, false, 0, R, PF_P },
    { 0, 0, false, 0, CR4_SMAP, false, 0, INSN_WALK_WRITE, PF_P | PF_W },
    { 0, 0, false, 0, CR4_SMAP, false, 0, X, DONE },
    { 0, 0, false, 0, CR4_SMAP, false, AC, R, DONE },
    { 0, 0, false, 0, CR4_SMAP, false, AC, INSN_WALK_WRITE, DONE },
    { W, 0, false, CR0_WP, CR4_SMAP, false, AC, INSN_WALK_WRITE, PF_P | PF_W },
    { W, 0, false, 0, CR4_SMAP, false, AC, INSN_WALK_WRITE, DONE },
    { W, 0, false, 0, CR4_SMAP, false, 0, INSN_WALK_WRITE, PF_P | PF_W },
};

static void check_right(const Right *right, Kind kind, unsigned page_level,
                        unsigned level)
{
    Space space;
    Ram before;
    int error;

    space_build(&space, kind, page_level);
    if (space_bare(&space, level) ||
        (right->wide && space.shape->width != 8)) {
        return;
    }
    space.state.user = right->user;
    space.state.cr0 |= right->cr0;
    space.state.cr4 |= right->cr4;
    space.state.efer |= right->nxe ? EFER_NXE : 0;
    space.state.rflags = right->rflags;
    space_put(&space, level,
              (space_get(&space, level) & ~right->clear) | right->set);
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
    space_each(check_rights);
}

/* With 32-bit paging, EFER.NXE does not distinguish fetches. */
static void test_narrow_fetch(void)
{
    Space space;

    space_build(&space, PSE, 1);
    space.state.user = true;
    space.state.efer |= EFER_NXE;
    space_put(&space, 1, space_get(&space, 1) & ~U);
    g_assert_cmphex(space_try(&space, X), ==, PF_P | PF_U);
}

/* --- protection keys ---------------------------------------------------- */

#define KEY 11

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
    { AD(KEY), CR4_PKE, 0, true, 0, INSN_WALK_WRITE,
      PF_P | PF_U | PF_W | PF_PK },
    { AD(KEY), CR4_PKE, 0, true, 0, X, DONE },
    { AD(KEY), CR4_PKE, 0, false, 0, R, PF_P | PF_PK },
    { AD(KEY), CR4_PKE, 0, false, 0, INSN_WALK_WRITE, PF_P | PF_W | PF_PK },
    { AD(KEY), CR4_PKE, 0, false, 0, X, DONE },
    { AD(KEY) | WD(KEY), CR4_PKE, 0, true, 0, R, PF_P | PF_U | PF_PK },
    { WD(KEY), CR4_PKE, 0, true, 0, R, DONE },
    { WD(KEY), CR4_PKE, 0, true, 0, INSN_WALK_WRITE,
      PF_P | PF_U | PF_W | PF_PK },
    { WD(KEY), CR4_PKE, 0, true, 0, X, DONE },
    { WD(KEY), CR4_PKE, 0, false, 0, INSN_WALK_WRITE, DONE },
    { WD(KEY), CR4_PKE, CR0_WP, false, 0, INSN_WALK_WRITE,
      PF_P | PF_W | PF_PK },
    { WD(KEY), CR4_PKE, CR0_WP, false, 0, R, DONE },

    /* Not this page's key */
    { ~(AD(KEY) | WD(KEY)), CR4_PKE, CR0_WP, true, 0, INSN_WALK_WRITE, DONE },

    /* No keys */
    { ~0u, 0, CR0_WP, true, 0, INSN_WALK_WRITE, DONE },
    { ~0u, 0, CR0_WP, false, 0, INSN_WALK_WRITE, DONE },

    /* A supervisor's page has none */
    { ~0u, CR4_PKE, CR0_WP, false, U, INSN_WALK_WRITE, DONE },
    { ~0u, CR4_PKE, CR0_WP, true, U, R, PF_P | PF_U },

    /* Both the key and the page */
    { ~0u, CR4_PKE, 0, true, W, INSN_WALK_WRITE, PF_P | PF_U | PF_W | PF_PK },
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
            /* Only the page's key counts. */
            space_put(&space, shapes[kind].levels,
                      space_get(&space, shapes[kind].levels) | 5ull << 59);
            space_put(&space, page_level,
                      (space_get(&space, page_level) & ~keys[i].clear) |
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
    space_each(check_keys);
}

/* --- entries that change ------------------------------------------------ */

/* Change a software bit of the entry: the swap with the old value fails. */
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
        g_assert_cmpint(space_walk(&space, INSN_WALK_WRITE, &gpa), ==, DONE);
        g_assert_cmphex(gpa, ==, space_gpa(&space));
        g_assert_cmpuint(space.ram.swaps, ==, 5);
        g_assert_cmphex(space_get(&space, level), ==,
                        space_entry(&space, level) | (level == 1 ? D : 0) |
                        A | 1 << 9);

        build_conflict(&space, unmap_once, level);
        g_assert_cmphex(space_try(&space, INSN_WALK_WRITE), ==, PF_W | PF_U);
        g_assert_cmphex(space_get(&space, level), ==, 0);

        build_conflict(&space, protect_once, level);
        g_assert_cmphex(space_try(&space, INSN_WALK_WRITE), ==,
                        PF_P | PF_W | PF_U);
        g_assert_cmphex(space_get(&space, 1) & D, ==, 0);
    }
}

static void test_moved(void)
{
    Space space;
    uint64_t gpa;

    build_conflict(&space, move_once, 1);
    g_assert_cmpint(space_walk(&space, INSN_WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, 0x5a5a5678);
    g_assert_cmphex(space_get(&space, 1), ==, 0x5a5a5000 | P | W | U | A | D);
}

/* A guest that keeps changing an entry still gets its access. */
static void test_no_end(void)
{
    Space space;
    uint64_t gpa;

    build_conflict(&space, change_always, 1);
    g_assert_cmpint(space_walk(&space, INSN_WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, space_gpa(&space));
    g_assert_cmpuint(space.ram.swaps, <, 1000);
}

static void check_unmarked(Kind kind, unsigned page_level)
{
    Space space;
    const InsnWalkMemory look = { &space.ram, ram_load, NULL };
    Ram before;
    uint64_t gpa;

    space_build(&space, kind, page_level);
    before = space.ram;
    g_assert_cmpint(walk(&space.state, &look, space.shape->linear,
                         INSN_WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, space_gpa(&space));
    assert_unchanged(&space, &before);

    space.ram.rom = true;
    g_assert_cmpint(space_walk(&space, INSN_WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, space_gpa(&space));
    space.ram.swaps = 0;
    assert_unchanged(&space, &before);
}

/* Tables in ROM, or walks that set no bits */
static void test_unmarked(void)
{
    space_each(check_unmarked);
}

/* Windows maps its tables like this: one entry serves several levels. */
static void test_self_map(void)
{
    const uint64_t top = RAM_BASE + 0x1000;
    const uint64_t slot = top + 0x1ed * 8;
    const uint64_t other = RAM_BASE + 0x2000;
    /* All four levels by the same entry: the table itself */
    const uint64_t linear = 0xfffff6fb7dbed000 + 0x123;
    InsnWalkState state = { .cr0 = CR0_PG, .cr3 = top, .cr4 = CR4_PAE,
                        .efer = EFER_LMA, .phys_bits = 46 };
    Ram ram = { 0 };
    const InsnWalkMemory memory = { &ram, ram_load, ram_swap };
    uint64_t gpa;

    ram_put(&ram, slot, 8, top | P | W);
    g_assert_cmpint(walk(&state, &memory, linear, 0, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, top + 0x123);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A);
    g_assert_cmpint(walk(&state, &memory, linear, INSN_WALK_WRITE, &gpa), ==,
                    DONE);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A | D);

    /* A and D at once */
    ram_put(&ram, slot, 8, top | P | W);
    g_assert_cmpint(walk(&state, &memory, linear, INSN_WALK_WRITE, &gpa), ==,
                    DONE);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A | D);

    /* A lower table, by way of the upper one */
    ram_put(&ram, slot, 8, top | P | W);
    ram_put(&ram, top, 8, other | P | W);
    g_assert_cmpint(walk(&state, &memory, 0xfffff6fb7dbed000 & ~0x1ff000ull,
                         INSN_WALK_WRITE, &gpa), ==, DONE);
    g_assert_cmphex(gpa, ==, other);
    g_assert_cmphex(ram_get(&ram, slot, 8), ==, top | P | W | A);
    g_assert_cmphex(ram_get(&ram, top, 8), ==, other | P | W | A | D);
}

/* --- against a second implementation ------------------------------------ */

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

static void randomize_state(GRand *rand, InsnWalkState *state)
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
    uint64_t entry = space_get(space, level);
    bool leaf = level == space->page_level;

    if (!space_bare(space, level)) {
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
    space_put(space, level, entry);
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

        access = access == 2 ? INSN_WALK_FETCH : access ? INSN_WALK_WRITE : 0;
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
     * All of them: user and supervisor; a read (or an undistinguished fetch), a
     * write, a fetch; not present, reserved, denied: 18; and denied by a key,
     * which fetches can't be: 4.
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
