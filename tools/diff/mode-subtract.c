/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --subtract (see modes.h)
 *
 * Sequences are kept as numbers of tokens until B was read, so that what is new
 * at registers comes before them.  If B is longer than the window, those of a
 * window are given to the output when its tokens go.
 */
#include "tools/diff/modes.h"

#include "tools/diff/read.h"
#include "tools/diff/subtract-print.h"

/**
 * struct Mode: state
 * @verb: the verb
 * @options: what the user wants
 * @a: the log that is subtracted
 * @b: the log
 * @subtract: what is new
 * @judged: number of places of which it is known whether they are ignored
 * @sequences: DiffSequence, of the window
 * @print: the output
 */
typedef struct Mode {
    const Verb *verb;
    const DiffModeOptions *options;
    DiffLog *a;
    DiffLog *b;
    DiffSubtract *subtract;
    uint32_t judged;
    GArray *sequences;
    DiffSubtractPrint *print;
} Mode;

static void take_sequence(uint64_t from, uint64_t to, void *opaque)
{
    Mode *mode = opaque;
    const DiffSequence sequence = { .from = from, .to = to };

    g_array_append_val(mode->sequences, sequence);
}


/* Values of new places are ignored, if the user wants it. */
static void judge_places(Mode *mode)
{
    DiffIgnore *ignore = mode->options->ignore;
    uint32_t n = diff_places_count(diff_log_places(mode->a));

    for (; mode->judged < n; mode->judged++) {
        if (ignore && (diff_ignore_register(ignore, mode->judged) ||
                       diff_ignore_class(ignore, mode->judged))) {
            diff_subtract_ignore(mode->subtract, mode->judged);
        }
    }
}

static bool read_windows(Mode *mode)
{
    if (!diff_read_windows(mode->verb, mode->a, mode->b,
                           mode->options->pairs)) {
        return false;
    }
    judge_places(mode);
    return true;
}

static bool learn(Mode *mode)
{
    bool more;

    do {
        uint64_t i;

        if (!read_windows(mode)) {
            return false;
        }
        for (i = diff_log_start(mode->a); i < diff_log_end(mode->a); i++) {
            const DiffToken *token = diff_log_token(mode->a, i);

            diff_subtract_learn(mode->subtract, token->place, token->value);
        }
        more = !diff_log_ended(mode->a);
        diff_log_drop(mode->a, diff_log_end(mode->a));
    } while (more);
    diff_subtract_begin(mode->subtract);
    return true;
}

static void take_token(Mode *mode, uint64_t i)
{
    const DiffToken *token = diff_log_token(mode->b, i);
    const DiffRun *run = diff_log_run(mode->b, i);

    diff_subtract_take(mode->subtract, token->place, token->value,
                       run ? run->rounds : 1, diff_log_line(mode->b, i));
}

/* Make room for more of B. */
static void move_window(Mode *mode)
{
    uint64_t keep = diff_subtract_start(mode->subtract);

    if (keep == diff_log_start(mode->b)) {
        diff_subtract_cut(mode->subtract);
        keep = diff_subtract_start(mode->subtract);
    }
    diff_subtract_print_sequences(mode->print, mode->sequences);
    g_array_set_size(mode->sequences, 0);
    diff_log_drop(mode->b, keep);
}

static bool take(Mode *mode)
{
    uint64_t next = diff_log_start(mode->b);

    for (;;) {
        for (; next < diff_log_end(mode->b); next++) {
            take_token(mode, next);
        }
        if (diff_log_ended(mode->b)) {
            diff_subtract_end(mode->subtract);
            return true;
        }
        move_window(mode);
        if (!read_windows(mode)) {
            return false;
        }
    }
}

static ToolStatus run(Mode *mode)
{
    ToolStatus status_a;
    ToolStatus status_b;

    if (!learn(mode) || !take(mode)) {
        return TOOL_TROUBLE;
    }
    status_a = diff_read_end(mode->verb, mode->a, false);
    status_b = diff_read_end(mode->verb, mode->b, false);
    if (MAX(status_a, status_b) == TOOL_TROUBLE || analysis_interrupted()) {
        return TOOL_TROUBLE;
    }
    if (diff_subtract_full(mode->subtract)) {
        tool_error(mode->verb,
                   "note: %s has too many different accesses to remember all: some of what is shown may be in it",
                   diff_log_name(mode->a));
    }
    diff_subtract_print_news(mode->print);
    diff_subtract_print_sequences(mode->print, mode->sequences);
    /* nobody knows whether what is damaged is the same */
    return diff_subtract_print_end(mode->print) ? TOOL_FAULT :
           status_a || status_b ? TOOL_TROUBLE : TOOL_OK;
}

static ToolStatus run_with(Mode *mode, DiffPlaces *places)
{
    DiffReport report = {
        .a = mode->a,
        .b = mode->b,
        .values = DIFF_VALUES_WRITES,
        .ignore = mode->options->ignore,
        .lines = mode->options->lines,
        .full = mode->options->full,
        .words = diff_words_new(mode->a, mode->b),
    };
    ToolStatus status;

    if (report.ignore) {
        diff_ignore_begin(report.ignore, report.a, report.b, report.words);
    }
    mode->subtract = diff_subtract_new(places, take_sequence, mode);
    mode->sequences = g_array_new(FALSE, FALSE, sizeof(DiffSequence));
    mode->print = diff_subtract_print_new(&report, mode->subtract,
                                          mode->options->json);
    status = run(mode);
    diff_subtract_print_free(mode->print);
    g_array_unref(mode->sequences);
    diff_subtract_free(mode->subtract);
    diff_words_free(report.words);
    return status;
}

ToolStatus diff_mode_subtract(const Verb *verb, const char *a, const char *b,
                              const DiffModeOptions *options)
{
    /* of A, nothing is looked at again */
    uint32_t window = options->window ? options->window : DIFF_MODE_WINDOW;
    g_autoptr(DiffPlaces) places = diff_places_new();
    g_autoptr(DiffLog) log_a = diff_log_open(verb, a, places, window);
    g_autoptr(DiffLog) log_b = log_a ? diff_log_open(verb, b, places,
                                                     options->window) : NULL;
    Mode mode = { .verb = verb, .options = options, .a = log_a, .b = log_b };

    return log_b ? run_with(&mode, places) : TOOL_TROUBLE;
}
