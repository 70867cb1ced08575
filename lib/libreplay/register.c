/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: model of a register (see register.h)
 *
 * It is learnt bit by bit, from what was read after what was written.  A bit
 * that contradicts a behaviour once does not have it.
 */
#include "libreplay/chain.h"
#include "libreplay/intern.h"
#include "libreplay/register.h"

#include <math.h>

/* Reads without which nothing is a counter */
#define REGISTER_COUNTER_READS 4

/* How far a counter's values may be from a straight line: 1 in N */
#define REGISTER_COUNTER_SLACK 50

/**
 * struct RegisterSeen: what the log shows of a register
 * @any: there was a read
 * @written: value of the last write
 * @writes: writes since the last read
 * @wrote: there was a write
 * @before: value of the last read
 * @stuck: bits that were written as 1 and read so
 * @unstuck: bits that were not read as they were written
 * @cleared: bits that were 1, were written as 1, and were 0 then
 * @kept: bits that were 1, were written as 1, and still were 1
 */
typedef struct RegisterSeen {
    bool any;
    uint64_t written;
    uint32_t writes;
    bool wrote;
    uint64_t before;
    uint64_t stuck;
    uint64_t unstuck;
    uint64_t cleared;
    uint64_t kept;
} RegisterSeen;

static void register_see_read(RegisterSeen *seen, uint64_t value)
{
    if (seen->wrote) {
        seen->stuck |= seen->written & value;
        seen->unstuck |= seen->written ^ value;
    }
    if (seen->any && seen->writes == 1) {
        seen->cleared |= seen->before & seen->written & ~value;
        seen->kept |= seen->before & seen->written & value;
    }
    seen->any = true;
    seen->before = value;
    seen->writes = 0;
}

static void register_see_write(RegisterSeen *seen, uint64_t value)
{
    seen->written = value;
    seen->wrote = true;
    seen->writes++;
}

static void register_see(const Replay *replay, uint32_t reg,
                         RegisterSeen *seen)
{
    ReplayChain reads = replay_chain(replay, reg, false);
    ReplayChain writes = replay_chain(replay, reg, true);
    uint32_t r = 0;
    uint32_t w = 0;

    while (r < reads.n || w < writes.n) {
        if (w == writes.n ||
            (r < reads.n && reads.steps[r] < writes.steps[w])) {
            register_see_read(seen,
                              replay_step_at(replay, reads.steps[r++])->value);
        } else {
            register_see_write(seen, replay_step_at(replay,
                                                    writes.steps[w++])->value);
        }
    }
}

/* What a counter grows by in a nanosecond */
static double register_rate(const Replay *replay, ReplayChain reads)
{
    const ReplayStep *first = replay_step_at(replay, reads.steps[0]);
    const ReplayStep *last = replay_step_at(replay, reads.steps[reads.n - 1]);

    if (last->ns <= first->ns || last->value <= first->value) {
        return 0;
    }
    return (double)(last->value - first->value) /
           (double)(last->ns - first->ns);
}

/*
 * Only what follows the time counts.  An index that the device increments must
 * not run away when it is read.
 */
static bool register_is_counter(const Replay *replay, ReplayChain reads)
{
    double rate, slack;
    uint32_t i;

    if (reads.n < REGISTER_COUNTER_READS) {
        return false;
    }
    rate = register_rate(replay, reads);
    if (rate <= 0) {
        return false;
    }
    slack = (double)(replay_step_at(replay, reads.steps[reads.n - 1])->value -
                     replay_step_at(replay, reads.steps[0])->value) /
            REGISTER_COUNTER_SLACK;
    for (i = 1; i < reads.n; i++) {
        const ReplayStep *first = replay_step_at(replay, reads.steps[0]);
        const ReplayStep *last = replay_step_at(replay, reads.steps[i - 1]);
        const ReplayStep *step = replay_step_at(replay, reads.steps[i]);
        double line = rate * (double)(step->ns - first->ns);

        /* Not even equal ones: a timer's reads are all different. */
        if (step->value <= last->value ||
            fabs((double)(step->value - first->value) - line) > slack) {
            return false;
        }
    }
    return true;
}

void replay_register_learn(Replay *replay, uint32_t number)
{
    ReplayReg *reg = replay_reg_at(replay, number);
    uint64_t bits = replay_bits(1 << (reg->key >> 58 & 3));
    RegisterSeen seen = { 0 };

    register_see(replay, number, &seen);
    reg->epoch = 0;
    reg->flags = 0;
    if (seen.stuck && !seen.unstuck) {
        /* It keeps all that it gets: also bits that the log has only as 0. */
        reg->stick = bits;
    } else {
        reg->stick = seen.stuck & ~seen.unstuck;
    }
    reg->clears = seen.cleared & ~seen.kept & ~reg->stick;
    if (!reg->writes &&
        register_is_counter(replay, replay_chain(replay, number, false))) {
        reg->flags |= REPLAY_REG_COUNTER;
    }
}

