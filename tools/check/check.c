/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: find the faults of a log
 *
 * Theory of operation
 *
 * The log is read in one pass.  The parser checks each line by itself; rules.c
 * and marks.c check it against the lines before it.  Only one check depends on
 * a later line: an access to an unmapped region is not a fault if the mark on
 * the next line says that the access failed.
 */
#include "tools/check/fast.h"
#include "tools/check/fault.h"
#include "tools/check/marks.h"
#include "tools/check/origin.h"
#include "tools/check/other.h"
#include "tools/check/print.h"
#include "tools/check/rules.h"
#include "tools/check/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/parts.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/db.h"
#include "tools/analysis/options.h"
#include "tools/common/tool.h"

#define FAULTS_DEFAULT 20

static CheckOptions options = { .max_faults = FAULTS_DEFAULT };

static const GOptionEntry entries[] = {
    { "complete", 'c', 0, G_OPTION_ARG_NONE, &options.complete,
      "Report an incomplete log as a fault", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &options.json,
      "Print the result as JSON", NULL },
    { "kernel", 'k', 0, G_OPTION_ARG_NONE, &options.kernel,
      "The log is of Linux's own mmiotrace: accept its known faults", NULL },
    { "max-faults", 'm', 0, G_OPTION_ARG_INT, &options.max_faults,
      "Print at most N faults (default: 20); all are counted", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Detect a later part of a log that is checked without the parts before it. */
static void check_part(Check *check, const MmtLine *line)
{
    unsigned part;
    MmtPartMark mark = mmt_part_mark(line->p, line->len, &part);

    if (mark == MMT_PART_BEGINS && check->lines == 2) {
        check->later_part = true;
        check->repeating = true;
        /* Guest memory may have begun in the previous part. */
        check_memory_forget(check);
    } else if (mark == MMT_PART_HEADER_ENDS) {
        check->repeating = false;
    }
}

static void check_line(Check *check, const MmtLine *line)
{
    MmtParseError err;
    MmtEvent ev;
    bool ok;

    check->lines++;
    check->at.line = line->number;
    if (check->other) {
        check_other_line(check, line);
        return;
    }
    ok = !line->overlong && mmt_parse_line(line->p, line->len, &ev, &err);
    check_origin_line(check, line, ok ? &ev : NULL);
    if (check->other) {
        check_other_line(check, line);
        return;
    }
    check_fast_settle(check);
    if (!ok || ev.type != MMT_EVENT_MARK) {
        check_release_held(check);
    }

    if (line->unterminated) {
        check_fault(check, check->at, line->len + 1,
                    "the log ends without a newline: its last line is cut off");
        if (!ok) {
            return;
        }
    }
    /* MMT_LINE_MAX includes the newline and a terminating NUL. */
    if (line->overlong || line->len + 2 > MMT_LINE_MAX) {
        check_fault(check, check->at, MMT_LINE_MAX - 1,
                    "the line has %s%zu bytes; programs that read such logs accept %d",
                    line->overlong ? "more than " : "", line->len,
                    MMT_LINE_MAX - 2);
    }
    if (line->overlong) {
        return;
    }
    if (!ok) {
        check_fault(check, check->at, err.column, "%s: %s", err.field,
                    err.message);
        return;
    }

    check->counts[ev.type]++;
    if (ev.type != MMT_EVENT_VERSION && ev.type != MMT_EVENT_COMMENT &&
        check->headless) {
        check->counts[MMT_EVENT_VERSION] = 1;
    }
    if (check->decided && ev.type != MMT_EVENT_VERSION &&
        ev.type != MMT_EVENT_COMMENT && !check->counts[MMT_EVENT_VERSION]) {
        check_fault(check, check->at, 1, "the log does not begin with VERSION");
        /* Report this once only. */
        check->counts[MMT_EVENT_VERSION] = 1;
    }
    check_part(check, line);
    check_event(check, &ev);
}

static void check_whole(Check *check)
{
    Place first = { .file = check->name, .line = 1 };
    uint64_t losses = check->marked[COUNT_LOSSES];

    check->at.line = MAX(1, check->at.line);
    if (!check->lines) {
        check_fault(check, first, 1, "the log is empty");
    } else if (!check->counts[MMT_EVENT_VERSION] && !check->headless &&
               !check->other) {
        check_fault(check, first, 1, "there is no VERSION line");
    }
    if (check->options->complete && !check->end.line) {
        check_fault(check, check->at, 1, CHECK_NO_END);
    }
    if (check->options->complete && losses) {
        check_fault(check, check->at, 1, "text is missing in %" PRIu64
                    " places: see the marks cut, damaged and reader", losses);
    }
    if (check->options->complete && check->cut_file) {
        check_fault(check, check->at, 1, "%s " CHECK_CUT_FRAME,
                    check->cut_file);
    }
}

static void free_fault(gpointer p)
{
    g_free(((Fault *)p)->what);
}

/* Maps have the device: nothing else is kept of it. */
static void device_changed(MmtDevice *device, void *opaque)
{
    (void)device;
    (void)opaque;
}

static void free_map(gpointer p)
{
    g_free(((Map *)p)->region);
    g_free(((Map *)p)->owner);
    g_free(p);
}

static void check_init(Check *check)
{
    *check = (Check) {
        .options = &options,
        .maps = g_hash_table_new_full(NULL, NULL, NULL, free_map),
        .devices = mmt_devices_new(device_changed, NULL),
        .faults = g_array_new(FALSE, FALSE, sizeof(Fault)),
        .pending = g_array_new(FALSE, FALSE, sizeof(Fault)),
    };
    g_array_set_clear_func(check->faults, free_fault);
    g_array_set_clear_func(check->pending, free_fault);
    check_origin_init(check);
    check_memory_init(check);
}

static void check_clear(Check *check)
{
    check_memory_clear(check);
    g_clear_pointer(&check->regions, g_hash_table_unref);
    g_clear_pointer(&check->stopped, g_hash_table_unref);
    g_hash_table_unref(check->maps);
    mmt_devices_free(check->devices);
    g_array_unref(check->faults);
    g_array_unref(check->pending);
    check_other_free(check->other);
    g_free(check->foreign_word);
    g_free(check->held);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

/* The line at @p, without its newline */
static MmtLine line_at(const MmtBlock *block, const char *p, uint64_t number)
{
    const char *end = block->p + block->len;
    const char *newline = block->single ? NULL : memchr(p, '\n', end - p);
    MmtLine line = { .p = p, .len = (newline ?: end) - p, .number = number,
                     .unterminated = block->unterminated,
                     .overlong = block->overlong };

    if (line.len > MMT_READER_LINE_MAX) {
        line.len = MMT_READER_LINE_MAX;
        line.overlong = true;
    }
    return line;
}

/* Return: number of lines */
static uint64_t check_block(Check *check, const MmtBlock *block)
{
    const char *end = block->p + block->len;
    const char *p = block->p;

    check->at.line = block->number - 1;
    do {
        MmtLine line;

        if (!block->single) {
            p = check_fast(check, p, end);
        }
        if (p < end || block->single) {
            line = line_at(block, p, check->at.line + 1);
            check_line(check, &line);
            p = memchr(p, '\n', end - p) ?: end - 1;
            p++;
        }
    } while (p < end);
    check_fast_settle(check);
    return check->at.line - (block->number - 1);
}

static MmtReadResult read_all(Check *check, MmtReader *reader, GError **error)
{
    MmtReadResult result;
    MmtBlock block;

    while ((result = mmt_reader_next_block(reader, &block, error)) ==
           MMT_READ_LINE) {
        uint64_t lines;

        check->at.file = mmt_reader_name(reader);
        lines = check_block(check, &block);
        mmt_reader_count(reader, block.single ? 0 : lines);
    }
    return result;
}

/* What is selected of a log is a log: its lines are checked as such. */
static MmtReadResult read_selected(Check *check, MmtTrace *trace,
                                   GError **error)
{
    g_autoptr(AnalysisDb) db = NULL;
    const MmtEntry *entries;
    bool failed = false;
    size_t n;
    size_t i;

    mmt_trace_keep_head(trace);
    mmt_trace_every_line(trace);
    mmt_selection_free(analysis_options_apply(trace));
    db = analysis_db_new(&verb_check, trace, &failed);
    if (failed) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                            "the register database can not be used");
        return MMT_READ_ERROR;
    }
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            MmtLine line = { .number = entries[i].line,
                             .overlong = mmt_trace_overlong(trace) };

            line.p = mmt_trace_line(trace, &entries[i], &line.len);
            line.unterminated = n == 1 && mmt_trace_unterminated(trace);
            check_line(check, &line);
        }
    }
    if (mmt_trace_error(trace)) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                            mmt_trace_error(trace));
        return MMT_READ_ERROR;
    }
    analysis_db_say_unmatched(db, check->name);
    return MMT_READ_END;
}

