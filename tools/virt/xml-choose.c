/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: choice of a domain's devices to trace (see xml-choose.h)
 */
#include "tools/virt/xml-choose.h"
#include "tools/virt/dom.h"
#include "tools/virt/other.h"
#include "tools/virt/xml-options.h"

#include <gio/gio.h>
#include <string.h>

static char *list_hosts(xmlDoc *doc)
{
    g_autoptr(GString) list = g_string_new(NULL);
    xmlNode *hostdev;

    for (hostdev = dom_first_hostdev(doc); hostdev;
         hostdev = dom_next_hostdev(hostdev)) {
        g_autofree char *host = dom_host(hostdev);

        g_string_append_printf(list, "%s%s", list->len ? ", " : "", host);
    }
    return g_strdup(list->str);
}

static xmlNode *hostdev_at(xmlDoc *doc, const char *wanted)
{
    xmlNode *hostdev;

    for (hostdev = dom_first_hostdev(doc); hostdev;
         hostdev = dom_next_hostdev(hostdev)) {
        g_autofree char *host = dom_host(hostdev);

        if (!strcmp(host, wanted)) {
            break;
        }
    }
    return hostdev;
}

/* Return: what there is that can't be traced, and what to do */
static char *list_others(const GPtrArray *others)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint i;

    for (i = 0; i < others->len; i++) {
        const VirtXmlOther *other = g_ptr_array_index(others, i);

        g_string_append_printf(list, "; %s is %s: %s", other->name,
                               other->what, other->remedy);
    }
    return g_strdup(list->str);
}

static const VirtXmlOther *other_at(const GPtrArray *others, const char *host)
{
    guint i;

    for (i = 0; i < others->len; i++) {
        const VirtXmlOther *other = g_ptr_array_index(others, i);

        if (!g_strcmp0(other->host, host)) {
            return other;
        }
    }
    return NULL;
}

/* Without addresses: the only device */
static void choose_only(xmlDoc *doc, const GPtrArray *others,
                        GPtrArray *chosen, GError **error)
{
    xmlNode *first = dom_first_hostdev(doc);
    g_autofree char *there = list_hosts(doc);
    g_autofree char *rest = list_others(others);

    if (!first && others->len) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "no PCI device is passed through in a way that can be traced%s",
                    rest);
    } else if (!first) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "no PCI device is passed through; add one first (<hostdev mode='subsystem' type='pci'>)");
    } else if (dom_next_hostdev(first)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "several PCI devices are passed through; name those to trace: %s",
                    there);
    } else {
        g_ptr_array_add(chosen, first);
    }
}

static gboolean choose_host(xmlDoc *doc, const GPtrArray *others,
                            const char *host, GPtrArray *chosen,
                            GError **error)
{
    xmlNode *hostdev = hostdev_at(doc, host);
    const VirtXmlOther *other = other_at(others, host);
    g_autofree char *there = list_hosts(doc);

    if (hostdev) {
        if (!g_ptr_array_find(chosen, hostdev, NULL)) {
            g_ptr_array_add(chosen, hostdev);
        }
        return TRUE;
    }
    if (other) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "%s is %s: %s", host, other->what, other->remedy);
    } else if (!*there) {
        choose_only(doc, others, chosen, error);
    } else {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s is not passed through; the passed-through devices are: %s",
                    host, there);
    }
    return FALSE;
}

GPtrArray *virt_xml_choose(xmlDoc *doc, const VirtXmlRequest *request,
                           GError **error)
{
    g_autoptr(GPtrArray) others = virt_other_all(doc, request->pools);
    GPtrArray *chosen = g_ptr_array_new();
    const char *const *host;

    if (!*request->hosts) {
        choose_only(doc, others, chosen, error);
    }
    for (host = request->hosts; *host; host++) {
        if (!choose_host(doc, others, *host, chosen, error)) {
            break;
        }
    }
    return chosen;
}

gboolean virt_xml_check_options(const GPtrArray *options,
                                const GPtrArray *chosen, GError **error)
{
    guint i;
    guint k;

    for (i = 0; i < options->len; i++) {
        const VirtXmlOption *option = options->pdata[i];
        gboolean found = !option->host;

        for (k = 0; k < chosen->len && !found; k++) {
            g_autofree char *host = dom_host(chosen->pdata[k]);

            found = !strcmp(host, option->host);
        }
        if (!found) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                        "the property %s is for %s, which is not one of the devices to trace",
                        option->name, option->host);
            return FALSE;
        }
    }
    return TRUE;
}
