/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: write a trace in a format of other programs
 *
 * Rows of a text are those of `cat --as`, written to files (rows.h); each of
 * the other formats is a table of functions (format.h).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/outfile.h"
#include "tools/common/packed.h"
#include "tools/common/tool.h"
#include "tools/convert/sink.h"
#include "tools/export/export.h"
#include "tools/export/format.h"
#include "tools/export/rows.h"

static char *opt_to;
static char *opt_output;
static gboolean opt_force;
static gboolean opt_names;
static gint64 opt_rows = -1;

static const GOptionEntry entries[] = {
    { "to", 't', 0, G_OPTION_ARG_STRING, &opt_to,
      "Format of the output (below); may be left out if FILE's ending says it",
      "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write to FILE; .zst, .gz and .xz compress it; '-' is standard output",
      "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace FILE if it exists", NULL },
    { "names", 'N', 0, G_OPTION_ARG_NONE, &opt_names,
      "With names of registers, in csv and jsonl", NULL },
    { "rows", 'n', 0, G_OPTION_ARG_INT64, &opt_rows,
      "Begin another file after N rows: NAME.0001.csv, NAME.0002.csv, ...",
      "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Choice: the format
 * @sink: one of rows, or NULL
 * @format: another one, or NULL
 */
typedef struct Choice {
    const ConvertSink *sink;
    const ExportFormat *format;
} Choice;

/* Endings of formats of rows, and other endings of some formats */
static const struct {
    const char *ending;
    const char *name;
} endings[] = {
    { "csv", "csv" }, { "jsonl", "jsonl" }, { "ndjson", "jsonl" },
    { "mmt", "mmiotrace" }, { "sqlite3", "sqlite" }, { "db", "sqlite" },
};

static Choice choose_by_name(const char *name)
{
    return (Choice) {
        .sink = convert_sink_find(name),
        .format = export_format_find(name),
    };
}

/* "gpu.csv.zst" is csv. */
static Choice choose_by_file(const char *path)
{
    g_autofree char *plain = g_strndup(path, packed_ending(path) - path);
    const char *dot = strrchr(plain, '.');
    size_t i;

    for (i = 0; dot && i < G_N_ELEMENTS(endings); i++) {
        if (!strcmp(endings[i].ending, dot + 1)) {
            return choose_by_name(endings[i].name);
        }
    }
    return (Choice) {
        .format = dot ? export_format_of_ending(dot + 1) : NULL,
    };
}

/* The names of all formats: "csv, jsonl, ... or vcd" */
static char *format_names(void)
{
    GString *names = g_string_new("csv, jsonl, mmiotrace, ");

    export_format_put_names(names);
    return g_string_free(names, FALSE);
}

/* --to of the other verbs is that of the selection: "12.5", "#100", "/mark/" */
static bool is_place(const char *word)
{
    return *word && (g_ascii_isdigit(*word) || strchr("#/", *word));
}

static void complain_of_format(void)
{
    g_autofree char *names = format_names();

    if (!opt_to) {
        tool_error(&verb_convert,
                   "%s: the name does not say what to write: give --to %s",
                   opt_output, names);
    } else if (is_place(opt_to)) {
        tool_error(&verb_convert,
                   "--to is the format here: give --selection-to '%s' for the end of the selection, and --to %s",
                   opt_to, names);
    } else {
        tool_error(&verb_convert, "--to must be %s, not '%s'", names, opt_to);
    }
}

/* Return: false after an error was printed */
static bool choose(Choice *choice)
{
    *choice = opt_to ? choose_by_name(opt_to) : choose_by_file(opt_output);
    if (!choice->sink && !choice->format) {
        complain_of_format();
        return false;
    }
    return true;
}

static bool to_stdout(void)
{
    return !strcmp(opt_output, "-");
}

static bool complain(const char *text)
{
    tool_error(&verb_convert, "%s", text);
    return false;
}

static bool check_rows(const Choice *choice)
{
    if (opt_rows == -1) {
        return true;
    }
    if (opt_rows < 1) {
        return complain("--rows needs a number of rows from 1 up");
    }
    if (!choice->sink || choice->sink->single) {
        return complain("--rows needs --to csv or --to jsonl");
    }
    return !to_stdout() || complain("--rows needs -o FILE: parts are files");
}

static bool check_file(const ExportFormat *format)
{
    bool opens = format->needs_file || format->needs_directory;

    if (opens && to_stdout()) {
        tool_error(&verb_convert,
                   "--to %s can not be written to standard output: give -o FILE",
                   format->name);
        return false;
    }
    if (opens && *packed_ending(opt_output)) {
        tool_error(&verb_convert,
                   "--to %s can not be compressed as it is written: give -o FILE without '%s', and compress it afterwards",
                   format->name, packed_ending(opt_output));
        return false;
    }
    if (to_stdout() && isatty(STDOUT_FILENO)) {
        tool_error(&verb_convert,
                   "--to %s is not for terminals: give -o FILE, or redirect the output",
                   format->name);
        return false;
    }
    return true;
}

/* Return: false after an error was printed */
static bool check_inputs(char **logs)
{
    for (; *logs; logs++) {
        if (outfile_is_input(opt_output, *logs)) {
            tool_error(&verb_convert, "the output is the trace itself: %s",
                       opt_output);
            return false;
        }
    }
    return true;
}

/* Return: false after an error was printed */
static bool check(const Choice *choice, int logs)
{
    if (opt_names && (!choice->sink || !choice->sink->names)) {
        return complain("--names needs --to csv or --to jsonl");
    }
    if (logs > 1 && (choice->format || choice->sink->single)) {
        tool_error(&verb_convert, "--to %s takes one LOG",
                   choice->format ? choice->format->name
                                  : choice->sink->name);
        return false;
    }
    return check_rows(choice) &&
           (!choice->format || check_file(choice->format));
}

static ToolStatus convert_logs(const Choice *choice, char **logs)
{
    const char *path = to_stdout() ? NULL : opt_output;
    ExportRows rows = {
        .sink = choice->sink,
        .names = opt_names,
        .path = path,
        .force = opt_force,
        .max = MAX(opt_rows, 0),
    };

    return choice->sink ? export_rows(&verb_convert, &rows, logs)
                        : export_trace(&verb_convert, choice->format, logs[0],
                                       path, opt_force);
}

static bool parse(int *argc, char ***argv)
{
    g_autofree char *names = format_names();
    g_autofree char *text = g_strdup_printf(
        "Converts each LOG, a trace in any format, to\n"
        "%s.\n"
        "'-' is standard input.  A file is complete or does not appear.  The end of\n"
        "the selection, which is --to of other verbs, is --selection-to here.\n\n"
        "Exit status: 0 for success, 1 everything was written, but a LOG is cut off or has damaged\n"
        "lines, 2 nothing was written or bad usage.", names);

    return tool_options_group(&verb_convert, "LOG...", text, entries,
                              analysis_option_group(), argc, argv);
}

static int convert(int argc, char **argv)
{
    Choice choice;

    if (!parse(&argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        complain("a LOG is needed; try 'vfio-trace convert --help'");
        return TOOL_TROUBLE;
    }
    if (!opt_output) {
        complain("-o FILE is needed; '-o -' writes to standard output");
        return TOOL_TROUBLE;
    }
    if (!check_inputs(argv + 1) || !choose(&choice) ||
        !check(&choice, argc - 1)) {
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_convert, convert_logs(&choice, argv + 1));
}

const Verb verb_convert = {
    .name = "convert",
    .brief = "Write a log in a format of other programs",
    .run = convert,
};
