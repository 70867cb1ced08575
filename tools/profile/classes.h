/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what a register probably is, and why
 */
#ifndef VFIO_TRACE_PROFILE_CLASSES_H
#define VFIO_TRACE_PROFILE_CLASSES_H

#include "tools/profile/finding.h"

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

#endif /* VFIO_TRACE_PROFILE_CLASSES_H */
