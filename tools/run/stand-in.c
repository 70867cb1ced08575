/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: command line of a rehearsal (see stand-in.h)
 *
 * The user's own arguments are rehearsed, too.  What they do to files, sockets
 * and other programs is left out:
 *
 *   - character devices write to nothing, network devices are connected to
 *     nothing, sound goes nowhere
 *   - options that only write files, or wait for other programs, are left out
 *   - a host device (vfio-pci, usb-host) is not opened
 *   - memory is not allocated in advance
 */
#include "tools/run/stand-in.h"

#include "tools/run/device-opts.h"

#include <json-glib/json-glib.h>
#include <string.h>

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

/* Return: a value in JSON as "TYPE,K=V,K=V"; others as they are */
static char *from_json(const char *text, const char *type)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    GString *props = g_string_new(NULL);
    g_autoptr(GList) members = NULL;
    JsonObject *object;
    GList *at;

    if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
        return g_string_free(g_string_assign(props, text), FALSE);
    }
    object = json_node_get_object(node);
    members = json_object_get_members(object);
    if (json_object_has_member(object, type) &&
        json_object_get_string_member(object, type)) {
        g_string_append(props, json_object_get_string_member(object, type));
    }
    for (at = members; at; at = at->next) {
        JsonNode *member = json_object_get_member(object, at->data);
        g_autofree char *value = NULL;

        if (!strcmp(at->data, type) || !JSON_NODE_HOLDS_VALUE(member)) {
            continue;
        }
        value = json_node_get_value_type(member) == G_TYPE_STRING ?
                json_node_dup_string(member) :
                json_node_get_value_type(member) == G_TYPE_BOOLEAN ?
                g_strdup(json_node_get_boolean(member) ? "on" : "off") :
                json_to_string(member, FALSE);
        g_string_append_printf(props, ",%s=%s", (char *)at->data, value);
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
 * @devices: QEMU's list of devices
 * @why: why the command line can't be rehearsed, or NULL
 */
typedef struct Context {
    const char *devices;
    const char *why;
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

static char *rewrite_net(G_GNUC_UNUSED Context *context, const char *value)
{
    static const char *const harmless[] = { "none", "user", "nic", "hubport",
                                            "null", NULL };
    static const char nowhere[] =
        "socket,udp=127.0.0.1:9,localaddr=127.0.0.1:0";
    g_autofree char *plain = from_json(value, "type");
    g_auto(GStrv) words = run_opts_split(plain);
    GString *props;
    size_t i;

    if (begins(plain, harmless)) {
        return g_strdup(value);
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
    return with_id("none", value, NULL);
}

static char *rewrite_object(G_GNUC_UNUSED Context *context, const char *value)
{
    static const char *const effects[] = {
        "filter-dump", "pci-trace", "can-host", NULL,
    };

    /* The run's own log is in the rehearsal's directory. */
    if (begins(value, effects) || (g_str_has_prefix(value, "vfio-trace-log") &&
                                   !strstr(value, ",id=log,"))) {
        return NULL;
    }
    return g_str_has_prefix(value, "memory-backend-") ?
           g_strconcat(value, ",prealloc=off", NULL) : g_strdup(value);
}

static char *rewrite_device(Context *context, const char *value)
{
    static const char *const absent[] = { "usb-host", "tpm-", NULL };
    g_autofree char *props = from_json(value, "driver");
    char *place = NULL;

    if (begins(props, absent)) {
        return NULL;
    }
    if (g_str_has_prefix(props, "vhost-user")) {
        context->why = "a vhost-user device needs its other program";
        return NULL;
    }
    if (!g_str_has_prefix(props, "vfio-pci")) {
        return g_strdup(value);
    }
    place = endpoint(context->devices, props);
    if (!place) {
        context->why = "this QEMU has no device that could stand in";
    }
    return place;
}

static const struct {
    const char *option;
    Rewrite *rewrite;
} options[] = {
    { "audiodev", rewrite_audio },
    { "chardev", rewrite_chardev },
    { "D", leave_out },
    { "debugcon", rewrite_serial },
    { "device", rewrite_device },
    { "incoming", leave_out },
    { "monitor", rewrite_serial },
    { "net", rewrite_net },
    { "netdev", rewrite_net },
    { "nic", rewrite_net },
    { "object", rewrite_object },
    { "parallel", rewrite_serial },
    { "pidfile", leave_out },
    { "plugin", leave_out },
    { "qmp", rewrite_serial },
    { "qmp-pretty", rewrite_serial },
    { "serial", rewrite_serial },
    { "tpmdev", leave_out },
    { "trace", leave_out },
};

/* Options without a value: two that write files, one that only costs time */
static const char *const left_out[] = {
    "perfmap", "jitdump", "mem-prealloc", NULL,
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

char **run_stand_in(char **argv, const char *devices, const char **why)
{
    Context context = { devices, NULL };
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
    *why = context.why;
    if (context.why) {
        g_ptr_array_unref(words);
        return NULL;
    }
    g_ptr_array_set_free_func(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}
