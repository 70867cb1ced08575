/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/control/status.c"

#include "verbs.h"

int verbs_status(bool json, bool again)
{
    char *argv[] = { (char *)"status", NULL };

    opt_json = json;
    watch = again;
    watch_seconds = 0;
    return status(1, argv);
}
