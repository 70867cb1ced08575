/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: aliases of devices in <qemu:commandline> (see alias-args.h)
 *
 * An alias is the device's ID in QEMU.  These options can refer to one:
 *
 * -set device.ID.PROPERTY=VALUE
 * -device and -object with KEY=ID, or with "KEY": "ID" in JSON, or with its
 *  path in QEMU's tree of objects, /machine/peripheral/ID
 *
 * In the others, such as -fw_cfg and -smbios, the same word is just a text.
 */
#include "tools/virt/alias-args.h"
#include "tools/virt/dom.h"

#include <gio/gio.h>
#include <string.h>

#define ARGS_PATH "/machine/peripheral/"

static gboolean args_is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-';
}

/* Return: length of the word at @text */
static size_t args_word(const char *text)
{
    size_t n = 0;

    while (args_is_word(text[n])) {
        n++;
    }
    return n;
}

static gboolean args_ends(const char *text, const char *at, const char *what)
{
    size_t n = strlen(what);

    return (size_t)(at - text) >= n && !strncmp(at - n, what, n);
}

/* Return: the key before the value at @at, as in KEY=VALUE; or NULL */
static char *args_key(const char *text, const char *at)
{
    const char *key = at - 1;

    if (!args_ends(text, at, "=")) {
        return NULL;
    }
    while (key > text && key[-1] != ',') {
        key--;
    }
    return g_strndup(key, at - 1 - key);
}

/* Return: the key before the value at @at, as in "KEY": "VALUE"; or NULL */
static char *args_json_key(const char *text, const char *at)
{
    g_autofree char *before = g_strndup(text, at - text);
    char *key;

    if (!g_str_has_suffix(before, "\"")) {
        return NULL;
    }
    before[strlen(before) - 1] = '\0';
    g_strchomp(before);
    if (!g_str_has_suffix(before, ":")) {
        return NULL;
    }
    before[strlen(before) - 1] = '\0';
    g_strchomp(before);
    if (!g_str_has_suffix(before, "\"")) {
        return NULL;
    }
    before[strlen(before) - 1] = '\0';
    key = strrchr(before, '"');
    return key ? g_strdup(key + 1) : NULL;
}

/*
 * The options' functions: does the word from @at to @end refer to a device?
 * Return: FALSE if that can't be told
 */

static gboolean args_place_of_list(const char *text, const char *at,
                                   const char *end, gboolean *replace)
{
    gboolean is_json = *text == '{';
    g_autofree char *key = is_json ? args_json_key(text, at) :
                           args_key(text, at);

    if (args_ends(text, at, ARGS_PATH)) {
        *replace = TRUE;
        return TRUE;
    }
    if (!key || (*end && *end != (is_json ? '"' : ','))) {
        return FALSE;
    }
    /* an ID of the argument's own */
    *replace = strcmp(key, "id") != 0;
    return TRUE;
}

static gboolean args_place_of_set(const char *text, const char *at,
                                  const char *end, gboolean *replace)
{
    *replace = at == text + strlen("device.") &&
               args_ends(text, at, "device.") && *end == '.';
    /* what comes after it is the property and its value */
    return TRUE;
}

static const struct {
    const char *option;
    gboolean (*place)(const char *text, const char *at, const char *end,
                      gboolean *replace);
} args_options[] = {
    { "-set", args_place_of_set },
    { "-device", args_place_of_list },
    { "-object", args_place_of_list },
};

/* Return: @text with new names, or NULL with an error */
static char *args_rename(const char *text, size_t option, GHashTable *changes,
                         GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = text;

    while (*at) {
        size_t n = args_word(at);
        g_autofree char *word = g_strndup(at, n);
        const char *to = n ? g_hash_table_lookup(changes, word) : NULL;
        gboolean replace = FALSE;

        if (to && !args_options[option].place(text, at, at + n, &replace)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "libvirt will call the device '%s' '%s' then, and the argument '%s' of <qemu:commandline> may refer to it: remove the argument, or first give that device an alias of your own, such as <alias name='ua-my-device'/>, and use it there",
                        word, to, text);
            return NULL;
        }
        g_string_append(out, replace ? to : word);
        at += n;
        if (!n) {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Return: index in args_options, or the number of entries */
static size_t args_option(const xmlNode *arg)
{
    g_autofree char *value = xml_get(arg, "value");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(args_options) && value; i++) {
        /* QEMU takes --set for -set. */
        if (!strcmp(value, args_options[i].option) ||
            (*value == '-' && !strcmp(value + 1, args_options[i].option))) {
            return i;
        }
    }
    return G_N_ELEMENTS(args_options);
}

gboolean virt_alias_args_follow(xmlDoc *doc, GHashTable *changes,
                                GError **error)
{
    xmlNode *arg;
    xmlNode *next;

    for (arg = dom_first_arg(doc); arg; arg = next) {
        size_t option = args_option(arg);
        g_autofree char *text = NULL;
        g_autofree char *renamed = NULL;

        next = dom_next_arg(arg);
        text = next ? xml_get(next, "value") : NULL;
        if (!text || option == G_N_ELEMENTS(args_options)) {
            continue;
        }
        renamed = args_rename(text, option, changes, error);
        if (!renamed) {
            return FALSE;
        }
        if (strcmp(renamed, text)) {
            xml_set(next, "value", renamed);
        }
        next = dom_next_arg(next);
    }
    return TRUE;
}
