/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: command line of a rehearsal (see stand-in.h)
 *
 * The user's own arguments are rehearsed, too.  What they do to files, sockets
 * and other programs is left out:
 *
 *   - character devices write to nothing, network devices are connected to
 *     nothing, sound goes nowhere, nothing is displayed
 *   - options that only write files, or wait for other programs, are left out
 *   - a host device (vfio-pci, usb-host, a keyboard) is not opened
 *   - programs that serve one connection (virtiofsd, swtpm) get none
 *   - memory is not allocated in advance, nor locked
 */
#include "tools/run/stand-in.h"

#include "tools/run/device-opts.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* PCIe endpoints that can be in a device's place; the first that QEMU has */
static const struct {
    const char *name;
    const char *props;
} endpoints[] = {
    { "e1000e", "e1000e,romfile=" },
    { "pci-testdev", "pci-testdev" },
    { "edu", "edu" },
};

/* Properties that each PCI device has; a stand-in gets them. */
static const char *const kept[] = {
    "id", "bus", "addr", "multifunction", "romfile", "rombar", "romsize",
    "acpi-index", NULL,
};

/* Return: the value in "KEY=VALUE", or NULL if this is another key */
static const char *value_of(const char *word, const char *key)
{
    size_t len = strlen(key);

    return !strncmp(word, key, len) && word[len] == '=' ? word + len + 1 : NULL;
}

/* Does a value's first word begin with one of these? */
static bool begins(const char *value, const char *const *prefixes)
{
    size_t i;

    for (i = 0; prefixes[i]; i++) {
        if (g_str_has_prefix(value, prefixes[i])) {
            return true;
        }
    }
    return false;
}

/* Return: a value in JSON, for a list of K=V, to be freed */
static char *json_value(JsonNode *member)
{
    g_auto(GStrv) parts = NULL;

    if (json_node_get_value_type(member) == G_TYPE_BOOLEAN) {
        return g_strdup(json_node_get_boolean(member) ? "on" : "off");
    }
    if (json_node_get_value_type(member) != G_TYPE_STRING) {
        return json_to_string(member, FALSE);
    }
    parts = g_strsplit(json_node_get_string(member), ",", -1);
    return g_strjoinv(",,", parts);
}

/* Return: an object as "TYPE,K=V,K=V", without lists and objects in it */
static char *from_json(JsonObject *object, const char *type)
{
    g_autoptr(GList) members = json_object_get_members(object);
    GString *props = g_string_new(NULL);
    GList *at;

    for (at = members; at; at = at->next) {
        JsonNode *member = json_object_get_member(object, at->data);
        g_autofree char *value = JSON_NODE_HOLDS_VALUE(member) ?
                                 json_value(member) : NULL;

        if (value && !strcmp(at->data, type)) {
            g_string_prepend(props, value);
        } else if (value) {
            g_string_append_printf(props, ",%s=%s", (char *)at->data, value);
        }
    }
    return g_string_free(props, FALSE);
}

/*
 * Return: "TYPE,K=V,K=V" for this and for QEMU's other forms: JSON, and
 *         "K=V,driver=TYPE", where @type is "driver"
 */
static char *plain(const char *text, const char *type)
{
    g_autoptr(JsonNode) node = *text == '{' ? json_from_string(text, NULL)
                                            : NULL;
    g_auto(GStrv) words = NULL;
    GString *props;
    size_t i;

    if (node && JSON_NODE_HOLDS_OBJECT(node)) {
        return from_json(json_node_get_object(node), type);
    }
    words = run_opts_split(text);
    props = g_string_new(NULL);
    for (i = 0; words[i]; i++) {
        const char *value = value_of(words[i], type);

        if (value && props->len) {
            g_string_prepend_c(props, ',');
        }
        if (value) {
            g_string_prepend(props, value);
        } else {
            g_string_append_printf(props, "%s%s", i ? "," : "", words[i]);
        }
    }
    return g_string_free(props, FALSE);
}

/* Return: @text without the words that have one of these keys */
static char *without(const char *text, const char *const *keys)
{
    g_auto(GStrv) words = run_opts_split(text);
    GString *props = g_string_new(NULL);
    size_t i;

    for (i = 0; words[i]; i++) {
        g_autofree char *key = g_strndup(words[i], strcspn(words[i], "="));

        if (!g_strv_contains(keys, key)) {
            g_string_append_printf(props, "%s%s", i ? "," : "", words[i]);
        }
    }
    return g_string_free(props, FALSE);
}

