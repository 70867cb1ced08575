/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: accumulators of a register
 */
#ifndef VFIO_TRACE_PROFILE_COUNTS_H
#define VFIO_TRACE_PROFILE_COUNTS_H

#include "tools/profile/internal.h"

/**
 * profile_count_read() - count a read
 * @reg: the register
 * @entry: the read
 * @device: the device
 * @in_row: the access before, by the same processor, was a read of @reg
 */
void profile_count_read(ProfileRegister *reg, const MmtEntry *entry,
                        const ProfileDevice *device, bool in_row);

/**
 * profile_count_write() - count a write
 * @reg: the register
 * @entry: the write
 */
void profile_count_write(ProfileRegister *reg, const MmtEntry *entry);

/**
 * profile_count_row() - count a row that has ended
 * @row: the row; its register may be NULL
 */
void profile_count_row(const ProfileRow *row);

/**
 * profile_bits_some() - bits that were counted at least once
 * @bits: the counts
 */
static inline uint64_t profile_bits_some(const ProfileBits *bits)
{
    return bits->low | bits->high;
}

/**
 * profile_bits_two() - bits that were counted at least twice
 * @bits: the counts
 */
static inline uint64_t profile_bits_two(const ProfileBits *bits)
{
    return bits->high;
}

#endif /* VFIO_TRACE_PROFILE_COUNTS_H */
