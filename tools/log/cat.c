/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat: print a log as one plain text
 */
#include "libmmiotrace/reader.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <stdio.h>

static const GOptionEntry entries[] = {
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

static int cat(int argc, char **argv)
{
    ToolStatus status = TOOL_OK;
    int i;

    if (!tool_options(&verb_cat, "LOG...",
                      "Each LOG is decompressed and its parts are joined; '-' is standard input.\n\n"
                      "Exit status: 0 all logs were printed, 1 a log is cut off, 2 a log can't be read or\n"
                      "bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_cat, "a LOG is needed; try 'vfio-trace cat --help'");
        return TOOL_TROUBLE;
    }
    for (i = 1; i < argc && !ferror(stdout); i++) {
        ToolStatus one = cat_log(argv[i]);

        status = MAX(status, one);
    }
    return tool_finish(&verb_cat, status);
}

const Verb verb_cat = {
    .name = "cat",
    .brief = "Print a log as one plain text",
    .run = cat,
};
