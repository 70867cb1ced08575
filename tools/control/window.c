/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace window: list, add and remove windows while the guest runs
 */
#include "tools/qemu/devices.h"
#include "tools/common/json-read.h"
#include "tools/common/json-text.h"
#include "tools/control/window-list.h"
#include "tools/control/window-parse.h"

#include <stdio.h>
#include <string.h>

static char *opt_device;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "device", 'D', 0, G_OPTION_ARG_STRING, &opt_device,
      "The device, by ID, path or PCI address on the host; may be omitted if there is only one",
      "DEVICE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "list: print QEMU's answer unchanged", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "  list     print the windows, the trapped pages and the hot pages\n"
    "  add      also log accesses to these windows\n"
    "  remove   do not log accesses to these windows any more\n\n"
    "WINDOW is BAR[:OFFSET:LEN][:r|w|rw], for example 0, 0:0x1000:4K or 2:w; rom, vga or\n"
    "config can be used instead of BAR.  Windows are sets of bytes: adding a byte twice\n"
    "has no effect, and any part of a window can be removed.";

/* The QMP command of an operation that takes windows */
static const struct {
    const char *name;
    const char *command;
} operations[] = {
    { "add", "vfio-trace-window-add" },
    { "remove", "vfio-trace-window-remove" },
};

static bool print_list(Target *target, GError **error)
{
    g_autoptr(JsonNode) answer = devices_query(target, error);
    JsonArray *devices;
    JsonObject *only = NULL;
    guint i;

    if (!answer) {
        return false;
    }
    devices = json_node_get_array(answer);
    if (opt_device) {
        only = devices_find(target, answer, opt_device, error);
        if (!only) {
            return false;
        }
    }
    if (opt_json) {
        g_autoptr(JsonNode) root = json_node_copy(answer);
        g_autofree char *text = NULL;

        if (only) {
            JsonArray *one = json_array_new();

            json_array_add_object_element(one, json_object_ref(only));
            json_node_unref(root);
            root = json_node_new(JSON_NODE_ARRAY);
            json_node_take_array(root, one);
        }
        text = json_text(root, TRUE);
        puts(text);
        return true;
    }
    if (!json_read_length_of(devices)) {
        puts("no device of this QEMU is traced");
    }
    for (i = 0; i < json_read_length_of(devices); i++) {
        JsonObject *device = json_read_element(devices, i);

        if (device && (!only || device == only)) {
            window_list_print(device);
        }
    }
    return true;
}

static bool change_region(Target *target, const char *command,
                          const char *device, const WindowSpec *window,
                          const char *region, GError **error)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(JsonNode) answer = NULL;

    json_object_set_string_member(arguments, "device", device);
    json_object_set_string_member(arguments, "region", region);
    if (!window->whole) {
        json_object_set_int_member(arguments, "offset", window->offset);
        json_object_set_int_member(arguments, "length", window->length);
    }
    json_object_set_string_member(arguments, "direction", window->direction);
    answer = target_execute(target, command, arguments, error);
    return answer;
}

/*
 * A QMP command changes one region: if QEMU refuses it, the message says how
 * many windows were changed before.
 */
static bool change(Target *target, const char *command,
                   const WindowSpec *windows, guint n, GError **error)
{
    g_autoptr(JsonNode) devices = devices_query(target, error);
    JsonObject *device = devices ? devices_find(target, devices, opt_device,
                                                error) : NULL;
    guint i;

    if (!device) {
        return false;
    }
    for (i = 0; i < n; i++) {
        const char *const *region;

        for (region = windows[i].regions; *region; region++) {
            if (!change_region(target, command, devices_name(device),
                               &windows[i], *region, error)) {
                g_prefix_error(error, "'%s', after %u of %u windows were changed: ",
                               windows[i].text, i, n);
                return false;
            }
        }
    }
    return true;
}

/* All windows are parsed before the first command is sent. */
static WindowSpec *parse_windows(char **words, int n)
{
    g_autofree WindowSpec *windows = g_new0(WindowSpec, n);
    int i;

    for (i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;

        if (!window_parse(words[i], &windows[i], &error)) {
            tool_error(&verb_window, "%s", error->message);
            return NULL;
        }
    }
    return g_steal_pointer(&windows);
}

static int run_list(int argc, char **argv)
{
    g_autoptr(Target) target = NULL;
    g_autoptr(GError) error = NULL;

    if (argc > 2) {
        tool_error(&verb_window, "unexpected operand '%s'", argv[2]);
        return TOOL_TROUBLE;
    }
    target = target_open(&verb_window);
    if (!target) {
        return TOOL_FAULT;
    }
    if (!print_list(target, &error)) {
        tool_error(&verb_window, "%s", error->message);
        return TOOL_FAULT;
    }
    return tool_finish(&verb_window, TOOL_OK);
}

static int run_change(const char *command, int argc, char **argv)
{
    g_autofree WindowSpec *windows = NULL;
    g_autoptr(Target) target = NULL;
    g_autoptr(GError) error = NULL;
    int n = argc - 2;

    if (opt_json) {
        tool_error(&verb_window, "--json can only be used with 'list'");
        return TOOL_TROUBLE;
    }
    if (n < 1) {
        tool_error(&verb_window, "%s: operand WINDOW is missing", argv[1]);
        return TOOL_TROUBLE;
    }
    windows = parse_windows(argv + 2, n);
    if (!windows) {
        return TOOL_TROUBLE;
    }
    target = target_open(&verb_window);
    if (!target) {
        return TOOL_FAULT;
    }
    if (!change(target, command, windows, n, &error)) {
        tool_error(&verb_window, "%s", error->message);
        return TOOL_FAULT;
    }
    return TOOL_OK;
}

static int window(int argc, char **argv)
{
    size_t i;

    if (!target_options(&verb_window,
                        "list | add WINDOW... | remove WINDOW...",
                        details, entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc < 2) {
        tool_error(&verb_window, "operand is missing: list, add or remove");
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "list")) {
        return run_list(argc, argv);
    }
    for (i = 0; i < G_N_ELEMENTS(operations); i++) {
        if (!strcmp(argv[1], operations[i].name)) {
            return run_change(operations[i].command, argc, argv);
        }
    }
    tool_error(&verb_window, "'%s' is not list, add or remove", argv[1]);
    return TOOL_TROUBLE;
}

const Verb verb_window = {
    .name = "window",
    .brief = "Show or change the traced parts of a device",
    .run = window,
};
