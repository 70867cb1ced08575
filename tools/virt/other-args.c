/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: host devices that <qemu:commandline> passes to QEMU (see
 * other-args.h)
 */
#include "tools/virt/other-args.h"
#include "tools/virt/dom.h"
#include "tools/virt/xml.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A device that is not traced, and one that is */
static const struct {
    const char *what;
    const char *remedy;
} args_texts[] = {
    {
        "a device that <qemu:commandline> passes to QEMU, without libvirt",
        "pass it with <hostdev mode='subsystem' type='pci' managed='yes'> instead of these arguments; or name vfio-pci-trace,trace-file=FILE there instead of vfio-pci, and make <emulator> the QEMU with vfio-trace",
    }, {
        "traced by an argument of <qemu:commandline>, which 'vfio-trace virt' leaves alone",
        "to change that, change the argument (virsh edit)",
    },
};

/* Return: the value of @key in KEY=VALUE,...; the first value has no key */
static char *args_option(const char *text, const char *key)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    g_autofree char *prefix = g_strconcat(key, "=", NULL);
    size_t i;

    for (i = 0; words[i]; i++) {
        if (g_str_has_prefix(words[i], prefix)) {
            return g_strdup(words[i] + strlen(prefix));
        }
    }
    return !strcmp(key, "driver") ? g_strdup(words[0]) : NULL;
}

static char *args_member(const char *text, const char *key)
{
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    JsonObject *object = root && JSON_NODE_HOLDS_OBJECT(root) ?
                         json_node_get_object(root) : NULL;

    return object && json_object_has_member(object, key) ?
           g_strdup(json_object_get_string_member_with_default(object, key,
                                                               NULL)) : NULL;
}

/* Return: a property of an argument of -device in either form; or NULL */
static char *args_property(const char *text, const char *key)
{
    return *text == '{' ? args_member(text, key) : args_option(text, key);
}

/* Return: an address on the host, or the last part of a path in sysfs */
static char *args_name(const char *text)
{
    g_autofree char *host = args_property(text, "host");
    g_autofree char *path = args_property(text, "sysfsdev");
    char *bdf = host ? virt_xml_host(host) : NULL;

    if (bdf || host) {
        return bdf ? bdf : g_steal_pointer(&host);
    }
    return path ? g_path_get_basename(path) : g_strdup("vfio-pci");
}

static void args_add(GPtrArray *others, const char *text)
{
    g_autofree char *driver = args_property(text, "driver");
    gboolean traced = !g_strcmp0(driver, VIRT_XML_DRIVER);
    VirtXmlOther *other;

    if (!driver || !g_str_has_prefix(driver, "vfio-pci")) {
        return;
    }
    other = g_new0(VirtXmlOther, 1);
    other->name = args_name(text);
    other->host = virt_xml_host(other->name);
    other->traced = traced;
    other->what = args_texts[traced].what;
    other->remedy = args_texts[traced].remedy;
    g_ptr_array_add(others, other);
}

void virt_other_args(xmlDoc *doc, GPtrArray *others)
{
    const xmlNode *arg = dom_first_arg(doc);
    g_autofree char *before = NULL;

    for (; arg; arg = dom_next_arg(arg)) {
        g_autofree char *value = xml_get(arg, "value");

        if (value && before && (!strcmp(before, "-device") ||
                                !strcmp(before, "--device"))) {
            args_add(others, value);
        }
        g_free(before);
        before = g_steal_pointer(&value);
    }
}
