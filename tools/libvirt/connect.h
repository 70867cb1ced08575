/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: connection to libvirt, and search for domains
 *
 * Errors have the domain QMP_ERROR (see qemu/qmp.h) and name the remedy.
 */
#ifndef VFIO_TRACE_LIBVIRT_CONNECT_H
#define VFIO_TRACE_LIBVIRT_CONNECT_H

#include <glib.h>
#include <libvirt/libvirt.h>

/**
 * libvirt_connect() - connect to libvirt
 * @uri: the connection's URI, or NULL for virsh's default
 * @error: where to store why not
 *
 * Also stops libvirt from printing errors itself.
 *
 * Return: the connection, to be closed with virConnectClose(); or NULL
 */
virConnectPtr libvirt_connect(const char *uri, GError **error);

/**
 * libvirt_find_domain() - look up a domain
 * @conn: the connection
 * @name: its name, UUID or, if it is running, number
 * @error: where to store why not
 *
 * Return: the domain, to be freed with virDomainFree(); or NULL
 */
virDomainPtr libvirt_find_domain(virConnectPtr conn, const char *name,
                                 GError **error);

/**
 * libvirt_set_error() - set an error from the libvirt call that has just failed
 * @error: where to store it
 * @what: what failed, with the name of the object
 */
void libvirt_set_error(GError **error, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virConnect, virConnectClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virDomain, virDomainFree)

#endif /* VFIO_TRACE_LIBVIRT_CONNECT_H */
