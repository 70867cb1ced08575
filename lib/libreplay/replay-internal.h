/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: what its files share
 */
#ifndef LIBREPLAY_REPLAY_INTERNAL_H
#define LIBREPLAY_REPLAY_INTERNAL_H

#include "libreplay/replay.h"

/* How far ahead of the driver's place an access is looked for, in ranks */
#define REPLAY_AHEAD 256u

/* How far behind it: what another thread has not done yet, in steps */
#define REPLAY_BEHIND 4096u

/* How far behind it a read counts that is repeated, in ranks */
#define REPLAY_RECENT 512u

/* How far from each other the first accesses of a driver are, in ranks */
#define REPLAY_NEAR 32u

/* Steps that are looked at for one access */
#define REPLAY_PROBES 256u

/* Bits that remember what was done of that; a power of two */
#define REPLAY_WINDOW 8192u

/* Processors whose writes are told apart; the others share these. */
#define REPLAY_CPUS 32u

/* Places where the driver may be, beside the one where it seems to be */
#define REPLAY_GUESSES 8u

/* Polls that go on at the same time */
#define REPLAY_POLLS 4u

/* ReplayStep.reg: the step is a write; where the processor is */
#define REPLAY_WRITE (1u << 31)
#define REPLAY_CPU_SHIFT 26

/* There is no such register. */
#define REPLAY_NO_REG UINT32_MAX

/* Accesses after a reset that decide where the driver begins */
#define REPLAY_TRIES 16u

G_STATIC_ASSERT(REPLAY_BEHIND < REPLAY_WINDOW);
G_STATIC_ASSERT(REPLAY_STEPS_MAX <= 1u << REPLAY_CPU_SHIFT);
G_STATIC_ASSERT(REPLAY_CPUS <= REPLAY_WRITE >> REPLAY_CPU_SHIFT);

/**
 * struct ReplayStep: an access of the path; 32 bytes
 * @value: its value
 * @ns: its time
 * @reg: number of the register, its processor, and REPLAY_WRITE
 * @line: its line in the log
 * @change: of a read: after how many more reads of the register the value is
 *          another one, without a write by the same processor; 0 if it is not
 * @rank: steps before it, without those that only repeat one of the last few:
 *        the distance between two steps is that of their ranks
 */
typedef struct ReplayStep {
    uint64_t value;
    uint64_t ns;
    uint32_t reg;
    uint32_t line;
    uint32_t change;
    uint32_t rank;
} ReplayStep;

G_STATIC_ASSERT(sizeof(ReplayStep) == 32);

typedef enum ReplayRegFlags {
    REPLAY_REG_COUNTER = 1 << 0,    /* it only grows, by itself */
    REPLAY_REG_LIVE = 1 << 1,       /* @value has been set */
    REPLAY_REG_WRITTEN = 1 << 2,    /* @written has been set */
} ReplayRegFlags;

/**
 * struct ReplayReg: a register, which is a region, an offset and a width
 * @key: all three (replay_key())
 * @first: begin of its reads, then its writes, in Replay.order
 * @reads: number of reads
 * @writes: number of writes
 * @next: the read after the last one that was done, counted from the first
 * @epoch: REPLAY_REG_LIVE and _WRITTEN count in this epoch only
 * @flags: ReplayRegFlags
 * @stick: bits that are what was written last
 * @clears: bits that a written 1 clears
 * @value: what it has now
 * @written: what was written last; of a counter, the time of @value
 */
typedef struct ReplayReg {
    uint64_t key;
    uint32_t first;
    uint32_t reads;
    uint32_t writes;
    uint32_t next;
    uint32_t epoch;
    uint32_t flags;
    uint64_t stick;
    uint64_t clears;
    uint64_t value;
    uint64_t written;
} ReplayReg;

/**
 * struct ReplayGuess: a place where the driver may be
 * @at: the last step that fitted
 * @hits: how many accesses fitted
 * @writes: how many of them were writes
 * @misses: how many did not
 * @born: Replay.fits at that time
 * @hit: the last access fitted: it is step @at
 */
typedef struct ReplayGuess {
    uint32_t at;
    uint32_t hits;
    uint32_t writes;
    uint32_t misses;
    uint64_t born;
    bool hit;
} ReplayGuess;

