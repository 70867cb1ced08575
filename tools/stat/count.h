/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: counts of accesses, by any of their fields
 *
 * Memory grows with the number of groups (registers, unless the user wants
 * others), up to a limit; the accesses of further groups are counted together.
 */
#ifndef VFIO_TRACE_STAT_COUNT_H
#define VFIO_TRACE_STAT_COUNT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/* Groups at most: 512 MiB, and 64 MiB to find them */
#define STAT_GROUPS_MAX (4u << 20)

/* Reads of a register in a row that are a poll */
#define STAT_POLL_MIN 3

/* Longest gaps that are kept */
#define STAT_GAPS 5

/* What distinguishes two groups */
typedef enum StatKeyField {
    STAT_KEY_DEVICE = 1 << 0,
    STAT_KEY_REGION = 1 << 1,
    STAT_KEY_OFFSET = 1 << 2,
    STAT_KEY_WIDTH = 1 << 3,
    STAT_KEY_CPU = 1 << 4,
    STAT_KEY_PHASE = 1 << 5,
    STAT_KEY_PC = 1 << 6,
    STAT_KEY_VALUE = 1 << 7,
    STAT_KEY_REGISTER = STAT_KEY_REGION | STAT_KEY_OFFSET,
} StatKeyField;

/**
 * struct StatKey: what the accesses of a group have in common
 * @offset: offset in the region
 * @region: number of the region; if groups are by device, the first of the
 *          device
 * @cpu: processor
 * @phase: number of the phase
 * @width: bytes
 *
 * What does not distinguish the groups is zero.
 */
typedef struct StatKey {
    uint64_t offset;
    uint32_t region;
    uint32_t cpu;
    uint32_t phase;
    uint32_t width;
} StatKey;

/**
 * struct StatGroup: a group of accesses; two lines of the processor's cache
 * @key: what they have in common
 * @next: the group that followed last time
 * @widths: bit N for accesses of N bytes; bit 0 if it is not known
 * @timed: some have a time
 * @counts: number of them by MmtEntryKind: reads, writes, unknown
 * @last_ns: time of the last one, if @timed
 * @gap_ns: longest time from one to the next
 * @gap_line: line of the access that ended it; 0 if there is none
 * @first_ns: time of the first one, if @timed
 * @first_line: its line
 * @last_line: line of the last one
 * @polls: reads that are polls
 * @pc: program counter, further part of the key
 * @value: value, further part of the key
 */
typedef struct StatGroup {
    StatKey key;
    uint32_t next;
    uint16_t widths;
    bool timed;
    uint64_t counts[3];
    uint64_t last_ns;
    uint64_t gap_ns;
    uint64_t gap_line;
    uint64_t first_ns;
    uint64_t first_line;
    uint64_t last_line;
    uint64_t polls;
    uint64_t pc;
    uint64_t value;
} StatGroup;

/**
 * struct StatTally: accesses of a region or a phase
 * @counts: as in StatGroup
 * @polls: likewise
 * @timed: likewise; of phases only
 * @first_ns: likewise
 * @last_ns: likewise
 * @first_line: likewise
 */
typedef struct StatTally {
    uint64_t counts[3];
    uint64_t polls;
    bool timed;
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t first_line;
} StatTally;

/**
 * struct StatGap: a time without an access
 * @ns: how long
 * @end_ns: when it ended
 * @line: line of the access that ended it
 */
typedef struct StatGap {
    uint64_t ns;
    uint64_t end_ns;
    uint64_t line;
} StatGap;

typedef struct StatCounter StatCounter;

/**
 * stat_counter_new() - begin to count
 * @trace: the trace, whose regions are looked up
 * @by: StatKeyField, what distinguishes the groups
 * @max: groups at most: STAT_GROUPS_MAX, or fewer in tests
 */
StatCounter *stat_counter_new(const MmtTrace *trace, unsigned by, uint32_t max);

/**
 * stat_counter_add() - count entries
 * @counter: the counter
 * @entries: the first of them
 * @n: their number
 */
void stat_counter_add(StatCounter *counter, const MmtEntry *entries, size_t n);

/**
 * struct StatResult: what was counted
 * @groups: the groups, in the order of their first access
 * @n_groups: their number
 * @others: accesses of further groups, which have no group of their own
 * @total: all accesses
 * @widths: accesses by width; 0: not known
 * @regions: by number of the region
 * @n_regions: number of @regions
 * @phases: by number of the phase
 * @n_phases: number of @phases
 * @gaps: the longest first
 * @n_gaps: number of @gaps
 * @marks: marks that the tracer did not write
 * @lost: events that the trace says are missing
 * @lost_unknown: the trace has lost further events; it does not say how many
 */
typedef struct StatResult {
    const StatGroup *groups;
    uint32_t n_groups;
    const StatGroup *others;
    StatTally total;
    uint64_t widths[9];
    const StatTally *regions;
    uint32_t n_regions;
    const StatTally *phases;
    uint32_t n_phases;
    StatGap gaps[STAT_GAPS];
    unsigned n_gaps;
    uint64_t marks;
    uint64_t lost;
    bool lost_unknown;
} StatResult;

/**
 * stat_counter_result() - get what was counted
 * @counter: the counter; nothing can be added afterwards
 *
 * Return: the result, which lives as long as the counter
 */
const StatResult *stat_counter_result(StatCounter *counter);

void stat_counter_free(StatCounter *counter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StatCounter, stat_counter_free)

/**
 * stat_total() - get the number of accesses of all kinds
 * @counts: of a StatGroup or StatTally
 */
static inline uint64_t stat_total(const uint64_t counts[3])
{
    return counts[0] + counts[1] + counts[2];
}

#endif /* VFIO_TRACE_STAT_COUNT_H */
