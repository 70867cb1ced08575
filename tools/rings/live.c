/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings add, remove: rings files of a running QEMU's device
 *
 * QEMU gets a file's text, so it need not be able to read the file.
 */
#include <string.h>

#include "tools/common/rings-file.h"
#include "tools/qemu/devices.h"
#include "tools/rings/rings.h"

static char *opt_device;

static const GOptionEntry entries[] = {
    { "device", 'D', 0, G_OPTION_ARG_STRING, &opt_device,
      "The device, by ID, path or PCI address on the host; may be omitted if there is only one",
      "DEVICE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static GOptionEntry *get_entries(void)
{
    return target_options_all(entries);
}

/* Return: the only operand, or NULL after an error was printed */
static const char *operand(const Verb *verb, int argc, char **argv)
{
    if (!target_options_check(verb)) {
        return NULL;
    }
    if (argc < 2) {
        tool_error(verb, "operand NAME or FILE is missing");
        return NULL;
    }
    if (argc > 2) {
        tool_error(verb, "unexpected operand '%s'", argv[2]);
        return NULL;
    }
    return argv[1];
}

/* @rings: the file to add; NULL: to remove the one of that name */
static bool send(Target *target, const char *command, const char *name,
                 const RingsFile *rings, GError **error)
{
    g_autoptr(JsonNode) devices = devices_query(target, error);
    JsonObject *device = devices ? devices_find(target, devices, opt_device,
                                                error) : NULL;
    g_autoptr(JsonNode) answer = NULL;
    JsonObject *arguments;

    if (!device) {
        return false;
    }
    arguments = json_object_new();
    json_object_set_string_member(arguments, "device", devices_name(device));
    json_object_set_string_member(arguments, "name", name);
    if (rings) {
        g_autofree char *text = g_strndup(rings->text, rings->len);

        json_object_set_string_member(arguments, "text", text);
    }
    answer = target_execute(target, command, arguments, error);
    return answer;
}

static int run_command(const SubVerb *sub, const char *command,
                       const char *name, const RingsFile *rings)
{
    g_autoptr(Target) target = target_open(&sub->verb);
    g_autoptr(GError) error = NULL;

    if (target && send(target, command, name, rings, &error)) {
        return TOOL_OK;
    }
    if (target) {
        tool_error(&sub->verb, "%s", error->message);
    }
    return TOOL_FAULT;
}

static int add(int argc, char **argv)
{
    const char *word = operand(&rings_add.verb, argc, argv);
    g_autoptr(GError) error = NULL;
    RingsFile *rings;
    int status;

    if (!word) {
        return TOOL_TROUBLE;
    }
    rings = rings_file_open(word, &error);
    if (!rings) {
        tool_error(&rings_add.verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (!g_utf8_validate(rings->text, rings->len, NULL)) {
        tool_error(&rings_add.verb,
                   "%s is not UTF-8, as what QEMU gets must be", rings->path);
        rings_file_unref(rings);
        return TOOL_TROUBLE;
    }
    status = run_command(&rings_add, "vfio-trace-rings-add", rings->name,
                         rings);
    rings_file_unref(rings);
    return status;
}

static int take_away(int argc, char **argv)
{
    const char *word = operand(&rings_remove.verb, argc, argv);
    g_autofree char *name = word ? rings_file_name(word) : NULL;

    return name ? run_command(&rings_remove, "vfio-trace-rings-remove", name,
                              NULL) : TOOL_TROUBLE;
}

const SubVerb rings_add = {
    .verb = {
        .name = "rings add",
        .brief = "Log what a rings file says, from now on",
    },
    .operands = "NAME | FILE",
    .details =
        "The file is checked here; QEMU gets its text.  What the guest has written to registers\n"
        "before is not known: a ring's base, for example, until the driver is loaded again.\n\n"
        TARGET_DETAILS,
    .get_entries = get_entries,
    .run = add,
};

const SubVerb rings_remove = {
    .verb = {
        .name = "rings remove",
        .brief = "Stop logging what a rings file says",
    },
    .operands = "NAME | FILE",
    .details =
        "'vfio-trace status' shows which files a device has.\n\n" TARGET_DETAILS,
    .get_entries = get_entries,
    .run = take_away,
};
