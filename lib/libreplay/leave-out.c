/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: accesses that something else answers (see replay.h)
 */
#include "libreplay/intern.h"

/* Is a step an access to these bytes? */
static bool leave_out_has(const Replay *replay, const ReplayStep *step,
                          unsigned region, uint64_t first, uint64_t last)
{
    ReplayAccess place;

    replay_intern_place(replay_reg_at(replay, replay_step_reg(step)), &place);
    return place.region == region && place.offset <= last &&
           place.offset + place.width - 1 >= first;
}

/* What came after @old steps now comes after @now steps. */
static void leave_out_move(Replay *replay, uint32_t old, uint32_t now,
                           guint *event, guint *start)
{
    while (*event < replay->events->len) {
        ReplayEvent *e = &g_array_index(replay->events, ReplayEvent, *event);

        /* REPLAY_NO_STEP + 1 is 0 */
        if ((uint32_t)(e->step + 1) > old) {
            break;
        }
        e->step = now - 1;
        (*event)++;
    }
    while (*start < replay->starts->len &&
           g_array_index(replay->starts, uint32_t, *start) <= old) {
        g_array_index(replay->starts, uint32_t, (*start)++) = now;
    }
}

void replay_leave_out(Replay *replay, unsigned region, uint64_t first,
                      uint64_t last)
{
    uint32_t n = replay->steps->len;
    uint32_t now = 0;
    guint event = 0;
    guint start = 0;
    uint32_t i;

    g_return_if_fail(!replay->ready);
    for (i = 0; i < n; i++) {
        const ReplayStep *step = replay_step_at(replay, i);

        leave_out_move(replay, i, now, &event, &start);
        if (!leave_out_has(replay, step, region, first, last)) {
            *replay_step_at(replay, now++) = *step;
        }
    }
    leave_out_move(replay, n, now, &event, &start);
    g_array_set_size(replay->steps, now);
}
