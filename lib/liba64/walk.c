/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liba64: walker of stage 1 translation tables (see walk.h)
 *
 * It follows the Arm Architecture Reference Manual for A-profile, D8.  What a
 * processor may do or not (refuse blocks in the middle of a change, take a
 * contiguous bit for granted) is not done.  Tables outside of memory give a
 * fault: no device is read.
 */
#include <stddef.h>

#include "liba64/walk.h"

#define BITS(from, to) (~0ull >> (63 - (to)) & ~0ull << (from))

#define SCTLR_M     (1ull << 0)
#define SCTLR_EE    (1ull << 25)
#define SCTLR_EPAN  (1ull << 57)

/* Bits of TCR_EL1, for TTBR0_EL1 and TTBR1_EL1 */
#define TCR_EPD(half)  (1ull << ((half) ? 23 : 7))
#define TCR_TBI(half)  (1ull << (37 + (half)))
#define TCR_HPD(half)  (1ull << (41 + (half)))
#define TCR_E0PD(half) (1ull << (55 + (half)))
#define TCR_HA         (1ull << 39)
#define TCR_HD         (1ull << 40)
#define TCR_DS         (1ull << 59)
#define TCR_IPS(tcr)   ((tcr) >> 32 & 7)
#define IPS_52_BITS    6

/* TCR2_EL1: indirect permissions, overlays, descriptors of 128 bits */
#define TCR2_PIE  (1ull << 1)
#define TCR2_POE  (1ull << 2 | 1ull << 3)
#define TCR2_D128 (1ull << 5)

/* Bits of a descriptor */
#define DESC_VALID    (1ull << 0)
#define DESC_TABLE    (1ull << 1)
#define DESC_USER     (1ull << 6)
#define DESC_NOT_DIRTY DESC_READONLY
#define DESC_READONLY (1ull << 7)
#define DESC_AF       (1ull << 10)
#define DESC_DBM      (1ull << 51)
#define DESC_UXN      (1ull << 54)
#define DESC_NO_USER_BELOW  (1ull << 61)
#define DESC_READONLY_BELOW (1ull << 62)
#define DESC_UXN_BELOW      (1ull << 60)

/* What may be done */
#define MAY_READ    (1u << 0)
#define MAY_WRITE   (1u << 1)
#define MAY_EXECUTE (1u << 2)
#define MAY_GCS     (1u << 3)

/* DFSC; the lowest bits have the level */
#define FAULT_TRANSLATION 0x04
#define FAULT_ACCESS_FLAG 0x08
#define FAULT_PERMISSION  0x0c
#define FAULT_EXTERNAL    0x14
#define FAULT_TRANSLATION_ABOVE 0x2b
#define FAULT_EXTERNAL_ABOVE    0x13

/* As in libinsn/walk.c: the guest may change the descriptor meanwhile. */
#define MAX_WALKS 64

/**
 * struct Granule: a size of pages
 * @shift: bits of an address in a page; 0: there is no such granule
 * @block: the same for the largest block
 * @block_ds: the same with addresses of 52 bits
 */
typedef struct Granule {
    unsigned shift;
    unsigned block;
    unsigned block_ds;
} Granule;

/* By TG0 and TG1 */
static const Granule granules[2][4] = {
    { { 12, 30, 39 }, { 16, 42, 42 }, { 14, 25, 36 } },
    { { 0 }, { 14, 25, 36 }, { 12, 30, 39 }, { 16, 42, 42 } },
};

/**
 * struct Walk: state of a walk
 * @half: 0: TTBR0_EL1; 1: TTBR1_EL1
 * @granule: the size of pages
 * @wide: physical addresses of 52 bits with pages of 4 or 16 KiB (FEAT_LPA2)
 * @shift: bits of an address that a descriptor leaves alone
 * @at: address of the last descriptor
 * @desc: the last descriptor
 * @below: what the tables above say of the page
 */
typedef struct Walk {
    unsigned half;
    const Granule *granule;
    bool wide;
    unsigned shift;
    uint64_t at;
    uint64_t desc;
    uint64_t below;
} Walk;

static uint64_t walk_swap(const A64WalkState *state, uint64_t desc)
{
    return state->sctlr & SCTLR_EE ? __builtin_bswap64(desc) : desc;
}

/* Bits 51:48 of an address, which a descriptor or TTBR has elsewhere */
static uint64_t walk_high(const A64WalkState *state, const Walk *walk,
                          uint64_t desc)
{
    if (walk->wide) {
        return (desc >> 8 & 3) << 50;
    }
    return walk->granule->shift == 16 && TCR_IPS(state->tcr) == IPS_52_BITS
           ? (desc >> 12 & 15) << 48 : 0;
}

/* Address of the page, the block or the table that a descriptor names */
static uint64_t walk_target(const A64WalkState *state, const Walk *walk,
                            unsigned shift)
{
    return (walk->desc & BITS(shift, walk->wide ? 49 : 47)) |
           walk_high(state, walk, walk->desc);
}

