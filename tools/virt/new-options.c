/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a new domain's PCI devices (see new-options.h)
 *
 * libvirt has an element for the ROM, which it makes readable for QEMU; the
 * others go into an override, which needs their types.
 */
#include "tools/virt/new-options.h"

#include "libpcidev/device.h"

#include <gio/gio.h>
#include <string.h>

/* The types are those of 'qemu-system-x86_64 -device vfio-pci-trace,help'. */
static const struct {
    const char *name;
    const char *type;
} known[] = {
    { "display", "string" },
    { "romfile", VIRT_PROPERTY_ROM_FILE },
    { "rombar", VIRT_PROPERTY_ROM_BAR },
    { "x-igd-gms", "unsigned" },
    { "x-igd-legacy-mode", "string" },
    { "x-igd-lpc", "bool" },
    { "x-igd-opregion", "bool" },
    { "x-msix-relocation", "string" },
    { "x-no-geforce-quirks", "bool" },
    { "x-no-kvm-intx", "bool" },
    { "x-no-kvm-ioeventfd", "bool" },
    { "x-no-kvm-msi", "bool" },
    { "x-no-kvm-msix", "bool" },
    { "x-no-mmap", "bool" },
    { "x-nv-gpudirect-clique", "unsigned" },
    { "x-pci-device-id", "unsigned" },
    { "x-pci-sub-device-id", "unsigned" },
    { "x-pci-sub-vendor-id", "unsigned" },
    { "x-pci-vendor-id", "unsigned" },
    { "x-req", "bool" },
    { "x-vga", "bool" },
};

static void property_free(gpointer p)
{
    VirtProperty *property = p;

    g_free(property->host);
    g_free(property->value);
    g_free(property);
}

/* Return: whether a switch of QEMU's is on, in @on; or false if it is none */
static bool parse_switch(const char *text, bool *on)
{
    static const char *const words[][2] = {
        { "off", "on" }, { "no", "yes" }, { "false", "true" }, { "0", "1" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(text, words[i][0]) || !strcmp(text, words[i][1])) {
            *on = !strcmp(text, words[i][1]);
            return true;
        }
    }
    return false;
}

/* Return: the value as libvirt has it, to be freed; or NULL */
static char *convert(const char *type, const char *text)
{
    bool on;
    char *end;
    guint64 number;

    if (!strcmp(type, "bool")) {
        return parse_switch(text, &on) ? g_strdup(on ? "true" : "false")
                                       : NULL;
    }
    if (!strcmp(type, VIRT_PROPERTY_ROM_BAR)) {
        return parse_switch(text, &on) ? g_strdup(on ? "on" : "off") : NULL;
    }
    if (!strcmp(type, "unsigned")) {
        number = g_ascii_strtoull(text, &end, 0);
        return g_ascii_isdigit(*text) && !*end && number <= G_MAXUINT32 ?
               g_strdup_printf("%" G_GUINT64_FORMAT, number) : NULL;
    }
    if (!strcmp(type, VIRT_PROPERTY_ROM_FILE) && *text) {
        return g_canonicalize_filename(text, NULL);
    }
    return *text || !strcmp(type, VIRT_PROPERTY_ROM_FILE) ? g_strdup(text)
                                                          : NULL;
}

static bool add(GPtrArray *properties, const char *host, const char *word,
                size_t i, GError **error)
{
    VirtProperty *property = g_new0(VirtProperty, 1);
    const char *text = strchr(word, '=') + 1;

    property->host = g_strdup(host);
    property->name = known[i].name;
    property->type = known[i].type;
    property->value = convert(known[i].type, text);
    g_ptr_array_add(properties, property);
    if (!property->value) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "device property %s can't be '%s'", known[i].name, text);
    }
    return property->value;
}

/* Return: index in known, or the number of entries */
static size_t find(const char *word)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(known) &&
           (!g_str_has_prefix(word, known[i].name) ||
            word[strlen(known[i].name)] != '=')) {
        i++;
    }
    return i;
}

static bool parse_word(GPtrArray *properties, GPtrArray *left,
                       const char *word, const char *first, GError **error)
{
    g_autofree char *host = NULL;
    g_autoptr(GString) other = g_string_new(NULL);
    g_auto(GStrv) pairs = NULL;
    const char *text;
    size_t i;

    if (!host_pci_split_bdf(word, &host, &text, error)) {
        return false;
    }
    pairs = g_strsplit(text, ",", -1);
    for (i = 0; pairs[i]; i++) {
        size_t k = find(pairs[i]);

        if (k == G_N_ELEMENTS(known)) {
            g_string_append_printf(other, "%s%s", other->len ? "," : "",
                                   pairs[i]);
        } else if (!add(properties, host ? host : first, pairs[i], k, error)) {
            return false;
        }
    }
    if (other->len) {
        g_ptr_array_add(left, g_strdup_printf("%s%s%s", host ? host : "",
                                              host ? ":" : "", other->str));
    }
    return true;
}

GPtrArray *virt_new_options_parse(char **words, const char *first, char ***rest,
                                  GError **error)
{
    g_autoptr(GPtrArray) properties = g_ptr_array_new_with_free_func(
        property_free);
    GPtrArray *left = g_ptr_array_new();
    bool ok = true;

    for (; ok && words && *words; words++) {
        ok = parse_word(properties, left, *words, first, error);
    }
    g_ptr_array_add(left, NULL);
    *rest = (char **)g_ptr_array_free(left, FALSE);
    return ok ? g_steal_pointer(&properties) : NULL;
}
