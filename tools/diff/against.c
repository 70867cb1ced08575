/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: several logs of the same (see against.h)
 */
#include "tools/diff/against.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/json-line.h"
#include "tools/analysis/trace.h"

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

void diff_against_print(const DiffNoise *noise, bool json)
{
    const DiffNoiseCounts *counts = diff_noise_counts(noise);
    uint64_t n = counts->values + counts->sequences + counts->orders +
                 counts->polls;

    if (json) {
        print_json(counts);
    } else if (n) {
        tool_print("# noise, which varies between the other logs, too: %" PRIu64
                   " differences: %" PRIu64 " values, %" PRIu64
                   " sequences of %" PRIu64 " accesses, %" PRIu64
                   " orders, %" PRIu64 " polls\n", n, counts->values,
                   counts->sequences, counts->accesses, counts->orders,
                   counts->polls);
    }
}
