/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: count the accesses of a trace
 *
 * count.h counts, fields.h has what accesses are grouped by, report.h prints.
 */
#include "tools/analysis/json-line.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"
#include "tools/script/script.h"
#include "tools/stat/report.h"

#include <stdio.h>
#include <string.h>

#define TOP_DEFAULT 20

static char *opt_by;
static int opt_top = G_MININT;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "by", 'b', 0, G_OPTION_ARG_STRING, &opt_by,
      "Group by register (default), region, device, phase, cpu, pc, width or value; several with commas",
      "FIELD[,FIELD...]" },
    { "top", 't', 0, G_OPTION_ARG_INT, &opt_top,
      "Print the N groups with the most accesses (default: 20, with --json all); 0 for all",
      "N" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print JSON, with an object on each line", NULL },
    SCRIPTS_OPTION_SCRIPT,
    SCRIPTS_OPTION_PAIR,
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "LOG is a trace in any format; '-' is standard input.\n\n"
    "Exit status: 0 all logs were read, 1 lines are damaged, a log is cut off or a script has\n"
    "failed, 2 a log can't be read or bad usage.";

static uint32_t top(void)
{
    return opt_top != G_MININT ? (uint32_t)opt_top :
           opt_json ? 0 : TOP_DEFAULT;
}

static void print(const StatReport *report)
{
    static bool printed;

    if (opt_json) {
        stat_json(report);
        return;
    }
    if (printed) {
        putchar('\n');
    }
    printed = true;
    stat_print(report);
}

/* What scripts emit comes before the report. */
static void print_line(const ScriptLine *line, void *opaque)
{
    g_autoptr(GString) text = g_string_new(NULL);

    (void)opaque;
    if (opt_json) {
        scripts_put_json(line, text);
        json_line_print(text);
    } else {
        scripts_put_text(line, text);
        fputs(text->str, stdout);
    }
}

static void count(AnalysisTrace *a, StatCounter *counter, Scripts *scripts)
{
    const MmtEntry *batch;
    size_t n;
    size_t i;

    while ((n = analysis_next(a, &batch)) > 0) {
        stat_counter_add(counter, batch, n);
        for (i = 0; scripts && i < n; i++) {
            scripts_take(scripts, &batch[i]);
        }
    }
}

static ToolStatus stat_log(const char *path, const StatBy *by)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_stat, path);
    g_autoptr(StatCounter) counter = NULL;
    g_autoptr(Scripts) scripts = NULL;
    StatReport report = {
        .path = strcmp(path, "-") ? path : "<stdin>",
        .by = by,
        .top = top(),
    };
    ToolStatus scripts_status;
    ToolStatus status;

    if (!a) {
        return TOOL_TROUBLE;
    }
    report.trace = analysis_trace(a);
    report.db = analysis_db(a);
    if (!scripts_open(&verb_stat, report.trace, report.db, print_line, NULL,
                      &scripts)) {
        return TOOL_TROUBLE;
    }
    counter = stat_counter_new(report.trace, by->key, STAT_GROUPS_MAX);
    count(a, counter, scripts);
    status = analysis_end(a);
    scripts_status = scripts_end(scripts);
    status = MAX(status, scripts_status);
    report.result = stat_counter_result(counter);
    /* An error in the middle leaves what was read before. */
    if (status == TOOL_TROUBLE && !stat_total(report.result->total.counts)) {
        return status;
    }
    print(&report);
    return status;
}

static ToolStatus stat_logs(int argc, char **argv, const StatBy *by)
{
    ToolStatus status = TOOL_OK;
    int i;

    for (i = 1; i < argc && !ferror(stdout) && !analysis_interrupted(); i++) {
        ToolStatus one = stat_log(argv[i], by);

        status = MAX(status, one);
    }
    return status;
}

static int stat(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    StatBy by;

    if (!tool_options_group(&verb_stat, "LOG...", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_stat, "a LOG is needed; try 'vfio-trace stat --help'");
        return TOOL_TROUBLE;
    }
    if (opt_top < 0 && opt_top != G_MININT) {
        tool_error(&verb_stat, "--top can't be negative");
        return TOOL_TROUBLE;
    }
    if (!stat_by_parse(opt_by ? opt_by : "register", &by, &error)) {
        tool_error(&verb_stat, "%s", error->message);
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_stat, stat_logs(argc, argv, &by));
}

const Verb verb_stat = {
    .name = "stat",
    .brief = "Count the accesses of a log: by register, region, phase and more",
    .run = stat,
};
