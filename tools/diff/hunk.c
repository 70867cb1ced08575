/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: kinds of differences (see hunk.h)
 */
#include "tools/diff/hunk.h"

const char *diff_kind_name(DiffKind kind)
{
    static const char *const names[DIFF_KIND__MAX] = {
        [DIFF_ONLY_A] = "only-a",
        [DIFF_ONLY_B] = "only-b",
        [DIFF_VALUE] = "value",
        [DIFF_ORDER] = "order",
        [DIFF_POLL_END] = "poll-end",
        [DIFF_POLL_TIME] = "poll-time",
        [DIFF_ROUNDS] = "rounds",
    };

    return names[kind];
}