static ReplayReg *register_live(Replay *replay, uint32_t number)
{
    ReplayReg *reg = replay_reg_at(replay, number);

    if (reg->epoch != replay->epoch) {
        reg->epoch = replay->epoch;
        reg->flags &= REPLAY_REG_COUNTER;
    }
    return reg;
}

/* Of a register that the driver has not accessed yet: the log's last value */
static uint64_t register_initial(const Replay *replay, uint32_t number)
{
    ReplayChain reads = replay_chain(replay, number, false);
    uint32_t i = replay_chain_from(reads, replay->reached);

    if (!reads.n) {
        return 0;
    }
    return replay_step_at(replay, reads.steps[i ? i - 1 : 0])->value;
}

static ReplayReg *register_with_value(Replay *replay, uint32_t number)
{
    ReplayReg *reg = register_live(replay, number);

    if (!(reg->flags & REPLAY_REG_LIVE)) {
        reg->value = register_initial(replay, number);
        reg->flags |= REPLAY_REG_LIVE;
        if (reg->flags & REPLAY_REG_COUNTER) {
            reg->written = 0;
        }
    }
    return reg;
}

/* A counter's time is in @written, as nothing is written to a counter. */
static void register_count(const Replay *replay, uint32_t number,
                           ReplayReg *reg, uint64_t now)
{
    double more = register_rate(replay, replay_chain(replay, number, false));

    if (reg->written && now > reg->written) {
        more *= (double)(now - reg->written);
        reg->value += more < (double)(UINT64_MAX / 2) ? (uint64_t)more : 0;
        reg->value &= replay_bits(1 << (reg->key >> 58 & 3));
    }
    reg->written = now;
}

uint64_t replay_register_value(Replay *replay, uint32_t number, uint64_t now)
{
    ReplayReg *reg = register_with_value(replay, number);

    if (reg->flags & REPLAY_REG_COUNTER &&
        !(reg->flags & REPLAY_REG_WRITTEN)) {
        register_count(replay, number, reg, now);
    }
    return reg->value;
}

uint64_t replay_register_step(Replay *replay, uint32_t number, uint32_t step,
                              uint64_t now)
{
    ReplayReg *reg = register_live(replay, number);
    uint64_t value = replay_step_at(replay, step)->value;

    if (reg->flags & REPLAY_REG_WRITTEN) {
        value = (value & ~reg->stick) | (reg->written & reg->stick);
    } else if (reg->flags & REPLAY_REG_COUNTER) {
        /* It must not run backwards after reads that the log does not have. */
        if (reg->flags & REPLAY_REG_LIVE) {
            value = MAX(value, reg->value);
        }
        reg->written = now;
    }
    reg->value = value;
    reg->flags |= REPLAY_REG_LIVE;
    return value;
}

void replay_register_write(Replay *replay, uint32_t number, uint64_t value)
{
    ReplayReg *reg = register_with_value(replay, number);

    if (!reg->reads) {
        reg->value = value;
    } else {
        reg->value = (reg->value & ~reg->stick) | (value & reg->stick);
        reg->value &= ~(value & reg->clears);
    }
    reg->written = value;
    reg->flags |= REPLAY_REG_WRITTEN;
}

bool replay_register_wrote(const Replay *replay, uint32_t number,
                           uint64_t value)
{
    const ReplayReg *reg = replay_reg_at(replay, number);

    return reg->epoch == replay->epoch && reg->flags & REPLAY_REG_WRITTEN &&
           reg->written == value;
}

/* The register that has a byte, the widest first */
static uint32_t register_of_byte(const Replay *replay, unsigned region,
                                 uint64_t offset, unsigned *byte)
{
    unsigned width;
    uint32_t number;

    for (width = 8; width; width /= 2) {
        number = replay_intern_find(replay, region,
                                    offset & ~(uint64_t)(width - 1), width);
        if (number != REPLAY_NO_REG) {
            *byte = offset & (width - 1);
            return number;
        }
    }
    return REPLAY_NO_REG;
}

void replay_register_overlap(Replay *replay, ReplayAccess *access)
{
    uint64_t value = 0;
    unsigned byte, i;

    for (i = 0; i < access->width; i++) {
        uint32_t number = register_of_byte(replay, access->region,
                                           access->offset + i, &byte);
        uint64_t now;

        if (number == REPLAY_NO_REG) {
            continue;
        }
        now = replay_register_value(replay, number, access->ns);
        if (access->write) {
            now &= ~(0xffull << (8 * byte));
            now |= (access->value >> (8 * i) & 0xff) << (8 * byte);
            replay_register_write(replay, number, now);
        }
        value |= (now >> (8 * byte) & 0xff) << (8 * i);
    }
    if (!access->write) {
        access->value = value;
    }
}
