/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: reading two logs with the same places (see read.h)
 */
#include "tools/diff/read.h"

#include <inttypes.h>

#include "tools/diff/pair.h"

/* Config space is traced only if the user wants it. */
static bool lacks(const DiffLog *log, DiffClass class)
{
    return !diff_log_accesses(log, class) &&
           (class == DIFF_CLASS_CONFIG || !diff_log_sees_all(log));
}

static void choose_classes(DiffLog *a, DiffLog *b)
{
    unsigned i;

    diff_log_leave_out(a, DIFF_CLASS_UNPAIRED);
    diff_log_leave_out(b, DIFF_CLASS_UNPAIRED);
    for (i = 0; i < DIFF_CLASS_UNPAIRED; i++) {
        if (lacks(a, i) || lacks(b, i)) {
            diff_log_leave_out(a, i);
            diff_log_leave_out(b, i);
        }
    }
}

/* Prints the error of a log that can't be read to the end of its window. */
static bool is_read(DiffLog *log)
{
    if (diff_log_failed(log)) {
        diff_log_finish(log);
        return false;
    }
    return true;
}

bool diff_read_windows(const Verb *verb, DiffLog *a, DiffLog *b, char **pairs)
{
    g_autoptr(GError) error = NULL;
    bool first = !diff_log_end(a) && !diff_log_end(b);

    diff_log_fill(a);
    diff_log_fill(b);
    if (!is_read(a) || !is_read(b)) {
        return false;
    }
    if (!diff_pair(a, b, pairs, &error)) {
        tool_error(verb, "%s", error->message);
        return false;
    }
    if (first) {
        diff_log_set_peer(a, b);
        diff_log_set_peer(b, a);
        if (diff_log_devices(a)->len && diff_log_devices(b)->len) {
            choose_classes(a, b);
        }
    }
    diff_log_map(a);
    diff_log_map(b);
    return true;
}

ToolStatus diff_read_end(const Verb *verb, DiffLog *log, bool quiet)
{
    unsigned i;

    for (i = 0; i < DIFF_CLASS__MAX; i++) {
        uint64_t n = diff_log_left_out(log, i);

        if (n && !quiet) {
            g_autofree char *number = g_strdup_printf("%" PRIu64, n);

            tool_error(verb,
                       "note: %s: accesses to %s, which the other log can not have, are left out: %s",
                       diff_log_name(log), diff_class_name(i), number);
        }
    }
    return diff_log_finish(log);
}
