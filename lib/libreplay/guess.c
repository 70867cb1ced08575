/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: places of the path where the driver may be (see guess.h)
 *
 * An access that is not on the path near the driver's place may be elsewhere.
 * Each such place is a guess that the next accesses prove or not.
 */
#include "libreplay/chain.h"
#include "libreplay/guess.h"
#include "libreplay/path.h"

/* Hits that prove a guess: with a write among them, or without */
#define GUESS_HITS 6
#define GUESS_HITS_READS 24

/* Misses that end a guess, if it has not more hits */
#define GUESS_MISSES 4

/* Guesses that one access adds: ahead of the driver, and from the begin */
#define GUESS_AHEAD 3
#define GUESS_BEHIND 2

/* Places that are tried when the driver begins */
#define GUESS_STARTS 8

/* Writes of a register that are looked at for one with the right value */
#define GUESS_PROBES 64

/* The first step of a chain that an access may be, of those near @from */
static uint32_t guess_step(const Replay *replay, ReplayChain chain,
                           const ReplayAccess *access, uint32_t from,
                           uint32_t near)
{
    uint32_t i = replay_chain_from(chain, from);
    uint32_t end = MIN((uint64_t)i + GUESS_PROBES, chain.n);

    for (; i < end; i++) {
        uint32_t step = chain.steps[i];

        if (replay_path_distance(replay, from, step) > near) {
            break;
        }
        if (!access->write ||
            replay_step_at(replay, step)->value == access->value) {
            return step;
        }
    }
    return REPLAY_NO_STEP;
}

static bool guess_is_proved(const Replay *replay, const ReplayGuess *guess)
{
    return (guess->hits >= GUESS_HITS_READS ||
            (guess->hits >= GUESS_HITS && guess->writes)) &&
           (replay->fits - guess->born) * 2 < guess->hits;
}

void replay_guess_follow(Replay *replay, uint32_t reg,
                         const ReplayAccess *access)
{
    ReplayChain chain = replay_chain(replay, reg, access->write);
    unsigned i = 0;

    while (i < replay->n_guesses) {
        ReplayGuess *guess = &replay->guesses[i];
        uint32_t step = guess_step(replay, chain, access, guess->at + 1,
                                   REPLAY_NEAR);

        guess->hit = step != REPLAY_NO_STEP;
        if (guess->hit) {
            guess->at = step;
            guess->hits++;
            guess->writes += access->write;
        } else if (++guess->misses > GUESS_MISSES + guess->hits / 2) {
            *guess = replay->guesses[--replay->n_guesses];
            continue;
        }
        i++;
    }
}

uint32_t replay_guess_sure(const Replay *replay)
{
    unsigned i;

    for (i = 0; i < replay->n_guesses; i++) {
        /* One may be proved by an access that did not ask, and not fit now. */
        if (replay->guesses[i].hit &&
            guess_is_proved(replay, &replay->guesses[i])) {
            return replay->guesses[i].at;
        }
    }
    return REPLAY_NO_STEP;
}

uint32_t replay_guess_likely(const Replay *replay, uint32_t reg)
{
    const ReplayGuess *best = NULL;
    unsigned i;

    for (i = 0; i < replay->n_guesses; i++) {
        const ReplayGuess *guess = &replay->guesses[i];
        const ReplayStep *step = replay_step_at(replay, guess->at);

        if (guess->hits > 1 && guess->writes &&
            replay_step_reg(step) == reg &&
            !replay_step_writes(step) && (!best || guess->hits > best->hits)) {
            best = guess;
        }
    }
    return best ? best->at : REPLAY_NO_STEP;
}

static void guess_put(Replay *replay, uint32_t step, bool write)
{
    ReplayGuess *worst = &replay->guesses[0];
    unsigned i;

    for (i = 0; i < replay->n_guesses; i++) {
        if (replay->guesses[i].at == step) {
            return;
        }
        if (replay->guesses[i].hits < worst->hits) {
            worst = &replay->guesses[i];
        }
    }
    if (replay->n_guesses < REPLAY_GUESSES) {
        worst = &replay->guesses[replay->n_guesses++];
    }
    *worst = (ReplayGuess) {
        .at = step,
        .hits = 1,
        .writes = write,
        .born = replay->fits,
    };
}

static void guess_put_from(Replay *replay, ReplayChain chain,
                           const ReplayAccess *access, uint32_t from,
                           unsigned n)
{
    while (n-- > 0) {
        uint32_t step = guess_step(replay, chain, access, from, UINT32_MAX);

        if (step == REPLAY_NO_STEP) {
            return;
        }
        guess_put(replay, step, access->write);
        from = step + 1;
    }
}

void replay_guess_add(Replay *replay, uint32_t reg, const ReplayAccess *access)
{
    ReplayChain chain = replay_chain(replay, reg, access->write);

    guess_put_from(replay, chain, access, replay->reached, GUESS_AHEAD);
    guess_put_from(replay, chain, access, 0, GUESS_BEHIND);
}

/* The first of Replay.starts that is not before a step */
static unsigned guess_start_from(const Replay *replay, uint32_t step)
{
    ReplayChain starts = {
        .steps = (const uint32_t *)replay->starts->data,
        .n = replay->starts->len,
    };

    return replay_chain_from(starts, step);
}

uint32_t replay_guess_next_start(const Replay *replay)
{
    unsigned i = guess_start_from(replay, replay->reached);

    return i < replay->starts->len
           ? g_array_index(replay->starts, uint32_t, i) : 0;
}

uint32_t replay_guess_begin(const Replay *replay, uint32_t reg,
                            const ReplayAccess *access)
{
    ReplayChain chain = replay_chain(replay, reg, access->write);
    uint32_t start = replay->reached;
    unsigned i;

    /* Where a reset has put it, the log's begin, the other starts */
    for (i = 0; i < GUESS_STARTS; i++) {
        if (i == 1) {
            start = 0;
        } else if (i && i - 2 < replay->starts->len) {
            start = g_array_index(replay->starts, uint32_t, i - 2);
        }
        if (start < replay->steps->len &&
            guess_step(replay, chain, access, start, REPLAY_NEAR) !=
            REPLAY_NO_STEP) {
            return start;
        }
    }
    return REPLAY_NO_STEP;
}
