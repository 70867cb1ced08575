/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/control/window.c"

#include "verbs.h"

int verbs_window_list(bool json)
{
    char *argv[] = { (char *)"window", (char *)"list", NULL };

    opt_json = json;
    return window(2, argv);
}

int verbs_window_add(void)
{
    char *argv[] = { (char *)"window", (char *)"add", (char *)"0:4:4",
                     (char *)"vga", NULL };

    opt_json = false;
    return window(4, argv);
}
