/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing: a target that looks for no register databases
 */
#include "fuzz.h"

#include <stdlib.h>

#include "tools/analysis/db-options.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    const char *words[] = { "convert", "--no-db", NULL };
    char **args = (char **)words;
    int n = 2;

    (void)argc;
    (void)argv;
    g_option_context_set_main_group(context, analysis_db_option_group());
    if (!g_option_context_parse(context, &n, &args, NULL)) {
        abort();
    }
    return 0;
}
