/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a traced device for <qemu:override> (see
 * xml-options.h)
 */
#include "tools/virt/xml-options.h"
#include "libpcidev/device.h"
#include "libpcidev/window-spec.h"

#include <gio/gio.h>
#include <string.h>

typedef enum OptionKind {
    OPTION_BOOL,
    OPTION_STRING,
    OPTION_TOKEN,
    OPTION_UNSIGNED,
    OPTION_WINDOWS,
} OptionKind;

/*
 * vfio-pci-trace's own properties, except those with an option of virt, and
 * what one device needs to be opened
 */
static const struct {
    const char *name;
    OptionKind kind;
} known[] = {
    { "backtrace", OPTION_UNSIGNED },
    { "backtrace-windows", OPTION_WINDOWS },
    { "config", OPTION_BOOL },
    { "exclude", OPTION_WINDOWS },
    { "hot-page-limit", OPTION_UNSIGNED },
    { "irq", OPTION_BOOL },
    { "rings", OPTION_STRING },
    { "snapshot", OPTION_STRING },
    { "start", OPTION_BOOL },
    { "vf-token", OPTION_TOKEN },
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

static char *token_value(const char *text)
{
    return g_uuid_string_is_valid(text) ? g_strdup(text) : NULL;
}

static char *windows_value(const char *text)
{
    static const PciWindowLimits limits = {
        .device_wide = true,
        .number_max = UINT64_MAX,
    };
    g_autoptr(GArray) windows = pci_window_list_parse(text, &limits, NULL);

    return windows ? g_strdup(text) : NULL;
}

/* @type: libvirt's name of it */
static const struct {
    const char *type;
    char *(*value)(const char *text);
    const char *expected;
} kinds[] = {
    [OPTION_BOOL] = { "bool", bool_value, "on or off" },
    [OPTION_STRING] = { "string", string_value, "a text" },
    [OPTION_TOKEN] = { "string", token_value, "a UUID" },
    [OPTION_UNSIGNED] = { "unsigned", unsigned_value, "a number" },
    [OPTION_WINDOWS] = { "string", windows_value,
                         "all, registers, or BAR[:OFFSET:LEN]+..." },
};

static void option_free(gpointer p)
{
    VirtXmlOption *option = p;

    g_free(option->host);
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

/* Return: index in known, or the number of entries */
static size_t find_known(const char *name)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(known) && strcmp(known[i].name, name)) {
        i++;
    }
    return i;
}

/* Return: the device's own property of that name, or NULL */
static const VirtXmlOption *find_option(const GPtrArray *options,
                                        const char *host, const char *name)
{
    guint i;

    for (i = 0; i < options->len; i++) {
        const VirtXmlOption *option = options->pdata[i];

        if (!strcmp(option->name, name) && !g_strcmp0(option->host, host)) {
            return option;
        }
    }
    return NULL;
}

static gboolean add_option(GPtrArray *options, const char *host,
                           const char *name, OptionKind kind, const char *text,
                           GError **error)
{
    VirtXmlOption *option;

    if (find_option(options, host, name)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "device property %s is given twice%s%s", name,
                    host ? " for " : "", host ? host : "");
        return FALSE;
    }
    option = g_new0(VirtXmlOption, 1);
    option->host = g_strdup(host);
    option->name = g_strdup(name);
    option->type = kinds[kind].type;
    option->value = kinds[kind].value(text);
    g_ptr_array_add(options, option);
    if (!option->value) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "device property %s is '%s': %s expected", name, text,
                    kinds[kind].expected);
    }
    return option->value != NULL;
}

static gboolean parse_option(GPtrArray *options, const char *host,
                             const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, equals - text) :
                            g_strdup(text);
    size_t i = find_known(name);

    if (i == G_N_ELEMENTS(known) || !equals) {
        g_autofree char *names = known_names();

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "'%s' is not a device property with a value; the properties are: %s",
                    text, names);
        return FALSE;
    }
    return add_option(options, host, name, known[i].kind, equals + 1, error);
}

static gboolean parse_options(GPtrArray *options, const char *host,
                              const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    gboolean ok = TRUE;
    size_t i;

    for (i = 0; words[i] && ok; i++) {
        ok = parse_option(options, host, words[i], error);
    }
    return ok;
}

static gboolean parse_windows(GPtrArray *options, const char *host,
                              const char *text, GError **error)
{
    return add_option(options, host, "windows", OPTION_WINDOWS, text, error);
}

static gboolean parse_words(GPtrArray *options, const char *const *words,
                            gboolean (*parse)(GPtrArray *options,
                                              const char *host,
                                              const char *text,
                                              GError **error),
                            GError **error)
{
    for (; words && *words; words++) {
        g_autofree char *host = NULL;
        const char *rest;

        if (!host_pci_split_bdf(*words, &host, &rest, error) ||
            !parse(options, host, rest, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

GPtrArray *virt_xml_options_parse(const char *const *windows,
                                  const char *const *words, GError **error)
{
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(option_free);

    if (!parse_words(options, windows, parse_windows, error) ||
        !parse_words(options, words, parse_options, error)) {
        return NULL;
    }
    return g_steal_pointer(&options);
}

GPtrArray *virt_xml_options_of(const GPtrArray *options, const char *host)
{
    GPtrArray *found = g_ptr_array_new();
    guint i;

    for (i = 0; i < options->len; i++) {
        VirtXmlOption *option = options->pdata[i];

        if (option->host ? !strcmp(option->host, host)
                         : !find_option(options, host, option->name)) {
            g_ptr_array_add(found, option);
        }
    }
    return found;
}
