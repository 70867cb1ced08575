/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: liba64's walker of translation tables
 *
 * Tables are made by the fields that the manual has for each granule, which are
 * written out here.
 */
#include <glib.h>
#include <string.h>

#include "liba64/walk.h"

#define TG_4K  0
#define TG_64K 1
#define TG_16K 2

#define M       1ull
#define EE      (1ull << 25)
#define EPAN    (1ull << 57)
#define HA      (1ull << 39)
#define HD      (1ull << 40)
#define HPD     (3ull << 41)
#define DS      (1ull << 59)
#define IPS_52  (6ull << 32)
#define TBI     (3ull << 37)
#define EPD     (1ull << 7 | 1ull << 23)
#define E0PD    (3ull << 55)

#define USER     (1ull << 6)
#define READONLY (1ull << 7)
#define AF       (1ull << 10)
#define DBM      (1ull << 51)
#define UXN      (1ull << 54)
#define T_UXN      (1ull << 60)
#define T_NO_USER  (1ull << 61)
#define T_READONLY (1ull << 62)

/*
 * Fields of an address that index tables, from the top: {high bit, low bit}.
 * As many tables as @blocks above the last one may have blocks.
 */
typedef struct Layout {
    const char *name;
    unsigned granule;
    uint64_t tcr;
    unsigned width;
    unsigned page;
    unsigned tables;
    unsigned field[5][2];
    unsigned blocks;
} Layout;

static const Layout layouts[] = {
    { "4k-48", TG_4K, 0, 48, 12, 4,
      { { 47, 39 }, { 38, 30 }, { 29, 21 }, { 20, 12 } }, 2 },
    { "4k-39", TG_4K, 0, 39, 12, 3, { { 38, 30 }, { 29, 21 }, { 20, 12 } }, 2 },
    { "4k-36", TG_4K, 0, 36, 12, 3, { { 35, 30 }, { 29, 21 }, { 20, 12 } }, 2 },
    { "4k-30", TG_4K, 0, 30, 12, 2, { { 29, 21 }, { 20, 12 } }, 1 },
    { "4k-52", TG_4K, DS, 52, 12, 5,
      { { 51, 48 }, { 47, 39 }, { 38, 30 }, { 29, 21 }, { 20, 12 } }, 3 },
    { "4k-48-ds", TG_4K, DS, 48, 12, 4,
      { { 47, 39 }, { 38, 30 }, { 29, 21 }, { 20, 12 } }, 3 },
    { "16k-48", TG_16K, 0, 48, 14, 4,
      { { 47, 47 }, { 46, 36 }, { 35, 25 }, { 24, 14 } }, 1 },
    { "16k-47", TG_16K, 0, 47, 14, 3, { { 46, 36 }, { 35, 25 }, { 24, 14 } },
      1 },
    { "16k-36", TG_16K, 0, 36, 14, 2, { { 35, 25 }, { 24, 14 } }, 1 },
    { "16k-52", TG_16K, DS, 52, 14, 4,
      { { 51, 47 }, { 46, 36 }, { 35, 25 }, { 24, 14 } }, 2 },
    { "64k-48", TG_64K, 0, 48, 16, 3, { { 47, 42 }, { 41, 29 }, { 28, 16 } },
      2 },
    { "64k-52", TG_64K, IPS_52, 52, 16, 3,
      { { 51, 42 }, { 41, 29 }, { 28, 16 } }, 2 },
    { "64k-42", TG_64K, 0, 42, 16, 2, { { 41, 29 }, { 28, 16 } }, 1 },
};

/* --- tables -------------------------------------------------------------- */

#define DESCS 8

typedef struct Tables {
    A64WalkState state;
    unsigned descs;
    struct {
        uint64_t at;
        uint64_t desc;
    } desc[DESCS];
    unsigned swaps;
    unsigned refuse;            /* so many swaps */
    unsigned fault;
} Tables;

static bool tables_load(void *opaque, uint64_t gpa, unsigned width,
                        uint64_t *value)
{
    Tables *t = opaque;
    unsigned i;

    g_assert_cmpuint(width, ==, 8);
    for (i = 0; i < t->descs; i++) {
        if (t->desc[i].at == gpa) {
            *value = t->state.sctlr & EE ? GUINT64_SWAP_LE_BE(t->desc[i].desc)
                                         : t->desc[i].desc;
            return true;
        }
    }
    return false;
}

