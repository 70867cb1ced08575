/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: an access of the driver (see replay.h)
 */
#include "libreplay/departure.h"
#include "libreplay/guess.h"
#include "libreplay/intern.h"
#include "libreplay/path.h"
#include "libreplay/register.h"

/* Events before a place that are looked at for what INTx is there */
#define ACCESS_EVENTS 64

/* What INTx is before the next event, as far as the last ones say it */
static bool access_level(const Replay *replay)
{
    uint32_t n;

    for (n = 1; n <= MIN(replay->event, ACCESS_EVENTS); n++) {
        const ReplayEvent *event = &g_array_index(replay->events, ReplayEvent,
                                                  replay->event - n);

        if (event->kind == REPLAY_EVENT_INTX) {
            return event->level;
        }
    }
    return false;
}

/*
 * Events are left out, or come again.  If INTx was raised, nothing else would
 * lower it.
 */
static void access_set_line(Replay *replay, bool level)
{
    replay->has_line = level != replay->level;
    replay->line = (ReplayEvent) {
        .kind = REPLAY_EVENT_INTX,
        .level = level,
        .step = REPLAY_NO_STEP,
    };
}

/* The driver is somewhere else: what the device does goes on from there. */
static void access_go(Replay *replay, uint32_t step)
{
    uint32_t low = 0;
    uint32_t high = replay->events->len;

    replay_path_go(replay, step);
    replay->n_guesses = 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t after = g_array_index(replay->events, ReplayEvent,
                                       middle).step + 1;

        if (after < step || (after == step && step)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    replay->event = low;
}

/* Does the driver begin again with this access? */
static bool access_begins(Replay *replay, uint32_t reg,
                          const ReplayAccess *access)
{
    uint32_t step = replay_guess_begin(replay, reg, access);

    if (step == REPLAY_NO_STEP) {
        return false;
    }
    access_go(replay, step);
    access_set_line(replay, false);
    replay->tries = 0;
    return true;
}

static bool access_at_end(const Replay *replay)
{
    return replay->reached == replay->steps->len;
}

static ReplayOutcome access_find(Replay *replay, uint32_t reg,
                                 const ReplayAccess *access, uint32_t *step)
{
    ReplayOutcome outcome;

    if (replay->tries && !access_begins(replay, reg, access)) {
        replay->tries--;
    }
    outcome = replay_path_find(replay, reg, access, step);
    if (outcome == REPLAY_DEPARTED && access_at_end(replay)) {
        if (!access_begins(replay, reg, access)) {
            return REPLAY_AFTER_END;
        }
        replay->epoch++;
        replay->loads += !replay->reached;
        replay->totals.rewinds++;
        outcome = replay_path_find(replay, reg, access, step);
    }
    replay_guess_follow(replay, reg, access);
    /* What is repeated at the end may be the driver's next begin. */
    if (outcome == REPLAY_DEPARTED ||
        (outcome == REPLAY_REPEATED && access_at_end(replay))) {
        uint32_t sure = replay_guess_sure(replay);

        if (sure != REPLAY_NO_STEP) {
            access_go(replay, sure);
            access_set_line(replay, access_level(replay));
            replay->totals.resyncs++;
            *step = sure;
            return REPLAY_ON_PATH;
        }
        replay_guess_add(replay, reg, access);
    }
    return outcome;
}

static ReplayOutcome access_known(Replay *replay, uint32_t reg,
                                  ReplayAccess *access)
{
    uint32_t step = REPLAY_NO_STEP;
    ReplayOutcome outcome = access_find(replay, reg, access, &step);
    uint32_t answer = step;

    if (step == REPLAY_NO_STEP) {
        answer = replay_guess_likely(replay, reg);
    }
    if (access->write) {
        replay_register_write(replay, reg, access->value);
    } else if (answer != REPLAY_NO_STEP) {
        access->value = replay_register_step(replay, reg, answer, access->ns);
    } else {
        access->value = replay_register_value(replay, reg, access->ns);
    }
    replay->last = step;
    if (step != REPLAY_NO_STEP) {
        replay_path_take(replay, reg, access, step);
    } else if (outcome == REPLAY_REPEATED && !access->write) {
        replay_path_again(replay, reg);
    }
    replay->fits += outcome == REPLAY_ON_PATH;
    return outcome;
}

/* A register that the log does not have, or not in this width */
static ReplayOutcome access_unknown(Replay *replay, ReplayAccess *access)
{
    if (replay_intern_valid(access)) {
        replay_register_overlap(replay, access);
    } else if (!access->write) {
        access->value = 0;
    }
    return access_at_end(replay) ? REPLAY_AFTER_END : REPLAY_DEPARTED;
}

ReplayOutcome replay_access(Replay *replay, ReplayAccess *access)
{
    uint32_t reg = REPLAY_NO_REG;
    ReplayOutcome outcome;

    g_return_val_if_fail(replay->ready, REPLAY_DEPARTED);
    replay->last = REPLAY_NO_STEP;
    if (replay_intern_valid(access)) {
        access->value = access->write
                        ? access->value & replay_bits(access->width) : 0;
        reg = replay_intern_find(replay, access->region, access->offset,
                                 access->width);
    }
    outcome = reg == REPLAY_NO_REG ? access_unknown(replay, access)
                                   : access_known(replay, reg, access);
    if (outcome == REPLAY_DEPARTED) {
        replay_departure_add(replay, access);
    }
    replay->totals.accesses++;
    replay->totals.outcomes[outcome]++;
    return outcome;
}

uint32_t replay_last_step(const Replay *replay)
{
    return replay->last;
}

uint32_t replay_loads(const Replay *replay)
{
    return replay->loads;
}

void replay_reset(Replay *replay)
{
    bool begun = replay->reached > 0;

    g_return_if_fail(replay->ready);
    replay->epoch++;
    /* The caller lowers the line. */
    replay->level = false;
    replay->has_line = false;
    if (!begun && !replay->totals.rewinds) {
        /* The machine resets its devices before it starts. */
        return;
    }
    if (!replay->tries) {
        access_go(replay, replay_guess_next_start(replay));
        replay->totals.rewinds++;
    }
    replay->tries = REPLAY_TRIES;
}

void replay_totals(const Replay *replay, ReplayTotals *totals)
{
    uint32_t i;

    *totals = replay->totals;
    totals->reached = replay->reached;
    for (i = replay->at; i < replay->reached; i++) {
        if (replay_path_done(replay, i)) {
            continue;
        }
        if (replay_step_writes(replay_step_at(replay, i))) {
            totals->skipped_writes++;
        } else {
            totals->skipped_reads++;
        }
    }
}
