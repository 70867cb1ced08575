/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: registers that are accessed together
 */
#ifndef VFIO_TRACE_PROFILE_PAIRS_H
#define VFIO_TRACE_PROFILE_PAIRS_H

#include "tools/profile/internal.h"

/**
 * profile_pair_add() - follow which register is accessed after which
 * @stream: what this processor has done to this device before
 * @reg: register of this access
 * @entry: the access
 */
void profile_pair_add(ProfileStream *stream, ProfileRegister *reg,
                      const MmtEntry *entry);

/**
 * profile_address_add() - follow addresses that are written, whole or in halves
 * @stream: what this processor has done to this device before
 * @reg: register that is written
 * @entry: the write
 */
void profile_address_add(const ProfileStream *stream, ProfileRegister *reg,
                         const MmtEntry *entry);

/**
 * profile_find_pairs() - set ProfileRegister.peer and .counter_low
 * @profile: the profile, whose registers are sorted
 */
void profile_find_pairs(Profile *profile);

#endif /* VFIO_TRACE_PROFILE_PAIRS_H */
