/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/redact/redact.c"

#include "verbs.h"

int verbs_redact(const char *log, const char *out, char **secrets, bool all)
{
    char *argv[] = { (char *)"redact", (char *)log, NULL };

    opt_output = (char *)out;
    opt_force = TRUE;
    opt_secrets = secrets;
    opt_seed = (char *)"fuzz";
    opt_all = all;
    /* --all sets them, and nothing clears them */
    opt_mac = opt_serials = opt_snapshots = FALSE;
    opt_marks = opt_names = opt_clock = FALSE;
    opt_report = TRUE;
    return redact(2, argv);
}
