/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace status: what a running QEMU traces, and how it fares
 */
#include "qmp.h"
#include "tool.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

static char *opt_qmp;
static gboolean opt_json;
static double opt_timeout = QMP_TIMEOUT_DEFAULT;

static const GOptionEntry entries[] = {
    { "qmp", 'q', 0, G_OPTION_ARG_FILENAME, &opt_qmp,
      "QEMU's QMP socket", "SOCKET" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print QEMU's answer as it is", NULL },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &opt_timeout,
      "Give up after that time without an answer (10)", "SECONDS" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* A member of another type than ours is as good as absent. */
static JsonNode *get_value(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == type ? node : NULL;
}

static uint64_t get_int(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_INT64);

    return node ? (uint64_t)json_node_get_int(node) : 0;
}

/* A VfioTraceCount's accesses. */
static uint64_t get_count(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ?
           get_int(json_node_get_object(node), "accesses") : 0;
}

/* Fit to be printed; to be freed. */
static char *get_str(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_STRING);

    return node ? tool_printable(json_node_dup_string(node)) : NULL;
}

static bool get_bool(JsonObject *object, const char *name)
{
    JsonNode *node = get_value(object, name, G_TYPE_BOOLEAN);

    return node && json_node_get_boolean(node);
}

typedef void ForEach(JsonObject *object);

/* Return: the number of objects */
static guint for_each(JsonNode *node, ForEach *fn)
{
    JsonArray *array;
    guint n;
    guint i;

    if (!node || !JSON_NODE_HOLDS_ARRAY(node)) {
        return 0;
    }
    array = json_node_get_array(node);
    n = json_array_get_length(array);
    for (i = 0; i < n; i++) {
        JsonNode *element = json_array_get_element(array, i);

        if (JSON_NODE_HOLDS_OBJECT(element)) {
            fn(json_node_get_object(element));
        }
    }
    return n;
}

static void print_region(JsonObject *region)
{
    g_autofree char *name = get_str(region, "name");
    g_autofree char *type = get_str(region, "type");
    g_autofree char *full_type =
        g_strconcat(type ? type : "?",
                    get_bool(region, "prefetchable") ? ",pref" : "", NULL);
    g_autofree char *guest = g_strdup("not mapped");

    if (json_object_has_member(region, "guest-address")) {
        g_free(guest);
        guest = g_strdup_printf("0x%" PRIx64,
                                get_int(region, "guest-address"));
    }
    printf("    %-10s %-11s %4" PRIu64 " 0x%-16" PRIx64
           " %-18s 0x%-9" PRIx64 " %12" PRIu64 " %12" PRIu64 "\n",
           name ? name : "?", full_type, get_int(region, "map-id"),
           get_int(region, "address"), guest, get_int(region, "size"),
           get_count(region, "read"), get_count(region, "write"));
    if (get_int(region, "failed")) {
        printf("          %" PRIu64 " accesses did not reach the device\n",
               get_int(region, "failed"));
    }
}

static void print_device(JsonObject *device)
{
    g_autofree char *id = get_str(device, "id");
    g_autofree char *host = get_str(device, "host");
    g_autofree char *path = get_str(device, "qom-path");

    printf("  device %s, %04" PRIx64 ":%04" PRIx64 "%s%s%s%s\n",
           id && *id ? id : "(no id)",
           get_int(device, "vendor"), get_int(device, "device"),
           host ? ", host " : "", host ? host : "",
           path ? ", " : "", path ? path : "");
    printf("    %-10s %-11s %4s %-18s %-18s %-11s %12s %12s\n", "", "type",
           "map", "address", "guest address", "size", "reads", "writes");
    if (!for_each(json_object_get_member(device, "regions"), print_region)) {
        printf("    nothing of it is traced\n");
    }
}

static void print_log(JsonObject *log)
{
    uint64_t size = get_int(log, "ring-size");
    uint64_t used = get_int(log, "ring-used");
    g_autofree char *id = get_str(log, "id");
    g_autofree char *file = get_str(log, "file");
    g_autofree char *error = get_str(log, "error");
    g_autofree char *durability = get_str(log, "durability");
    g_autofree char *on_full = get_str(log, "on-full");

    printf("log %s: %s\n", id ? id : "?", file ? file : "?");
    printf("  %" PRIu64 " events, %" PRIu64 " bytes written; %" PRIu64
           " lost; ring %" PRIu64 " of %" PRIu64 " slots used (%" PRIu64
           " %%)\n", get_int(log, "events"), get_int(log, "bytes"),
           get_int(log, "lost"), used, size,
           size ? used * 100 / size : 0);
    printf("  part %" PRIu64 "; durability %s; on-full %s; guest paused %"
           PRIu64 " times, %" PRIu64 " ms\n", MAX(1, get_int(log, "part")),
           durability ? durability : "?", on_full ? on_full : "?",
           get_int(log, "pauses"), get_int(log, "pause-ns") / 1000000);
    if (get_bool(log, "stopped")) {
        printf("  THE GUEST IS PAUSED until this log can be written again\n");
    }
    if (error) {
        printf("  ERROR: %s\n", error);
    }
    if (!for_each(json_object_get_member(log, "devices"), print_device)) {
        printf("  no device writes to it\n");
    }
}

static int status(int argc, char **argv)
{
    g_autoptr(QmpClient) client = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = NULL;

    if (!tool_options(&verb_status, NULL,
                      "Exit status: 0 QEMU answered, 1 QEMU refused or can't "
                      "be reached, 2 bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 1) {
        tool_error(&verb_status, "'%s' is one word too many", argv[1]);
        return TOOL_TROUBLE;
    }
    if (!opt_qmp) {
        tool_error(&verb_status, "--qmp SOCKET is missing: which QEMU?");
        return TOOL_TROUBLE;
    }
    if (!(opt_timeout > 0 && opt_timeout <= QMP_TIMEOUT_MAX)) {
        tool_error(&verb_status, "--timeout must be more than 0 and at most "
                   "%d", QMP_TIMEOUT_MAX);
        return TOOL_TROUBLE;
    }

    client = qmp_connect(opt_qmp, MAX(1, opt_timeout * 1000), &error);
    if (client) {
        answer = qmp_execute(client, "query-vfio-trace", NULL, &error);
    }
    if (!answer) {
        tool_error(&verb_status, "%s", error->message);
        return TOOL_FAULT;
    }
    if (!JSON_NODE_HOLDS_ARRAY(answer)) {
        tool_error(&verb_status, "%s: QEMU's answer is no list of logs: it "
                   "and this tool are of different versions", opt_qmp);
        return TOOL_FAULT;
    }
    if (opt_json) {
        g_autofree char *text = json_to_string(answer, TRUE);

        puts(text);
    } else if (!for_each(answer, print_log)) {
        puts("nothing is traced: QEMU has no log");
    }
    return tool_finish(&verb_status, TOOL_OK);
}

const Verb verb_status = {
    .name = "status",
    .brief = "Show what a running QEMU traces, and how it fares",
    .run = status,
};