static uint64_t walk_root(const A64WalkState *state, const Walk *walk,
                          unsigned table_bits)
{
    uint64_t ttbr = state->ttbr[walk->half];
    bool wide = walk->wide || (walk->granule->shift == 16 &&
                               TCR_IPS(state->tcr) == IPS_52_BITS);

    /* A table is aligned to its size; bits 5:2 may be bits 51:48. */
    return wide ? (ttbr & BITS(table_bits < 6 ? 6 : table_bits, 47)) |
                  (ttbr >> 2 & 15) << 48
                : ttbr & BITS(table_bits, 47);
}

/* Width of addresses below TTBR0_EL1 or TTBR1_EL1; 0: this one has none */
static unsigned walk_width(const A64WalkState *state, uint64_t addr,
                           Walk *walk)
{
    unsigned half = addr >> 55 & 1;
    unsigned width = 64 - (state->tcr >> (half ? 16 : 0) & 63);
    unsigned top = state->tcr & TCR_TBI(half) ? 55 : 63;
    unsigned most;

    walk->half = half;
    walk->granule = &granules[half][state->tcr >> (half ? 30 : 14) & 3];
    walk->wide = (state->tcr & TCR_DS) && walk->granule->shift != 16;
    most = walk->wide || walk->granule->shift == 16 ? 52 : 48;
    if (!walk->granule->shift || width > most ||
        width <= walk->granule->shift || (state->tcr & TCR_EPD(half)) ||
        (state->user && (state->tcr & TCR_E0PD(half)))) {
        return 0;
    }
    addr &= BITS(width, top);
    return addr == (half ? BITS(width, top) : 0) ? width : 0;
}

/* Return: whether the descriptor maps a page or a block, which ends the walk */
static bool walk_ends(const Walk *walk)
{
    return walk->shift == walk->granule->shift || !(walk->desc & DESC_TABLE);
}

static bool walk_is_valid(const Walk *walk)
{
    unsigned largest = walk->wide ? walk->granule->block_ds
                                  : walk->granule->block;

    if (!(walk->desc & DESC_VALID)) {
        return false;
    }
    if (walk->shift == walk->granule->shift) {
        return walk->desc & DESC_TABLE;
    }
    return (walk->desc & DESC_TABLE) || walk->shift <= largest;
}

/* The code of a fault at this level; above level 0, there is one more */
static unsigned walk_fault(const Walk *walk, unsigned code, unsigned above)
{
    unsigned stride = walk->granule->shift - 3;
    unsigned up = (walk->shift - walk->granule->shift) / stride;

    return up > 3 ? above : code + 3 - up;
}

/* Walk down to the page; false: there is none */
static bool walk_down(const A64WalkState *state, const InsnWalkMemory *memory,
                      uint64_t addr, unsigned width, Walk *walk,
                      unsigned *fault)
{
    unsigned page = walk->granule->shift;
    unsigned stride = page - 3;
    unsigned levels = (width - page + stride - 1) / stride;
    unsigned bits = width - page - (levels - 1) * stride;
    uint64_t table = walk_root(state, walk, bits + 3);

    walk->below = 0;
    for (walk->shift = page + (levels - 1) * stride;; walk->shift -= stride) {
        walk->at = table + (addr >> walk->shift & BITS(0, bits - 1)) * 8;
        if (!memory->load(memory->opaque, walk->at, 8, &walk->desc)) {
            *fault = walk_fault(walk, FAULT_EXTERNAL, FAULT_EXTERNAL_ABOVE);
            return false;
        }
        walk->desc = walk_swap(state, walk->desc);
        if (!walk_is_valid(walk)) {
            *fault = walk_fault(walk, FAULT_TRANSLATION,
                                FAULT_TRANSLATION_ABOVE);
            return false;
        }
        if (walk_ends(walk)) {
            return true;
        }
        if (!(state->tcr & TCR_HPD(walk->half))) {
            walk->below |= walk->desc;
        }
        table = walk_target(state, walk, page);
        bits = stride;
    }
}

/* --- permissions --------------------------------------------------------- */

/* The processor sets and clears bits of descriptors: is this one for writes? */
static bool walk_marks_dirty(const A64WalkState *state)
{
    return (state->tcr & TCR_HA) && (state->tcr & TCR_HD);
}

/* Is the page writable, or does it become so when it is written to? */
static bool walk_writable(const A64WalkState *state, const Walk *walk)
{
    bool becomes = walk_marks_dirty(state) && (walk->desc & DESC_DBM);

    return (!(walk->desc & DESC_READONLY) || becomes) &&
           !(walk->below & DESC_READONLY_BELOW);
}

