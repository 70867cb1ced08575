/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: comparison of a new domain with other definitions (see
 * new-dropped.h)
 */
#include "tools/virt/new-dropped.h"
#include "tools/virt/dom.h"
#include "tools/virt/xml-edit.h"

#include <string.h>

/* Count the elements of a name and namespace, in any depth. */
static unsigned count(const xmlNode *node, const char *href, const char *name)
{
    const xmlNode *child;
    unsigned n = 0;

    if (node->type != XML_ELEMENT_NODE) {
        return 0;
    }
    n += xml_is_named(node, href, name);
    for (child = node->children; child; child = child->next) {
        n += count(child, href, name);
    }
    return n;
}

/* Return: the first element of ours of which they have less, or NULL */
static const char *find_dropped(const xmlNode *ours, const xmlNode *root,
                                const xmlNode *theirs)
{
    const char *href = ours->ns ? (const char *)ours->ns->href : NULL;
    const char *name = (const char *)ours->name;
    const char *found = NULL;
    const xmlNode *child;

    if (ours->type != XML_ELEMENT_NODE) {
        return NULL;
    }
    if (count(theirs, href, name) < count(root, href, name)) {
        return name;
    }
    for (child = ours->children; child && !found; child = child->next) {
        found = find_dropped(child, root, theirs);
    }
    return found;
}

char *virt_new_dropped(const char *ours, const char *theirs)
{
    g_autoptr(xmlDoc) our_doc = xml_parse(ours, NULL);
    g_autoptr(xmlDoc) their_doc = xml_parse(theirs, NULL);
    const xmlNode *root = xmlDocGetRootElement(our_doc);

    return g_strdup(find_dropped(root, root,
                                 xmlDocGetRootElement(their_doc)));
}

static const char *find_disk(const xmlNode *disk, const char *const *disks)
{
    xmlNode *source = xml_child(disk, NULL, "source");
    g_autofree char *file = xml_get(source, "file");
    g_autofree char *dev = xml_get(source, "dev");

    for (; *disks; disks++) {
        if (!g_strcmp0(*disks, file) || !g_strcmp0(*disks, dev)) {
            return *disks;
        }
    }
    return NULL;
}

const char *virt_new_shared_disk(const char *xml, const char *const *disks)
{
    g_autoptr(xmlDoc) doc = dom_parse(xml, NULL);
    xmlNode *disk = doc ? xml_child(dom_devices(doc), NULL, "disk") : NULL;
    const char *found = NULL;

    for (; disk && !found; disk = xml_next(disk)) {
        found = find_disk(disk, disks);
    }
    return found;
}
