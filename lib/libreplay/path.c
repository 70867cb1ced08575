/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: the path, and where the driver is on it (see path.h)
 *
 * A write is looked for by its value: of the writes to one register, several
 * may be ahead, of several threads.  One that the log's processor has done a
 * write after is taken only if there is none of that value ahead.  A read is
 * the register's next one that is neither done nor stale.  It is stale if the
 * log's processor has done a write after it: the driver has left it out.
 * Before a read that lies behind writes which are still to be done, the driver
 * polls longer than the log's did.  What it reads of one register, it reads in
 * the log's order.
 */
#include "libreplay/path.h"
#include "libreplay/register.h"

/* Repetitions after which a read is answered from behind writes to be done */
#define PATH_PATIENCE 256

/* Reads of a poll from which on its time counts, too */
#define PATH_POLL 4

/* A poll that lasts longer than twice the log's time, and this, has an end. */
#define PATH_POLL_NS 1000000

/* Ranks that a write of the same value may be farther than the next write */
#define PATH_VALUE_AHEAD 16

bool replay_path_done(const Replay *replay, uint32_t step)
{
    uint32_t bit = step % REPLAY_WINDOW;

    return step < replay->at ||
           (step < replay->reached &&
            replay->done[bit / 64] >> bit % 64 & 1);
}

uint32_t replay_path_distance(const Replay *replay, uint32_t from, uint32_t to)
{
    if (to <= from) {
        return 0;
    }
    return replay_step_at(replay, to)->rank -
           replay_step_at(replay, from)->rank;
}

static uint32_t path_ahead(const Replay *replay, uint32_t step)
{
    return replay_path_distance(replay, replay->reached, step);
}

static bool path_is_stale(const Replay *replay, uint32_t step)
{
    unsigned cpu = replay_step_cpu(replay_step_at(replay, step));

    return step < replay->barrier[cpu];
}

/* The next read of a register: its place in the chain, or chain.n */
static uint32_t path_fresh(const Replay *replay, uint32_t reg,
                           ReplayChain chain)
{
    uint32_t next = replay_reg_at(replay, reg)->next;
    uint32_t i = replay_chain_from(chain, replay->at);
    uint32_t end;

    /* It is another place's if that step was not done. */
    if (next > i && replay_path_done(replay, chain.steps[next - 1])) {
        i = next;
    }
    end = MIN((uint64_t)i + REPLAY_PROBES, chain.n);
    while (i < end && (replay_path_done(replay, chain.steps[i]) ||
                       path_is_stale(replay, chain.steps[i]))) {
        i++;
    }
    if (i == end && i < chain.n) {
        i = replay_chain_from(chain, replay->reached);
    }
    if (i < chain.n && path_ahead(replay, chain.steps[i]) > REPLAY_AHEAD) {
        return chain.n;
    }
    return i;
}

/* Is there a write to be done before this step, by the same processor? */
static bool path_is_blocked(const Replay *replay, uint32_t step)
{
    unsigned cpu = replay_step_cpu(replay_step_at(replay, step));
    uint32_t end = MIN((uint64_t)replay->reached + REPLAY_BEHIND, step);
    uint32_t i;

    for (i = replay->reached; i < end; i++) {
        const ReplayStep *other = replay_step_at(replay, i);

        if (replay_step_writes(other) && replay_step_cpu(other) == cpu) {
            return true;
        }
    }
    return false;
}

static const ReplayPoll *path_poll(const Replay *replay, uint32_t reg)
{
    unsigned i;

    for (i = 0; i < REPLAY_POLLS; i++) {
        if (replay->polls[i].reg == reg) {
            return &replay->polls[i];
        }
    }
    return NULL;
}

/* The end of a poll that has lasted long enough, else the next read */
static uint32_t path_poll_end(const Replay *replay, uint32_t reg,
                              ReplayChain chain, uint32_t i, uint64_t now)
{
    const ReplayPoll *poll = path_poll(replay, reg);
    uint32_t change = replay_step_at(replay, chain.steps[i])->change;
    uint64_t log_ns;

    if (!poll || !change || poll->end != i + change ||
        poll->length < PATH_POLL || now < poll->ns) {
        return i;
    }
    log_ns = replay_step_at(replay, chain.steps[poll->end])->ns - poll->log_ns;
    return (now - poll->ns) / 2 > log_ns &&
           now - poll->ns - log_ns > PATH_POLL_NS ? poll->end : i;
}