static bool tables_swap(void *opaque, uint64_t gpa, unsigned width,
                        uint64_t old, uint64_t value)
{
    Tables *t = opaque;
    uint64_t now;

    g_assert_true(tables_load(t, gpa, width, &now));
    if (t->refuse) {
        t->refuse--;
        return false;
    }
    g_assert_cmphex(now, ==, old);
    t->swaps++;
    for (unsigned i = 0; i < t->descs; i++) {
        if (t->desc[i].at == gpa) {
            t->desc[i].desc = t->state.sctlr & EE ? GUINT64_SWAP_LE_BE(value)
                                                  : value;
        }
    }
    return true;
}

static bool translate(Tables *t, uint64_t addr, A64WalkAccess access,
                      uint64_t *ipa)
{
    const InsnWalkMemory memory = { t, tables_load, tables_swap };

    return a64_walk_translate(&t->state, &memory, addr, access, ipa,
                              &t->fault);
}

/* An address as descriptors and TTBRs have it */
static uint64_t in_desc(const Layout *l, uint64_t addr)
{
    if (l->tcr & DS) {
        return (addr & 0x3ffffffffffff) | (addr >> 50 & 3) << 8;
    }
    if (l->tcr & IPS_52) {
        return (addr & 0xffffffffffff) | (addr >> 48 & 15) << 12;
    }
    return addr;
}

static uint64_t in_ttbr(const Layout *l, uint64_t addr)
{
    return l->tcr & (DS | IPS_52) ? (addr & 0xffffffffffff) |
                                    (addr >> 48 & 15) << 2 : addr;
}

static uint64_t ones(unsigned from, unsigned to)
{
    return ~0ull >> (63 - to) & ~0ull << from;
}

/* The first table is aligned to its size only, and to 64 if bits 5:2 differ. */
static uint64_t table_at(const Layout *l, unsigned i)
{
    uint64_t at = (uint64_t)(0x5a7 + 0x11 * i) << 20;
    uint64_t size = 8ull << (l->field[0][0] - l->field[0][1] + 1);

    if (!i) {
        at |= l->tcr & (DS | IPS_52) ? MAX(size, 64) : size;
    }
    return l->tcr & (DS | IPS_52) ? at | (uint64_t)(i + 9) << 48 : at;
}

/* Map @addr by the table number @leaf, to @ipa. */
static void tables_map(Tables *t, const Layout *l, uint64_t addr, unsigned leaf,
                       uint64_t ipa, uint64_t bits)
{
    unsigned half = addr >> 55 & 1;
    static const unsigned tg1[] = { 2, 3, 1 };

    *t = (Tables) {
        .state = {
            .sctlr = M,
            .tcr = l->tcr | (uint64_t)(64 - l->width) << (half ? 16 : 0) |
                   (half ? (uint64_t)tg1[l->granule] << 30
                         : (uint64_t)l->granule << 14),
        },
    };
    t->state.ttbr[half] = in_ttbr(l, table_at(l, 0)) | 1 |
                          (uint64_t)0xa51d << 48;
    t->state.ttbr[!half] = 0xbad00000;
    for (unsigned i = 0; i <= leaf; i++) {
        unsigned low = l->field[i][1];
        uint64_t index = (addr & ones(low, l->field[i][0])) >> low;
        uint64_t page = leaf == l->tables - 1 ? 3 : 1;

        t->desc[i].at = table_at(l, i) + 8 * index;
        t->desc[i].desc = i < leaf ? in_desc(l, table_at(l, i + 1)) | 3
                                   : in_desc(l, ipa) | page | AF | bits;
        t->descs++;
    }
}

