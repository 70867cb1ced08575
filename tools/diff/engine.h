/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from two logs to their differences
 *
 *      DiffPlaces *places = diff_places_new();
 *      DiffLog *a = diff_log_open(&verb_diff, path_a, places, 0);
 *      DiffLog *b = diff_log_open(&verb_diff, path_b, places, 0);
 *
 *      status = diff_compare(&verb_diff, a, b, &options, &sink);
 *
 * Several logs may have the same places, so that each of them can be compared
 * with the first one.  A log can be compared only once: open it again.
 */
#ifndef VFIO_TRACE_DIFF_ENGINE_H
#define VFIO_TRACE_DIFF_ENGINE_H

#include "tools/common/tool.h"
#include "tools/diff/hunk.h"

/**
 * struct DiffOptions: what is compared
 * @values: which values
 * @pairs: arguments of --pair, NULL-terminated, or NULL
 * @quiet: say nothing about classes that are left out
 */
typedef struct DiffOptions {
    DiffValues values;
    char **pairs;
    bool quiet;
} DiffOptions;

/**
 * diff_compare() - find the differences of two logs
 * @verb: the verb, for messages
 * @a: a log from which nothing was read
 * @b: likewise
 * @options: what is compared
 * @sink: takes the differences
 *
 * Prints errors, what is left out, and whether the logs are longer than their
 * windows.
 *
 * Return: TOOL_OK, whether there are differences or not; TOOL_FAULT if a log is
 *         damaged or cut off; TOOL_TROUBLE after an error
 */
ToolStatus diff_compare(const Verb *verb, DiffLog *a, DiffLog *b,
                        const DiffOptions *options, const DiffSink *sink);

#endif /* VFIO_TRACE_DIFF_ENGINE_H */
