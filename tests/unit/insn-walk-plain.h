/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: page tables a second time, slow and plain, to compare with
 */
#ifndef INSN_WALK_PLAIN_H
#define INSN_WALK_PLAIN_H

#include "insn-walk-space.h"

/* As walk(), and marks accessed and dirty entries in @ram */
int plain_translate(const InsnWalkState *s, Ram *ram, uint64_t la,
                    unsigned access, uint64_t *gpa);

#endif /* INSN_WALK_PLAIN_H */
