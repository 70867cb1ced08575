/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: from accesses to registers
 *
 * Accesses go in one by one, and leave counts and masks in the register's
 * accumulators: memory grows with the number of registers, not with that of
 * accesses, and has a limit.
 */
#ifndef VFIO_TRACE_PROFILE_ENGINE_H
#define VFIO_TRACE_PROFILE_ENGINE_H

#include "tools/profile/registers.h"

/* Most registers that are kept; 400 to 900 bytes each */
#define PROFILE_REGISTERS_MAX (1u << 19)

typedef struct Profile Profile;

/**
 * profile_new() - start with no registers
 * @max: most registers to keep; 0: PROFILE_REGISTERS_MAX
 */
Profile *profile_new(uint32_t max);

/**
 * profile_add() - add an entry
 * @profile: the profile, not finished
 * @entry: any entry; accesses count
 * @device: number of the device, to tell what is done to one from the rest
 */
void profile_add(Profile *profile, const MmtEntry *entry, uint32_t device);

/**
 * profile_finish() - find windows and pairs, and sort
 * @profile: the profile
 */
void profile_finish(Profile *profile);

/**
 * profile_registers() - get the registers, by region and offset
 * @profile: a finished profile
 *
 * Return: ProfileRegister pointers, owned by @profile
 */
const GPtrArray *profile_registers(const Profile *profile);

/**
 * profile_windows() - get the windows, by region and start
 * @profile: a finished profile
 *
 * Return: ProfileWindow elements, owned by @profile
 */
const GArray *profile_windows(const Profile *profile);

/**
 * profile_others() - accesses of registers for which there was no room
 * @profile: the profile
 */
uint64_t profile_others(const Profile *profile);

/**
 * profile_work() - count the slots of its hash table that were searched in vain
 * @profile: the profile
 */
uint64_t profile_work(const Profile *profile);

/**
 * profile_free() - free a profile
 * @profile: the profile, or NULL
 */
void profile_free(Profile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Profile, profile_free)

#endif /* VFIO_TRACE_PROFILE_ENGINE_H */