static char *endpoint(const char *devices, const char *text)
{
    g_auto(GStrv) words = run_opts_split(text);
    GString *props = NULL;
    size_t i;

    for (i = 0; !props && i < G_N_ELEMENTS(endpoints); i++) {
        g_autofree char *name = g_strdup_printf("\"%s\"", endpoints[i].name);

        if (strstr(devices, name)) {
            props = g_string_new(endpoints[i].props);
        }
    }
    for (i = 1; props && words[i]; i++) {
        g_autofree char *key = g_strndup(words[i], strcspn(words[i], "="));

        if (g_strv_contains(kept, key) ||
            (!strcmp(key, "bootindex") &&
             g_str_has_prefix(props->str, "e1000e"))) {
            g_string_append_printf(props, ",%s", words[i]);
        }
    }
    return props ? g_string_free(props, FALSE) : NULL;
}

/* "KIND,id=ID" with the value's own ID, and what @also names */
static char *with_id(const char *kind, const char *text, const char *also)
{
    g_auto(GStrv) words = run_opts_split(text);
    GString *props = g_string_new(kind);
    size_t i;

    for (i = 0; words[i]; i++) {
        if (value_of(words[i], "id") || (also && value_of(words[i], also))) {
            g_string_append_printf(props, ",%s", words[i]);
        }
    }
    return g_string_free(props, FALSE);
}

/**
 * struct Context: what the functions below need
 * @help: what QEMU prints about its devices, displays and options
 * @why: why the command line can't be rehearsed, or NULL
 * @opengl: a device needs a display with OpenGL
 * @dark: the display is left out
 */
typedef struct Context {
    const char *help;
    const char *why;
    bool opengl;
    bool dark;
} Context;

/* Return: the option's value for the rehearsal; NULL: without the option */
typedef char *Rewrite(Context *context, const char *value);

static char *leave_out(G_GNUC_UNUSED Context *context,
                       G_GNUC_UNUSED const char *value)
{
    return NULL;
}

static char *rewrite_chardev(G_GNUC_UNUSED Context *context, const char *value)
{
    /* The run's own monitors */
    if (strstr(value, "id=own-qmp,") || strstr(value, "id=qmp,")) {
        return g_strdup(value);
    }
    return with_id("null", value, "mux");
}

/* -serial, -monitor and others, which have a character device as a value */
static char *rewrite_serial(G_GNUC_UNUSED Context *context, const char *value)
{
    static const char *const harmless[] = { "chardev:", "none", "null", "vc",
                                            NULL };

    return g_strdup(begins(value, harmless) ? value : "null");
}

/* Does QEMU's help have a line that begins with these two? */
static bool lists(const Context *context, const char *text, const char *end)
{
    g_autofree char *line = g_strconcat("\n", text, end, NULL);

    return strstr(context->help, line);
}

/*
 * A window, a port where viewers wait, or a program with the display.  What
 * QEMU does not have stays, so that it says so.
 */
static char *rewrite_display(Context *context, const char *value)
{
    g_autofree char *display = plain(value, "type");
    g_autofree char *type = g_strndup(display, strcspn(display, ",="));

    context->dark = strcmp(type, "egl-headless") != 0;
    return g_strdup(context->dark && (lists(context, type, "\n") ||
                                      (!strcmp(type, "vnc") &&
                                       lists(context, "-vnc", " ")))
                    ? "none" : value);
}

static char *rewrite_vnc(Context *context, G_GNUC_UNUSED const char *value)
{
    context->dark = true;
    return g_strdup("none");
}

static char *rewrite_spice(Context *context, const char *value)
{
    context->dark = true;
    return lists(context, "-spice", " ") ? NULL : g_strdup(value);
}

static char *refuse_config(Context *context, G_GNUC_UNUSED const char *value)
{
    context->why = "the file of -readconfig may name devices of the host";
    return NULL;
}

