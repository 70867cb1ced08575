/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: connection of a verb to QEMU (see target.h)
 */
#include "tools/qemu/target.h"
#include "tools/qemu/libvirt-monitor.h"
#include "tools/session/session-file.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/**
 * struct Target
 * @name: its socket or domain, for messages
 * @client: the connection to the socket @name; NULL while it is released
 * @monitor: the connection through libvirt, or NULL
 * @connect: commands by which the user connects to the guest, or NULL
 */
struct Target {
    char *name;
    QmpClient *client;
    LibvirtMonitor *monitor;
    GPtrArray *connect;
};

static char *opt_qmp;
static char *opt_domain;
static char *opt_connect;
static double opt_timeout = QMP_TIMEOUT_DEFAULT;

static const GOptionEntry target_entries[] = {
    { "qmp", 'q', 0, G_OPTION_ARG_FILENAME, &opt_qmp,
      "QEMU's QMP socket", "SOCKET" },
    { "domain", 'd', 0, G_OPTION_ARG_STRING, &opt_domain,
      "A libvirt domain, by name, UUID or number", "DOMAIN" },
    { "connect", 'c', 0, G_OPTION_ARG_STRING, &opt_connect,
      "The domain's libvirt connection (virsh's default)", "URI" },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &opt_timeout,
      "Give up after this time without an answer (default: 10)", "SECONDS" },
};

static const char target_details[] = TARGET_DETAILS;

/* Return: message about options that contradict each other, or NULL */
static const char *contradiction(void)
{
    if (opt_qmp && opt_domain) {
        return "--qmp and --domain: only one of them is allowed";
    }
    if (opt_connect && !opt_domain) {
        return "--connect needs --domain";
    }
    return NULL;
}

GOptionEntry *target_options_all(const GOptionEntry *entries)
{
    GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    for (; entries && entries->long_name; entries++) {
        g_array_append_val(all, *entries);
    }
    g_array_append_vals(all, target_entries, G_N_ELEMENTS(target_entries));
    return (GOptionEntry *)g_array_free(all, FALSE);
}

bool target_options(const Verb *verb, const char *operands,
                    const char *details, const GOptionEntry *entries,
                    int *argc, char ***argv)
{
    g_autofree GOptionEntry *all = target_options_all(entries);
    g_autofree char *text = g_strconcat(details ? details : "",
                                        details ? "\n\n" : "",
                                        target_details, NULL);

    return tool_options(verb, operands, text, all, argc, argv) &&
           target_options_check(verb);
}

bool target_options_check(const Verb *verb)
{
    const char *wrong = contradiction();

    if (wrong) {
        tool_error(verb, "%s", wrong);
        return false;
    }
    if (!(opt_timeout > 0 && opt_timeout <= QMP_TIMEOUT_MAX)) {
        tool_error(verb, "--timeout must be more than 0 and at most %d",
                   QMP_TIMEOUT_MAX);
        return false;
    }
    return true;
}

/**
 * struct Sessions: sessions of `vfio-trace run`
 * @running: Session: those that run and have a socket
 * @problem: message about the first other session, or NULL
 * @unknown: the sessions can't be read; @problem says why
 */
typedef struct Sessions {
    GPtrArray *running;
    char *problem;
    bool unknown;
} Sessions;

static void add_session(Sessions *sessions, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) session = session_file_load(name, &error);
    g_autofree char *problem = NULL;

    if (!session) {
        problem = g_strdup(error->message);
    } else if (!session_alive(session)) {
        problem = g_strdup_printf(
            "the one of %s was killed: 'vfio-trace restore' gives its devices back",
            name);
    } else if (session->qmp && session->devices->len) {
        g_ptr_array_add(sessions->running, g_steal_pointer(&session));
    }
    if (problem && !sessions->problem) {
        sessions->problem = g_steal_pointer(&problem);
    }
}

static void find_sessions(Sessions *sessions)
{
    g_auto(GStrv) names = NULL;
    char **name;

    sessions->running =
        g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    sessions->problem = NULL;
    sessions->unknown = false;
    if (access(session_dir(), R_OK | X_OK) && errno != ENOENT) {
        sessions->problem = g_strdup_printf("%s: %s", session_dir(),
                                            g_strerror(errno));
        sessions->unknown = true;
        return;
    }
    names = session_file_names();
    for (name = names; *name; name++) {
        add_session(sessions, *name);
    }
}

/* "0000:01:00.0 has --qmp /run/..." for each, separated by commas */
static char *list_sessions(const GPtrArray *sessions)
{
    GString *list = g_string_new(NULL);
    guint i;

    for (i = 0; i < sessions->len; i++) {
        const Session *session = sessions->pdata[i];

        g_string_append_printf(list, "%s%s has --qmp %s", i ? ", " : "",
                               session->name, session->qmp);
    }
    return g_string_free(list, FALSE);
}

