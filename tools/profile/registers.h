/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: how each register of a trace was used
 *
 * The accumulators of a register are counts and masks: their size does not
 * depend on the number of accesses.  engine.h fills them in, classes.h says
 * what they mean.
 */
#ifndef VFIO_TRACE_PROFILE_REGISTERS_H
#define VFIO_TRACE_PROFILE_REGISTERS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/* Values kept of a register, and of an index. */
#define PROFILE_VALUES 8
#define PROFILE_INDEX_VALUES 64

/**
 * struct ProfileValues: the first distinct values
 * @v: the values
 * @n: number of them; PROFILE_VALUES + 1 if there are more
 */
typedef struct ProfileValues {
    uint64_t v[PROFILE_VALUES];
    uint32_t n;
} ProfileValues;

/**
 * struct ProfileReads: reads of a register
 * @first: first value
 * @last: last value
 * @ones: bits that were 1 in a read
 * @zeros: bits that were 0 in a read
 * @values: distinct values
 * @first_ns: time of the first read, if the trace has times
 * @last_ns: time of the last one
 * @ups: reads with a higher value than the one before
 * @sets: those of @ups in which no bit went to 0
 * @downs: reads with a lower value than the one before
 * @wraps: those of @downs that look like an overflow
 * @top: the highest value before one of @downs
 * @tops: how many of @downs come after that value
 * @by_writes: reads whose value differs from the one before, with a write to
 *             the register between them
 * @cleared: reads of 0 after another value, with no write to the device but
 *           with other reads between them
 * @cleared_later: the same, with writes to other registers between them
 * @kept: reads with the value of the one before, which is not 0
 * @stream: reads in the longest row of reads with ever other values
 */
typedef struct ProfileReads {
    uint64_t first;
    uint64_t last;
    uint64_t ones;
    uint64_t zeros;
    ProfileValues values;
    uint64_t first_ns;
    uint64_t last_ns;
    uint32_t ups;
    uint32_t sets;
    uint32_t downs;
    uint32_t wraps;
    uint64_t top;
    uint32_t tops;
    uint32_t by_writes;
    uint32_t cleared;
    uint32_t cleared_later;
    uint32_t kept;
    uint32_t stream;
} ProfileReads;

/**
 * struct ProfileWrites: writes to a register
 * @first: first value
 * @last: last value
 * @ones: bits that were 1 in a write
 * @values: distinct values
 * @same: writes of the value before
 * @steps: writes of a slightly higher value than the one before
 * @step: the step that most of them make
 * @step_votes: votes for it, as by Boyer and Moore
 * @backs: writes of a low value after a higher one
 * @top: the highest value before one of @backs
 * @tops: how many of @backs come after that value
 * @jumps: all other changes
 * @stream: writes in the longest row of writes, nothing else between them
 * @rows: number of such rows with at least PROFILE_STREAM writes
 * @ram: values that look like the address of a page
 * @ram_pairs: writes together with the next four bytes that make an address
 * @ram_varied: those of @ram and @ram_pairs that differ from the one before
 * @ram_last: the last such address
 * @not_ram: values other than 0 that do not look like an address
 * @ram_top: the highest upper half of one of @ram_pairs
 * @ram_high: writes of the upper half of an address
 */
typedef struct ProfileWrites {
    uint64_t first;
    uint64_t last;
    uint64_t ones;
    ProfileValues values;
    uint32_t same;
    uint32_t steps;
    uint64_t step;
    uint32_t step_votes;
    uint32_t backs;
    uint64_t top;
    uint32_t tops;
    uint32_t jumps;
    uint32_t stream;
    uint32_t rows;
    uint32_t ram;
    uint32_t ram_pairs;
    uint32_t ram_varied;
    uint64_t ram_last;
    uint32_t not_ram;
    uint32_t ram_high;
    uint64_t ram_top;
} ProfileWrites;

/**
 * struct ProfileBits: a count for each bit: 0, 1, 2, "3 or more"
 * @low: lower bit of each count
 * @high: upper bit of each count
 */
typedef struct ProfileBits {
    uint64_t low;
    uint64_t high;
} ProfileBits;

/**
 * struct ProfileBoth: a register that is read and written
 * @back: reads directly after a write (of this register)
 * @equal: those of @back with the value written
 * @differ: bits that were read other than written
 * @one: bits that were written 1 and read 1
 * @zero: bits that were written 0 and read 0
 * @followed: bits that were read as written, and not as they were read before
 * @acks: writes of ones over ones, after which a read shows a zero
 * @acked: bits that a 1 cleared
 * @not_acked: bits that stayed 1
 * @stayed: bits that were 1, were written 0, and stayed 1
 * @echoes: writes of the value that was just read, which is not 0
 * @echoes_varied: those with another value than the one before
 * @echo: the last one
 * @before: value that was read before the last write
 * @before_known: no other write lies between, and the width is the same
 */
