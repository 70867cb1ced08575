/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what a register probably is, and why
 */
#ifndef VFIO_TRACE_PROFILE_CLASSES_H
#define VFIO_TRACE_PROFILE_CLASSES_H

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

/**
 * struct ProfileClass: a class
 * @name: as printed
 * @stem: beginning of the names of such registers in a database, or NULL if the
 *        class says too little to make a name of it
 * @judge: sets @finding, if the register is of this class
 */
typedef struct ProfileClass {
    const char *name;
    const char *stem;
    ProfileJudge *judge;
} ProfileClass;

/* The class that tells most comes first; ends with a name of NULL. */
extern const ProfileClass profile_classes[];

/**
 * profile_judge() - judge a register by a class
 * @class: the class
 * @reg: the register of a finished profile
 * @finding: where to store why; profile_finding_clear() frees it
 *
 * Return: the register is of this class
 */
bool profile_judge(const ProfileClass *class, const ProfileRegister *reg,
                   ProfileFinding *finding);

/**
 * profile_finding_clear() - free what profile_judge() has stored
 * @finding: the finding
 */
void profile_finding_clear(ProfileFinding *finding);

/**
 * profile_is_counter() - does a register count up by itself?
 * @reg: the register
 */
bool profile_is_counter(const ProfileRegister *reg);

/**
 * profile_is_pointer() - is a register written with positions in a ring?
 * @reg: the register
 */
bool profile_is_pointer(const ProfileRegister *reg);

/**
 * profile_is_address() - is a register written with addresses of RAM?
 * @reg: the register
 */
bool profile_is_address(const ProfileRegister *reg);

#endif /* VFIO_TRACE_PROFILE_CLASSES_H */
