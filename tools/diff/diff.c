/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what is different in two logs
 *
 *      engine.h    finds the differences
 *      report.h    takes out what is ignored, and hands the rest to a form
 *      text.c      the default output, and --full
 *      summary.c   --summary
 *      json.c      --json
 *      modes.h     --state and --subtract, which need no alignment
 *      noise.h     --against-all
 */
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"
#include "tools/decode/decode.h"
#include "tools/diff/against.h"
#include "tools/diff/engine.h"
#include "tools/diff/modes.h"
#include "tools/diff/report.h"

#include <stdio.h>
#include <string.h>

#define CONTEXT_DEFAULT 3
#define CONTEXT_MAX     1000

#define LINES_DEFAULT 28
#define LINES_MAX     100000

/* Logs that --against-all needs: two that tell what varies, and another one */
#define AGAINST_MIN 3

/* A window that is too small finds nothing that both logs have. */
#define WINDOW_MIN 1000

static char **opt_ignore;
static char **opt_pair;
static char *opt_color;
static char *opt_values;
static char *opt_at;
static gboolean opt_against_all;
static gboolean opt_full;
static gboolean opt_json;
static gboolean opt_state;
static gboolean opt_subtract;
static gboolean opt_summary;
static int opt_context = CONTEXT_DEFAULT;
static int opt_lines = LINES_DEFAULT;
static int opt_window;

