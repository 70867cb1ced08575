/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: rounds of a poll that consists of several accesses (see
 * rounds.h)
 */
#include "tools/diff/rounds.h"

/* Tokens in each direction in which more rounds are counted, in any case */
#define COUNT_MIN 4096

bool diff_rounds_same(const DiffLog *log, uint64_t i, uint64_t j)
{
    const DiffToken *x = diff_log_token(log, i);
    const DiffToken *y = diff_log_token(log, j);

    return x->place == y->place &&
           (x->value == y->value ||
            !diff_places_is_write(diff_log_places(log), x->place));
}

/* Do the tokens repeat those that are a cycle before them? */
static bool repeats(const DiffLog *log, uint64_t start, uint64_t end,
                    uint32_t cycle)
{
    uint64_t i;

    for (i = start; i < end; i++) {
        if (!diff_rounds_same(log, i, i - cycle)) {
            return false;
        }
    }
    return true;
}

static bool has_read(const DiffLog *log, uint64_t start, uint32_t n)
{
    const DiffPlaces *places = diff_log_places(log);
    uint32_t i;

    for (i = 0; i < n; i++) {
        const DiffToken *token = diff_log_token(log, start + i);

        if (diff_places_get(places, token->place)->op == MMT_ENTRY_READ) {
            return true;
        }
    }
    return false;
}

/* Rounds that are beside the tokens */
static uint64_t count_beside(const DiffLog *log, uint64_t start, uint64_t end,
                             uint32_t cycle, int64_t *work)
{
    uint64_t max = 16 * (end - start) + COUNT_MIN;
    uint64_t first = start;
    uint64_t last = end;

    if (*work < 0) {
        return 1;
    }
    while (first > diff_log_start(log) && start - first < max &&
           diff_rounds_same(log, first - 1, first - 1 + cycle)) {
        first--;
    }
    while (last < diff_log_end(log) && last - end < max &&
           diff_rounds_same(log, last, last - cycle)) {
        last++;
    }
    *work -= (start - first) + (last - end);
    return (last - first - (end - start)) / cycle;
}

bool diff_rounds_find(const DiffLog *log, uint64_t start, uint64_t end,
                      uint64_t before, uint64_t after, int64_t *work,
                      DiffRounds *rounds)
{
    uint64_t n = end - start;
    uint32_t max = MIN(n, DIFF_CYCLE_MAX);
    uint32_t cycle;

    for (cycle = 1; cycle <= max; cycle++) {
        if (n % cycle) {
            continue;
        }
        if ((before >= cycle && repeats(log, start, end, cycle)) ||
            (after >= cycle &&
             repeats(log, start + cycle, end + cycle, cycle))) {
            rounds->cycle = cycle;
            rounds->rounds = n / cycle + count_beside(log, start, end, cycle,
                                                      work);
            return has_read(log, start, cycle);
        }
    }
    return false;
}
