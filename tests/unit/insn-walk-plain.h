/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a second page table walk, slow and plain, as the reference
 */
#ifndef INSN_WALK_PLAIN_H
#define INSN_WALK_PLAIN_H

#include "insn-walk-space.h"

/* Like walk(); sets accessed and dirty bits in @ram */
int plain_translate(const InsnWalkState *s, Ram *ram, uint64_t la,
                    unsigned access, uint64_t *gpa);

#endif /* INSN_WALK_PLAIN_H */