static const GOptionEntry entries[] = {
    { "summary", 's', 0, G_OPTION_ARG_NONE, &opt_summary,
      "Print a table: for each phase and register, how many differences there are, and where the first one is",
      NULL },
    { "full", 'F', 0, G_OPTION_ARG_NONE, &opt_full,
      "Print every access on a line of its own, and all differences", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { "context", 'c', 0, G_OPTION_ARG_INT, &opt_context,
      "Show N accesses around a difference (default: 3)", "N" },
    { "lines", 'l', 0, G_OPTION_ARG_INT, &opt_lines,
      "Show at most N lines of a difference (default: 28); 0: all", "N" },
    { "ignore", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &opt_ignore,
      "Ignore a register, or values of this class: dma, counter, time",
      "REGISTER|CLASS" },
    { "values", 'v', 0, G_OPTION_ARG_STRING, &opt_values,
      "Compare the values of writes (default) and what polls end with, of all accesses, or of none",
      "writes|all|none" },
    { "pair", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &opt_pair,
      "Compare this device of A with that one of B", "DEVICE=DEVICE" },
    { "color", 0, 0, G_OPTION_ARG_STRING, &opt_color,
      "Use colours: auto (on a terminal, the default), always or never",
      "WHEN" },
    { "state", 'S', 0, G_OPTION_ARG_NONE, &opt_state,
      "Show the registers that A and B leave with different values", NULL },
    { "at", 0, 0, G_OPTION_ARG_STRING, &opt_at,
      "--state: at the end of this phase, not of the logs", "PHASE" },
    { "subtract", 0, 0, G_OPTION_ARG_NONE, &opt_subtract,
      "Show what B does and A never does", NULL },
    { "against-all", 0, 0, G_OPTION_ARG_NONE, &opt_against_all,
      "Compare the last log with the first one; what varies between the others is not shown",
      NULL },
    { "window", 0, 0, G_OPTION_ARG_INT, &opt_window,
      "Keep at most N accesses of each log in memory", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "A and B are traces in any format, of the same device; one of them may be '-', standard\n"
    "input.  Lines with '-' are in A only, lines with '+' in B only, lines with '!' have another\n"
    "value in B.  vfio-trace-diff(1) explains the output.\n\n"
    "Exit status: 0 nothing is different, 1 something is, 2 a log can't be read, is damaged or cut\n"
    "off, the two have no device in common, or bad usage.";

static bool parse_values(DiffValues *values)
{
    static const char *const names[] = {
        [DIFF_VALUES_WRITES] = "writes",
        [DIFF_VALUES_ALL] = "all",
        [DIFF_VALUES_NONE] = "none",
    };
    unsigned i;

    *values = DIFF_VALUES_WRITES;
    for (i = 0; opt_values && i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(opt_values, names[i])) {
            *values = i;
            return true;
        }
    }
    if (opt_values) {
        tool_error(&verb_diff, "invalid --values '%s': use writes, all or none",
                   opt_values);
    }
    return !opt_values;
}

static bool parse_color(bool *color)
{
    if (opt_color && strcmp(opt_color, "auto") && strcmp(opt_color, "always") &&
        strcmp(opt_color, "never")) {
        tool_error(&verb_diff,
                   "invalid --color '%s': use auto, always or never",
                   opt_color);
        return false;
    }
    *color = decode_choose_colors(opt_color) != &decode_no_colors;
    return true;
}

static bool check_pairs(void)
{
    char **pair = opt_pair;

    for (; pair && *pair; pair++) {
        const char *equals = strchr(*pair, '=');

        if (!equals || equals == *pair || !equals[1]) {
            tool_error(&verb_diff,
                       "--pair '%s': A'S-DEVICE=B'S-DEVICE expected: 01:00.0=gpu0, for example",
                       *pair);
            return false;
        }
    }
    return true;
}

static bool check_numbers(void)
{
    if (opt_context < 0 || opt_context > CONTEXT_MAX) {
        tool_error(&verb_diff, "--context must be 0 to %d", CONTEXT_MAX);
        return false;
    }
    if (opt_lines < 0 || opt_lines > LINES_MAX) {
        tool_error(&verb_diff, "--lines must be 0 to %d", LINES_MAX);
        return false;
    }
    if (opt_window && opt_window < WINDOW_MIN) {
        tool_error(&verb_diff, "--window must be at least %d", WINDOW_MIN);
        return false;
    }
    return true;
}

static bool check_forms(void)
{
    if (opt_summary + opt_json > 1 || opt_summary + opt_full > 1) {
        tool_error(&verb_diff, "--summary excludes --json and --full");
        return false;
    }
    return true;
}

static bool add_ignored(DiffIgnore *ignore)
{
    g_autoptr(GError) error = NULL;
    char **text = opt_ignore;

    for (; text && *text; text++) {
        if (!diff_ignore_add(ignore, *text, &error)) {
            tool_error(&verb_diff, "%s", error->message);
            return false;
        }
    }
    return true;
}

/* @noise: what does not count, or NULL */
static ToolStatus diff_two(const char *path_a, const char *path_b,
                           DiffPlaces *places, DiffNoise *noise,
                           DiffReport *report)
{
    const DiffOptions options = { .values = report->values,
                                  .pairs = opt_pair };
    g_autoptr(DiffLog) a = diff_log_open(&verb_diff, path_a, places,
                                         opt_window);
    g_autoptr(DiffLog) b = a ? diff_log_open(&verb_diff, path_b, places,
                                             opt_window) : NULL;
    ToolStatus status;
    DiffSink sink;
    DiffSink filter;
    bool different;

    if (!b) {
        return TOOL_TROUBLE;
    }
    report->a = a;
    report->b = b;
    sink = diff_report_begin(report);
    filter = noise ? diff_noise_filter(noise, a, b, &sink) : sink;
    status = diff_compare(&verb_diff, a, b, &options, &filter);
    if (status == TOOL_TROUBLE || analysis_interrupted()) {
        diff_report_cancel(report);
        return TOOL_TROUBLE;
    }
    different = diff_report_end(report);
    /* nobody knows whether what is damaged is the same */
    return different ? TOOL_FAULT : status ? TOOL_TROUBLE : TOOL_OK;
}

static ToolStatus diff_logs(const char *const *paths, DiffReport *report)
{
    g_autoptr(DiffPlaces) places = diff_places_new();

    return diff_two(paths[0], paths[1], places, NULL, report);
}

static ToolStatus diff_against_all(const char *const *paths, unsigned n,
                                   DiffReport *report)
{
    const DiffOptions options = { .values = report->values,
                                  .pairs = opt_pair };
    g_autoptr(DiffPlaces) places = diff_places_new();
    g_autoptr(DiffNoise) noise = diff_noise_new(places);
    ToolStatus learnt = diff_against_learn(&verb_diff, paths, n - 1, places,
                                           &options, opt_window, noise);
    ToolStatus status;

    if (learnt == TOOL_TROUBLE) {
        return TOOL_TROUBLE;
    }
    status = diff_two(paths[0], paths[n - 1], places, noise, report);
    if (status != TOOL_TROUBLE) {
        diff_against_print(noise, opt_json);
    }
    return status == TOOL_OK && learnt ? TOOL_TROUBLE : status;
}

static ToolStatus run_mode(const char *const *paths, unsigned n,
                           DiffReport *report)
{
    const DiffModeOptions options = {
        .pairs = opt_pair,
        .window = opt_window,
        .at = opt_at,
        .ignore = report->ignore,
        .lines = opt_lines,
        .full = opt_full,
        .json = opt_json,
    };

    if (opt_state) {
        return diff_mode_state(&verb_diff, paths[0], paths[1], &options);
    }
    if (opt_subtract) {
        return diff_mode_subtract(&verb_diff, paths[0], paths[1], &options);
    }
    return opt_against_all ? diff_against_all(paths, n, report) :
                             diff_logs(paths, report);
}

/* What would be ignored: the user asks for something else than the output. */
static bool check_unused(void)
{
    bool alignment = opt_values || opt_context != CONTEXT_DEFAULT;

    if (opt_state &&
        (alignment || opt_ignore || opt_lines != LINES_DEFAULT)) {
        tool_error(&verb_diff,
                   "--state has no --ignore, --values, --lines and --context");
        return false;
    }
    if (opt_subtract && alignment) {
        tool_error(&verb_diff, "--subtract has no --values and --context");
        return false;
    }
    return true;
}

static bool check_modes(void)
{
    if (opt_state + opt_subtract + opt_against_all > 1) {
        tool_error(&verb_diff,
                   "--state, --subtract and --against-all exclude each other");
        return false;
    }
    if ((opt_state || opt_subtract) && opt_summary) {
        tool_error(&verb_diff, "--state and --subtract have no --summary");
        return false;
    }
    if (opt_at && !opt_state) {
        tool_error(&verb_diff, "--at needs --state");
        return false;
    }
    return check_unused();
}

static bool check_logs(char **paths, unsigned n)
{
    unsigned from_stdin = 0;
    unsigned i;

    if (opt_against_all && n < AGAINST_MIN) {
        tool_error(&verb_diff,
                   "--against-all needs at least two logs that tell what varies, and the one to compare: A1 A2 -- B");
        return false;
    }
    if (!opt_against_all && n != 2) {
        tool_error(&verb_diff,
                   "two logs are needed; try 'vfio-trace diff --help'");
        return false;
    }
    for (i = 0; i < n; i++) {
        from_stdin += !strcmp(paths[i], "-");
    }
    if (from_stdin > 1) {
        tool_error(&verb_diff, "only one of the logs can be standard input");
        return false;
    }
    return true;
}

static int diff(int argc, char **argv)
{
    g_autoptr(DiffIgnore) ignore = diff_ignore_new();
    DiffReport report = { .ignore = ignore };

    if (!tool_options_group(&verb_diff, "A B", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 2 && !strcmp(argv[argc - 2], "--")) {
        argv[argc - 2] = argv[argc - 1];
        argc--;
    }
    if (!check_logs(argv + 1, argc - 1)) {
        return TOOL_TROUBLE;
    }
    if (!parse_values(&report.values) || !parse_color(&report.color) ||
        !check_pairs() || !check_numbers() || !check_forms() ||
        !check_modes() || !add_ignored(ignore)) {
        return TOOL_TROUBLE;
    }
    report.form = opt_summary ? &diff_summary : opt_json ? &diff_json :
                  &diff_text;
    report.context = opt_context;
    report.lines = opt_lines;
    report.full = opt_full;
    return analysis_finish(&verb_diff,
                           run_mode((const char *const *)argv + 1, argc - 1,
                                    &report));
}

const Verb verb_diff = {
    .name = "diff",
    .brief = "Show what is different in two logs",
    .run = diff,
};
