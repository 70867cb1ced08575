/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: a page that shows a log, or the difference of two
 *
 * log.h makes the data of a log, block.h writes it, page.h has the page around
 * it.  docs/report-format.md describes the data.
 */
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/outfile.h"
#include "tools/common/sizes.h"
#include "tools/common/tool.h"
#include "tools/report/block.h"
#include "tools/report/difference.h"
#include "tools/report/json.h"
#include "tools/report/log.h"
#include "tools/report/page.h"

#define FORMAT 1

#define LOGS_MAX 2

/* A page may have so many bytes; less makes no sense. */
#define MAX_SIZE_DEFAULT 30000000u
#define MAX_SIZE_MIN     (2u << 20)

/* For the index, which has the list of the blocks */
#define INDEX_BYTES (512u << 10)

static char *opt_output;
static char *opt_max_size;
static gboolean opt_force;

static const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write the page to FILE, nic.html for example; '-' is standard output",
      "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace a file that exists", NULL },
    { "max-size", 'm', 0, G_OPTION_ARG_STRING, &opt_max_size,
      "Make the page at most SIZE long, by leaving out single accesses (30 MB)",
      "SIZE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "LOG is a trace in any format; '-' is standard input.  With two logs, the page shows their\n"
    "difference, too: the first one is the old one.  The page is a single file, which a browser\n"
    "shows without a network.\n\n"
    "Exit status: 0 the page was written, 1 it was, but lines are damaged or a log is cut off,\n"
    "2 a log can't be read, the page can't be written or bad usage.";

/**
 * struct Report: a page is written
 * @paths: the logs
 * @n: their number
 * @blocks: blocks of data
 * @room: bytes that all of them may have
 * @index: the index, in JSON
 * @status: exit status
 */
typedef struct Report {
    char **paths;
    unsigned n;
    ReportBlocks *blocks;
    uint64_t room;
    GString *index;
    ToolStatus status;
} Report;

static void begin_index(GString *index)
{
    g_autofree char *generator = g_strconcat("vfio-trace ", mmt_version(),
                                             NULL);

    report_json_open(index, NULL, '{');
    report_json_number(index, "format", FORMAT);
    report_json_text(index, "generator", generator);
}

static bool is_cut(const MmtTrace *trace)
{
    MmtTotals totals = { 0 };

    mmt_trace_totals(trace, &totals);
    return totals.incomplete || mmt_trace_unterminated(trace);
}

/* A log's single accesses, from the beginning on, may be too many. */
static void say_single(const char *name, const ReportLog *log)
{
    uint64_t line = report_log_single_line(log);
    g_autofree char *last = g_strdup_printf("%" PRIu64, line);
    g_autofree char *next = g_strdup_printf("%" PRIu64, line + 1);
    g_autofree char *counts = g_strdup_printf("%" PRIu64 " of %" PRIu64,
                                              report_log_single(log),
                                              report_log_accesses(log));

    tool_error(&verb_report,
               "%s: single accesses are on the page up to line %s, %s; use --from '#%s' for the others, or --max-size",
               name, last, counts, next);
}

/* What the page has not, and how to get it */
static void say_room(const Report *report, const char *name,
                     const ReportLog *log)
{
    if (report_log_single(log) < report_log_accesses(log)) {
        say_single(name, log);
    }
    if (report_blocks_left_out(report->blocks)) {
        tool_error(&verb_report,
                   "%s: some tables are not in the page, as there is no room; use --max-size",
                   name);
    }
}

/* Room of each log: with two, a tenth is for their difference. */
static uint64_t room_of_log(const Report *report)
{
    return report->n == 1 ? report->room : report->room / 20 * 9;
}

static void note(Report *report, ToolStatus status)
{
    report->status = MAX(report->status, status);
}

/*
 * An error in the middle of a log leaves what was read before.
 *
 * Return: is there something?
 */
static bool put_log(Report *report, unsigned i)
{
    const char *path = report->paths[i];
    const char *name = strcmp(path, "-") ? path : "<stdin>";
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_report, path);
    uint64_t room = room_of_log(report);
    g_autoptr(ReportLog) log = NULL;
    const MmtEntry *batch;
    ToolStatus status;
    size_t n;

    if (!a) {
        note(report, TOOL_TROUBLE);
        return false;
    }
    report_blocks_log(report->blocks, room * (i + 1));
    log = report_log_new(a, report->blocks, room);
    while ((n = analysis_next(a, &batch)) > 0) {
        report_log_take(log, batch, n);
    }
    status = analysis_end(a);
    note(report, status);
    if (status == TOOL_TROUBLE && !report_log_accesses(log)) {
        return false;
    }
    report_log_put(log, name, analysis_options_given(),
                   is_cut(analysis_trace(a)), report->index);
    say_room(report, name, log);
    return true;
}

