/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: the reads, or the writes, of one register on the path
 */
#ifndef LIBREPLAY_CHAIN_H
#define LIBREPLAY_CHAIN_H

#include "libreplay/replay-internal.h"

/**
 * struct ReplayChain: the steps of a register, in their order
 * @steps: their numbers
 * @n: how many there are
 */
typedef struct ReplayChain {
    const uint32_t *steps;
    uint32_t n;
} ReplayChain;

static inline ReplayChain replay_chain(const Replay *replay, uint32_t reg,
                                       bool write)
{
    const ReplayReg *r = replay_reg_at(replay, reg);

    return (ReplayChain) {
        .steps = replay->order + r->first + (write ? r->reads : 0),
        .n = write ? r->writes : r->reads,
    };
}

/* The first one that is not before a step; chain.n if there is none */
static inline uint32_t replay_chain_from(ReplayChain chain, uint32_t step)
{
    uint32_t low = 0;
    uint32_t high = chain.n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (chain.steps[middle] < step) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

#endif /* LIBREPLAY_CHAIN_H */
