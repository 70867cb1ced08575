/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: why a register is of a class
 */
#ifndef VFIO_TRACE_PROFILE_FINDING_H
#define VFIO_TRACE_PROFILE_FINDING_H

#include "tools/profile/registers.h"

/**
 * struct ProfileFinding: a class of a register
 * @confidence: percent
 * @evidence: a sentence
 * @bits: bits that the class is about, or 0
 * @rise: of a polled status: those of @bits that end a poll by becoming 1
 * @wraps: of a ring pointer: there is @top
 * @top: the value after which it starts again
 * @peer: other register of the pair, or NULL
 */
typedef struct ProfileFinding {
    unsigned confidence;
    GString *evidence;
    uint64_t bits;
    uint64_t rise;
    bool wraps;
    uint64_t top;
    const ProfileRegister *peer;
} ProfileFinding;

/**
 * typedef ProfileJudge - judge a register
 * @reg: the register of a finished profile
 * @finding: to be filled in; @evidence is empty
 *
 * Return: the register is of the class
 */
typedef bool ProfileJudge(const ProfileRegister *reg, ProfileFinding *finding);

#endif /* VFIO_TRACE_PROFILE_FINDING_H */
