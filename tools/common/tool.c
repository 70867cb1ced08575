/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: functions that all verbs share (see tool.h)
 */
#include "tools/common/tool.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmmiotrace/printable.h"

bool tool_options_group(const Verb *verb, const char *operands,
                        const char *details, const GOptionEntry *entries,
                        GOptionGroup *group, int *argc, char ***argv)
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
    if (group) {
        g_option_context_add_group(context, group);
    }
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

bool tool_options(const Verb *verb, const char *operands,
                  const char *details, const GOptionEntry *entries,
                  int *argc, char ***argv)
{
    return tool_options_group(verb, operands, details, entries, NULL, argc,
                              argv);
}

char *tool_printable(char *text)
{
    mmt_printable(text, strlen(text), text, strlen(text));
    return text;
}

const char *tool_shown(const char *text, size_t *len, GString *room)
{
    static int terminal = -1;

    if (terminal < 0) {
        terminal = isatty(STDOUT_FILENO);
    }
    if (!terminal) {
        return text;
    }
    g_string_set_size(room, *len);
    *len = mmt_printable(text, *len, room->str, *len);
    return room->str;
}

void tool_print(const char *fmt, ...)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    va_list ap;
    guint i;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    lines = g_strsplit(text, "\n", -1);
    for (i = 0; lines[i]; i++) {
        if (i) {
            putchar('\n');
        }
        fputs(tool_printable(lines[i]), stdout);
    }
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

void tool_say(void *verb, const char *text)
{
    tool_error(verb, "%s", text);
}

int tool_finish(const Verb *verb, ToolStatus status)
{
    if (fflush(stdout) || ferror(stdout)) {
        tool_error(verb, "can not write the output: %s", g_strerror(errno));
        return TOOL_TROUBLE;
    }
    return status;
}
