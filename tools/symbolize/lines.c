/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace symbolize: lines of a trace, as mmiotrace (see lines.h)
 *
 * As long as the format is not known, lines are held: they are of other
 * programs, and are dropped if the trace is not mmiotrace.
 */
#include "tools/symbolize/lines.h"
#include "tools/analysis/options.h"
#include "tools/convert/sink.h"

#include <inttypes.h>
#include <string.h>

/* Bytes that are held at most */
#define HELD_MAX (1u << 20)

/**
 * struct Lines: the state
 * @trace: the trace
 * @take: takes the lines
 * @opaque: its argument
 * @held: lines before the first one that was recognised, each with a newline;
 *        NULL once they were taken or dropped
 * @ended: @take wants no more
 * @out: rows of the conversion
 * @sink: state of the conversion, or NULL
 */
typedef struct Lines {
    MmtTrace *trace;
    LinesTake *take;
    void *opaque;
    GString *held;
    bool ended;
    ConvertOut out;
    void *sink;
} Lines;

static void take(Lines *lines, const char *p, size_t len, uint64_t number,
                 bool unterminated)
{
    MmtLine line = { .p = p, .len = len, .number = number,
                     .unterminated = unterminated };

    if (!lines->ended) {
        lines->ended = !lines->take(lines->opaque, &line);
    }
}

static void take_rows(Lines *lines, const char *p, size_t len)
{
    const char *end = p + len;
    uint64_t number = 0;

    while (p < end) {
        const char *newline = memchr(p, '\n', end - p);

        take(lines, p, newline - p, ++number, false);
        p = newline + 1;
    }
}

static bool take_converted(void *opaque, const char *p, size_t len)
{
    Lines *lines = opaque;

    take_rows(lines, p, len);
    return !lines->ended;
}

static void end_holding(Lines *lines, bool drop)
{
    if (lines->held && !drop) {
        take_rows(lines, lines->held->str, lines->held->len);
    }
    if (lines->held) {
        g_string_free(lines->held, TRUE);
        lines->held = NULL;
    }
}

static void hold(Lines *lines, const char *p, size_t len)
{
    g_string_append_len(lines->held, p, len);
    g_string_append_c(lines->held, '\n');
    if (lines->held->len > HELD_MAX) {
        end_holding(lines, false);
    }
}

/* The only line of its batch may be cut off. */
static void take_entry(Lines *lines, const MmtEntry *entry, bool unterminated)
{
    size_t len;
    const char *p = mmt_trace_line(lines->trace, entry, &len);

    if (lines->held && !mmt_trace_format(lines->trace) && !unterminated) {
        hold(lines, p, len);
        return;
    }
    end_holding(lines, false);
    take(lines, p, len, entry->line, unterminated);
}

static bool begin_conversion(Lines *lines, const char *format, GError **error)
{
    const char *name = mmt_reader_name(mmt_trace_reader(lines->trace));
    bool taken = !lines->held;

    end_holding(lines, true);
    if (!strcmp(format, "qemu") || !strcmp(format, "ftrace")) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s is a trace of format %s, which has no program counters; 'vfio-trace cat --as mmiotrace' converts it for other programs",
                    name, format);
        return false;
    }
    if (taken) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: a trace of format %s begins after too many other lines; try 'vfio-trace cat --as mmiotrace'",
                    name, format);
        return false;
    }
    lines->sink = convert_as_mmiotrace.begin(lines->trace, &lines->out);
    return true;
}

static bool take_batch(Lines *lines, const MmtEntry *entries, size_t n,
                       GError **error)
{
    const char *format = mmt_trace_format(lines->trace);
    bool unterminated = mmt_trace_unterminated(lines->trace);
    size_t i;

    if (mmt_trace_overlong(lines->trace)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%" PRIu64
                    ": the line is longer than %u bytes: this is not a log",
                    mmt_reader_name(mmt_trace_reader(lines->trace)),
                    entries[0].line, MMT_READER_LINE_MAX);
        return false;
    }
    if (format && !lines->sink && strcmp(format, "mmiotrace") &&
        !begin_conversion(lines, format, error)) {
        return false;
    }
    if (lines->sink) {
        convert_as_mmiotrace.entries(lines->sink, entries, n);
        convert_out_flush(&lines->out);
        return true;
    }
    for (i = 0; i < n; i++) {
        take_entry(lines, &entries[i], unterminated);
    }
    return true;
}

static bool read_batches(Lines *lines, GError **error)
{
    const MmtEntry *entries;
    const char *message;
    size_t n;

    while (!lines->ended &&
           (n = mmt_trace_next(lines->trace, &entries)) > 0) {
        if (!take_batch(lines, entries, n, error)) {
            return false;
        }
    }
    message = mmt_trace_error(lines->trace);
    if (message) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, message);
    }
    return !message;
}

bool lines_read(MmtTrace *trace, LinesTake *take_line, void *opaque,
                GString *notes, GError **error)
{
    Lines lines = { .trace = trace, .take = take_line, .opaque = opaque,
                    .held = g_string_new(NULL) };
    bool ok;

    convert_out_init(&lines.out, take_converted, &lines);
    if (analysis_options_given()) {
        mmt_trace_keep_head(trace);
    } else {
        mmt_trace_every_line(trace);
    }
    ok = read_batches(&lines, error);
    end_holding(&lines, false);
    if (lines.sink) {
        convert_as_mmiotrace.end(lines.sink, notes);
        convert_out_flush(&lines.out);
    }
    convert_out_clear(&lines.out);
    return ok;
}
