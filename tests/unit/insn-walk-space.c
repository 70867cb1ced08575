/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: an address space with one page (see insn-walk-space.h)
 */
#include <glib.h>
#include <string.h>

#include "insn-walk-space.h"

static uint8_t *ram_at(Ram *ram, uint64_t gpa, unsigned width)
{
    g_assert_true(width == 4 || width == 8);
    g_assert_cmphex(gpa % width, ==, 0);
    return gpa >= RAM_BASE && gpa - RAM_BASE <= RAM_SIZE - width
           ? ram->bytes + (gpa - RAM_BASE) : NULL;
}

bool ram_load(void *opaque, uint64_t gpa, unsigned width,
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

bool ram_swap(void *opaque, uint64_t gpa, unsigned width, uint64_t old,
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

uint64_t ram_get(Ram *ram, uint64_t gpa, unsigned width)
{
    uint64_t value;

    g_assert_true(ram_load(ram, gpa, width, &value));
    return value;
}

void ram_put(Ram *ram, uint64_t gpa, unsigned width, uint64_t value)
{
    uint8_t *at = ram_at(ram, gpa, width);

    g_assert_nonnull(at);
    memcpy(at, &value, width);
}

const Shape shapes[KINDS] = {
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

/* Addresses of pages: of 4 KiB, of 2 MiB (4 MiB), of 1 GiB */
static const uint64_t narrow_pages[] = { 0, 0x76543000, 0x1200c00000 };
static const uint64_t wide_pages[] = { 0, 0x376543000, 0x376400000,
                                       0x340000000 };

static uint64_t index_of(const Shape *shape, unsigned level, uint64_t linear)
{
    return linear >> shape->shift[level] & ((1u << shape->bits[level]) - 1);
}

bool space_bare(const Space *space, unsigned level)
{
    return space->shape == &shapes[PAE] && level == 3;
}

uint64_t space_table(const Space *space, unsigned level)
{
    return RAM_BASE + level * 0x1000 + (space_bare(space, level) ? 0xfe0 : 0);
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
    return space_table(space, level - 1) | P |
           (space_bare(space, level) ? 0 : W | U);
}

uint64_t space_entry(const Space *space, unsigned level)
{
    return level == space->page_level ? page_entry(space)
                                      : table_entry(space, level);
}

uint64_t space_get(Space *space, unsigned level)
{
    return ram_get(&space->ram, space->at[level], space->shape->width);
}

void space_put(Space *space, unsigned level, uint64_t entry)
{
    ram_put(&space->ram, space->at[level], space->shape->width, entry);
}

void space_build(Space *space, Kind kind, unsigned page_level)
{
    const Shape *shape = &shapes[kind];
    unsigned level;

    memset(space, 0, sizeof(*space));
    space->shape = shape;
    space->page_level = page_level;
    space->page = (shape->width == 4 ? narrow_pages : wide_pages)[page_level];
    space->state.cr0 = CR0_PG;
    /* The low bits hold flags, or a PCID. */
    space->state.cr3 = space_table(space, shape->levels) | 0x18;
    space->state.cr4 = shape->cr4;
    space->state.efer = shape->efer;
    space->state.phys_bits = 46;
    for (level = shape->levels; level >= page_level; level--) {
        space->at[level] = space_table(space, level) +
            index_of(shape, level, shape->linear) * shape->width;
        space_put(space, level, space_entry(space, level));
    }
}

int walk(const InsnWalkState *state, const InsnWalkMemory *memory,
         uint64_t linear, unsigned access, uint64_t *gpa)
{
    uint32_t error = (uint32_t)UNTOUCHED;

    *gpa = UNTOUCHED;
    if (insn_walk_translate(state, memory, linear, access, gpa, &error)) {
        g_assert_cmphex(error, ==, (uint32_t)UNTOUCHED);
        return DONE;
    }
    g_assert_cmphex(*gpa, ==, UNTOUCHED);
    return error;
}

int space_walk(Space *space, unsigned access, uint64_t *gpa)
{
    const InsnWalkMemory memory = { &space->ram, ram_load, ram_swap };

    return walk(&space->state, &memory, space->shape->linear, access, gpa);
}

int space_try(Space *space, unsigned access)
{
    uint64_t gpa;

    return space_walk(space, access, &gpa);
}

uint64_t space_gpa(const Space *space)
{
    uint64_t mask = (1ull << space->shape->shift[space->page_level]) - 1;

    return space->page | (space->shape->linear & mask);
}

void space_each(void (*test)(Kind kind, unsigned page_level))
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
