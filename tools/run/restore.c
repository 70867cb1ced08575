/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace restore: give back the devices of a run that was killed
 */
#include "tools/session/give-back.h"
#include "tools/host/fs.h"
#include "tools/common/json-text.h"
#include "tools/common/tool.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean opt_all;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &opt_all,
      "Give back all that killed runs and plays have taken", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print what was done as JSON", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Job: devices to give back, and the results
 * @wanted: addresses, each removed once its session is found; or NULL: all
 * @results: for --json
 * @status: the verb's exit status
 */
typedef struct Job {
    GPtrArray *wanted;
    JsonArray *results;
    ToolStatus status;
} Job;

static void add_result(Job *job, const char *bdf, const char *driver,
                       const char *result, const char *reason)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "device", bdf);
    json_object_set_string_member(object, "result", result);
    if (driver) {
        json_object_set_string_member(object, "driver", driver);
    }
    if (reason) {
        json_object_set_string_member(object, "reason", reason);
    }
    json_array_add_object_element(job->results, object);
}

static void add_results(Job *job, const Session *session,
                        const char *result, const char *reason)
{
    const char *root = host_root();
    guint i;

    for (i = 0; i < session->devices->len; i++) {
        const BindState *state = session->devices->pdata[i];
        g_autoptr(HostPci) dev = host_pci_get(root, state->bdf, NULL);

        add_result(job, state->bdf, dev ? dev->driver : NULL, result, reason);
        if (!opt_json && !reason) {
            printf("%s: %s%s%s\n", state->bdf, result,
                   dev && dev->driver ? " to " : "",
                   dev && dev->driver ? dev->driver : "");
        }
    }
}

/*
 * Remove the session's devices from those that are wanted.
 *
 * Return: whether any was wanted
 */
static bool strike_out(Job *job, const Session *session)
{
    bool found = false;
    guint i;

    for (i = job->wanted ? job->wanted->len : 0; i-- > 0; ) {
        if (session_has(session, job->wanted->pdata[i]) ||
            !strcmp(session->name, job->wanted->pdata[i])) {
            g_ptr_array_remove_index(job->wanted, i);
            found = true;
        }
    }
    return found || !job->wanted;
}

static void restore_session(Job *job, const Session *session)
{
    g_autoptr(GError) error = NULL;

    if (session_alive(session)) {
        g_autofree char *reason = g_strdup_printf(
            "'vfio-trace %s' (process %d) still has it: end that first",
            session_verb(session), (int)session->run.pid);

        tool_error(&verb_restore, "%s: %s", session->name, reason);
        add_results(job, session, "in use", reason);
        /* With --all, devices in use are not an error. */
        if (job->wanted) {
            job->status = TOOL_FAULT;
        }
        return;
    }
    if (give_back(host_root(), session, tool_say, (void *)&verb_restore,
                  &error)) {
        add_results(job, session, "given back", NULL);
        if (!session->devices->len && !opt_json) {
            printf("%s: nothing is left of it\n", session->name);
        }
        return;
    }
    tool_error(&verb_restore, "%s; use 'vfio-trace restore %s' to try again",
               error->message, session->name);
    add_results(job, session, "failed", error->message);
    job->status = TOOL_FAULT;
}

static void restore_sessions(Job *job)
{
    g_auto(GStrv) names = session_file_names();
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Session) session = session_file_load(names[i], &error);

        if (session) {
            if (strike_out(job, session)) {
                restore_session(job, session);
            }
            continue;
        }
        tool_error(&verb_restore, "%s", error->message);
        add_result(job, names[i], NULL, "failed", error->message);
        job->status = TOOL_FAULT;
    }
    for (i = 0; job->wanted && i < job->wanted->len; i++) {
        const char *bdf = job->wanted->pdata[i];

        if (!opt_json) {
            printf("%s: nothing to give back\n", bdf);
        }
        add_result(job, bdf, NULL, "nothing to do", NULL);
    }
    if (!job->wanted && !names[0] && !opt_json) {
        puts("nothing to give back");
    }
}

static GPtrArray *parse_devices(int argc, char **argv)
{
    g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func(g_free);
    int i;

    for (i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        char *bdf = session_is_name(argv[i]) ? g_strdup(argv[i]) :
                    host_pci_parse_bdf(argv[i], &error);

        if (!bdf) {
            tool_error(&verb_restore, "%s", error->message);
            return NULL;
        }
        g_ptr_array_add(wanted, bdf);
    }
    return g_steal_pointer(&wanted);
}

/* Without root, there can only be sessions without devices. */
static void choose_dir(const GPtrArray *wanted)
{
    bool own = geteuid() && wanted->len;
    guint i;

    for (i = 0; i < wanted->len; i++) {
        own = own && !host_pci_is_bdf(wanted->pdata[i]);
    }
    if (own) {
        session_use_own_dir();
    }
}

static void print_results(const Job *job)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
    g_autofree char *text = NULL;

    json_node_set_array(node, job->results);
    text = json_text(node, TRUE);
    puts(text);
}

static int restore(int argc, char **argv)
{
    g_autoptr(GPtrArray) wanted = NULL;
    g_autoptr(JsonArray) results = json_array_new();
    g_autoptr(GError) error = NULL;
    Job job = { .results = results, .status = TOOL_OK };
    int lock;

    if (!tool_options(&verb_restore, "[BDF...]",
                      "'vfio-trace run' and 'vfio-trace play' give their devices back whenever they end.\n"
                      "This verb is needed only if they were killed themselves.  The next run or play with\n"
                      "the same device gives it back, too.\n\n"
                      "Exit status: 0 all devices are given back, 1 a device could not be given back,\n"
                      "or a run or play still has it, 2 bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if ((argc > 1) == opt_all) {
        tool_error(&verb_restore, opt_all ? "--all or devices, not both" :
                   "which device? (use --all for all)");
        return TOOL_TROUBLE;
    }
    wanted = parse_devices(argc, argv);
    if (!wanted) {
        return TOOL_TROUBLE;
    }
    choose_dir(wanted);
    job.wanted = opt_all ? NULL : wanted;
    lock = session_file_lock(&error);
    if (lock < 0) {
        tool_error(&verb_restore, "%s%s", error->message,
                   geteuid() ? "; try again as root" : "");
        return TOOL_FAULT;
    }
    restore_sessions(&job);
    close(lock);
    if (opt_json) {
        print_results(&job);
    }
    return tool_finish(&verb_restore, job.status);
}

const Verb verb_restore = {
    .name = "restore",
    .brief = "Give back the devices of a run that was killed",
    .run = restore,
};
