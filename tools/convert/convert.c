/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: conversion of a trace to another format (see convert.h)
 *
 * What was read so far is printed before more is read: a trace that comes from
 * a pipe is converted as it comes.
 */
#include "tools/convert/convert.h"
#include "tools/analysis/trace.h"

#include <stdio.h>
#include <string.h>

bool convert_print(void *opaque, const char *p, size_t len)
{
    const char *end = p + len;

    while (p < end) {
        const char *newline = memchr(p, '\n', end - p);
        size_t n = (newline ?: end) - p;
        const char *text = tool_shown(p, &n, opaque);

        if (text == p) {
            /* not a terminal */
            n = end - p;
            newline = NULL;
        }
        if (fwrite(text, 1, n, stdout) != n ||
            (newline && putchar('\n') == EOF)) {
            return false;
        }
        p = text == p || !newline ? end : newline + 1;
    }
    return fflush(stdout) == 0;
}

ToolStatus convert_trace(const Verb *verb, const char *path,
                         const ConvertSink *sink, bool names,
                         ConvertWrite *write, void *opaque)
{
    g_autoptr(AnalysisTrace) a = analysis_open(verb, path);
    g_autoptr(GString) notes = g_string_new(NULL);
    const MmtEntry *entries;
    ToolStatus status;
    ConvertOut out;
    void *state;
    size_t n;

    if (!a) {
        return TOOL_TROUBLE;
    }
    convert_out_init(&out, write, opaque);
    state = sink->begin(analysis_trace(a), &out);
    if (names) {
        sink->names(state, analysis_db(a));
    }
    while (!out.closed && (n = analysis_next(a, &entries)) > 0) {
        sink->entries(state, entries, n);
        convert_out_flush(&out);
    }
    sink->end(state, notes);
    convert_out_flush(&out);
    if (out.closed) {
        /* tool_finish() says why, if there is something to say */
        status = TOOL_OK;
    } else {
        status = analysis_end(a);
        if (notes->len) {
            tool_error(verb, "%s: %s",
                       strcmp(path, "-") ? path : "standard input", notes->str);
        }
    }
    convert_out_clear(&out);
    return status;
}
