/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the verbs share (see tool.h)
 */
#include "tool.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool tool_options(const Verb *verb, const char *operands,
                  const char *details, const GOptionEntry *entries,
                  int *argc, char ***argv)
{
    g_autofree char *prgname = g_strdup_printf("vfio-trace %s", verb->name);
    GOptionContext *context = g_option_context_new(operands);
    g_autoptr(GError) error = NULL;
    bool ok;

    g_set_prgname(prgname);
    g_option_context_set_summary(context, verb->brief);
    g_option_context_set_description(context, details);
    g_option_context_set_strict_posix(context, verb->options_first);
    g_option_context_add_main_entries(context, entries, NULL);
    ok = g_option_context_parse(context, argc, argv, &error);
    if (ok && *argc > 1 && !strcmp((*argv)[1], "--")) {
        memmove(*argv + 1, *argv + 2, (*argc - 1) * sizeof(**argv));
        (*argc)--;
    }
    if (!ok) {
        tool_error(verb, "%s; try 'vfio-trace %s --help'", error->message,
                   verb->name);
    }
    g_option_context_free(context);
    return ok;
}

char *tool_printable(char *text)
{
    uint8_t last = 0;
    char *p;

    for (p = text; *p; p++) {
        uint8_t byte = *p;

        /* ASCII's, and Latin-1's, which are two bytes long */
        if (g_ascii_iscntrl(byte) ||
            (last == 0xc2 && byte >= 0x80 && byte < 0xa0)) {
            *p = '?';
            if (last == 0xc2) {
                p[-1] = '?';
            }
        }
        last = byte;
    }
    return text;
}

void tool_error(const Verb *verb, const char *fmt, ...)
{
    g_autofree char *message = NULL;
    va_list ap;

    va_start(ap, fmt);
    message = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    fflush(stdout);
    fprintf(stderr, "vfio-trace %s: %s\n", verb->name,
            tool_printable(message));
}

int tool_finish(const Verb *verb, ToolStatus status)
{
    if (fflush(stdout) || ferror(stdout)) {
        tool_error(verb, "can not write the output: %s", g_strerror(errno));
        return TOOL_TROUBLE;
    }
    return status;
}
