/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QMP commands of a run (see monitor.h)
 *
 * The user waits no longer than QMP_TIMEOUT_MS.  After a failure, no command is
 * sent for SILENT_US.
 */
#include "tools/run/monitor.h"

#include "tools/common/json-read.h"
#include "tools/session/session-log.h"

#include <unistd.h>

#define QMP_TIMEOUT_MS 500

/* Name of a viewer's descriptor in QEMU, until it is used */
#define VIEWER "viewer"

/* Pause after a failure; QEMU may hang. */
#define SILENT_US (3 * G_USEC_PER_SEC)

/*
 * Close a connection that has failed; a later tick makes another.  Only the
 * second failure is reported, since the first may be QEMU's end.
 */
static void lose_qmp(RunSession *session, const char *reason)
{
    g_clear_pointer(&session->qmp, qmp_close);
    session->qmp_after = g_get_monotonic_time() + SILENT_US;
    session->failures++;
    if (session->failures == 2 && !session->stage) {
        run_screen_say(&session->screen, "%s", reason);
    }
}

static JsonNode *ask(RunSession *session, const char *command,
                     JsonObject *arguments, GError **error)
{
    g_autoptr(GError) local = NULL;
    JsonNode *answer = qmp_execute(session->qmp, command, arguments, &local);

    if (answer) {
        session->failures = 0;
        return answer;
    }
    if (g_error_matches(local, QMP_ERROR, QMP_ERROR_CONNECTION)) {
        lose_qmp(session, local->message);
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
}

bool run_monitor_connect(RunSession *session, bool starting)
{
    g_autoptr(GError) error = NULL;

    if (session->qmp || session->stage ||
        g_get_monotonic_time() < session->qmp_after ||
        access(session->plan->own_qmp, F_OK)) {
        return false;
    }
    session->qmp = qmp_connect(session->plan->own_qmp, QMP_TIMEOUT_MS, &error);
    if (session->qmp && session->plan->log_work) {
        session_log_show(session->plan->log, session->plan->log_work,
                         session->plan->uid);
    }
    /* While QEMU starts, its socket exists before QEMU answers. */
    if (!session->qmp && !starting) {
        lose_qmp(session, error->message);
    }
    return session->qmp;
}

/* QEMU may end before it answers. */
bool run_monitor_quit(RunSession *session)
{
    g_autoptr(JsonNode) answer = NULL;

    if (session->qmp) {
        answer = qmp_execute(session->qmp, "quit", NULL, NULL);
    }
    return answer;
}

void run_monitor_query(RunSession *session)
{
    g_autoptr(JsonNode) answer = NULL;
    g_autoptr(GError) error = NULL;

    answer = session->qmp ? ask(session, "query-vfio-trace", NULL, &error) :
                            NULL;
    if (answer) {
        run_status_update(session->status, answer, g_get_monotonic_time());
    }
}

/* Return: QEMU's answer, or NULL */
static JsonNode *write_mark(RunSession *session, const char *text,
                            GError **error)
{
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "text", text);
    return ask(session, "vfio-trace-mark", arguments, error);
}

void run_monitor_mark(RunSession *session, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(JsonNode) answer = NULL;
    g_autoptr(GError) error = NULL;
    const char *logged = NULL;

    answer = write_mark(session, valid, &error);
    if (!answer) {
        run_screen_say(&session->screen, "no marker was written: %s",
                       error->message);
        return;
    }
    if (JSON_NODE_HOLDS_OBJECT(answer)) {
        logged = json_read_str(json_node_get_object(answer), "text");
    }
    run_screen_say(&session->screen, "marker: %s", logged ? logged : valid);
}

bool run_monitor_note(RunSession *session, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = session->qmp ?
                                 write_mark(session, text, &error) : NULL;

    if (answer) {
        return true;
    }
    if (!error || g_error_matches(error, QMP_ERROR, QMP_ERROR_CONNECTION)) {
        return false;
    }
    run_screen_say(&session->screen, "the marker \"%s\" was not written: %s",
                   text, error->message);
    return true;
}

void run_monitor_add_viewer(RunSession *session, const char *protocol, int fd)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) got = NULL;
    g_autoptr(JsonNode) answer = NULL;
    g_autoptr(GError) error = NULL;

    json_object_set_string_member(arguments, "fdname", VIEWER);
    got = session->qmp ? qmp_execute_fd(session->qmp, "getfd", arguments, fd,
                                        &error) : NULL;
    if (got) {
        arguments = json_object_new();
        json_object_set_string_member(arguments, "protocol", protocol);
        json_object_set_string_member(arguments, "fdname", VIEWER);
        /* The socket's owner and mode are sufficient. */
        json_object_set_boolean_member(arguments, "skipauth", TRUE);
        answer = ask(session, "add_client", arguments, &error);
    }
    if (!answer) {
        run_screen_say(&session->screen, "a viewer could not be connected: %s",
                       error ? error->message : "QEMU does not answer");
    }
}
