/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace status: what a running QEMU traces, and the state of its logs
 */
#include "tools/common/json-read.h"
#include "tools/common/json-text.h"
#include "tools/control/status-rings.h"
#include "tools/control/status-time.h"
#include "tools/control/status-watch.h"
#include "tools/qemu/target.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static gboolean opt_json;
static bool watch;
static double watch_seconds = 1;

static gboolean set_watch(const char *name, const char *value, gpointer data,
                          GError **error)
{
    char *end = NULL;

    (void)name;
    (void)data;
    watch = true;
    if (!value) {
        return TRUE;
    }
    watch_seconds = g_ascii_strtod(value, &end);
    if (end == value || *end || !(watch_seconds >= WATCH_SECONDS_MIN &&
                                  watch_seconds <= WATCH_SECONDS_MAX)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--watch=%s: expected a number of seconds from %g to %d",
                    value, WATCH_SECONDS_MIN, WATCH_SECONDS_MAX);
        return FALSE;
    }
    return TRUE;
}

static const GOptionEntry entries[] = {
    { "watch", 'w', G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK,
      (gpointer)set_watch,
      "Repeat until interrupted, each second or with this interval", "SECONDS" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print QEMU's answer unchanged; with --watch, one line each time", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "With --watch, rates are shown, too: on a terminal, as a table that is redrawn,\n"
    "otherwise as a line each time.  It ends with Ctrl-C, or when QEMU ends.";

/* Return: the accesses of a VfioTraceCount */
static uint64_t get_count(JsonObject *object, const char *name)
{
    JsonObject *count = json_read_object_member(object, name);

    return count ? json_read_int(count, "accesses") : 0;
}

/* Return: a string member, made printable; NULL if absent; to be freed */
static char *get_str(JsonObject *object, const char *name)
{
    const char *text = json_read_str(object, name);

    return text ? tool_printable(g_strdup(text)) : NULL;
}

/* @log: the log that the object belongs to */
typedef void ForEach(JsonObject *object, JsonObject *log);

/* Return: the number of elements */
static guint for_each(JsonArray *array, JsonObject *log, ForEach *fn)
{
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *object = json_read_element(array, i);

        if (object) {
            fn(object, log);
        }
    }
    return n;
}

static void print_time(JsonObject *region, JsonObject *log, const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    g_autofree char *text = NULL;
    StatusTime time;

    if (status_time(log, region, NULL, NULL, &time) &&
        time.qemu + time.exits > 0) {
        text = status_time_text(&time);
        printf("          the guest spends %.1f %% of its time in traps of %s "
               "%s\n", time.qemu + time.exits, upper, text);
    }
}

static void print_region(JsonObject *region, JsonObject *log)
{
    g_autofree char *name = get_str(region, "name");
    g_autofree char *type = get_str(region, "type");
    g_autofree char *full_type =
        g_strconcat(type ? type : "?",
                    json_read_bool(region, "prefetchable") ? ",pref" : "",
                    NULL);
    g_autofree char *guest = g_strdup("not mapped");

    if (json_object_has_member(region, "guest-address")) {
        g_free(guest);
        guest = g_strdup_printf("0x%" PRIx64,
                                json_read_int(region, "guest-address"));
    }
    printf("    %-10s %-11s %4" PRIu64 " 0x%-16" PRIx64
           " %-18s 0x%-9" PRIx64 " %12" PRIu64 " %12" PRIu64 "\n",
           name ? name : "?", full_type, json_read_int(region, "map-id"),
           json_read_int(region, "address"), guest,
           json_read_int(region, "size"),
           get_count(region, "read"), get_count(region, "write"));
    if (json_read_int(region, "failed")) {
        printf("          %" PRIu64 " accesses did not reach the device\n",
               json_read_int(region, "failed"));
    }
    print_time(region, log, name ? name : "?");
}

static void print_device(JsonObject *device, JsonObject *log)
{
    g_autofree char *id = get_str(device, "id");
    g_autofree char *host = get_str(device, "host");
    g_autofree char *path = get_str(device, "qom-path");

    printf("  device %s, %04" PRIx64 ":%04" PRIx64 "%s%s%s%s\n",
           id && *id ? id : "(no id)",
           json_read_int(device, "vendor"), json_read_int(device, "device"),
           host ? ", host " : "", host ? host : "",
           path ? ", " : "", path ? path : "");
    printf("    %-10s %-11s %4s %-18s %-18s %-11s %12s %12s\n", "", "type",
           "map", "address", "guest address", "size", "reads", "writes");
    if (!for_each(json_read_array(device, "regions"), log, print_region)) {
        printf("    no region is traced\n");
    }
    status_rings_print(device);
}

static void print_log(JsonObject *log, JsonObject *unused)
{
    uint64_t size = json_read_int(log, "ring-size");
    uint64_t used = json_read_int(log, "ring-used");
    g_autofree char *id = get_str(log, "id");
    g_autofree char *file = get_str(log, "file");
    g_autofree char *error = get_str(log, "error");
    g_autofree char *durability = get_str(log, "durability");
    g_autofree char *on_full = get_str(log, "on-full");

    (void)unused;
    printf("log %s: %s\n", id ? id : "?", file ? file : "?");
    printf("  %" PRIu64 " events, %" PRIu64 " bytes written; %" PRIu64
           " lost; ring %" PRIu64 " of %" PRIu64 " slots used (%" PRIu64
           " %%)\n", json_read_int(log, "events"), json_read_int(log, "bytes"),
           json_read_int(log, "lost"), used, size,
           size ? used * 100 / size : 0);
    printf("  part %" PRIu64 "; durability %s; on-full %s; guest paused %"
           PRIu64 " times, %" PRIu64 " ms\n",
           MAX(1, json_read_int(log, "part")), durability ? durability : "?",
           on_full ? on_full : "?",
           json_read_int(log, "pauses"),
           json_read_int(log, "pause-ns") / 1000000);
    if (json_read_bool(log, "stopped")) {
        printf("  THE GUEST IS PAUSED until this log can be written again\n");
    }
    if (error) {
        printf("  ERROR: %s\n", error);
    }
    if (!for_each(json_read_array(log, "devices"), log, print_device)) {
        printf("  no device writes to it\n");
    }
}

/* How the user reaches the guest's display and its ssh */
static void print_connect(const GPtrArray *commands)
{
    guint i;

    for (i = 0; commands && i < commands->len; i++) {
        printf("guest: %s\n", (char *)commands->pdata[i]);
    }
}

static int print_once(Target *target)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = target_query(target, "query-vfio-trace",
                                              &error);

    if (!answer) {
        tool_error(&verb_status, "%s", error->message);
        return TOOL_FAULT;
    }
    if (opt_json) {
        g_autofree char *text = json_text(answer, TRUE);

        puts(text);
    } else if (!for_each(json_node_get_array(answer), NULL, print_log)) {
        puts("nothing is traced: QEMU has no log");
    }
    if (!opt_json) {
        print_connect(target_connect(target));
    }
    return tool_finish(&verb_status, TOOL_OK);
}

static int status(int argc, char **argv)
{
    g_autoptr(Target) target = NULL;

    if (!target_options(&verb_status, NULL, details, entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 1) {
        tool_error(&verb_status, "unexpected operand '%s'", argv[1]);
        return TOOL_TROUBLE;
    }
    target = target_open(&verb_status);
    if (!target) {
        return TOOL_FAULT;
    }
    return watch ? status_watch(&verb_status, target, watch_seconds, opt_json)
                 : print_once(target);
}

const Verb verb_status = {
    .name = "status",
    .brief = "Show what a running QEMU traces, and the state of its logs",
    .run = status,
};