/*
 * Standard input can't be read again: the page compares as well as it can.  Nor
 * is it a fault if the logs have no device in common.
 */
static void put_difference(Report *report)
{
    if (report->n == 1 || !strcmp(report->paths[0], "-") ||
        !strcmp(report->paths[1], "-") || analysis_interrupted()) {
        return;
    }
    report_blocks_log(report->blocks, report->room);
    report_difference_put(&verb_report, report->paths, report->blocks,
                          report->index);
}

static bool put_data(Report *report)
{
    unsigned i;

    begin_index(report->index);
    report_json_open(report->index, "logs", '[');
    for (i = 0; i < report->n && !analysis_interrupted(); i++) {
        if (!put_log(report, i)) {
            return false;
        }
    }
    report_json_close(report->index, ']');
    put_difference(report);
    report_json_close(report->index, '}');
    report_block_put_index(report->blocks, report->index);
    return true;
}

static bool write_page(Report *report, uint64_t max, FILE *out)
{
    g_auto(ReportPage) page = { 0 };
    g_autoptr(ReportBlocks) blocks = NULL;
    g_autoptr(GString) index = g_string_new(NULL);
    uint64_t fixed;
    bool ok;

    report_page_open(&page);
    fixed = g_bytes_get_size(page.bytes) + INDEX_BYTES;
    report->room = max > fixed ? max - fixed : 0;
    blocks = report_blocks_new(out, report->room);
    report->blocks = blocks;
    report->index = index;
    report_page_put_head(&page, out);
    ok = put_data(report);
    report_page_put_tail(&page, out);
    return ok;
}

static ToolStatus report_logs(char **paths, unsigned n, uint64_t max)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutFile) out = outfile_open(strcmp(opt_output, "-")
                                          ? opt_output : NULL,
                                          opt_force, &error);
    Report report = { .paths = paths, .n = n };

    if (out && write_page(&report, max, outfile_stream(out))) {
        if (analysis_interrupted()) {
            tool_error(&verb_report, "interrupted: nothing was written");
            return TOOL_TROUBLE;
        }
        outfile_commit(out, &error);
    }
    if (error) {
        tool_error(&verb_report, "%s", error->message);
        return TOOL_TROUBLE;
    }
    return report.status;
}

static bool check_usage(int argc, char **argv)
{
    int i;

    if (argc < 2 || argc > 1 + LOGS_MAX) {
        tool_error(&verb_report,
                   "one LOG is needed, or two to compare; try 'vfio-trace report --help'");
        return false;
    }
    if (argc == 3 && !strcmp(argv[1], "-") && !strcmp(argv[2], "-")) {
        tool_error(&verb_report,
                   "standard input can be one of the logs only");
        return false;
    }
    if (!opt_output) {
        tool_error(&verb_report,
                   "a page needs a file: use -o nic.html, for example");
        return false;
    }
    for (i = 1; i < argc; i++) {
        if (outfile_is_input(opt_output, argv[i])) {
            tool_error(&verb_report, "the page is the log itself: %s",
                       opt_output);
            return false;
        }
    }
    return true;
}

static bool parse_max_size(uint64_t *max)
{
    g_autoptr(GError) error = NULL;

    *max = MAX_SIZE_DEFAULT;
    if (opt_max_size && !size_parse(opt_max_size, max, &error)) {
        tool_error(&verb_report, "--max-size: %s", error->message);
        return false;
    }
    if (*max < MAX_SIZE_MIN) {
        tool_error(&verb_report, "--max-size must be at least 2M");
        return false;
    }
    return true;
}

static int report(int argc, char **argv)
{
    uint64_t max;

    if (!tool_options_group(&verb_report, "LOG...", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (!check_usage(argc, argv) || !parse_max_size(&max)) {
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_report,
                           report_logs(argv + 1, argc - 1, max));
}

const Verb verb_report = {
    .name = "report",
    .brief = "Make a page of a log, or of the difference of two, for a browser",
    .run = report,
};
