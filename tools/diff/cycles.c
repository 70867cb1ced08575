/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: how polls that consist of several accesses ended (see
 * cycles.h)
 */
#include "tools/diff/cycles.h"
#include "tools/diff/rounds.h"

#include <string.h>

static uint64_t value(const DiffLog *log, uint64_t i)
{
    return diff_log_token(log, i)->value;
}

static bool is_read(const DiffLog *log, uint64_t i)
{
    return diff_places_get(diff_log_places(log),
                           diff_log_token(log, i)->place)->op ==
           MMT_ENTRY_READ;
}

/* Was the value the same in the two rounds before the last one? */
static bool waited(const DiffLog *log, uint64_t i, uint32_t cycle)
{
    return value(log, i - cycle) == value(log, i - 2 * cycle);
}

static bool changed(const DiffLog *log, uint64_t i, uint32_t cycle)
{
    return value(log, i) != value(log, i - cycle);
}

/* @i, @j: behind the last round */
static bool end_cycle(const DiffCycles *c, uint32_t cycle, uint64_t i,
                      uint64_t j, DiffHunk *hunk)
{
    uint64_t rounds = c->repeated[cycle] / cycle + 1;
    uint32_t k;

    for (k = cycle; k; k--) {
        uint64_t x = i - k;
        uint64_t y = j - k;

        if (is_read(c->a, x) && value(c->a, x) != value(c->b, y) &&
            waited(c->a, x, cycle) && waited(c->b, y, cycle) &&
            (changed(c->a, x, cycle) || changed(c->b, y, cycle))) {
            *hunk = (DiffHunk) {
                .kind = DIFF_POLL_END,
                .a0 = x, .a1 = x + 1, .b0 = y, .b1 = y + 1,
                .cycle = cycle, .rounds_a = rounds, .rounds_b = rounds,
            };
            return true;
        }
    }
    return false;
}

static bool end_all(const DiffCycles *c, const bool *ended, uint64_t i,
                    uint64_t j, DiffHunk *hunk)
{
    uint32_t cycle;

    for (cycle = 2; cycle <= DIFF_CYCLES_MAX; cycle++) {
        if (ended[cycle] && c->repeated[cycle] >= 2 * cycle) {
            return end_cycle(c, cycle, i, j, hunk);
        }
    }
    return false;
}

bool diff_cycles_add(DiffCycles *c, uint64_t i, uint64_t j, DiffHunk *hunk)
{
    bool ended[DIFF_CYCLES_MAX + 1] = { false };
    bool any = false;
    bool found = false;
    uint32_t cycle;

    for (cycle = 2; cycle <= DIFF_CYCLES_MAX; cycle++) {
        if (c->pairs >= cycle && diff_rounds_same(c->a, i, i - cycle)) {
            c->repeated[cycle]++;
        } else if (c->repeated[cycle]) {
            ended[cycle] = true;
            any |= c->repeated[cycle] >= 2 * cycle;
        }
    }
    c->pairs++;
    found = any && end_all(c, ended, i, j, hunk);
    for (cycle = 2; cycle <= DIFF_CYCLES_MAX; cycle++) {
        c->repeated[cycle] = ended[cycle] ? 0 : c->repeated[cycle];
    }
    return found;
}

bool diff_cycles_stop(DiffCycles *c, uint64_t i, uint64_t j, DiffHunk *hunk)
{
    const bool ended[DIFF_CYCLES_MAX + 1] = { true, true, true, true, true };
    bool found = end_all(c, ended, i, j, hunk);

    c->pairs = 0;
    memset(c->repeated, 0, sizeof(c->repeated));
    return found;
}
