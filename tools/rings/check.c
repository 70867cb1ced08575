/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings check: is a rings file valid, and what does it say?
 */
#include "libguestmem/parse.h"
#include "tools/common/rings-file.h"
#include "tools/rings/rings.h"
#include "tools/rings/summary.h"

static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* The text is wrong; any other error means that there is no text. */
static bool is_fault(const GError *error)
{
    return g_error_matches(error, GMEM_ERROR, GMEM_ERROR_SYNTAX) ||
           g_error_matches(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
}

static ToolStatus check_word(const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RingsFile) rings = rings_file_open(word, &error);

    if (!rings && !is_fault(error)) {
        tool_error(&rings_check.verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (opt_json) {
        rings_summary_json(rings ? rings->path : word,
                           rings ? rings->file : NULL, error);
    } else if (rings) {
        rings_summary_text(rings->path, rings->file);
    } else {
        tool_print("%s\n", error->message);
    }
    return rings ? TOOL_OK : TOOL_FAULT;
}

static int check(int argc, char **argv)
{
    ToolStatus worst = TOOL_OK;
    int i;

    if (argc < 2) {
        tool_error(&rings_check.verb, "the file is missing");
        return TOOL_TROUBLE;
    }
    for (i = 1; i < argc; i++) {
        ToolStatus status = check_word(argv[i]);

        worst = MAX(worst, status);
    }
    return tool_finish(&rings_check.verb, worst);
}

const SubVerb rings_check = {
    .verb = {
        .name = "rings check",
        .brief = "Check rings files, and summarise what they say",
    },
    .operands = "FILE|NAME...",
    .details =
        "NAME is a file of the search path, without .rings; see 'vfio-trace rings list'.\n\n"
        "Exit status: 0 the files are valid, 1 one is not, 2 a file can't be read, or bad\n"
        "usage.",
    .entries = entries,
    .run = check,
};
