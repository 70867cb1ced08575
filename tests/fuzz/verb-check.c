/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/check/check.c"

#include "verbs.h"

int verbs_check(const char *log, bool kernel, bool complete, bool json)
{
    char *argv[] = { (char *)"check", (char *)log, NULL };

    options.kernel = kernel;
    options.complete = complete && !kernel;
    options.json = json;
    return check(2, argv);
}
