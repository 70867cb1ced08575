/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mark.c"

#include "verbs.h"

int verbs_mark(void)
{
    char *argv[] = { (char *)"mark", (char *)"text", NULL };

    opt_qmp = (char *)"qmp";
    return mark(2, argv);
}
