/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences at random
 */
#ifndef TESTS_UNIT_RANDOM_SEQUENCE_H
#define TESTS_UNIT_RANDOM_SEQUENCE_H

#include "tools/sequence/model.h"

/**
 * typedef RandomFor - what a sequence is for
 * @RANDOM_ALL: everything
 * @RANDOM_SYSFS: only what memory can stand in for: no buffers, interrupts,
 *                checks and polls, and no waiting
 * @RANDOM_VFIO: the same with buffers, which do not overlap in the guest
 */
typedef enum RandomFor {
    RANDOM_ALL,
    RANDOM_SYSFS,
    RANDOM_VFIO,
} RandomFor;

/**
 * random_sequence() - make a sequence that keeps to all rules
 * @rand: where chance comes from
 * @what: what it is for
 */
Sequence *random_sequence(GRand *rand, RandomFor what);

#endif
