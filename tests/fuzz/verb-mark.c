/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/control/mark.c"

#include "verbs.h"

int verbs_mark(bool json)
{
    char *argv[] = { (char *)"mark", (char *)"text", NULL };

    opt_json = json;
    return mark(2, argv);
}
