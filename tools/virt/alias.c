/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the aliases that libvirt gives to a domain's host devices (see
 * alias.h)
 *
 * libvirt's side: qemuAssignDeviceAliases().
 */
#include "tools/virt/alias.h"
#include "tools/virt/alias-args.h"
#include "tools/virt/dom.h"

#include <gio/gio.h>
#include <string.h>

static void alias_free(gpointer data)
{
    VirtAlias *alias = data;

    g_free(alias->name);
    g_free(alias);
}

/* Does an <interface> get a host device, now or from a network at the start? */
static gboolean alias_is_host_interface(const xmlNode *state,
                                        const xmlNode *interface,
                                        const char *const *pools)
{
    g_autofree char *network = NULL;

    if (xml_is(interface, "type", "hostdev")) {
        return TRUE;
    }
    network = dom_network(interface);
    if (!network) {
        return FALSE;
    }
    return dom_state_pool(state, network) ||
           (pools && g_strv_contains(pools, network));
}

static void alias_add(GPtrArray *aliases, const xmlNode *element,
                      guint *count)
{
    VirtAlias *alias = g_new0(VirtAlias, 1);

    alias->element = element;
    alias->name = dom_alias(element);
    if (!alias->name) {
        alias->name = g_strdup_printf("hostdev%u", (*count)++);
    }
    g_ptr_array_add(aliases, alias);
}

GPtrArray *virt_alias_all(xmlDoc *doc, const char *const *pools)
{
    GPtrArray *aliases = g_ptr_array_new_with_free_func(alias_free);
    const xmlNode *state = dom_state(doc);
    const xmlNode *node;
    guint count = 0;

    for (node = xml_child(dom_devices(doc), NULL, "interface"); node;
         node = xml_next(node)) {
        if (alias_is_host_interface(state, node, pools)) {
            alias_add(aliases, node, &count);
        }
    }
    for (node = xml_child(dom_devices(doc), NULL, "hostdev"); node;
         node = xml_next(node)) {
        alias_add(aliases, node, &count);
    }
    return aliases;
}

const char *virt_alias_of(const GPtrArray *aliases, const xmlNode *element)
{
    guint i;

    for (i = 0; i < aliases->len; i++) {
        const VirtAlias *alias = g_ptr_array_index(aliases, i);

        if (alias->element == element) {
            return alias->name;
        }
    }
    return NULL;
}

/* ---- references ----------------------------------------------------------*/

static gboolean alias_is_taken(const GPtrArray *aliases, const char *name)
{
    guint i;

    for (i = 0; i < aliases->len; i++) {
        const VirtAlias *alias = g_ptr_array_index(aliases, i);

        if (!strcmp(alias->name, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Return: the changed names, from the one before (key) to the one after */
static GHashTable *alias_changes(const GPtrArray *before,
                                 const GPtrArray *after)
{
    GHashTable *changes = g_hash_table_new(g_str_hash, g_str_equal);
    guint i;

    for (i = 0; i < before->len; i++) {
        const VirtAlias *from = g_ptr_array_index(before, i);
        const VirtAlias *to = g_ptr_array_index(after, i);

        if (strcmp(from->name, to->name)) {
            g_hash_table_insert(changes, from->name, to->name);
        }
    }
    return changes;
}

/*
 * An override of a name that no device had is for a device that was removed, or
 * not added yet: it must not become another device's.
 */
static gboolean alias_check_override(const GPtrArray *before,
                                     const GPtrArray *after, const char *name,
                                     GError **error)
{
    if (!alias_is_taken(before, name) && alias_is_taken(after, name)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "there is a <qemu:override> of '%s', which is no device's name now, but would be one: remove it first (virsh edit)",
                    name);
        return FALSE;
    }
    return TRUE;
}

static gboolean alias_follow_overrides(xmlDoc *doc, const GPtrArray *before,
                                       const GPtrArray *after,
                                       GHashTable *changes, GError **error)
{
    xmlNode *device;

    for (device = dom_first_override(doc); device;
         device = dom_next_override(device)) {
        g_autofree char *name = xml_get(device, "alias");
        const char *to = name ? g_hash_table_lookup(changes, name) : NULL;

        if (to) {
            xml_set(device, "alias", to);
        } else if (name && !alias_check_override(before, after, name, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void alias_set(xmlNode *element, const char *name)
{
    xmlNode *node = xml_child(element, NULL, "alias");

    if (!name) {
        xml_remove(node);
        return;
    }
    if (!node) {
        xmlNode *source = xml_child(element, NULL, "source");

        node = source ? xml_insert_after(source, NULL, "alias") :
                        xml_append(element, NULL, "alias");
    }
    xml_set(node, "name", name);
}

gboolean virt_alias_give(xmlNode *element, const char *name, GError **error)
{
    xmlDoc *doc = element->doc;
    g_autoptr(GPtrArray) before = virt_alias_all(doc, NULL);
    g_autoptr(GPtrArray) after = NULL;
    g_autoptr(GHashTable) changes = NULL;

    alias_set(element, name);
    after = virt_alias_all(doc, NULL);
    changes = alias_changes(before, after);
    return alias_follow_overrides(doc, before, after, changes, error) &&
           virt_alias_args_follow(doc, changes, error);
}

/* ---- a new name ----------------------------------------------------------*/

/* Has any device in the domain this alias, or has it an override? */
static gboolean alias_exists(xmlDoc *doc, const char *name)
{
    const xmlNode *device = dom_devices(doc)->children;

    for (; device; device = device->next) {
        const xmlNode *alias = xml_child(device, NULL, "alias");

        if (alias && xml_is(alias, "name", name)) {
            return TRUE;
        }
    }
    return dom_override_device(doc, name) != NULL;
}

char *virt_alias_free_name(xmlDoc *doc, const char *host)
{
    g_autofree char *base = g_strdelimit(g_strconcat("ua-vfio-trace-", host,
                                                     NULL), ":.", '-');
    char *name = g_strdup(base);
    unsigned i;

    for (i = 2; alias_exists(doc, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s-%u", base, i);
    }
    return name;
}
