/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the conversion of traces: arbitrary bytes as a trace
 *
 * The trace as mmiotrace has the same accesses, unless it is said that some of
 * them could not be kept; lines of JSON are JSON, and CSV is UTF-8.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "scratch.h"
#include "tools/convert/sink.h"

static bool keep(void *opaque, const char *p, size_t len)
{
    g_string_append_len(opaque, p, len);
    return true;
}

static MmtTrace *open_trace(const char *p, size_t len)
{
    MmtTrace *trace;

    scratch_write(scratch_path("log"), p, len);
    trace = mmt_trace_open(scratch_path("log"), NULL);
    fuzz_check(trace != NULL, "can not open the trace");
    return trace;
}

/* Return: the format's name, or NULL */
static const char *convert(const ConvertSink *sink, const char *p, size_t len,
                           GString *text, GString *notes)
{
    g_autoptr(MmtTrace) trace = open_trace(p, len);
    const MmtEntry *entries;
    ConvertOut out;
    void *state;
    size_t n;

    convert_out_init(&out, keep, text);
    state = sink->begin(trace, &out);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        sink->entries(state, entries, n);
    }
    sink->end(state, notes);
    convert_out_flush(&out);
    convert_out_clear(&out);
    return mmt_trace_format(trace);
}

/* The accesses of a trace, a line for each */
static GString *accesses(const char *p, size_t len)
{
    g_autoptr(MmtTrace) trace = open_trace(p, len);
    GString *text = g_string_new(NULL);
    const MmtEntry *entries;
    size_t n;
    size_t i;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            const MmtEntry *e = &entries[i];
            const MmtRegion *region;

            if (e->kind > MMT_ENTRY_UNKNOWN) {
                continue;
            }
            region = mmt_trace_region(trace, e->region);
            g_string_append_printf(text, "%u %s|%s+0x%" PRIx64 " %u 0x%" PRIx64
                                   " %" PRIu32 " 0x%" PRIx64 "\n", e->kind,
                                   region->device, region->name, e->offset,
                                   e->width, e->value, e->cpu, e->pc);
        }
    }
    return text;
}

static void check_round_trip(const char *p, size_t len)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) notes = g_string_new(NULL);
    const char *format = convert(&convert_as_mmiotrace, p, len, text, notes);
    g_autoptr(GString) before = NULL;
    g_autoptr(GString) after = NULL;

    if (!format || !strcmp(format, "mmiotrace") ||
        strstr(notes->str, "accesses that")) {
        return;
    }
    before = accesses(p, len);
    after = accesses(text->str, text->len);
    fuzz_check(!strcmp(before->str, after->str), "not the same:\n%s\n%s",
               before->str, text->str);
}

static void check_json(const char *p, size_t len)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) notes = g_string_new(NULL);
    char *line;
    char *end;

    convert(&convert_as_jsonl, p, len, text, notes);
    for (line = text->str; (end = strchr(line, '\n')); line = end + 1) {
        g_autoptr(JsonParser) parser = json_parser_new();

        fuzz_check(json_parser_load_from_data(parser, line, end - line, NULL),
                   "not JSON: %.*s", (int)(end - line), line);
    }
    fuzz_check(line == text->str + text->len, "a NUL, or no newline");
}

static void check_csv(const char *p, size_t len)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) notes = g_string_new(NULL);

    convert(&convert_as_csv, p, len, text, notes);
    fuzz_check(g_utf8_validate(text->str, text->len, NULL), "not UTF-8: %s",
               text->str);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;

    check_round_trip(p, size);
    check_json(p, size);
    check_csv(p, size);
    return 0;
}
