/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the aliases that libvirt gives to a domain's host devices
 *
 * A host device without an alias of the user becomes hostdev0, hostdev1, ... at
 * the domain's start.  libvirt counts <interface>s of host devices first, then
 * the <hostdev>s of all types; those with an alias of the user do not count.
 * Hence an alias that is given to one device, or taken from it, renames others,
 * and all that refers to them must follow: <qemu:override>, and arguments of
 * <qemu:commandline>.
 */
#ifndef VFIO_TRACE_VIRT_ALIAS_H
#define VFIO_TRACE_VIRT_ALIAS_H

#include "tools/virt/xml-edit.h"

/**
 * struct VirtAlias: the name of a host device
 * @element: its <hostdev> or <interface>
 * @name: its alias at the domain's next start
 */
typedef struct VirtAlias {
    const xmlNode *element;
    char *name;
} VirtAlias;

/**
 * virt_alias_all() - determine the aliases of all host devices
 * @doc: the domain
 * @pools: names of networks that give host devices to their interfaces, in
 *         addition to those that our state lists; or NULL
 *
 * Return: VirtAliases, to be freed with g_ptr_array_unref()
 */
GPtrArray *virt_alias_all(xmlDoc *doc, const char *const *pools);

/**
 * virt_alias_of() - find a host device's alias
 * @aliases: result of virt_alias_all()
 * @element: the device
 *
 * Return: the alias, which belongs to @aliases; or NULL
 */
const char *virt_alias_of(const GPtrArray *aliases, const xmlNode *element);

/**
 * virt_alias_give() - set or remove an alias, and let all references follow
 * @element: the host device
 * @name: its new alias, or NULL to remove it
 * @error: where to store the error: a reference can't follow; the document is
 *         then changed in part
 */
gboolean virt_alias_give(xmlNode *element, const char *name, GError **error);

/**
 * virt_alias_free_name() - make a name for a device
 * @doc: the domain
 * @host: the device's address on the host
 *
 * Return: a name that no device has, to be freed with g_free()
 */
char *virt_alias_free_name(xmlDoc *doc, const char *host);

#endif /* VFIO_TRACE_VIRT_ALIAS_H */
