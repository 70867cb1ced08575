/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: line splitter (see lines.h)
 */
#include "tools/run/lines.h"

void run_lines_init(RunLines *lines)
{
    lines->text = g_string_new(NULL);
}

static void finish(RunLines *lines, RunLine *fn, void *opaque)
{
    if (lines->text->len && lines->text->str[lines->text->len - 1] == '\r') {
        g_string_truncate(lines->text, lines->text->len - 1);
    }
    fn(opaque, lines->text->str);
    g_string_truncate(lines->text, 0);
}

void run_lines_feed(RunLines *lines, const char *data, size_t len, RunLine *fn,
                    void *opaque)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (data[i] == '\n') {
            finish(lines, fn, opaque);
        } else if (lines->text->len < RUN_LINE_MAX) {
            g_string_append_c(lines->text, data[i] ? data[i] : ' ');
        }
    }
}

void run_lines_end(RunLines *lines, RunLine *fn, void *opaque)
{
    if (lines->text->len) {
        finish(lines, fn, opaque);
    }
    g_string_free(lines->text, TRUE);
    lines->text = NULL;
}
