/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences at random
 */
#ifndef TESTS_UNIT_RANDOM_SEQUENCE_H
#define TESTS_UNIT_RANDOM_SEQUENCE_H

#include "tools/sequence/model.h"

/**
 * random_sequence() - make a sequence that keeps to all rules
 * @rand: where chance comes from
 * @playable: only what memory can stand in for: no buffers, interrupts, checks
 *            and polls, and no waiting
 */
Sequence *random_sequence(GRand *rand, bool playable);

#endif
