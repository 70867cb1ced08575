/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat with a selection: the selected lines, as they are
 */
#include "tools/convert/sink.h"

#include <string.h>

#include "libmmiotrace/trace.h"

/**
 * struct Lines: state of a conversion
 * @trace: the trace
 * @out: the output
 */
typedef struct Lines {
    MmtTrace *trace;
    ConvertOut *out;
} Lines;

static void *lines_begin(MmtTrace *trace, ConvertOut *out)
{
    Lines *lines = g_new0(Lines, 1);

    mmt_trace_keep_head(trace);
    lines->trace = trace;
    lines->out = out;
    return lines;
}

static void lines_entries(void *state, const MmtEntry *entries, size_t n)
{
    Lines *lines = state;
    size_t i;

    for (i = 0; i < n; i++) {
        size_t len;
        const char *line = mmt_trace_line(lines->trace, &entries[i], &len);
        char *p = convert_out_room(lines->out, len + 1);

        p = convert_put_str(p, line, len);
        *p++ = '\n';
        convert_out_took(lines->out, p);
    }
}

static void lines_end(void *state, GString *notes)
{
    (void)notes;
    g_free(state);
}

const ConvertSink convert_as_lines = {
    .name = "lines",
    .begin = lines_begin,
    .entries = lines_entries,
    .end = lines_end,
};
