/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace fold: print a log with its repetitions folded
 *
 * The engine (tools/analysis/fold.h) folds accesses.  What is no access and is
 * worth a line (a mark, a mapping, lost events) ends the blocks that are open
 * and is printed in its place.
 */
#include "tools/fold/output.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmmiotrace/record.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/fold.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"

/* Interval at which a trace that grows is polled */
#define FOLD_POLL_MS 50

/* Silence after which everything pending is printed */
#define FOLD_SILENCE_MS 1000

/* Interval at which what a block that goes on holds back is printed */
#define FOLD_SETTLE_MS 5000

static gboolean opt_follow;
static gboolean opt_json;
static gboolean opt_no_marks;

static const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &opt_follow,
      "Wait for further lines until the log's end mark", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { "no-marks", 'M', 0, G_OPTION_ARG_NONE, &opt_no_marks,
      "Leave marks out: they do not end blocks", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct FoldRun: state of the command
 * @path: the trace's name
 * @a: the trace
 * @fold: the engine
 * @format: form of the output
 * @out: the output
 * @regions: regions that @out's names know
 * @accesses: number of accesses
 * @replaced: number of times that the file was replaced
 * @began: the first line was printed
 * @ended: the log's end mark was read
 */
typedef struct FoldRun {
    const char *path;
    AnalysisTrace *a;
    Fold *fold;
    const FoldFormat *format;
    FoldOutput out;
    uint32_t regions;
    uint64_t accesses;
    unsigned replaced;
    bool began;
    bool ended;
} FoldRun;

/* Before a line is printed */
static void run_begin(FoldRun *run)
{
    uint32_t regions = mmt_trace_regions(run->out.trace);

    if (regions != run->regions) {
        run->regions = regions;
        run->out.names = analysis_names(run->out.trace,
                                        analysis_db(run->a));
    }
    if (!run->began && run->format->comments) {
        tool_print("# %s: %s\n", run->path,
                   mmt_trace_format(run->out.trace));
    }
    run->began = true;
}

static void run_item(void *opaque, const FoldItem *item)
{
    FoldRun *run = opaque;

    run_begin(run);
    run->format->item(&run->out, item);
}

static bool run_is_end(const FoldRun *run, const MmtEntry *entry)
{
    static const char end[] = MMT_MARK_PREFIX "end";
    size_t len;
    const char *text = mmt_trace_text(run->out.trace, entry, &len);

    return len == strlen(end) && !memcmp(text, end, len);
}

static void run_take_other(FoldRun *run, const MmtEntry *entry)
{
    if (entry->kind == MMT_ENTRY_OTHER || entry->kind == MMT_ENTRY_DEVICE) {
        return;
    }
    if (entry->kind == MMT_ENTRY_MARK) {
        run->ended |= run_is_end(run, entry);
        if (opt_no_marks) {
            return;
        }
    }
    fold_flush(run->fold);
    run_begin(run);
    run->format->entry(&run->out, entry);
}

static void run_take(FoldRun *run, const MmtEntry *entry)
{
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        run->accesses++;
        fold_access(run->fold, entry);
    } else {
        run_take_other(run, entry);
    }
}

/* What follows is of another log. */
static void run_check_replaced(FoldRun *run)
{
    unsigned replaced = mmt_trace_replaced(run->out.trace);

    if (replaced != run->replaced) {
        run->replaced = replaced;
        fold_flush(run->fold);
        fflush(stdout);
        tool_error(&verb_fold,
                   "%s was replaced by another log; from its start:",
                   run->path);
    }
}

/* Take what there is at the moment.  Return: was there anything? */
static bool run_take_all(FoldRun *run)
{
    const MmtEntry *batch;
    bool any = false;
    size_t i, n;

    while (!ferror(stdout) && (n = analysis_next(run->a, &batch)) > 0) {
        run_check_replaced(run);
        for (i = 0; i < n; i++) {
            run_take(run, &batch[i]);
        }
        any = true;
    }
    return any;
}

/* Return: false if following is over */
static bool run_wait(const FoldRun *run)
{
    struct pollfd out = { .fd = STDOUT_FILENO };

    if (run->ended || analysis_interrupted() || ferror(stdout) ||
        mmt_trace_error(run->out.trace)) {
        return false;
    }
    poll(&out, 1, FOLD_POLL_MS);
    return !(out.revents & (POLLERR | POLLHUP));
}

static void run_follow(FoldRun *run)
{
    unsigned silence = 0, since = 0;

    mmt_trace_follow(run->out.trace, true);
    do {
        silence = run_take_all(run) ? 0 : silence + FOLD_POLL_MS;
        since += FOLD_POLL_MS;
        if (silence >= FOLD_SILENCE_MS) {
            fold_flush(run->fold);
        } else if (since >= FOLD_SETTLE_MS) {
            fold_settle(run->fold);
            since = 0;
        }
        fflush(stdout);
    } while (run_wait(run));
}

static void run_summary(const FoldRun *run)
{
    if (run->began && run->format->comments && run->accesses) {
        printf("# %" PRIu64 " accesses in %" PRIu64 " lines: %.2f %%\n",
               run->accesses, run->out.lines,
               100.0 * run->out.lines / run->accesses);
    }
}

static ToolStatus fold_trace(const char *path)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_fold, path);
    g_autoptr(GString) text = g_string_new(NULL);
    FoldRun run = { .path = path, .a = a,
                    .format = opt_json ? &fold_json : &fold_text };

    if (!a) {
        return TOOL_TROUBLE;
    }
    if (opt_follow || isatty(STDOUT_FILENO)) {
        analysis_hide_progress(a);
    }
    run.out.trace = analysis_trace(a);
    run.out.text = text;
    run.fold = fold_new(run_item, &run);
    if (opt_follow) {
        run_follow(&run);
    } else {
        run_take_all(&run);
    }
    fold_flush(run.fold);
    fold_free(run.fold);
    run_summary(&run);
    fflush(stdout);
    return analysis_end(a);
}

static int fold(int argc, char **argv)
{
    if (!tool_options_group(&verb_fold, "LOG",
                            "Repetitions in the trace LOG are shown once: runs of equal accesses, cycles of accesses,\n"
                            "and cycles of those.  vfio-trace-fold(1) explains the lines.  '-' is standard input.\n\n"
                            "Exit status: 0 for success, 1 the trace is damaged or cut off, 2 it can't be read or bad\n"
                            "usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_fold,
                   "one LOG is needed; try 'vfio-trace fold --help'");
        return TOOL_TROUBLE;
    }
    if (opt_follow && !strcmp(argv[1], "-")) {
        tool_error(&verb_fold, "standard input can not be followed");
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_fold, fold_trace(argv[1]));
}

const Verb verb_fold = {
    .name = "fold",
    .brief = "Print a log with its repetitions folded",
    .run = fold,
};
