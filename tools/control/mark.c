/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace mark: write a marker into the log of a running QEMU
 */
#include "tools/common/json-read.h"
#include "tools/common/json-text.h"
#include "tools/qemu/target.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *opt_log;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "log", 'l', 0, G_OPTION_ARG_STRING, &opt_log,
      "Mark this log only (default: all)", "ID" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print QEMU's answer to each marker, one per line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/*
 * QMP carries UTF-8 only; the log shows '?' for any other bytes anyway.
 * Messages begin with @where.
 */
static bool send_mark(Target *target, const char *where, const char *text,
                      size_t len, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(text, len);
    g_autoptr(JsonNode) answer = NULL;
    JsonObject *arguments = json_object_new();
    const char *logged = NULL;

    json_object_set_string_member(arguments, "text", valid);
    if (opt_log) {
        json_object_set_string_member(arguments, "log", opt_log);
    }
    answer = target_execute(target, "vfio-trace-mark", arguments, error);
    if (!answer) {
        g_prefix_error(error, "%s", where);
        return false;
    }
    if (opt_json) {
        g_autofree char *json = json_text(answer, FALSE);

        /* A program that waits for the answer may read it from a pipe. */
        puts(json);
        fflush(stdout);
    } else if (JSON_NODE_HOLDS_OBJECT(answer)) {
        logged = json_read_str(json_node_get_object(answer), "text");
    }
    if (logged && (strlen(logged) != len || memcmp(logged, text, len))) {
        tool_error(&verb_mark,
                   "%snote: QEMU changed the text to fit the log format: %s",
                   where, logged);
    }
    return true;
}

/* Return: true if a read would not block: there is input, or its end */
static bool input_is_there(void)
{
    struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

    return poll(&fd, 1, 0) != 0;
}

/*
 * Send each line of standard input as a marker, as soon as it is read.  If QEMU
 * refuses a line, the following lines are still sent.  While waiting for input,
 * release QEMU's socket for other verbs.
 */
static bool send_lines(Target *target)
{
    g_autofree char *line = NULL;
    uint64_t number = 0;
    size_t size = 0;
    bool ok = true;
    ssize_t len;

    while ((len = getline(&line, &size, stdin)) > 0) {
        g_autofree char *where = g_strdup_printf("line %" PRIu64 ": ",
                                                 ++number);
        g_autoptr(GError) error = NULL;

        len -= line[len - 1] == '\n';
        if (!len || send_mark(target, where, line, len, &error)) {
            if (!input_is_there()) {
                target_release(target);
            }
            continue;
        }
        tool_error(&verb_mark, "%s", error->message);
        if (!g_error_matches(error, QMP_ERROR, QMP_ERROR_REFUSED)) {
            return false;
        }
        ok = false;
    }
    if (ferror(stdin)) {
        tool_error(&verb_mark, "can not read standard input");
        return false;
    }
    return ok;
}

static bool send_text(Target *target, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (!send_mark(target, "", text, strlen(text), &error)) {
        tool_error(&verb_mark, "%s", error->message);
        return false;
    }
    return true;
}

static int mark(int argc, char **argv)
{
    g_autoptr(Target) target = NULL;
    g_autofree char *text = NULL;
    bool from_stdin;
    bool ok;

    if (!target_options(&verb_mark, "TEXT... | -",
                        "The words of TEXT are joined by blanks.  With '-', each line of standard input is\n"
                        "a marker, which is sent as soon as it is read; empty lines are skipped.\n"
                        "If QEMU refuses a line, the following lines are still sent.",
                        entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_mark, "the marker's text is missing");
        return TOOL_TROUBLE;
    }
    from_stdin = argc == 2 && !strcmp(argv[1], "-");
    text = g_strjoinv(" ", argv + 1);

    target = target_open(&verb_mark);
    if (!target) {
        return TOOL_FAULT;
    }
    ok = from_stdin ? send_lines(target) : send_text(target, text);
    return tool_finish(&verb_mark, ok ? TOOL_OK : TOOL_FAULT);
}

const Verb verb_mark = {
    .name = "mark",
    .brief = "Write a marker into the log of a running QEMU",
    .options_first = true,
    .run = mark,
};