/* Servers that may serve one connection only, and a controller of the host */
static char *rewrite_disk(Context *context, const char *value)
{
    static const char *const held[] = {
        "nbd:", "nbd+", "driver=nbd", "\"nbd\"", "nvme://", "driver=nvme",
        "\"nvme\"", "-vhost-user", "-vhost-vdpa",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(held); i++) {
        if (strstr(value, held[i])) {
            context->why =
                "a disk is another program's, or a controller of the host";
        }
    }
    return g_strdup(value);
}

static char *rewrite_net(G_GNUC_UNUSED Context *context, const char *value)
{
    static const char *const harmless[] = { "none", "nic", "hubport", "null",
                                            NULL };
    /* Connections to other programs, and a directory */
    static const char *const others[] = { "guestfwd", "smb", NULL };
    static const char nowhere[] =
        "socket,udp=127.0.0.1:9,localaddr=127.0.0.1:0";
    g_autofree char *net = plain(value, "type");
    g_auto(GStrv) words = run_opts_split(net);
    GString *props;
    size_t i;

    if (begins(net, harmless)) {
        return g_strdup(value);
    }
    if (g_str_has_prefix(net, "user")) {
        return without(net, others);
    }
    props = g_string_new(nowhere);
    for (i = 0; words[i]; i++) {
        if (value_of(words[i], "id") || value_of(words[i], "model") ||
            value_of(words[i], "mac") || value_of(words[i], "addr")) {
            g_string_append_printf(props, ",%s", words[i]);
        }
    }
    return g_string_free(props, FALSE);
}

static char *rewrite_audio(G_GNUC_UNUSED Context *context, const char *value)
{
    g_autofree char *audio = plain(value, "driver");

    return with_id("none", audio, "model");
}

/* QEMU would make a file that does not exist, and leave it. */
static char *rewrite_memory(const char *memory)
{
    static const char *const of_file[] = {
        "mem-path", "align", "offset", "pmem", "readonly", "rom",
        "discard-data", NULL,
    };
    g_auto(GStrv) words = run_opts_split(memory);
    size_t i;

    for (i = 1; words[0] && words[i]; i++) {
        const char *path = value_of(words[i], "mem-path");

        if (path && !strcmp(words[0], "memory-backend-file") &&
            !strstr(path, ",,") && access(path, F_OK)) {
            g_autofree char *rest = without(memory, of_file);

            return g_strconcat("memory-backend-ram", strchr(rest, ','),
                               ",prealloc=off", NULL);
        }
    }
    return g_strconcat(memory, ",prealloc=off", NULL);
}

static char *rewrite_object(Context *context, const char *value)
{
    /* They write files, join others' networks, or take the user's keyboard. */
    static const char *const effects[] = {
        "filter-dump", "pci-trace", "can-host", "input-linux", "input-barrier",
        "dbus-vmstate", "x-vfio-user-server", NULL,
    };
    /* Lists, which plain() leaves out of JSON, belong together with it. */
    static const char *const of_lists[] = { "policy", NULL };
    g_autofree char *object = plain(value, "qom-type");

    if (g_str_has_prefix(object, "cryptodev-vhost-user")) {
        context->why = "a cryptodev-vhost-user needs its other program";
        return NULL;
    }
    /* The run's own log is in the rehearsal's directory. */
    if (begins(object, effects) ||
        (g_str_has_prefix(object, "vfio-trace-log") &&
         !strstr(object, ",id=log,"))) {
        return NULL;
    }
    if (g_str_has_prefix(object, "memory-backend-")) {
        g_autofree char *memory = *value == '{' ? without(object, of_lists)
                                                : g_strdup(object);

        return rewrite_memory(memory);
    }
    return g_strdup(value);
}

/* A directory of the host that QEMU's user sees only in the run */
static char *rewrite_fsdev(G_GNUC_UNUSED Context *context, const char *value)
{
    return strstr(value, ",id=share") ? with_id("synth", value, NULL)
                                      : g_strdup(value);
}

static char *rewrite_path(G_GNUC_UNUSED Context *context, const char *value)
{
    return access(value, F_OK) ? NULL : g_strdup(value);
}

