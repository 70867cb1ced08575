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

/**
 * struct AnalysisTrace: a trace that a verb reads
 * @verb: the verb
 * @name: the trace's name in messages
 * @trace: the library's
 * @selection: what is selected, or NULL
 * @progress: progress, or NULL
 */
struct AnalysisTrace {
    const Verb *verb;
    char *name;
    MmtTrace *trace;
    MmtSelection *selection;
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
static void catch_interrupt(void)
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

AnalysisTrace *analysis_open(const Verb *verb, const char *path)
{
    AnalysisTrace *a;
    char *message = NULL;
    MmtTrace *trace = mmt_trace_open(path, &message);

    if (!trace) {
        tool_error(verb, "%s", message ? message : path);
        mmt_free(message);
        return NULL;
    }
    a = g_new0(AnalysisTrace, 1);
    a->verb = verb;
    a->name = g_strdup(strcmp(path, "-") ? path : "standard input");
    a->trace = trace;
    a->selection = analysis_options_apply(trace);
    a->progress = analysis_progress_new(verb->name, path);
    catch_interrupt();
    return a;
}

MmtTrace *analysis_trace(AnalysisTrace *a)
{
    return a->trace;
}

size_t analysis_next(AnalysisTrace *a, const MmtEntry **entries)
{
    if (interrupted) {
        return 0;
    }
    if (a->progress) {
        analysis_progress_show(a->progress, a->trace);
    }
    return mmt_trace_next(a->trace, entries);
}

static const char *lines_are(uint64_t n)
{
    return n == 1 ? "line is" : "lines are";
}

static void print_notes(AnalysisTrace *a, const MmtTotals *totals)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (totals->skipped) {
        g_string_append_printf(text, "%" PRIu64 " %s no accesses and skipped",
                               totals->skipped, lines_are(totals->skipped));
    }
    if (totals->damaged) {
        g_string_append_printf(text, "%s%" PRIu64 " %s damaged",
                               text->len ? ", " : "", totals->damaged,
                               lines_are(totals->damaged));
    }
    if (interrupted) {
        g_string_append_printf(text,
                               "%sinterrupted after %" PRIu64 " lines",
                               text->len ? ", " : "", totals->lines);
    }
    if (text->len) {
        tool_error(a->verb, "%s: %s", a->name, text->str);
    }
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
    return totals.damaged ? TOOL_FAULT : TOOL_OK;
}

void analysis_free(AnalysisTrace *a)
{
    if (!a) {
        return;
    }
    g_clear_pointer(&a->progress, analysis_progress_free);
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
