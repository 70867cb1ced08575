/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rotate: continue a log in its next part
 *
 * The QMP command only requests the rotation: QEMU ends the part when
 * everything that the guest did before is in it.  The user wants to process
 * the completed part, so this verb waits for the next part to begin.
 */
#include "tools/common/json-read.h"
#include "tools/qemu/target.h"

#include <string.h>

/* Interval of the query whether the next part has begun */
#define LOOK_US 20000

static char *opt_log;

static const GOptionEntry entries[] = {
    { "log", 'l', 0, G_OPTION_ARG_STRING, &opt_log,
      "This log; may be omitted if there is only one", "ID" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Get the number of the log's current part; 0 if there is no such log. */
static bool get_part(Target *target, uint64_t *part, GError **error)
{
    g_autoptr(JsonNode) answer = target_query(target, "query-vfio-trace",
                                              error);
    JsonArray *logs = answer ? json_node_get_array(answer) : NULL;
    JsonObject *log = NULL;

    if (opt_log) {
        log = json_read_find(logs, "id", opt_log);
    } else if (json_read_length_of(logs) == 1) {
        log = json_read_element(logs, 0);
    }
    *part = log ? json_read_int(log, "part") : 0;
    return answer;
}

/* Without --log, QEMU selects the log or says why it can not. */
static bool ask(Target *target, GError **error)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) answer = NULL;

    if (opt_log) {
        json_object_set_string_member(arguments, "log", opt_log);
    }
    answer = target_execute(target, "vfio-trace-rotate", arguments, error);
    return answer;
}

static bool wait_for_part(Target *target, uint64_t before, GError **error)
{
    gint64 deadline = g_get_monotonic_time() +
                      target_timeout() * G_USEC_PER_SEC;
    uint64_t part;

    for (;;) {
        if (!get_part(target, &part, error)) {
            return false;
        }
        if (part > before) {
            return true;
        }
        if (g_get_monotonic_time() > deadline) {
            g_set_error(error, QMP_ERROR, QMP_ERROR_REFUSED,
                        "%s: the next part has not begun within %g s; it begins when all previous events are written (is the disk slow or full?)",
                        target_name(target), target_timeout());
            return false;
        }
        g_usleep(LOOK_US);
    }
}

static int rotate(int argc, char **argv)
{
    g_autoptr(Target) target = NULL;
    g_autoptr(GError) error = NULL;
    uint64_t part;

    if (!target_options(&verb_rotate, NULL,
                        "The log continues in the file with the next number: log.mmt, log.mmt.1, ...\n"
                        "When the command returns, the previous part is complete.",
                        entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 1) {
        tool_error(&verb_rotate, "unexpected operand '%s'", argv[1]);
        return TOOL_TROUBLE;
    }
    target = target_open(&verb_rotate);
    if (!target) {
        return TOOL_FAULT;
    }
    if (!get_part(target, &part, &error) || !ask(target, &error) ||
        !wait_for_part(target, part, &error)) {
        tool_error(&verb_rotate, "%s", error->message);
        return TOOL_FAULT;
    }
    return TOOL_OK;
}

const Verb verb_rotate = {
    .name = "rotate",
    .brief = "Continue a log in its next part",
    .run = rotate,
};