static char *rewrite_device(Context *context, const char *value)
{
    static const char *const absent[] = {
        "usb-host", "tpm-", "u2f-passthru", "ccid-card-emulated", NULL,
    };
    /* Of the host, or of another program; a PCI device gets a stand-in */
    static const char *const held[] = {
        "vfio-", "vhost-user", "vhost-vdpa", "vhost-scsi",
        "virtio-input-host", "ivshmem-doorbell", NULL,
    };
    g_autofree char *props = plain(value, "driver");
    g_autofree char *name = g_strndup(props, strcspn(props, ","));
    char *place = NULL;

    if (begins(name, absent)) {
        return NULL;
    }
    context->opengl |= g_str_has_prefix(name, "virtio-") && strstr(name, "-gl");
    if (!begins(name, held) || !strcmp(name, "vfio-trace-marker")) {
        return g_strdup(value);
    }
    if (!strstr(name, "-pci") && strcmp(name, "vhost-user-vga") &&
        strcmp(name, "ivshmem-doorbell")) {
        return NULL;
    }
    place = endpoint(context->help, props);
    if (!place) {
        context->why = "this QEMU has no device that could stand in";
    }
    return place;
}

static const struct {
    const char *option;
    Rewrite *rewrite;
} options[] = {
    { "audio", rewrite_audio },
    { "audiodev", rewrite_audio },
    { "blockdev", rewrite_disk },
    { "cdrom", rewrite_disk },
    { "chardev", rewrite_chardev },
    { "D", leave_out },
    { "d", leave_out },
    { "debugcon", rewrite_serial },
    { "device", rewrite_device },
    { "display", rewrite_display },
    { "drive", rewrite_disk },
    { "dump-vmstate", leave_out },
    { "fsdev", rewrite_fsdev },
    { "gdb", leave_out },
    { "hda", rewrite_disk },
    { "hdb", rewrite_disk },
    { "hdc", rewrite_disk },
    { "hdd", rewrite_disk },
    { "incoming", leave_out },
    { "loadvm", leave_out },
    { "mem-path", rewrite_path },
    { "monitor", rewrite_serial },
    { "net", rewrite_net },
    { "netdev", rewrite_net },
    { "nic", rewrite_net },
    { "object", rewrite_object },
    { "overcommit", leave_out },
    { "parallel", rewrite_serial },
    { "pidfile", leave_out },
    { "plugin", leave_out },
    { "qmp", rewrite_serial },
    { "qmp-pretty", rewrite_serial },
    { "qtest", leave_out },
    { "qtest-log", leave_out },
    { "readconfig", refuse_config },
    { "serial", rewrite_serial },
    /* A stand-in lacks the properties of what it stands for. */
    { "set", leave_out },
    { "spice", rewrite_spice },
    { "tpmdev", leave_out },
    { "trace", leave_out },
    { "vnc", rewrite_vnc },
};

/*
 * Options without a value: they write files, only cost time, wait for a
 * debugger, or keep QEMU from making its machine.
 */
static const char *const left_out[] = {
    "perfmap", "jitdump", "mem-prealloc", "s", "preconfig", NULL,
};

/* Return: an option's name without its dashes, or NULL */
static const char *name_of(const char *word)
{
    return *word != '-' ? NULL : word + (word[1] == '-' ? 2 : 1);
}

static Rewrite *find(const char *name)
{
    size_t i;

    for (i = 0; name && i < G_N_ELEMENTS(options); i++) {
        if (!strcmp(name, options[i].option)) {
            return options[i].rewrite;
        }
    }
    return NULL;
}

char **run_stand_in(char **argv, const char *help, const char **why)
{
    Context context = { help, NULL, false, false };
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    size_t i;

    g_ptr_array_add(words, g_strdup(argv[0]));
    g_ptr_array_add(words, g_strdup("-S"));
    for (i = 1; argv[i]; i++) {
        const char *name = name_of(argv[i]);
        Rewrite *rewrite = find(name);

        if (name && g_strv_contains(left_out, name)) {
            continue;
        }
        if (rewrite && argv[i + 1]) {
            char *value = rewrite(&context, argv[++i]);

            if (value) {
                g_ptr_array_add(words, g_strdup(argv[i - 1]));
                g_ptr_array_add(words, value);
            }
        } else {
            g_ptr_array_add(words, g_strdup(argv[i]));
        }
    }
    g_ptr_array_add(words, NULL);
    if (context.opengl && context.dark) {
        context.why = "a device needs a display with OpenGL";
    }
    *why = context.why;
    if (context.why) {
        g_ptr_array_unref(words);
        return NULL;
    }
    g_ptr_array_set_free_func(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}
