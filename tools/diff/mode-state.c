/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --state (see modes.h)
 */
#include "tools/diff/modes.h"

#include <fnmatch.h>

#include "tools/diff/read.h"
#include "tools/diff/state-print.h"

/* Phases that an error message names */
#define PHASES_NAMED 10

/**
 * struct Side: a log of which the last values are taken
 * @log: the log
 * @side: 0 for A, 1 for B
 * @phase: index of the phase at whose end they are wanted, or -1 as long as it
 *         was not found
 * @next: number of the next token
 * @done: what comes is not wanted
 */
typedef struct Side {
    DiffLog *log;
    unsigned side;
    int64_t phase;
    uint64_t next;
    bool done;
} Side;

static const DiffPhase *phase_at(const DiffLog *log, guint i)
{
    return &g_array_index(diff_log_phases(log), DiffPhase, i);
}

/* A number is that of --phase. */
static bool phase_fits(const DiffLog *log, guint i, const char *at)
{
    guint64 number;

    return g_ascii_string_to_unsigned(at, 10, 0, UINT32_MAX, &number, NULL) ?
           number == i : !fnmatch(at, phase_at(log, i)->name, 0);
}

static void find_phase(Side *side, const char *at)
{
    guint n = diff_log_phases(side->log)->len;
    guint i;

    for (i = 0; side->phase < 0 && i < n; i++) {
        if (phase_fits(side->log, i, at)) {
            side->phase = i;
        }
    }
}

/* The number behind the last token in the window that is wanted */
static uint64_t find_end(Side *side, const char *at)
{
    if (!at) {
        return diff_log_end(side->log);
    }
    find_phase(side, at);
    if (side->phase < 0 ||
        side->phase + 1 == (int64_t)diff_log_phases(side->log)->len) {
        return diff_log_end(side->log);
    }
    side->done = true;
    return phase_at(side->log, side->phase)->end;
}

static void take_window(Side *side, DiffState *state, const char *at)
{
    uint64_t end = find_end(side, at);

    for (; side->next < end; side->next++) {
        const DiffToken *token = diff_log_token(side->log, side->next);

        diff_state_take(state, side->side, token->place, token->value,
                        diff_log_last_line(side->log, side->next));
    }
    side->next = diff_log_end(side->log);
    diff_log_drop(side->log, side->next);
}

static bool is_done(const Side *side)
{
    return side->done || diff_log_ended(side->log);
}

static bool read_logs(const Verb *verb, Side sides[DIFF_SIDES],
                      DiffState *state, const DiffModeOptions *options)
{
    do {
        unsigned i;

        if (!diff_read_windows(verb, sides[0].log, sides[1].log,
                               options->pairs)) {
            return false;
        }
        for (i = 0; i < DIFF_SIDES; i++) {
            if (!sides[i].done) {
                take_window(&sides[i], state, options->at);
            }
        }
    } while (!is_done(&sides[0]) || !is_done(&sides[1]));
    return true;
}

static void say_no_phase(const Verb *verb, const DiffLog *log, const char *at)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *asked = tool_printable(g_strdup(at));
    guint n = diff_log_phases(log)->len;
    guint i;

    for (i = 0; i < n && i < PHASES_NAMED; i++) {
        g_string_append_printf(names, "%s'%s'", i ? ", " : "",
                               phase_at(log, i)->name);
    }
    tool_error(verb, "--at '%s': %s has no such phase; it has: %s%s", asked,
               diff_log_name(log), names->str,
               i < n ? ", ..." : "");
}

static bool check_phases(const Verb *verb, const Side sides[DIFF_SIDES],
                         const char *at)
{
    bool found = true;
    unsigned i;

    for (i = 0; at && i < DIFF_SIDES; i++) {
        if (sides[i].phase < 0) {
            say_no_phase(verb, sides[i].log, at);
            found = false;
        }
    }
    return found;
}

/* "LOG, at the end of phase 'probe'" */
static char *title_of(const Side *side, const char *at)
{
    const char *name = diff_log_name(side->log);

    return at ? g_strdup_printf("%s, at the end of phase '%s'", name,
                                phase_at(side->log, side->phase)->name) :
                g_strdup(name);
}

static bool print(const Side sides[DIFF_SIDES], const DiffState *state,
                  DiffWords *words, const DiffModeOptions *options)
{
    g_autoptr(GArray) registers = diff_state_registers(state);
    g_autofree char *title_a = title_of(&sides[0], options->at);
    g_autofree char *title_b = title_of(&sides[1], options->at);
    const DiffStateReport report = {
        .registers = registers,
        .words = words,
        .names = { title_a, title_b },
        .full = options->full,
    };

    return options->json ? diff_state_json(&report) :
                           diff_state_print(&report);
}

static ToolStatus compare(const Verb *verb, DiffLog *a, DiffLog *b,
                          DiffPlaces *places, const DiffModeOptions *options)
{
    Side sides[DIFF_SIDES] = {
        { .log = a, .side = 0, .phase = -1 },
        { .log = b, .side = 1, .phase = -1 },
    };
    g_autoptr(DiffState) state = diff_state_new(places);
    ToolStatus status[DIFF_SIDES];
    DiffWords *words;
    bool differ;

    if (!read_logs(verb, sides, state, options)) {
        return TOOL_TROUBLE;
    }
    status[0] = diff_read_end(verb, a, false);
    status[1] = diff_read_end(verb, b, false);
    if (MAX(status[0], status[1]) == TOOL_TROUBLE || analysis_interrupted() ||
        !check_phases(verb, sides, options->at)) {
        return TOOL_TROUBLE;
    }
    words = diff_words_new(a, b);
    differ = print(sides, state, words, options);
    diff_words_free(words);
    /* nobody knows whether what is damaged is the same */
    return differ ? TOOL_FAULT : status[0] || status[1] ? TOOL_TROUBLE :
                                                          TOOL_OK;
}

ToolStatus diff_mode_state(const Verb *verb, const char *a, const char *b,
                           const DiffModeOptions *options)
{
    uint32_t window = options->window ? options->window : DIFF_MODE_WINDOW;
    g_autoptr(DiffPlaces) places = diff_places_new();
    g_autoptr(DiffLog) log_a = diff_log_open(verb, a, places, window);
    g_autoptr(DiffLog) log_b = log_a ? diff_log_open(verb, b, places, window) :
                                       NULL;

    return log_b ? compare(verb, log_a, log_b, places, options) :
                   TOOL_TROUBLE;
}
