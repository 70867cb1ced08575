/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: errors in a sequence (see wrong.h)
 */
#include "tools/sequence/wrong.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

#include "libmmiotrace/printable.h"

bool sequence_wrong(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    mmt_printable(text, strlen(text), text, strlen(text));
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
    return false;
}
