/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: what the device does by itself (see replay.h)
 *
 * An event comes after the step that it came after in the log, and as much
 * later as there.  If the driver has gone on meanwhile, it comes at once.
 */
#include "libreplay/replay-internal.h"

const ReplayEvent *replay_event(Replay *replay, uint64_t now, uint64_t *due)
{
    const ReplayEvent *event;
    uint64_t log_ns;

    if (replay->has_line) {
        *due = now;
        return &replay->line;
    }
    if (replay->event >= replay->events->len) {
        return NULL;
    }
    event = &g_array_index(replay->events, ReplayEvent, replay->event);
    /* REPLAY_NO_STEP + 1 is 0 */
    if ((uint32_t)(event->step + 1) > replay->reached) {
        return NULL;
    }
    *due = now;
    if (replay->reached && event->step == replay->reached - 1) {
        log_ns = event->ns - replay_step_at(replay, event->step)->ns;
        *due = MAX(now, replay->anchor + log_ns);
    }
    return event;
}

void replay_event_done(Replay *replay)
{
    const ReplayEvent *event;

    if (replay->has_line) {
        replay->has_line = false;
        replay->level = replay->line.level;
        return;
    }
    if (replay->event < replay->events->len) {
        event = &g_array_index(replay->events, ReplayEvent, replay->event++);
        if (event->kind == REPLAY_EVENT_INTX) {
            replay->level = event->level;
        }
    }
}
