/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: errors and notes (see error.h)
 */
#include "tools/run/error.h"

static const Verb *speaker = &verb_run;

void run_speak_as(const Verb *verb)
{
    speaker = verb;
}

GQuark run_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-run");
}

bool run_error(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, RUN_ERROR, 0, text);
    return false;
}

void run_note(const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    tool_error(speaker, "note: %s", text);
}