static ReplayOutcome path_find_read(const Replay *replay, uint32_t reg,
                                    const ReplayAccess *access, uint32_t *step)
{
    ReplayChain chain = replay_chain(replay, reg, false);
    uint32_t i = path_fresh(replay, reg, chain);
    const ReplayPoll *poll = path_poll(replay, reg);
    bool fresh = i < chain.n;
    uint32_t last;

    *step = REPLAY_NO_STEP;
    if (fresh && (!path_is_blocked(replay, chain.steps[i]) ||
                  (poll && poll->again >= PATH_PATIENCE))) {
        i = path_poll_end(replay, reg, chain, i, access->ns);
        *step = chain.steps[i];
        return REPLAY_ON_PATH;
    }
    last = fresh ? i : replay_chain_from(chain, replay->reached);
    if (last > 0 && replay->reached > 0 &&
        chain.steps[last - 1] < replay->reached &&
        replay_path_distance(replay, chain.steps[last - 1],
                             replay->reached - 1) <= REPLAY_RECENT) {
        if (!replay_path_done(replay, chain.steps[last - 1])) {
            *step = chain.steps[last - 1];
            return REPLAY_ON_PATH;
        }
        return REPLAY_REPEATED;
    }
    if (fresh) {
        *step = chain.steps[i];
        return REPLAY_ON_PATH;
    }
    return REPLAY_DEPARTED;
}

/* Writes of a register that may be the driver's next one */
typedef struct PathWrites {
    uint32_t equal;
    uint32_t next;
} PathWrites;

/* Look at some of the writes; true: nothing better comes behind them. */
static bool path_look(const Replay *replay, ReplayChain chain, uint64_t value,
                      uint32_t from, uint32_t end, PathWrites *found)
{
    uint32_t i;

    for (i = from; i < end; i++) {
        uint32_t step = chain.steps[i];
        bool equal = replay_step_at(replay, step)->value == value;

        if (path_ahead(replay, step) > REPLAY_AHEAD ||
            (found->equal != REPLAY_NO_STEP &&
             path_ahead(replay, step) > PATH_VALUE_AHEAD)) {
            return true;
        }
        if (replay_path_done(replay, step)) {
            continue;
        }
        if (found->next == REPLAY_NO_STEP || found->next < replay->reached) {
            found->next = step;
        }
        /* One that the driver has left out, perhaps: there may be a better. */
        if (equal && path_is_stale(replay, step)) {
            found->equal = found->equal == REPLAY_NO_STEP ? step
                                                          : found->equal;
        } else if (equal) {
            found->equal = step;
            return true;
        }
    }
    return false;
}

static PathWrites path_writes(const Replay *replay, ReplayChain chain,
                              uint64_t value)
{
    PathWrites found = { REPLAY_NO_STEP, REPLAY_NO_STEP };
    uint32_t i = replay_chain_from(chain, replay->at);
    uint32_t end = MIN((uint64_t)i + REPLAY_PROBES, chain.n);

    if (path_look(replay, chain, value, i, end, &found)) {
        return found;
    }
    /* Where another thread has left much to do, once more without that */
    i = MAX(end, replay_chain_from(chain, replay->reached));
    end = MIN((uint64_t)i + REPLAY_PROBES, chain.n);
    path_look(replay, chain, value, i, end, &found);
    return found;
}

static bool path_write_is_recent(const Replay *replay, ReplayChain chain)
{
    uint32_t last = replay_chain_from(chain, replay->reached);

    return last > 0 && replay->reached > 0 &&
           replay_path_distance(replay, chain.steps[last - 1],
                                replay->reached - 1) <= REPLAY_RECENT;
}

static ReplayOutcome path_find_write(const Replay *replay, uint32_t reg,
                                     const ReplayAccess *access,
                                     uint32_t *step)
{
    ReplayChain chain = replay_chain(replay, reg, true);
    PathWrites found = path_writes(replay, chain, access->value);

    *step = REPLAY_NO_STEP;
    if (found.equal != REPLAY_NO_STEP &&
        (path_ahead(replay, found.next) > 1 ||
         replay_path_distance(replay, found.next, found.equal) <=
         PATH_VALUE_AHEAD)) {
        *step = found.equal;
        return REPLAY_ON_PATH;
    }
    if (path_write_is_recent(replay, chain) &&
        replay_register_wrote(replay, reg, access->value)) {
        return REPLAY_REPEATED;
    }
    if (found.next != REPLAY_NO_STEP) {
        *step = found.next;
        return REPLAY_OTHER_VALUE;
    }
    return REPLAY_DEPARTED;
}

