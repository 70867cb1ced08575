/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb: command line, common to its verbs
 */
#include "tools/regdb/regdb.h"

#include <string.h>

static const RegdbVerb *const verbs[] = {
    &regdb_list,
    &regdb_check,
    &regdb_convert,
};

static void print_help(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        GOptionContext *context = g_option_context_new(verbs[i]->operands);
        g_autofree char *name = g_strdup_printf("vfio-trace %s",
                                                verbs[i]->verb.name);
        g_autofree char *text = NULL;

        g_set_prgname(name);
        g_option_context_set_summary(context, verbs[i]->verb.brief);
        g_option_context_set_description(context, verbs[i]->details);
        g_option_context_add_main_entries(context, verbs[i]->entries, NULL);
        text = g_option_context_get_help(context, TRUE, NULL);
        printf("%s%s", i ? "\n" : "", text);
        g_option_context_free(context);
    }
}

static int run(const RegdbVerb *verb, int argc, char **argv)
{
    if (!tool_options(&verb->verb, verb->operands, verb->details,
                      verb->entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    return verb->run(argc, argv);
}

/* Is @word the last word of a verb's name? */
static bool is_named(const RegdbVerb *verb, const char *word)
{
    return !strcmp(strrchr(verb->verb.name, ' ') + 1, word);
}

static int regdb(int argc, char **argv)
{
    size_t i;

    if (argc < 2) {
        tool_error(&verb_regdb,
                   "the verb is missing: list, check or convert; try 'vfio-trace regdb --help'");
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_help();
        return tool_finish(&verb_regdb, TOOL_OK);
    }
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (is_named(verbs[i], argv[1])) {
            return run(verbs[i], argc - 1, argv + 1);
        }
    }
    tool_error(&verb_regdb,
               "'%s' is not list, check or convert; try 'vfio-trace regdb --help'",
               argv[1]);
    return TOOL_TROUBLE;
}

const Verb verb_regdb = {
    .name = "regdb",
    .brief = "List, check and convert register databases",
    .run = regdb,
};
