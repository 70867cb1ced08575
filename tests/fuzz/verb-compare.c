/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/compare/compare.c"

#include "verbs.h"

int verbs_compare(const char *oracle, const char *log, bool exact)
{
    char *argv[] = {
        (char *)"compare", (char *)oracle, (char *)log, NULL
    };

    opt_exact = exact;
    return compare(3, argv);
}
