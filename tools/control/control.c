/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace start, stop, flush: verbs that send one QMP command
 */
#include "tools/qemu/devices.h"
#include "tools/qemu/target.h"

static char *opt_device;
static char *opt_log;

static const GOptionEntry device_entries[] = {
    { "device", 'D', 0, G_OPTION_ARG_STRING, &opt_device,
      "This device only, by ID, path or PCI address on the host (default: all)",
      "DEVICE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const GOptionEntry log_entries[] = {
    { "log", 'l', 0, G_OPTION_ARG_STRING, &opt_log,
      "This log only (default: all)", "ID" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Control: a verb that sends one QMP command
 * @verb: name and help
 * @command: the QMP command
 * @entries: its options, which set opt_device or opt_log
 * @details: text for --help
 */
typedef struct Control {
    const Verb *verb;
    const char *command;
    const GOptionEntry *entries;
    const char *details;
} Control;

static const Control start_control = {
    &verb_start, "vfio-trace-start", device_entries,
    "A mark in the log says where.  Devices that are traced already stay traced.",
};

static const Control stop_control = {
    &verb_stop, "vfio-trace-stop", device_entries,
    "The guest accesses the device at full speed then.  A mark in the log says where.",
};

static const Control flush_control = {
    &verb_flush, "vfio-trace-flush", log_entries,
    "When the command returns, everything up to now is in the log and on the disk.",
};

/* Return: the command's arguments; NULL with an error without the device */
static JsonObject *make_arguments(Target *target, GError **error)
{
    g_autoptr(JsonObject) arguments = json_object_new();
    g_autoptr(JsonNode) devices = NULL;
    JsonObject *device;

    if (opt_log) {
        json_object_set_string_member(arguments, "log", opt_log);
    }
    if (opt_device) {
        devices = devices_query(target, error);
        device = devices ? devices_find(target, devices, opt_device, error)
                         : NULL;
        if (!device) {
            return NULL;
        }
        json_object_set_string_member(arguments, "device",
                                      devices_name(device));
    }
    return g_steal_pointer(&arguments);
}

static int run_control(const Control *control, int argc, char **argv)
{
    g_autoptr(Target) target = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = NULL;
    JsonObject *arguments;

    if (!target_options(control->verb, NULL, control->details,
                        control->entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 1) {
        tool_error(control->verb, "unexpected operand '%s'", argv[1]);
        return TOOL_TROUBLE;
    }
    target = target_open(control->verb);
    if (!target) {
        return TOOL_FAULT;
    }
    arguments = make_arguments(target, &error);
    if (arguments) {
        answer = target_execute(target, control->command, arguments, &error);
    }
    if (!answer) {
        tool_error(control->verb, "%s", error->message);
        return TOOL_FAULT;
    }
    return TOOL_OK;
}

static int start(int argc, char **argv)
{
    return run_control(&start_control, argc, argv);
}

static int stop(int argc, char **argv)
{
    return run_control(&stop_control, argc, argv);
}

static int flush(int argc, char **argv)
{
    return run_control(&flush_control, argc, argv);
}

const Verb verb_start = {
    .name = "start",
    .brief = "Start or resume tracing while the guest runs",
    .run = start,
};

const Verb verb_stop = {
    .name = "stop",
    .brief = "Stop tracing while the guest runs",
    .run = stop,
};

const Verb verb_flush = {
    .name = "flush",
    .brief = "Write everything up to now to the disk",
    .run = flush,
};
