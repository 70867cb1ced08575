/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: verbs of a verb (see subverb.h)
 */
#include "tools/common/subverb.h"

#include <stdio.h>
#include <string.h>

/* @made: what is to be freed, or NULL */
static const GOptionEntry *subverb_entries(const SubVerb *sub,
                                           GOptionEntry **made)
{
    *made = sub->get_entries ? sub->get_entries() : NULL;
    return *made ? *made : sub->entries;
}

static void subverb_help(const SubVerb *sub)
{
    GOptionContext *context = g_option_context_new(sub->operands);
    g_autofree char *name = g_strdup_printf("vfio-trace %s", sub->verb.name);
    g_autofree GOptionEntry *made = NULL;
    const GOptionEntry *entries = subverb_entries(sub, &made);
    g_autofree char *text = NULL;

    g_set_prgname(name);
    g_option_context_set_summary(context, sub->verb.brief);
    g_option_context_set_description(context, sub->details);
    g_option_context_add_main_entries(context, entries, NULL);
    text = g_option_context_get_help(context, TRUE, NULL);
    printf("%s", text);
    g_option_context_free(context);
}

/* The last word of its name */
static const char *subverb_word(const SubVerb *sub)
{
    return strrchr(sub->verb.name, ' ') + 1;
}

/* "list, check or convert" */
static char *subverb_words(const SubVerb *const *subs, size_t n)
{
    GString *words = g_string_new(NULL);
    size_t i;

    for (i = 0; i < n; i++) {
        g_string_append_printf(words, "%s%s", i == 0 ? "" :
                               i == n - 1 ? " or " : ", ",
                               subverb_word(subs[i]));
    }
    return g_string_free(words, FALSE);
}

static int subverb_start(const SubVerb *sub, int argc, char **argv)
{
    g_autofree GOptionEntry *made = NULL;
    const GOptionEntry *entries = subverb_entries(sub, &made);

    if (!tool_options(&sub->verb, sub->operands, sub->details, entries,
                      &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    return sub->run(argc, argv);
}

int subverb_run(const Verb *verb, const SubVerb *const *subs, size_t n,
                int argc, char **argv)
{
    g_autofree char *words = subverb_words(subs, n);
    size_t i;

    if (argc < 2) {
        tool_error(verb, "the verb is missing: %s; try 'vfio-trace %s --help'",
                   words, verb->name);
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        for (i = 0; i < n; i++) {
            printf("%s", i ? "\n" : "");
            subverb_help(subs[i]);
        }
        return tool_finish(verb, TOOL_OK);
    }
    for (i = 0; i < n; i++) {
        if (!strcmp(subverb_word(subs[i]), argv[1])) {
            return subverb_start(subs[i], argc - 1, argv + 1);
        }
    }
    tool_error(verb, "'%s' is not %s; try 'vfio-trace %s --help'", argv[1],
               words, verb->name);
    return TOOL_TROUBLE;
}