static ToolStatus check_read(Check *check, MmtReader *reader, MmtTrace *trace)
{
    g_autoptr(GError) error = NULL;
    MmtReadResult result;

    check->name = check->at.file = mmt_reader_name(reader);
    result = trace ? read_selected(check, trace, &error)
                   : read_all(check, reader, &error);
    check_origin_end(check);
    check_release_held(check);
    if (result == MMT_READ_ERROR) {
        tool_error(&verb_check, "%s", error->message);
        return TOOL_TROUBLE;
    }
    check->cut_file = mmt_reader_truncated(reader);
    check_marks_end(check);
    check_whole(check);
    check_print(check);
    return check->fault_count ? TOOL_FAULT : TOOL_OK;
}

static int check_log(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtReader *reader = mmt_reader_open(path, &error);
    g_auto(Check) check = { 0 };
    MmtTrace *trace = NULL;
    ToolStatus status;

    check_init(&check);
    if (!reader) {
        tool_error(&verb_check, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (analysis_options_given()) {
        trace = mmt_trace_new(reader);
    }
    status = check_read(&check, reader, trace);
    if (trace) {
        mmt_trace_free(trace);
    } else {
        mmt_reader_free(reader);
    }
    return tool_finish(&verb_check, status);
}

static int check(int argc, char **argv)
{
    if (!tool_options_group(&verb_check, "LOG",
                            "LOG '-' is standard input.  What is selected of a log is checked as a log of its own.\n\n"
                            "Exit status: 0 no fault, 1 faults, 2 the log can't be read or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_check,
                   "one LOG is needed; try 'vfio-trace check --help'");
        return TOOL_TROUBLE;
    }
    if (options.complete && options.kernel) {
        tool_error(&verb_check,
                   "--complete is not for the kernel's logs (--kernel): they have no end mark");
        return TOOL_TROUBLE;
    }
    if (options.max_faults < 0) {
        tool_error(&verb_check, "--max-faults can't be negative");
        return TOOL_TROUBLE;
    }
    return check_log(argv[1]);
}

const Verb verb_check = {
    .name = "check",
    .brief = "Check a log: grammar, order of time, mappings, marks",
    .run = check,
};
