/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a traced device for <qemu:override> (see
 * xml-options.h)
 */
#include "tools/virt/xml-options.h"

#include <gio/gio.h>
#include <string.h>

#define TYPE_BOOL "bool"
#define TYPE_STRING "string"
#define TYPE_UNSIGNED "unsigned"

/* vfio-pci-trace's own properties, except those with an option of virt */
static const struct {
    const char *name;
    const char *type;
} known[] = {
    { "backtrace", TYPE_UNSIGNED },
    { "backtrace-windows", TYPE_STRING },
    { "config", TYPE_BOOL },
    { "exclude", TYPE_STRING },
    { "hot-page-limit", TYPE_UNSIGNED },
    { "irq", TYPE_BOOL },
    { "snapshot", TYPE_STRING },
    { "start", TYPE_BOOL },
};

/* Each returns the value in libvirt's format, or NULL if it is invalid. */

static char *bool_value(const char *text)
{
    static const char *const words[][2] = {
        { "on", "true" }, { "off", "false" }, { "yes", "true" },
        { "no", "false" }, { "true", "true" }, { "false", "false" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(text, words[i][0])) {
            return g_strdup(words[i][1]);
        }
    }
    return NULL;
}

static char *unsigned_value(const char *text)
{
    guint64 value;

    return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL) ?
           g_strdup(text) : NULL;
}

static char *string_value(const char *text)
{
    return *text ? g_strdup(text) : NULL;
}

static const struct {
    const char *type;
    char *(*value)(const char *text);
    const char *expected;
} types[] = {
    { TYPE_BOOL, bool_value, "on or off" },
    { TYPE_STRING, string_value, "a text" },
    { TYPE_UNSIGNED, unsigned_value, "a number" },
};

static void option_free(gpointer p)
{
    VirtXmlOption *option = p;

    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

static char *known_names(void)
{
    GString *names = g_string_new(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        g_string_append_printf(names, "%s%s", i ? ", " : "", known[i].name);
    }
    return g_string_free(names, FALSE);
}

static const char *type_of(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        if (!strcmp(known[i].name, name)) {
            return known[i].type;
        }
    }
    return NULL;
}

static gboolean set_value(VirtXmlOption *option, const char *text,
                          GError **error)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!strcmp(types[i].type, option->type)) {
            option->value = types[i].value(text);
            break;
        }
    }
    if (!option->value) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "device property %s is '%s': %s expected", option->name,
                    text, types[i].expected);
    }
    return option->value != NULL;
}

static gboolean parse_option(GPtrArray *options, const char *text,
                             GError **error)
{
    const char *equals = strchr(text, '=');
    VirtXmlOption *option = g_new0(VirtXmlOption, 1);
    g_autofree char *names = NULL;
    guint i;

    option->name = equals ? g_strndup(text, equals - text) : g_strdup(text);
    option->type = type_of(option->name);
    for (i = 0; i < options->len; i++) {
        const VirtXmlOption *other = options->pdata[i];

        if (!strcmp(other->name, option->name)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "device property %s is given twice", option->name);
            option_free(option);
            return FALSE;
        }
    }
    g_ptr_array_add(options, option);
    if (!option->type || !equals) {
        names = known_names();
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "'%s' is not a device property with a value; the properties are: %s",
                    text, names);
        return FALSE;
    }
    return set_value(option, equals + 1, error);
}

GPtrArray *virt_xml_options_parse(const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text ? text : "", ",", -1);
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(option_free);
    size_t i;

    for (i = 0; words[i]; i++) {
        if (!parse_option(options, words[i], error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&options);
}
