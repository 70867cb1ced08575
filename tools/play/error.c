/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: errors (see backend.h)
 */
#include "tools/play/backend.h"

GQuark play_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-play");
}

bool play_error(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, PLAY_ERROR, 0, text);
    return false;
}
