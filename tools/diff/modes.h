/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: comparisons of two logs without alignment
 */
#ifndef VFIO_TRACE_DIFF_MODES_H
#define VFIO_TRACE_DIFF_MODES_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/common/tool.h"
#include "tools/diff/ignore.h"

/* Most tokens in memory of which nothing is shown, unless --window says more */
#define DIFF_MODE_WINDOW (4u << 20)

/**
 * struct DiffModeOptions: what the user wants
 * @pairs: arguments of --pair, NULL-terminated, or NULL
 * @window: most tokens of a log in memory; 0: DIFF_MODE_WINDOW, or DIFF_WINDOW
 *          if sequences are shown
 * @at: --state: the phase at whose end registers are looked at: its name, a
 *      pattern or its number; NULL: the log's end
 * @ignore: what is ignored, or NULL
 * @lines: --subtract: lines of a sequence that are shown; 0: all
 * @full: nothing is folded, grouped or left out
 * @json: an object on each line
 */
typedef struct DiffModeOptions {
    char **pairs;
    uint32_t window;
    const char *at;
    DiffIgnore *ignore;
    unsigned lines;
    bool full;
    bool json;
} DiffModeOptions;

/**
 * diff_mode_state() - show the registers that two logs leave different
 * @verb: the verb
 * @a: name of a log
 * @b: name of the other one
 * @options: what the user wants
 *
 * Return: exit status
 */
ToolStatus diff_mode_state(const Verb *verb, const char *a, const char *b,
                           const DiffModeOptions *options);

/**
 * diff_mode_subtract() - show what a log has that another one never has
 * @verb: the verb
 * @a: name of the log that is subtracted
 * @b: name of the log
 * @options: what the user wants
 *
 * Return: exit status
 */
ToolStatus diff_mode_subtract(const Verb *verb, const char *a, const char *b,
                              const DiffModeOptions *options);

#endif /* VFIO_TRACE_DIFF_MODES_H */
