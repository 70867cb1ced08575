/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.c"

#include "verbs.h"

int verbs_status(bool json)
{
    char *argv[] = { (char *)"status", NULL };

    opt_qmp = (char *)"qmp";
    opt_json = json;
    return status(1, argv);
}