static unsigned walk_direct(const A64WalkState *state, const Walk *walk)
{
    bool user_page = (walk->desc & DESC_USER) &&
                     !(walk->below & DESC_NO_USER_BELOW);
    bool executes = !(walk->desc & DESC_UXN) &&
                    !(walk->below & DESC_UXN_BELOW);
    unsigned data = MAY_READ | (walk_writable(state, walk) ? MAY_WRITE : 0);
    bool hidden = user_page ||
                  ((state->sctlr & SCTLR_EPAN) && executes);

    if (state->user) {
        return user_page ? data : 0;
    }
    return state->pan && hidden ? 0 : data;
}

/* By the values of a field of PIR_EL1 and PIRE0_EL1; overlays are not used. */
static const uint8_t indirect[16] = {
    [0x1] = MAY_READ,
    [0x2] = MAY_EXECUTE,
    [0x3] = MAY_READ | MAY_EXECUTE,
    [0x5] = MAY_READ | MAY_WRITE,
    [0x6] = MAY_READ | MAY_WRITE | MAY_EXECUTE,
    [0x7] = MAY_READ | MAY_WRITE | MAY_EXECUTE,
    [0x8] = MAY_READ,
    [0x9] = MAY_READ | MAY_GCS,
    [0xa] = MAY_READ | MAY_EXECUTE,
    [0xc] = MAY_READ | MAY_WRITE,
    [0xe] = MAY_READ | MAY_WRITE | MAY_EXECUTE,
};

static unsigned walk_indirect(const A64WalkState *state, const Walk *walk)
{
    unsigned index = (walk->desc >> 6 & 1) | (walk->desc >> 51 & 1) << 1 |
                     (walk->desc >> 53 & 3) << 2;
    unsigned kernel = indirect[state->pir >> 4 * index & 15];
    unsigned user = indirect[state->pire0 >> 4 * index & 15];

    if ((kernel & (MAY_EXECUTE | MAY_GCS)) && (user & (MAY_WRITE | MAY_GCS))) {
        kernel = user = 0;
    }
    if (!state->user) {
        user = state->pan && user ? 0 : kernel;
    }
    return (walk->desc & DESC_NOT_DIRTY) && !walk_marks_dirty(state)
           ? user & ~MAY_WRITE : user;
}

/* Return: 0, or the fault's code */
static unsigned walk_denied(const A64WalkState *state, const Walk *walk,
                            A64WalkAccess access)
{
    unsigned may;

    if (access == A64_WALK_FETCH) {
        return 0;
    }
    if (!(walk->desc & DESC_AF) && !(state->tcr & TCR_HA)) {
        return walk_fault(walk, FAULT_ACCESS_FLAG, 0);
    }
    may = state->tcr2 & TCR2_PIE ? walk_indirect(state, walk)
                                 : walk_direct(state, walk);
    return may & (access == A64_WALK_WRITE ? MAY_WRITE : MAY_READ)
           ? 0 : walk_fault(walk, FAULT_PERMISSION, 0);
}

/* Return: false if the descriptor has changed meanwhile */
static bool walk_mark(const A64WalkState *state, const InsnWalkMemory *memory,
                      const Walk *walk, A64WalkAccess access)
{
    uint64_t marked = walk->desc;

    if (!memory->swap || access == A64_WALK_FETCH) {
        return true;
    }
    marked |= DESC_AF;
    if (access == A64_WALK_WRITE) {
        marked &= ~DESC_READONLY;
    }
    return marked == walk->desc ||
           memory->swap(memory->opaque, walk->at, 8,
                        walk_swap(state, walk->desc),
                        walk_swap(state, marked));
}

/* --- the interface ------------------------------------------------------- */

const char *a64_walk_supported(const A64WalkState *state)
{
    if (!(state->sctlr & SCTLR_M)) {
        return NULL;
    }
    if (state->tcr2 & TCR2_D128) {
        return "d128";
    }
    return state->tcr2 & TCR2_POE ? "poe" : NULL;
}

bool a64_walk_translate(const A64WalkState *state,
                        const InsnWalkMemory *memory, uint64_t addr,
                        A64WalkAccess access, uint64_t *ipa,
                        unsigned *fault)
{
    unsigned walks = 0;
    Walk walk;
    unsigned width;

    if (!(state->sctlr & SCTLR_M)) {
        /* A tag is only ignored where TCR_EL1 says so; here, it always is. */
        *ipa = addr & BITS(0, 55);
        return true;
    }
    width = walk_width(state, addr, &walk);
    if (!width) {
        *fault = FAULT_TRANSLATION;
        return false;
    }
    do {
        if (!walk_down(state, memory, addr, width, &walk, fault)) {
            return false;
        }
        *fault = walk_denied(state, &walk, access);
        if (*fault) {
            return false;
        }
    } while (!walk_mark(state, memory, &walk, access) && ++walks < MAX_WALKS);
    *ipa = walk_target(state, &walk, walk.shift) |
           (addr & BITS(0, walk.shift - 1));
    return true;
}
