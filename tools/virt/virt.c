/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: command line, common to its verbs
 */
#include "tools/virt/virt.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

static const VirtVerb *const verbs[] = {
    &virt_create,
    &virt_enable,
    &virt_disable,
    &virt_status,
};

static const Verb virt = {
    .name = "virt",
};

static char *opt_connect;

static const GOptionEntry common_entries[] = {
    { "connect", 'c', 0, G_OPTION_ARG_STRING, &opt_connect,
      "The libvirt connection, as for virsh (default: libvirt's)", "URI" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Return: a verb's own and common options; to be freed with g_free() */
static GOptionEntry *all_entries(const VirtVerb *verb)
{
    GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    const GOptionEntry *entry;

    for (entry = verb->entries; entry->long_name; entry++) {
        g_array_append_val(all, *entry);
    }
    g_array_append_val(all, common_entries[0]);
    return (GOptionEntry *)g_array_free(all, FALSE);
}

static void print_help(FILE *out)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree GOptionEntry *entries = all_entries(verbs[i]);
        GOptionContext *context = g_option_context_new(verbs[i]->operands);
        g_autofree char *name = g_strdup_printf("vfio-trace %s",
                                                verbs[i]->verb.name);
        g_autofree char *text = NULL;

        g_set_prgname(name);
        g_option_context_set_summary(context, verbs[i]->verb.brief);
        g_option_context_set_description(context, verbs[i]->details);
        g_option_context_add_main_entries(context, entries, NULL);
        if (verbs[i]->get_group) {
            g_option_context_add_group(context, verbs[i]->get_group());
        }
        text = g_option_context_get_help(context, TRUE, NULL);
        fprintf(out, "%s%s", i ? "\n" : "", text);
        g_option_context_free(context);
    }
}

char **virt_hosts(char **words, GError **error)
{
    g_auto(GStrv) hosts = g_new0(char *, g_strv_length(words) + 1);
    size_t n = 0;

    for (; *words; words++) {
        g_autofree char *host = virt_xml_host(*words);

        if (!host) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "'%s' is not a PCI address: use 0000:01:00.0 or 01:00.0, for example",
                        *words);
            return NULL;
        }
        if (!virt_xml_check_domain(host, error)) {
            return NULL;
        }
        if (!g_strv_contains((const char *const *)hosts, host)) {
            hosts[n++] = g_steal_pointer(&host);
        }
    }
    return g_steal_pointer(&hosts);
}

static int run(const VirtVerb *verb, int argc, char **argv)
{
    g_autofree GOptionEntry *entries = all_entries(verb);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) hosts = NULL;
    GOptionGroup *group = verb->get_group ? verb->get_group() : NULL;
    VirtDomain domain;
    bool ok;

    if (verb->begin) {
        verb->begin(&argc, argv);
    }
    if (!tool_options_group(&verb->verb, verb->operands, verb->details,
                            entries, group, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb->verb, "the domain's name is missing");
        return TOOL_TROUBLE;
    }
    if (argc > 2 && !verb->takes_hosts) {
        tool_error(&verb->verb, "unexpected operand '%s'", argv[2]);
        return TOOL_TROUBLE;
    }
    hosts = virt_hosts(argv + 2, &error);
    if (!hosts) {
        tool_error(&verb->verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    ok = (verb->creates ? virt_connect : virt_open)(&domain, opt_connect,
                                                    argv[1], &error) &&
         verb->run(&domain, (const char *const *)hosts, &error);
    virt_close(&domain);
    if (error) {
        tool_error(&verb->verb, "%s", error->message);
    }
    return tool_finish(&verb->verb, ok ? TOOL_OK : TOOL_FAULT);
}

/* Is @word the last word of a verb's name? */
static bool is_named(const VirtVerb *verb, const char *word)
{
    return !strcmp(strrchr(verb->verb.name, ' ') + 1, word);
}

int virt_main(int argc, char **argv)
{
    size_t i;

    if (argc < 2) {
        tool_error(&virt,
                   "the verb is missing: create, enable, disable or status; try 'vfio-trace virt --help'");
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_help(stdout);
        return tool_finish(&virt, TOOL_OK);
    }
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (is_named(verbs[i], argv[1])) {
            return run(verbs[i], argc - 1, argv + 1);
        }
    }
    tool_error(&virt,
               "'%s' is not create, enable, disable or status; try 'vfio-trace virt --help'",
               argv[1]);
    return TOOL_TROUBLE;
}