static uint64_t random64(void)
{
    return (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

static uint64_t random_addr(const Layout *l, bool high)
{
    uint64_t addr = random64() & ones(0, l->width - 1);

    return high ? addr | ones(l->width, 63) : addr;
}

/* --- tests --------------------------------------------------------------- */

/* A fault's status code: the last table is at level 3. */
static unsigned fault_of(const Layout *l, unsigned table, unsigned code,
                         unsigned above)
{
    int level = 4 - (int)l->tables + (int)table;

    return level < 0 ? above : code + level;
}

static void check_layout(const Layout *l, unsigned leaf, bool high)
{
    unsigned low = l->field[leaf][1];
    uint64_t addr = random_addr(l, high);
    uint64_t ipa = random64() & ones(low, l->tcr & (DS | IPS_52) ? 51 : 47);
    bool may = leaf + 1 + l->blocks >= l->tables;
    uint64_t got = 0;
    Tables t;

    tables_map(&t, l, addr, leaf, ipa, 0);
    g_assert_true(translate(&t, addr, A64_WALK_WRITE, &got) == may);
    if (!may) {
        return;
    }
    g_assert_cmphex(got, ==, ipa | (addr & ones(0, low - 1)));
    g_assert_cmpuint(t.swaps, ==, 0);
    /* each descriptor counts */
    for (unsigned i = 0; i <= leaf; i++) {
        t.desc[i].desc ^= 1;
        g_assert_false(translate(&t, addr, A64_WALK_FETCH, &got));
        g_assert_cmphex(t.fault, ==, fault_of(l, i, 0x04, 0x2b));
        t.desc[i].desc ^= 1;
        t.desc[i].at ^= 1ull << 47;
        g_assert_false(translate(&t, addr, A64_WALK_FETCH, &got));
        g_assert_cmphex(t.fault, ==, fault_of(l, i, 0x14, 0x13));
        t.desc[i].at ^= 1ull << 47;
    }
    /* and each bit of the address above what is indexed */
    for (unsigned bit = l->width; bit < 64; bit++) {
        g_assert_false(translate(&t, addr ^ 1ull << bit, A64_WALK_READ, &got));
        g_assert_cmphex(t.fault, ==, 0x04);
    }
    /* tags only count if they do */
    t.state.tcr |= TBI;
    g_assert_true(translate(&t, addr ^ 0xa5ull << 56, A64_WALK_READ, &got));
    g_assert_cmphex(got, ==, ipa | (addr & ones(0, low - 1)));
    t.state.sctlr |= EE;
    g_assert_true(translate(&t, addr, A64_WALK_READ, &got));
    t.state.tcr |= EPD;
    g_assert_false(translate(&t, addr, A64_WALK_READ, &got));
    t.state.sctlr = 0;
    g_assert_true(translate(&t, 0x12345678, A64_WALK_WRITE, &got));
    g_assert_cmphex(got, ==, 0x12345678);
}

static void test_layouts(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(layouts); i++) {
        for (unsigned leaf = 0; leaf < layouts[i].tables; leaf++) {
            for (unsigned round = 0; round < 50; round++) {
                check_layout(&layouts[i], leaf, round & 1);
            }
        }
    }
}

/* A last descriptor that is no page; a width that the granule can't have */
static void test_reserved(void)
{
    static const Layout *const l = &layouts[0];
    uint64_t got;
    Tables t;

    tables_map(&t, l, 0x123456789000, 3, 0x40000000, 0);
    t.desc[3].desc &= ~2ull;
    g_assert_false(translate(&t, 0x123456789000, A64_WALK_READ, &got));
    t.desc[3].desc |= 2;
    g_assert_true(translate(&t, 0x123456789000, A64_WALK_READ, &got));
    t.state.tcr -= 1;
    g_assert_false(translate(&t, 0x123456789000, A64_WALK_READ, &got));
    t.state.tcr = 64 - 12;
    g_assert_false(translate(&t, 0, A64_WALK_READ, &got));
    t.state.tcr = 16 | 3 << 14;
    g_assert_false(translate(&t, 0x123456789000, A64_WALK_READ, &got));
    t.state.tcr = 0;
    g_assert_false(translate(&t, 0, A64_WALK_READ, &got));
}

/* What may be done at EL1, at EL1 with PAN, and at EL0: r, w, none */
static const struct {
    const char *may[3];
    uint64_t page;
    uint64_t below;
    uint64_t sctlr;
    uint64_t tcr;
} rights[] = {
    { { "rw", "rw", "" }, 0, 0, 0, 0 },
    { { "rw", "", "rw" }, USER, 0, 0, 0 },
    { { "r", "r", "" }, READONLY, 0, 0, 0 },
    { { "r", "", "r" }, USER | READONLY, 0, 0, 0 },
    { { "rw", "rw", "" }, USER, T_NO_USER, 0, 0 },
    { { "rw", "", "rw" }, USER, T_NO_USER, 0, HPD },
    { { "r", "", "r" }, USER, T_READONLY, 0, 0 },
    { { "rw", "", "rw" }, USER, T_READONLY, 0, HPD },
    { { "rw", "", "" }, 0, 0, EPAN, 0 },
    { { "rw", "rw", "" }, UXN, 0, EPAN, 0 },
    { { "rw", "rw", "" }, 0, T_UXN, EPAN, 0 },
    { { "rw", "", "" }, USER, 0, 0, E0PD },
    { { "r", "r", "" }, READONLY | DBM, 0, 0, 0 },
    { { "r", "r", "" }, READONLY | DBM, 0, 0, HD },
    { { "r", "r", "" }, READONLY | DBM, 0, 0, HA },
    { { "rw", "rw", "" }, READONLY | DBM, 0, 0, HA | HD },
    { { "r", "r", "" }, READONLY | DBM, T_READONLY, 0, HA | HD },
    { { "r", "r", "" }, READONLY, 0, 0, HA | HD },
    { { "", "", "" }, AF, 0, 0, 0 },           /* AF: see below */
    { { "rw", "rw", "" }, AF, 0, 0, HA },
};

static void check_rights(unsigned row, unsigned who, A64WalkAccess access)
{
    const uint64_t addr = 0x123456789abc;
    bool may = strchr(rights[row].may[who], access == A64_WALK_WRITE ? 'w'
                                                                      : 'r');
    uint64_t got;
    uint64_t was;
    uint64_t want;
    Tables t;

    tables_map(&t, &layouts[0], addr, 3, 0x40000000, 0);
    t.desc[3].desc ^= rights[row].page;
    t.desc[1].desc |= rights[row].below;
    t.state.sctlr |= rights[row].sctlr;
    t.state.tcr |= rights[row].tcr;
    t.state.pan = who == 1;
    t.state.user = who == 2;
    was = t.desc[3].desc;
    want = was | AF;
    if (access == A64_WALK_WRITE) {
        want &= ~READONLY;
    }
    g_assert_true(translate(&t, addr, access, &got) == may);
    if (!may) {
        bool flag = !(was & AF) && !(rights[row].tcr & HA);
        bool half = (rights[row].tcr & E0PD) && t.state.user;

        g_assert_cmphex(t.fault, ==, half ? 0x04 : flag ? 0x0b : 0x0f);
    }
    g_assert_cmphex(t.desc[3].desc, ==, may ? want : was);
    g_assert_cmpuint(t.swaps, ==, may && want != was);
}

static void test_rights(void)
{
    for (unsigned row = 0; row < G_N_ELEMENTS(rights); row++) {
        for (unsigned who = 0; who < 3; who++) {
            check_rights(row, who, A64_WALK_READ);
            check_rights(row, who, A64_WALK_WRITE);
        }
    }
}

/*
 * Indirect permissions: fields of PIR_EL1 and PIRE0_EL1, and what they allow at
 * EL1, at EL1 with PAN, and at EL0
 */
static const struct {
    const char *may[3];
    unsigned kernel;
    unsigned user;
    uint64_t page;
    uint64_t tcr;
} indirect[] = {
    { { "", "", "" }, 0x0, 0x0, 0, 0 },
    { { "r", "r", "" }, 0x1, 0x0, 0, 0 },
    { { "r", "r", "" }, 0x3, 0x0, 0, 0 },
    { { "rw", "rw", "" }, 0x5, 0x0, 0, 0 },
    { { "rw", "rw", "" }, 0x7, 0x4, 0, 0 },
    { { "rw", "rw", "" }, 0xc, 0x0, 0, 0 },
    { { "rw", "rw", "" }, 0xe, 0xb, 0, 0 },
    { { "r", "r", "" }, 0x8, 0xd, 0, 0 },
    { { "r", "r", "" }, 0x9, 0xf, 0, 0 },
    { { "r", "r", "" }, 0xa, 0x0, 0, 0 },
    { { "", "", "r" }, 0x2, 0x8, 0, 0 },
    { { "rw", "", "rw" }, 0xc, 0xc, 0, 0 },
    { { "rw", "", "rw" }, 0xc, 0xe, 0, 0 },
    { { "rw", "", "r" }, 0xc, 0x3, 0, 0 },
    { { "rw", "", "" }, 0xc, 0x2, 0, 0 },
    /* a page that EL1 executes and EL0 writes is for nobody */
    { { "", "", "" }, 0xa, 0xc, 0, 0 },
    { { "", "", "" }, 0x9, 0x9, 0, 0 },
    /* a page that is not dirty becomes so, if the processor does that */
    { { "r", "", "r" }, 0xc, 0xc, READONLY, 0 },
    { { "r", "", "r" }, 0xc, 0xc, READONLY, HA },
    { { "rw", "", "rw" }, 0xc, 0xc, READONLY, HA | HD },
    { { "r", "", "r" }, 0x8, 0x8, READONLY, HA | HD },
};

static void check_indirect(unsigned row, unsigned who, unsigned index,
                           A64WalkAccess access)
{
    const uint64_t addr = 0x123456789abc;
    bool write = access == A64_WALK_WRITE;
    bool may = strchr(indirect[row].may[who], write ? 'w' : 'r');
    uint64_t bits = (index & 1) << 6 | (uint64_t)(index >> 1 & 1) << 51 |
                    (uint64_t)(index >> 2) << 53 | indirect[row].page;
    uint64_t got;
    Tables t;

    tables_map(&t, &layouts[0], addr, 3, 0x40000000, bits);
    t.desc[1].desc |= T_NO_USER | T_READONLY;   /* do not count here */
    t.state.tcr |= indirect[row].tcr;
    t.state.tcr2 = 1 << 1;
    t.state.pir = (uint64_t)indirect[row].kernel << 4 * index;
    t.state.pire0 = (uint64_t)indirect[row].user << 4 * index;
    t.state.pan = who == 1;
    t.state.user = who == 2;
    g_assert_true(translate(&t, addr, access, &got) == may);
    g_assert_true(may || t.fault == 0x0f);
    g_assert_cmpuint(t.swaps, ==, may && write && indirect[row].page);
}

static void test_indirect(void)
{
    for (unsigned row = 0; row < G_N_ELEMENTS(indirect); row++) {
        for (unsigned i = 0; i < 16 * 3; i++) {
            check_indirect(row, i / 16, i % 16, A64_WALK_READ);
            check_indirect(row, i / 16, i % 16, A64_WALK_WRITE);
        }
    }
}

/* The guest changes the descriptor, or never lets go of it. */
static void test_marking(void)
{
    uint64_t got;
    Tables t;

    tables_map(&t, &layouts[0], 0x1000, 3, 0x40000000, 0);
    t.desc[3].desc &= ~AF;
    t.state.tcr |= HA;
    t.refuse = 3;
    g_assert_true(translate(&t, 0x1000, A64_WALK_READ, &got));
    g_assert_cmpuint(t.swaps, ==, 1);
    g_assert_true(t.desc[3].desc & AF);
    t.desc[3].desc &= ~AF;
    t.refuse = 1000;
    g_assert_true(translate(&t, 0x1000, A64_WALK_READ, &got));
    g_assert_cmphex(got, ==, 0x40000000);
    /* an instruction that was fetched marks nothing */
    t.refuse = 0;
    g_assert_true(translate(&t, 0x1000, A64_WALK_FETCH, &got));
    g_assert_false(t.desc[3].desc & AF);
}

static void test_supported(void)
{
    A64WalkState s = { .sctlr = M };

    g_assert_null(a64_walk_supported(&s));
    s.tcr2 = 1ull << 0 | 1ull << 4 | 1ull << 11;
    g_assert_null(a64_walk_supported(&s));
    s.tcr2 = 1 << 1;
    g_assert_null(a64_walk_supported(&s));
    s.tcr2 = 1 << 2;
    g_assert_cmpstr(a64_walk_supported(&s), ==, "poe");
    s.tcr2 = 1 << 3;
    g_assert_cmpstr(a64_walk_supported(&s), ==, "poe");
    s.tcr2 = 1 << 5;
    g_assert_cmpstr(a64_walk_supported(&s), ==, "d128");
    s.sctlr = 0;
    g_assert_null(a64_walk_supported(&s));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/a64/walk/layouts", test_layouts);
    g_test_add_func("/a64/walk/reserved", test_reserved);
    g_test_add_func("/a64/walk/rights", test_rights);
    g_test_add_func("/a64/walk/indirect", test_indirect);
    g_test_add_func("/a64/walk/marking", test_marking);
    g_test_add_func("/a64/walk/supported", test_supported);
    return g_test_run();
}
