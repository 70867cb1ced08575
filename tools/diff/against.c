/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: several logs of the same (see against.h)
 */
#include "tools/diff/against.h"

#include <string.h>

#include "tools/analysis/json-line.h"
#include "tools/analysis/trace.h"
#include "tools/diff/number.h"

static bool is_readable_again(const char *path)
{
    return strcmp(path, "-") && (!g_file_test(path, G_FILE_TEST_EXISTS) ||
                                 g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static ToolStatus learn(const Verb *verb, const char *const paths[2],
                        DiffPlaces *places, const DiffOptions *options,
                        uint32_t window, DiffNoise *noise)
{
    g_autoptr(DiffLog) a = diff_log_open(verb, paths[0], places, window);
    g_autoptr(DiffLog) b = a ? diff_log_open(verb, paths[1], places, window) :
                               NULL;
    DiffSink sink;

    if (!b) {
        return TOOL_TROUBLE;
    }
    sink = diff_noise_learner(noise, a, b);
    return diff_compare(verb, a, b, options, &sink);
}

ToolStatus diff_against_learn(const Verb *verb, const char *const *paths,
                              unsigned n, DiffPlaces *places,
                              const DiffOptions *options, uint32_t window,
                              DiffNoise *noise)
{
    DiffOptions quiet = *options;
    ToolStatus status = TOOL_OK;
    unsigned i;

    if (!is_readable_again(paths[0])) {
        tool_error(verb,
                   "'%s' is read several times: the first log must be a file",
                   paths[0]);
        return TOOL_TROUBLE;
    }
    quiet.quiet = true;
    for (i = 1; i < n && status != TOOL_TROUBLE; i++) {
        const char *const pair[2] = { paths[0], paths[i] };
        ToolStatus one = learn(verb, pair, places, &quiet, window, noise);

        status = MAX(status, one);
        if (analysis_interrupted()) {
            return TOOL_TROUBLE;
        }
    }
    if (!diff_noise_learned(noise)) {
        tool_error(verb,
                   "note: too much varies between the logs to remember all: some of what is shown may be noise");
    }
    return status;
}

static void print_json(const DiffNoiseCounts *counts)
{
    g_autoptr(GString) json = g_string_new(NULL);

    json_line_begin(json, "noise");
    json_line_number(json, "values", counts->values);
    json_line_number(json, "sequences", counts->sequences);
    json_line_number(json, "sequence_accesses", counts->accesses);
    json_line_number(json, "orders", counts->orders);
    json_line_number(json, "polls", counts->polls);
    json_line_print(json);
}

/* "2 values, 1 sequence (3 accesses)": those of which there are any */
static void put_counts(const DiffNoiseCounts *counts, GString *text)
{
    const struct {
        uint64_t n;
        const char *one;
        const char *many;
        uint64_t accesses;
    } kinds[] = {
        { counts->values, "value", "values" },
        { counts->sequences, "sequence", "sequences", counts->accesses },
        { counts->orders, "order", "orders" },
        { counts->polls, "poll", "polls" },
    };
    const char *before = ": ";
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!kinds[i].n) {
            continue;
        }
        g_string_append(text, before);
        diff_put_number(text, kinds[i].n, kinds[i].one, kinds[i].many);
        if (kinds[i].accesses) {
            g_string_append(text, " (");
            diff_put_number(text, kinds[i].accesses, "access", "accesses");
            g_string_append_c(text, ')');
        }
        before = ", ";
    }
}

void diff_against_print(const DiffNoise *noise, bool json)
{
    DiffNoiseCounts counts = diff_noise_counts(noise);
    g_autoptr(GString) text = g_string_new("# ");
    uint64_t n = counts.values + counts.sequences + counts.orders +
                 counts.polls;

    if (json) {
        print_json(&counts);
    } else if (n) {
        diff_put_number(text, n, "difference is noise, which varies",
                        "differences are noise, which varies");
        g_string_append(text, " between the other logs, too");
        put_counts(&counts, text);
        tool_print("%s\n", text->str);
    }
}
