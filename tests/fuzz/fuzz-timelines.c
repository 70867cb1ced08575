/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing Perfetto's format and VCD: arbitrary bytes as a trace
 *
 * A Perfetto trace can be unpacked and has the accesses of the trace; a VCD file
 * has lines of the format and times that increase.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "scratch.h"
#include "tools/analysis/db.h"
#include "tools/common/tool.h"
#include "tools/export/format.h"
#include "tools/perfetto.pb-c.h"

static const Verb verb = { .name = "convert" };

/* Return: the output, to be freed with free() */
static char *convert(const ExportFormat *format, const char *p, size_t len,
                     size_t *size, uint64_t *accesses)
{
    g_autoptr(MmtTrace) trace = NULL;
    g_autoptr(AnalysisDb) db = NULL;
    g_autoptr(GString) notes = g_string_new(NULL);
    const MmtEntry *entries;
    MmtTotals totals;
    bool failed = false;
    char *text = NULL;
    ExportJob job;
    void *state;
    size_t n;

    scratch_write(scratch_path("log"), p, len);
    trace = mmt_trace_open(scratch_path("log"), NULL);
    fuzz_check(trace != NULL, "can not open the trace");
    db = analysis_db_new(&verb, trace, &failed);
    job = (ExportJob) {
        .out = open_memstream(&text, size),
        .log = "log",
        .trace = trace,
        .db = db,
        .notes = notes,
    };
    state = format->begin(&job, NULL);
    fuzz_check(state != NULL, "no state");
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        analysis_db_watch(db, entries, n);
        fuzz_check(format->entries(state, entries, n, NULL), "entries fail");
    }
    fuzz_check(format->end(state, NULL), "the end fails");
    format->free(state);
    fclose(job.out);
    mmt_trace_totals(trace, &totals);
    *accesses = totals.accesses;
    g_clear_pointer(&db, analysis_db_free);
    return text;
}

static void check_perfetto(const char *p, size_t len)
{
    uint64_t accesses, found = 0;
    size_t size, i;
    char *text = convert(&export_perfetto, p, len, &size, &accesses);
    Perfetto__Protos__Trace *trace =
        perfetto__protos__trace__unpack(NULL, size, (uint8_t *)text);

    fuzz_check(trace != NULL, "can not be unpacked");
    for (i = 0; i < trace->n_packet; i++) {
        const Perfetto__Protos__TrackEvent *event =
            trace->packet[i]->track_event;

        /* the first category */
        found += event && event->n_category_iids &&
                 event->category_iids[0] == 1 &&
                 event->type !=
                 PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_END;
    }
    fuzz_check(found == accesses, "%" PRIu64 " accesses of %" PRIu64, found,
               accesses);
    perfetto__protos__trace__free_unpacked(trace, NULL);
    free(text);
}

/* Return: is this a line behind the declarations? */
static bool is_change(const char *line, size_t len)
{
    static const char *const words[] = { "$dumpvars", "$end" };
    const char *blank = memchr(line, ' ', len);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (len == strlen(words[i]) && !memcmp(line, words[i], len)) {
            return true;
        }
    }
    for (i = 0; i < len; i++) {
        if (line[i] != ' ' && !g_ascii_isgraph(line[i])) {
            return false;
        }
    }
    return len && (line[0] == '#' ? !blank :
                   strchr("bs", line[0]) && blank &&
                   !memchr(blank + 1, ' ', line + len - blank - 1));
}

static void check_vcd(const char *p, size_t len)
{
    static const char head[] = "$enddefinitions $end\n";
    uint64_t accesses, time, last = 0;
    size_t size;
    char *text = convert(&export_vcd, p, len, &size, &accesses);
    char *line = strstr(text, head);
    bool first = true;
    char *end;

    fuzz_check(line != NULL, "no declarations");
    for (line += strlen(head); (end = strchr(line, '\n')); line = end + 1) {
        fuzz_check(is_change(line, end - line), "no change: %.*s",
                   (int)(end - line), line);
        if (*line == '#') {
            time = g_ascii_strtoull(line + 1, NULL, 10);
            fuzz_check(first || time > last, "time stands still: %.*s",
                       (int)(end - line), line);
            first = false;
            last = time;
        }
    }
    fuzz_check(line == text + size, "a NUL, or no newline");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;

    check_perfetto(p, size);
    check_vcd(p, size);
    return 0;
}
