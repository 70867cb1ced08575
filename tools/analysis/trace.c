/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reading a trace, as all verbs do it (see trace.h)
 */
#include "tools/analysis/trace.h"
#include "tools/analysis/options.h"
#include "tools/analysis/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "libmmiotrace/trace.h"

/**
 * struct AnalysisTrace: a trace that a verb reads
 * @verb: the verb
 * @name: the trace's name in messages
 * @trace: the library's
 * @selection: what is selected, or NULL
 * @db: names of registers
 * @progress: progress, or NULL
 */
struct AnalysisTrace {
    const Verb *verb;
    char *name;
    MmtTrace *trace;
    MmtSelection *selection;
    AnalysisDb *db;
    AnalysisProgress *progress;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/*
 * The handler is reset when it is called: the second ^C ends the process.  A
 * SIGINT that is ignored (nohup, a shell's background jobs) stays ignored.
 */
void analysis_catch_interrupt(void)
{
    struct sigaction old;
    struct sigaction action = {
        .sa_handler = interrupt,
        .sa_flags = SA_RESTART | SA_RESETHAND,
    };

    if (!interrupted && !sigaction(SIGINT, NULL, &old) &&
        old.sa_handler == SIG_DFL) {
        sigaction(SIGINT, &action, NULL);
    }
}

/* Return: false to end reading */
static bool watch(void *opaque)
{
    AnalysisTrace *a = opaque;

    if (a->progress) {
        analysis_progress_show(a->progress, a->trace);
    }
    return !interrupted;
}

AnalysisTrace *analysis_open(const Verb *verb, const char *path)
{
    AnalysisTrace *a;
    char *message = NULL;
    MmtTrace *trace = mmt_trace_open(path, &message);
    bool failed = false;

    if (!trace) {
        tool_error(verb, "%s", message ? message : path);
        mmt_free(message);
        return NULL;
    }
    a = g_new0(AnalysisTrace, 1);
    a->verb = verb;
    a->name = g_strdup(strcmp(path, "-") ? path : "<stdin>");
    a->trace = trace;
    a->selection = analysis_options_apply(trace);
    a->db = analysis_db_new(verb, trace, &failed);
    if (failed) {
        analysis_free(a);
        return NULL;
    }
    a->progress = analysis_progress_new(verb->name, path);
    mmt_trace_watch(trace, watch, a);
    analysis_catch_interrupt();
    return a;
}

void analysis_hide_progress(AnalysisTrace *a)
{
    g_clear_pointer(&a->progress, analysis_progress_free);
}

MmtTrace *analysis_trace(AnalysisTrace *a)
{
    return a->trace;
}

AnalysisDb *analysis_db(AnalysisTrace *a)
{
    return a->db;
}

size_t analysis_next(AnalysisTrace *a, const MmtEntry **entries)
{
    size_t n = mmt_trace_next(a->trace, entries);

    analysis_db_watch(a->db, *entries, n);
    return n;
}

/* "NOTE: N", after a comma if it is not the first */
static void add_note(GString *text, const char *note, uint64_t n)
{
    if (n) {
        g_string_append_printf(text, "%s%s: %" PRIu64, text->len ? ", " : "",
                               note, n);
    }
}

static void print_notes(AnalysisTrace *a, const MmtTotals *totals)
{
    g_autoptr(GString) text = g_string_new(NULL);

    add_note(text, "skipped lines without an access", totals->skipped);
    add_note(text, "damaged lines", totals->damaged);
    add_note(text, "interrupted after lines", interrupted ? totals->lines : 0);
    if (text->len) {
        tool_error(a->verb, "%s: %s", a->name, text->str);
    }
}

/* Return: does the trace end where it should? */
static bool check_end(AnalysisTrace *a)
{
    const MmtReader *reader = mmt_trace_reader(a->trace);
    const char *truncated = mmt_reader_truncated(reader);

    if (interrupted) {
        return true;
    }
    if (truncated) {
        tool_error(a->verb,
                   "%s ends within a compressed frame: the rest of the frame's text is missing",
                   truncated);
        return false;
    }
    if (mmt_trace_unterminated(a->trace)) {
        tool_error(a->verb,
                   "%s ends without a newline: its last line is cut off",
                   mmt_reader_name(reader));
        return false;
    }
    return true;
}

ToolStatus analysis_end(AnalysisTrace *a)
{
    const char *error = mmt_trace_error(a->trace);
    MmtTotals totals = { 0 };

    g_clear_pointer(&a->progress, analysis_progress_free);
    if (error) {
        tool_error(a->verb, "%s", error);
        return TOOL_TROUBLE;
    }
    mmt_trace_totals(a->trace, &totals);
    print_notes(a, &totals);
    if (!interrupted) {
        analysis_db_say_unmatched(a->db, a->name);
    }
    return !check_end(a) || totals.damaged ? TOOL_FAULT : TOOL_OK;
}

void analysis_free(AnalysisTrace *a)
{
    if (!a) {
        return;
    }
    g_clear_pointer(&a->progress, analysis_progress_free);
    analysis_db_free(a->db);
    mmt_trace_free(a->trace);
    mmt_selection_free(a->selection);
    g_free(a->name);
    g_free(a);
}

bool analysis_interrupted(void)
{
    return interrupted;
}

int analysis_finish(const Verb *verb, ToolStatus status)
{
    int result = tool_finish(verb, status);

    if (interrupted) {
        /* So that a shell that runs a loop of them ends the loop. */
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
    }
    return result;
}
