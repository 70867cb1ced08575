/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat: print a log as one plain text, or convert it
 *
 * Without options, the text is printed as it stands, whatever it is.  With
 * --as or a selection, it is read as a trace.
 */
#include "libmmiotrace/reader.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"
#include "tools/convert/convert.h"

#include <inttypes.h>
#include <stdio.h>

static char *opt_as;
static gboolean opt_names;

static const GOptionEntry entries[] = {
    { "as", 'a', 0, G_OPTION_ARG_STRING, &opt_as,
      "Convert to this format: mmiotrace, jsonl or csv", "FORMAT" },
    { "names", 'N', 0, G_OPTION_ARG_NONE, &opt_names,
      "With names of registers, in jsonl and csv", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Return: false if the output failed; tool_finish() prints the error */
static bool print_line(const MmtLine *line, GString *room)
{
    size_t len = line->len;
    const char *text = tool_shown(line->p, &len, room);

    return fwrite(text, 1, len, stdout) == len &&
           (line->unterminated || putchar('\n') != EOF);
}

static ToolStatus cat_log(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MmtReader) reader = mmt_reader_open(path, &error);
    g_autoptr(GString) room = g_string_new(NULL);
    ToolStatus status = TOOL_OK;
    MmtReadResult result = MMT_READ_ERROR;
    MmtLine line;

    while (reader && (result = mmt_reader_next(reader, &line, &error)) ==
           MMT_READ_LINE) {
        if (line.overlong) {
            tool_error(&verb_cat,
                       "%s:%" PRIu64
                       ": the line is longer than %u bytes: this is not a log",
                       mmt_reader_name(reader), line.number,
                       MMT_READER_LINE_MAX);
            return TOOL_TROUBLE;
        }
        if (!print_line(&line, room)) {
            return TOOL_OK;
        }
        if (line.unterminated) {
            tool_error(&verb_cat,
                       "%s ends without a newline: its last line is cut off",
                       mmt_reader_name(reader));
            status = TOOL_FAULT;
        }
    }
    if (result == MMT_READ_ERROR) {
        tool_error(&verb_cat, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (mmt_reader_truncated(reader)) {
        tool_error(&verb_cat,
                   "%s ends within a compressed frame: the rest of the frame's text is missing",
                   mmt_reader_truncated(reader));
        status = TOOL_FAULT;
    }
    return status;
}

static ToolStatus cat_one(const char *path, const ConvertSink *sink,
                          GString *room)
{
    return sink ? convert_trace(&verb_cat, path, sink, opt_names,
                                convert_print, room)
                : cat_log(path);
}

static ToolStatus cat_all(int argc, char **argv, const ConvertSink *sink)
{
    g_autoptr(GString) room = g_string_new(NULL);
    ToolStatus status = TOOL_OK;
    int i;

    if (sink && sink->head) {
        fputs(opt_names ? sink->named_head : sink->head, stdout);
    }
    for (i = 1; i < argc && !ferror(stdout) && !analysis_interrupted(); i++) {
        ToolStatus one = cat_one(argv[i], sink, room);

        status = MAX(status, one);
    }
    return status;
}

/* Return: false after an error was printed */
static bool choose_sink(int logs, const ConvertSink **sink)
{
    *sink = opt_as ? convert_sink_find(opt_as) :
            analysis_options_given() ? &convert_as_lines : NULL;
    if (opt_as && !*sink) {
        tool_error(&verb_cat, "--as must be mmiotrace, jsonl or csv");
        return false;
    }
    if (opt_names && (!*sink || !(*sink)->names)) {
        tool_error(&verb_cat, "--names needs --as jsonl or --as csv");
        return false;
    }
    if (*sink && (*sink)->single && logs > 1) {
        tool_error(&verb_cat, "--as %s takes one LOG", (*sink)->name);
        return false;
    }
    return true;
}

static int cat(int argc, char **argv)
{
    const ConvertSink *sink;

    if (!tool_options_group(&verb_cat, "LOG...",
                            "Each LOG is decompressed and its parts are joined; '-' is standard input.  Without\n"
                            "options, LOG may be any text; with --as or a selection, it is a trace in any format.\n\n"
                            "Exit status: 0 all logs were printed, 1 a log is cut off or has damaged lines, 2 a log\n"
                            "can't be read or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_cat, "a LOG is needed; try 'vfio-trace cat --help'");
        return TOOL_TROUBLE;
    }
    if (!choose_sink(argc - 1, &sink)) {
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_cat, cat_all(argc, argv, sink));
}

const Verb verb_cat = {
    .name = "cat",
    .brief = "Print a log as one plain text, or convert it to another format",
    .run = cat,
};
