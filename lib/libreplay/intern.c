/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: numbers of registers (see intern.h)
 *
 * A hash table of numbers, with open addressing: four bytes a slot, of which
 * half are free.  The hash has a random factor, so that a log can't be written
 * in which all registers collide.
 */
#include "libreplay/intern.h"

#define INTERN_BITS_MIN 8

bool replay_intern_valid(const ReplayAccess *access)
{
    unsigned width = access->width;

    return access->region < REPLAY_REGIONS &&
           access->offset < REPLAY_OFFSET_MAX &&
           (width == 1 || width == 2 || width == 4 || width == 8);
}

/* Region, offset and the width's logarithm in one number */
static uint64_t intern_key(unsigned region, uint64_t offset, unsigned width)
{
    return (uint64_t)region << 60 | (uint64_t)g_bit_nth_lsf(width, -1) << 58 |
           offset;
}

static uint32_t *intern_slot(const Replay *replay, uint64_t key)
{
    uint32_t mask = (1u << replay->slots_bits) - 1;
    uint64_t mixed = (key ^ key >> 29) * replay->seed;
    /* The upper bits: lower ones don't depend on all bits of the key. */
    uint32_t i = mixed >> (64 - replay->slots_bits);

    /* Half of the slots are free: it ends. */
    while (replay->slots[i] != REPLAY_NO_REG &&
           replay_reg_at(replay, replay->slots[i])->key != key) {
        i = (i + 1) & mask;
    }
    return &replay->slots[i];
}

static void intern_grow(Replay *replay)
{
    size_t n;
    uint32_t i;

    replay->slots_bits = MAX(replay->slots_bits + 1, INTERN_BITS_MIN);
    n = (size_t)1 << replay->slots_bits;
    g_free(replay->slots);
    replay->slots = g_new(uint32_t, n);
    memset(replay->slots, 0xff, n * sizeof(*replay->slots));
    for (i = 0; i < replay->regs->len; i++) {
        *intern_slot(replay, replay_reg_at(replay, i)->key) = i;
    }
}

uint32_t replay_intern_find(const Replay *replay, unsigned region,
                            uint64_t offset, unsigned width)
{
    return replay->slots
           ? *intern_slot(replay, intern_key(region, offset, width))
           : REPLAY_NO_REG;
}

uint32_t replay_intern(Replay *replay, const ReplayAccess *access)
{
    ReplayReg reg = {
        .key = intern_key(access->region, access->offset, access->width),
    };
    uint32_t *slot;

    if (!replay->slots ||
        replay->regs->len >= (1u << replay->slots_bits) / 2) {
        intern_grow(replay);
    }
    slot = intern_slot(replay, reg.key);
    if (*slot == REPLAY_NO_REG) {
        *slot = replay->regs->len;
        g_array_append_val(replay->regs, reg);
    }
    return *slot;
}

void replay_intern_place(const ReplayReg *reg, ReplayAccess *access)
{
    access->region = reg->key >> 60;
    access->width = 1 << (reg->key >> 58 & 3);
    access->offset = reg->key & (REPLAY_OFFSET_MAX - 1);
}
