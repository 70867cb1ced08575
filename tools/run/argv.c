/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: words of a command line (see argv.h)
 */
#include "tools/run/argv.h"

void run_argv_add(GPtrArray *argv, const char *option, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

char *run_argv_value(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);

    return g_strjoinv(",,", parts);
}