ReplayOutcome replay_path_find(const Replay *replay, uint32_t reg,
                               const ReplayAccess *access, uint32_t *step)
{
    return access->write ? path_find_write(replay, reg, access, step)
                         : path_find_read(replay, reg, access, step);
}

/* Steps up to here are no longer waited for. */
static void path_forget(Replay *replay, uint32_t end)
{
    uint32_t n = 0;

    for (; replay->at < end && n < REPLAY_WINDOW; replay->at++, n++) {
        if (replay_path_done(replay, replay->at)) {
            continue;
        }
        if (replay_step_writes(replay_step_at(replay, replay->at))) {
            replay->totals.skipped_writes++;
        } else {
            replay->totals.skipped_reads++;
        }
    }
    /* Only a long poll has that many. */
    if (replay->at < end) {
        replay->totals.skipped_reads += end - replay->at;
        replay->at = end;
    }
}

static void path_reach(Replay *replay, uint32_t end)
{
    uint32_t i;

    if (end - replay->reached >= REPLAY_WINDOW) {
        path_forget(replay, end - REPLAY_BEHIND);
        memset(replay->done, 0, sizeof(replay->done));
        replay->reached = end;
        return;
    }
    if (end > REPLAY_BEHIND && replay->at < end - REPLAY_BEHIND) {
        path_forget(replay, end - REPLAY_BEHIND);
    }
    for (i = replay->reached; i < end; i++) {
        uint32_t bit = i % REPLAY_WINDOW;

        replay->done[bit / 64] &= ~(1ull << bit % 64);
    }
    replay->reached = end;
}

static ReplayPoll *path_poll_new(Replay *replay, uint32_t reg)
{
    ReplayPoll *poll = (ReplayPoll *)path_poll(replay, reg);

    if (!poll) {
        poll = &replay->polls[replay->next_poll];
        replay->next_poll = (replay->next_poll + 1) % REPLAY_POLLS;
        *poll = (ReplayPoll) { .reg = reg, .end = REPLAY_NO_STEP };
    }
    return poll;
}

static void path_take_read(Replay *replay, uint32_t reg,
                           const ReplayAccess *access, uint32_t number)
{
    const ReplayStep *step = replay_step_at(replay, number);
    uint32_t i = replay_chain_from(replay_chain(replay, reg, false), number);
    uint32_t end = step->change ? i + step->change : REPLAY_NO_STEP;
    ReplayPoll *poll = path_poll_new(replay, reg);

    replay_reg_at(replay, reg)->next = i + 1;
    poll->again = 0;
    if (poll->end == REPLAY_NO_STEP || poll->end != end) {
        poll->end = end;
        poll->length = step->change;
        poll->ns = access->ns;
        poll->log_ns = step->ns;
    }
}

void replay_path_take(Replay *replay, uint32_t reg, const ReplayAccess *access,
                      uint32_t number)
{
    const ReplayStep *step = replay_step_at(replay, number);
    unsigned cpu = replay_step_cpu(step);
    uint32_t bit = number % REPLAY_WINDOW;

    if (access->write) {
        replay->barrier[cpu] = MAX(replay->barrier[cpu], number);
    } else {
        path_take_read(replay, reg, access, number);
    }
    if (number >= replay->reached) {
        path_reach(replay, number + 1);
        replay->anchor = access->ns;
    }
    replay->done[bit / 64] |= 1ull << bit % 64;
    while (replay->at < replay->reached &&
           replay_path_done(replay, replay->at)) {
        replay->at++;
    }
}

void replay_path_again(Replay *replay, uint32_t reg)
{
    ReplayPoll *poll = path_poll_new(replay, reg);

    poll->again += poll->again < PATH_PATIENCE;
}

void replay_path_go(Replay *replay, uint32_t step)
{
    unsigned i;

    path_forget(replay, replay->reached);
    replay->at = replay->reached = step;
    memset(replay->done, 0, sizeof(replay->done));
    for (i = 0; i < REPLAY_CPUS; i++) {
        replay->barrier[i] = 0;
    }
    for (i = 0; i < REPLAY_POLLS; i++) {
        replay->polls[i].reg = REPLAY_NO_REG;
    }
}
