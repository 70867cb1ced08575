/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: functions of the classes
 *
 * A class is better left out than wrong: what a trace does not show, like a
 * register that was read once, has no class.
 */
#ifndef VFIO_TRACE_PROFILE_CLASS_H
#define VFIO_TRACE_PROFILE_CLASS_H

#include "tools/profile/finding.h"

/* Reads from which "never written" and "never changed" mean something */
#define READS_MIN 3
#define READS_MANY 8

/* Writes from which a sequence of values means something */
#define WRITES_MIN 8

/* Changes from which "counts up" means something */
#define CHANGES_MIN 10

/* Writes from which "never read" means something, even if values change */
#define WRITES_MANY 32

/*
 * No driver sets the same one or two bits that it has just read as set, time
 * and again, if that has no effect.
 */
#define ECHOES_MANY 16

/* Values of a register that only says "go on" are below this. */
#define DOORBELL_VALUES 0x100

/* Without more evidence, a guest's RAM ends below this times 4 GiB. */
#define HIGH_LIKELY 16

/* Bits of which a single poll can't say which one ended it */
#define POLL_BITS_MAX 4

/**
 * profile_say() - append to the evidence
 * @finding: the finding
 * @fmt: as for printf()
 */
void profile_say(ProfileFinding *finding, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/**
 * profile_say_bits() - append "bit 3", or "bits 0-7, 12"
 * @finding: the finding
 * @bits: the bits, not 0
 */
void profile_say_bits(ProfileFinding *finding, uint64_t bits);

/**
 * profile_say_time() - append a time: "1.5 ms"
 * @finding: the finding
 * @ns: nanoseconds
 */
void profile_say_time(ProfileFinding *finding, uint64_t ns);

/**
 * profile_say_values() - append the number of distinct values
 * @finding: the finding
 * @values: the values
 */
void profile_say_values(ProfileFinding *finding, const ProfileValues *values);

/**
 * profile_plural() - get the ending of a noun, "" or "s"
 * @n: number of things
 */
const char *profile_plural(uint64_t n);

/**
 * profile_changes() - get the number of writes that changed the value
 * @w: the writes
 */
uint64_t profile_changes(const ProfileWrites *w);

/**
 * profile_all_ones() - get the value of a register all of whose bits are 1
 * @reg: the register
 */
uint64_t profile_all_ones(const ProfileRegister *reg);

/**
 * profile_counts_up() - do the values written count up?
 * @w: the writes
 */
bool profile_counts_up(const ProfileWrites *w);

/**
 * profile_is_paired() - is a register an index or its data?
 * @reg: the register of a finished profile
 */
bool profile_is_paired(const ProfileRegister *reg);

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

ProfileJudge profile_judge_address;
ProfileJudge profile_judge_address_high;
ProfileJudge profile_judge_index;
ProfileJudge profile_judge_data;
ProfileJudge profile_judge_pointer;
ProfileJudge profile_judge_doorbell;
ProfileJudge profile_judge_polled;
ProfileJudge profile_judge_cleared;
ProfileJudge profile_judge_acked;
ProfileJudge profile_judge_counter;
ProfileJudge profile_judge_port;
ProfileJudge profile_judge_back;
ProfileJudge profile_judge_constant;
ProfileJudge profile_judge_read_only;
ProfileJudge profile_judge_write_only;

#endif /* VFIO_TRACE_PROFILE_CLASS_H */
