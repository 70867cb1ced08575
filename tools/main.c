/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: command line front end
 *
 * Each verb is in a file of its own; this file finds the verb and runs it.
 */
#include "tools/common/nearest.h"
#include "tools/common/tool.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The verbs in the order of --help; a group's first verb has its heading. */
static const struct {
    const Verb *verb;
    const char *group;
} verbs[] = {
    { &verb_doctor, "Trace a device" },
    { &verb_run },
    { &verb_restore },
    { &verb_virt },
    { &verb_status, "Show and control a running trace" },
    { &verb_mark },
    { &verb_start },
    { &verb_stop },
    { &verb_window },
    { &verb_memory },
    { &verb_flush },
    { &verb_rotate },
    { &verb_cat, "Read a log" },
    { &verb_tail },
    { &verb_stat },
    { &verb_profile },
    { &verb_fold },
    { &verb_decode },
    { &verb_diff },
    { &verb_extract },
    { &verb_report },
    { &verb_serve },
    { &verb_symbolize },
    { &verb_lookup },
    { &verb_regdb },
    { &verb_rings },
    { &verb_convert },
    { &verb_redact },
    { &verb_bundle },
    { &verb_sequence, "From a log to a driver" },
    { &verb_play },
    { &verb_check, "Check and repair a log" },
    { &verb_compare },
    { &verb_recover },
};

static void print_help(FILE *out)
{
    size_t i;

    fprintf(out,
            "Usage:\n"
            "  vfio-trace VERB [OPTION...] [OPERAND...]\n"
            "  vfio-trace VERB --help\n"
            "  vfio-trace --help | --version\n"
            "\n"
            "Work with traces of PCI devices passed through to a guest.\n");
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (verbs[i].group) {
            fprintf(out, "\n%s:\n", verbs[i].group);
        }
        fprintf(out, "  %-11s%s\n", verbs[i].verb->name,
                verbs[i].verb->brief);
    }
    fprintf(out, "\nEvery verb has a man page: man vfio-trace-VERB\n");
}

static const Verb *find_verb(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (!strcmp(verbs[i].verb->name, name)) {
            return verbs[i].verb;
        }
    }
    return NULL;
}

static const char *nearest_verb(const char *name)
{
    Nearest nearest;
    size_t i;

    nearest_begin(&nearest, name, false);
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        nearest_try(&nearest, verbs[i].verb->name);
    }
    return nearest.best;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const Verb *verb;

    setlocale(LC_ALL, "");
    /* `vfio-trace check LOG | head` must end without an error message. */
    signal(SIGPIPE, SIG_DFL);

    if (!name) {
        print_help(stderr);
        return TOOL_TROUBLE;
    }
    if (!strcmp(name, "--version")) {
        printf("vfio-trace %s\n", VFIO_TRACE_VERSION);
        return TOOL_OK;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
        (!strcmp(name, "help") && argc == 2)) {
        print_help(stdout);
        return TOOL_OK;
    }
    if (!strcmp(name, "help")) {
        static char help[] = "--help";

        name = argv[1] = argv[2];
        argv[2] = help;
        argc = 3;
    }
    verb = find_verb(name);
    if (!verb) {
        const char *near = nearest_verb(name);

        if (near) {
            fprintf(stderr,
                    "vfio-trace: there is no verb '%s'; did you mean '%s'?\n",
                    name, near);
        } else {
            fprintf(stderr,
                    "vfio-trace: there is no verb '%s'; see 'vfio-trace --help'\n",
                    name);
        }
        return TOOL_TROUBLE;
    }
    return verb->run(argc - 1, argv + 1);
}