/* Return: the socket of the only session, or NULL after an error was printed */
static char *session_socket(const Verb *verb, GPtrArray **connect)
{
    Sessions sessions;
    char *socket = NULL;

    find_sessions(&sessions);
    if (sessions.running->len == 1) {
        const Session *session = sessions.running->pdata[0];

        socket = g_strdup(session->qmp);
        *connect = g_ptr_array_ref(session->connect);
    } else if (sessions.running->len) {
        g_autofree char *list = list_sessions(sessions.running);

        tool_error(verb, "which QEMU? Several 'vfio-trace run' are running: %s",
                   list);
    } else if (sessions.unknown) {
        tool_error(verb,
                   "which QEMU? It is not known whether a 'vfio-trace run' is running (%s): try again as root, or name a QEMU with --qmp SOCKET or --domain DOMAIN",
                   sessions.problem);
    } else {
        tool_error(verb,
                   "which QEMU? No 'vfio-trace run' is running%s%s%s; name a QEMU with --qmp SOCKET or --domain DOMAIN",
                   sessions.problem ? " (" : "",
                   sessions.problem ? sessions.problem : "",
                   sessions.problem ? ")" : "");
    }
    g_ptr_array_unref(sessions.running);
    g_free(sessions.problem);
    return socket;
}

static bool connect_socket(Target *target, GError **error)
{
    if (!target->client && !target->monitor) {
        target->client = qmp_connect(target->name,
                                     ceil(opt_timeout * 1000), error);
        /* GIO ignores SIGPIPE, but `... | head` must end silently. */
        signal(SIGPIPE, SIG_DFL);
    }
    return target->client || target->monitor;
}

/* Message for a timeout of libvirt; a signal handler can't format it */
static char late[128];

static void too_late(int signal_number)
{
    (void)signal_number;
    /* An error of this write can't be reported. */
    (void)!write(STDERR_FILENO, late, strlen(late));
    _exit(TOOL_FAULT);
}

/*
 * libvirt waits for a QEMU that hangs without a time limit, and has no function
 * to set one.
 */
static void watchdog_on(void)
{
    static const struct sigaction action = { .sa_handler = too_late };
    struct itimerval timer = { .it_value.tv_sec = opt_timeout };

    timer.it_value.tv_usec =
        MAX(1, (opt_timeout - timer.it_value.tv_sec) * 1e6);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void watchdog_off(void)
{
    static const struct itimerval never;

    setitimer(ITIMER_REAL, &never, NULL);
}

static bool open_domain(Target *target, const Verb *verb, GError **error)
{
    snprintf(late, sizeof(late),
             "vfio-trace %s: no answer through libvirt within %g s\n",
             verb->name, opt_timeout);
    watchdog_on();
    target->monitor = libvirt_monitor_open(opt_connect, opt_domain, error);
    watchdog_off();
    return target->monitor;
}

static JsonNode *execute_domain(Target *target, const char *command,
                                JsonObject *arguments, GError **error)
{
    JsonNode *answer;

    watchdog_on();
    answer = libvirt_monitor_execute(target->monitor, command, arguments,
                                     error);
    watchdog_off();
    return answer;
}

Target *target_open(const Verb *verb)
{
    g_autoptr(Target) target = g_new0(Target, 1);
    g_autoptr(GError) error = NULL;
    bool ok;

    if (opt_domain) {
        target->name = g_strdup_printf("domain %s", opt_domain);
        ok = open_domain(target, verb, &error);
    } else {
        target->name = opt_qmp ? g_strdup(opt_qmp) : session_socket(verb,
                                                                  &target->connect);
        if (!target->name) {
            return NULL;
        }
        ok = connect_socket(target, &error);
    }
    if (!ok) {
        tool_error(verb, "%s", error->message);
        return NULL;
    }
    return g_steal_pointer(&target);
}

const char *target_name(const Target *target)
{
    return target->name;
}

const GPtrArray *target_connect(const Target *target)
{
    return target->connect;
}

double target_timeout(void)
{
    return opt_timeout;
}

JsonNode *target_execute(Target *target, const char *command,
                         JsonObject *arguments, GError **error)
{
    if (!connect_socket(target, error)) {
        g_clear_pointer(&arguments, json_object_unref);
        return NULL;
    }
    return target->monitor
           ? execute_domain(target, command, arguments, error)
           : qmp_execute(target->client, command, arguments, error);
}

JsonNode *target_query(Target *target, const char *command, GError **error)
{
    g_autoptr(JsonNode) answer = target_execute(target, command, NULL, error);

    if (answer && !JSON_NODE_HOLDS_ARRAY(answer)) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                    "%s: QEMU's answer to %s is not a list: QEMU and this tool have different versions",
                    target->name, command);
        return NULL;
    }
    return g_steal_pointer(&answer);
}

void target_release(Target *target)
{
    g_clear_pointer(&target->client, qmp_close);
}

void target_close(Target *target)
{
    if (target) {
        g_clear_pointer(&target->client, qmp_close);
        g_clear_pointer(&target->monitor, libvirt_monitor_close);
        g_clear_pointer(&target->connect, g_ptr_array_unref);
        g_free(target->name);
        g_free(target);
    }
}
