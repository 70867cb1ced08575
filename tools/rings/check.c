/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings check: is a rings file valid, and what does it say?
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libguestmem/find.h"
#include "tools/rings/rings.h"
#include "tools/rings/summary.h"

static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* NAME of the search path, or a path: one with "/", or that ends in ".rings" */
static char *find_path(const char *word, GError **error)
{
    return strchr(word, '/') || g_str_has_suffix(word, GMEM_FIND_SUFFIX) ?
           g_strdup(word) : gmem_find(word, error);
}

/* Return: whether the file can be read; @error says what is wrong with it */
static bool read_path(const char *path, GmemFile **file, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s", path,
                    g_strerror(errno));
        return false;
    }
    *file = gmem_parse_fd(path, fd, error);
    close(fd);
    return *file || !g_error_matches(*error, GMEM_ERROR, GMEM_ERROR_FILE);
}

static ToolStatus check_word(const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = find_path(word, &error);
    g_autoptr(GmemFile) file = NULL;

    if (!path || !read_path(path, &file, &error)) {
        tool_error(&rings_check.verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (opt_json) {
        rings_summary_json(path, file, error);
    } else if (file) {
        rings_summary_text(path, file);
    } else {
        tool_print("%s\n", error->message);
    }
    return file ? TOOL_OK : TOOL_FAULT;
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
