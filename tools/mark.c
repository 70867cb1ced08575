/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace mark: write a marker into the log of a running QEMU
 */
#include "qmp.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *opt_qmp;
static char *opt_log;
static double opt_timeout = QMP_TIMEOUT_DEFAULT;

static const GOptionEntry entries[] = {
    { "qmp", 'q', 0, G_OPTION_ARG_FILENAME, &opt_qmp,
      "QEMU's QMP socket", "SOCKET" },
    { "log", 'l', 0, G_OPTION_ARG_STRING, &opt_log,
      "Mark this log only; without it, every log", "ID" },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &opt_timeout,
      "Give up after that time without an answer (10)", "SECONDS" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/*
 * QMP carries UTF-8 only; the log would show '?' for anything else.  Messages
 * begin with @where.
 */
static bool send_mark(QmpClient *client, const char *where, const char *text,
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
    answer = qmp_execute(client, "vfio-trace-mark", arguments, error);
    if (!answer) {
        g_prefix_error(error, "%s", where);
        return false;
    }
    if (JSON_NODE_HOLDS_OBJECT(answer)) {
        logged = json_object_get_string_member_with_default(
            json_node_get_object(answer), "text", NULL);
    }
    if (logged && (strlen(logged) != len || memcmp(logged, text, len))) {
        tool_error(&verb_mark, "%snote: the text was made fit for a log; it "
                   "reads: %s", where, logged);
    }
    return true;
}

/*
 * Standard input, one marker a line, each sent as soon as it is there.  What
 * QEMU refuses must not cost the lines after it.
 */
static bool send_lines(QmpClient *client)
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
        if (!len || send_mark(client, where, line, len, &error)) {
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

static bool send_text(QmpClient *client, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (!send_mark(client, "", text, strlen(text), &error)) {
        tool_error(&verb_mark, "%s", error->message);
        return false;
    }
    return true;
}

static int mark(int argc, char **argv)
{
    g_autoptr(QmpClient) client = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    bool from_stdin;
    bool ok;

    if (!tool_options(&verb_mark, "TEXT... | -",
                      "The words of TEXT are joined by blanks.  With '-', "
                      "every line of standard input\nis a marker of its own, "
                      "sent as soon as it is there; empty lines are left "
                      "out.\n\n"
                      "Exit status: 0 the marker is in the log, 1 QEMU "
                      "refused it (of several: any) or\ncan't be reached, 2 "
                      "bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (!opt_qmp) {
        tool_error(&verb_mark, "--qmp SOCKET is missing: which QEMU?");
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_mark, "the marker's text is missing");
        return TOOL_TROUBLE;
    }
    if (!(opt_timeout > 0 && opt_timeout <= QMP_TIMEOUT_MAX)) {
        tool_error(&verb_mark, "--timeout must be more than 0 and at most %d",
                   QMP_TIMEOUT_MAX);
        return TOOL_TROUBLE;
    }
    from_stdin = argc == 2 && !strcmp(argv[1], "-");
    text = g_strjoinv(" ", argv + 1);

    client = qmp_connect(opt_qmp, MAX(1, opt_timeout * 1000), &error);
    if (!client) {
        tool_error(&verb_mark, "%s", error->message);
        return TOOL_FAULT;
    }
    ok = from_stdin ? send_lines(client) : send_text(client, text);
    return ok ? TOOL_OK : TOOL_FAULT;
}

const Verb verb_mark = {
    .name = "mark",
    .brief = "Write a marker into the log of a running QEMU",
    .options_first = true,
    .run = mark,
};
