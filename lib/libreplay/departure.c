/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: accesses that were not on the path (see departure.h)
 */
#include "libreplay/departure.h"

/* Regions as VFIO numbers them, and libmmiotrace those of VGA */
static const char *const departure_regions[] = {
    "bar0", "bar1", "bar2", "bar3", "bar4", "bar5", "rom", "config",
    "vga-memory", "vga-3b0", "vga-3c0",
};

static const char *const departure_outcomes[REPLAY_OUTCOMES] = {
    [REPLAY_ON_PATH] = "on-path",
    [REPLAY_REPEATED] = "repeated",
    [REPLAY_OTHER_VALUE] = "other-value",
    [REPLAY_AFTER_END] = "after-end",
    [REPLAY_DEPARTED] = "departed",
};

const char *replay_outcome_name(ReplayOutcome outcome)
{
    return departure_outcomes[outcome];
}

void replay_departure_add(Replay *replay, const ReplayAccess *access)
{
    if (replay->n_departures == REPLAY_DEPARTURES) {
        return;
    }
    replay->departures[replay->n_departures++] = (ReplayDeparture) {
        .access = *access,
        .before = replay->reached ? replay->reached - 1 : REPLAY_NO_STEP,
        .after = replay->reached < replay->steps->len ? replay->reached
                                                      : REPLAY_NO_STEP,
        .number = replay->totals.accesses,
    };
}

const ReplayDeparture *replay_departures(const Replay *replay, unsigned *n)
{
    *n = replay->n_departures;
    return replay->departures;
}

static void departure_put(GString *text, const ReplayAccess *access)
{
    g_string_append_printf(text, "%c %u ", access->write ? 'W' : 'R',
                           access->width);
    if (access->region < G_N_ELEMENTS(departure_regions)) {
        g_string_append(text, departure_regions[access->region]);
    } else {
        g_string_append_printf(text, "region%u", access->region);
    }
    g_string_append_printf(text, "+0x%" G_GINT64_MODIFIER "x 0x%"
                           G_GINT64_MODIFIER "x", access->offset,
                           access->value);
    if (access->line) {
        g_string_append_printf(text, " (line %" G_GUINT64_FORMAT ")",
                               access->line);
    }
}

char *replay_departure_text(const Replay *replay,
                            const ReplayDeparture *departure)
{
    GString *text = g_string_new(NULL);
    ReplayAccess access;

    departure_put(text, &departure->access);
    g_string_append(text, " is not in the log here: after ");
    if (replay_step(replay, departure->before, &access)) {
        departure_put(text, &access);
    } else {
        g_string_append(text, "nothing");
    }
    g_string_append(text, " comes ");
    if (replay_step(replay, departure->after, &access)) {
        departure_put(text, &access);
    } else {
        g_string_append(text, "nothing");
    }
    return g_string_free(text, FALSE);
}