/**
 * struct ReplayPoll: a register that is read again and again
 * @reg: the register, or REPLAY_NO_REG
 * @end: which of the register's reads gives another value
 * @length: reads up to that one, in the log
 * @again: how often the last value was given again
 * @ns: time of the driver's first read
 * @log_ns: time of the log's first read
 */
typedef struct ReplayPoll {
    uint32_t reg;
    uint32_t end;
    uint32_t length;
    uint32_t again;
    uint64_t ns;
    uint64_t log_ns;
} ReplayPoll;

/**
 * struct Replay: the model, and where the driver is
 * @steps: ReplayStep: the path
 * @regs: ReplayReg
 * @events: ReplayEvent, by step
 * @starts: uint32_t: steps with which a driver may begin
 * @order: steps by register; of each, the reads and then the writes
 * @slots: hash table: number of a register, or REPLAY_NO_REG
 * @slots_bits: it has 2^bits slots
 * @seed: odd number for the hash
 * @next_ns: time of the last access that was learnt
 * @ready: nothing more is learnt
 * @at: all steps before are done or were left out
 * @reached: steps up to the last one that was done, at least @at
 * @done: bit N: step N modulo REPLAY_WINDOW was done, if not before @at
 * @barrier: per processor: steps up to its last write that was done
 * @anchor: when the driver did step @reached - 1
 * @epoch: grows at each reset
 * @loads: how often the driver has gone from the log's end to its begin
 * @fits: accesses that were on the path
 * @tries: how many of the next accesses may decide where the driver begins
 * @last: the step that the last access was, or REPLAY_NO_STEP
 * @event: number of the next event
 * @level: INTx is raised: the last event of its kind that was done
 * @line: after a jump, what INTx is where the driver is now
 * @has_line: that differs from @level, and comes first
 * @polls: see ReplayPoll
 * @guesses: see ReplayGuess
 * @n_guesses: their number
 * @next_poll: the one that is replaced next
 * @departures: the first ones
 * @n_departures: their number
 * @totals: numbers
 */
struct Replay {
    GArray *steps;
    GArray *regs;
    GArray *events;
    GArray *starts;
    uint32_t *order;
    uint32_t *slots;
    unsigned slots_bits;
    uint64_t seed;
    uint64_t next_ns;
    bool ready;

    uint32_t at;
    uint32_t reached;
    uint64_t done[REPLAY_WINDOW / 64];
    uint32_t barrier[REPLAY_CPUS];
    uint64_t anchor;
    uint32_t epoch;
    uint32_t loads;
    uint64_t fits;
    uint32_t tries;
    uint32_t last;
    uint32_t event;
    bool level;
    ReplayEvent line;
    bool has_line;
    ReplayPoll polls[REPLAY_POLLS];
    ReplayGuess guesses[REPLAY_GUESSES];
    unsigned n_guesses;
    unsigned next_poll;

    ReplayDeparture departures[REPLAY_DEPARTURES];
    unsigned n_departures;
    ReplayTotals totals;
};

static inline ReplayStep *replay_step_at(const Replay *replay, uint32_t i)
{
    return &g_array_index(replay->steps, ReplayStep, i);
}

static inline ReplayReg *replay_reg_at(const Replay *replay, uint32_t i)
{
    return &g_array_index(replay->regs, ReplayReg, i);
}

static inline bool replay_step_writes(const ReplayStep *step)
{
    return step->reg & REPLAY_WRITE;
}

static inline uint32_t replay_step_reg(const ReplayStep *step)
{
    return step->reg & ((1u << REPLAY_CPU_SHIFT) - 1);
}

static inline unsigned replay_step_cpu(const ReplayStep *step)
{
    return (step->reg & ~REPLAY_WRITE) >> REPLAY_CPU_SHIFT;
}

/* The bits of an access of 1, 2, 4 or 8 bytes */
static inline uint64_t replay_bits(unsigned width)
{
    return width >= 8 ? UINT64_MAX : (1ull << (8 * width)) - 1;
}

#endif /* LIBREPLAY_REPLAY_INTERNAL_H */