typedef struct ProfileBoth {
    uint32_t back;
    uint32_t equal;
    uint64_t differ;
    uint64_t one;
    uint64_t zero;
    ProfileBits followed;
    uint32_t acks;
    ProfileBits acked;
    ProfileBits not_acked;
    uint64_t stayed;
    uint32_t echoes;
    uint32_t echoes_varied;
    uint64_t echo;
    uint64_t before;
    bool before_known;
} ProfileBoth;

/**
 * struct ProfilePolls: rows of reads that end when the value changes
 * @polls: number of rows
 * @reads: reads in them
 * @longest: reads in the longest
 * @longest_ns: time of that one
 * @rise: for each bit, rows that ended when it became 1
 * @fall: for each bit, rows that ended when it became 0
 */
typedef struct ProfilePolls {
    uint32_t polls;
    uint32_t longest;
    uint64_t reads;
    uint64_t longest_ns;
    uint32_t rise[64];
    uint32_t fall[64];
} ProfilePolls;

/**
 * struct ProfileIndex: values of a register after which another is accessed
 * @v: the values
 * @reads: reads of the other register after each
 * @writes: writes
 * @n: number of values; PROFILE_INDEX_VALUES + 1 if there are more
 */
typedef struct ProfileIndex {
    uint64_t v[PROFILE_INDEX_VALUES];
    uint32_t reads[PROFILE_INDEX_VALUES];
    uint32_t writes[PROFILE_INDEX_VALUES];
    uint32_t n;
} ProfileIndex;

/**
 * struct ProfileRegister: a register
 * @offset: in the region
 * @region: MmtEntry.region
 * @widths: bit N: there was an access of N bytes (bit 0: of unknown width)
 * @in_window: it is part of a ProfileWindow (profile_finish())
 * @counter_low: it is the lower half of a counter (profile_finish())
 * @is_index: it is the index of a pair (profile_finish())
 * @address_high: it is the upper half of an address (profile_finish())
 * @reads: number of reads
 * @writes: number of writes
 * @unknown: number of accesses whose direction is not known
 * @first_line: line of its first access
 * @first_ns: time of it
 * @first_phase: phase of it
 * @last_phase: phase of the last access
 * @run: accesses in a row with its neighbours, as to a table
 * @last_write: the register's last access was a write
 * @last_width: width of its last access
 * @stamp: writes to the device before the register's last read
 * @next: register that is accessed next after a write, most times
 * @next_votes: votes for it
 * @next_hits: accesses of @next since it is the candidate
 * @previous: register that is written directly before, most times
 * @previous_votes: votes for it
 * @previous_hits: writes of @previous since it is the candidate
 * @rows: accesses directly after one of this register
 * @flushes: reads directly after a write of this register
 * @peer: the other register of a pair (profile_finish()), or NULL
 * @r: of the reads, if there are any
 * @w: of the writes, if there are any
 * @both: of both, if there are
 * @polls: of rows of reads, or NULL
 * @index: values of an index, or NULL
 */
typedef struct ProfileRegister ProfileRegister;
struct ProfileRegister {
    uint64_t offset;
    uint32_t region;
    uint16_t widths;
    bool in_window;
    bool counter_low;
    bool address_high;
    bool is_index;
    bool last_write;
    uint8_t last_width;
    uint32_t unknown;
    uint64_t reads;
    uint64_t writes;
    uint64_t first_line;
    uint64_t first_ns;
    uint32_t first_phase;
    uint32_t last_phase;
    uint64_t stamp;
    uint64_t run;
    ProfileRegister *next;
    ProfileRegister *previous;
    uint64_t next_hits;
    uint64_t previous_hits;
    uint32_t next_votes;
    uint32_t previous_votes;
    uint64_t rows;
    uint64_t flushes;
    ProfileRegister *peer;
    ProfileReads *r;
    ProfileWrites *w;
    ProfileBoth *both;
    ProfilePolls *polls;
    ProfileIndex *index;
};

/**
 * struct ProfileWindow: neighbours that are accessed in a row
 * @region: MmtEntry.region
 * @width: of the accesses
 * @stride: bytes from one to the next
 * @start: lowest offset
 * @end: offset behind the highest
 * @reads: number of reads
 * @writes: number of writes
 * @first_line: line of the first access
 * @first_phase: phase of it
 */
typedef struct ProfileWindow {
    uint32_t region;
    uint32_t width;
    uint64_t stride;
    uint64_t start;
    uint64_t end;
    uint64_t reads;
    uint64_t writes;
    uint64_t first_line;
    uint32_t first_phase;
} ProfileWindow;

#endif /* VFIO_TRACE_PROFILE_REGISTERS_H */
