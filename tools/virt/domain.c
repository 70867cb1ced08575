/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: access to a domain, for all its verbs (see virt.h)
 */
#include "tools/virt/virt.h"
#include "tools/virt/diff.h"

#include <gio/gio.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is libvirt on this machine: has SCHEME://HOST/PATH no HOST? */
static bool is_local(virConnectPtr conn)
{
    char *uri = virConnectGetURI(conn);
    const char *host = uri ? strstr(uri, "://") : NULL;
    bool local = host && host[3] == '/';

    free(uri);
    return local;
}

static bool read_xml(VirtDomain *domain, GError **error)
{
    domain->xml = virDomainGetXMLDesc(domain->domain, VIR_DOMAIN_XML_INACTIVE |
                                      VIR_DOMAIN_XML_SECURE);
    domain->shown = domain->xml ?
        virDomainGetXMLDesc(domain->domain, VIR_DOMAIN_XML_INACTIVE) : NULL;
    if (!domain->shown) {
        g_autofree char *what = g_strdup_printf("domain %s", domain->name);

        libvirt_set_error(error, what);
        return false;
    }
    return true;
}

/*
 * Does a network give host devices to its interfaces?  If that is unknown, it
 * does not: the domain could not start either.
 */
static bool is_pool(virConnectPtr conn, const char *name)
{
    virNetworkPtr network = virNetworkLookupByName(conn, name);
    char *xml = network ? virNetworkGetXMLDesc(network, 0) : NULL;
    bool pool = xml && virt_xml_is_pool(xml);

    free(xml);
    if (network) {
        virNetworkFree(network);
    }
    return pool;
}

static char **find_pools(virConnectPtr conn, char **networks)
{
    GPtrArray *pools = g_ptr_array_new();
    size_t i;

    for (i = 0; networks[i]; i++) {
        if (is_pool(conn, networks[i])) {
            g_ptr_array_add(pools, g_strdup(networks[i]));
        }
    }
    g_ptr_array_add(pools, NULL);
    return (char **)g_ptr_array_free(pools, FALSE);
}

static bool inspect(VirtDomain *domain, GError **error)
{
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(domain->xml, error);

    if (!info) {
        return false;
    }
    domain->pools = find_pools(domain->conn, info->networks);
    domain->info = virt_xml_inspect_pools(
        domain->xml, (const char *const *)domain->pools, error);
    return domain->info;
}

bool virt_connect(VirtDomain *domain, const char *uri, const char *name,
                  GError **error)
{
    *domain = (VirtDomain) { .name = name };
    domain->conn = libvirt_connect(uri, error);
    domain->local = domain->conn && is_local(domain->conn);
    return domain->conn;
}

bool virt_open(VirtDomain *domain, const char *uri, const char *name,
               GError **error)
{
    domain->domain = virt_connect(domain, uri, name, error) ?
                     libvirt_find_domain(domain->conn, name, error) : NULL;
    if (!domain->domain) {
        return false;
    }
    domain->name = virDomainGetName(domain->domain);
    domain->running = virDomainIsActive(domain->domain) == 1;
    return read_xml(domain, error) && inspect(domain, error);
}

void virt_close(VirtDomain *domain)
{
    virt_xml_info_free(domain->info);
    g_strfreev(domain->pools);
    free(domain->shown);
    free(domain->xml);
    if (domain->domain) {
        virDomainFree(domain->domain);
    }
    if (domain->conn) {
        virConnectClose(domain->conn);
    }
}

void virt_show(const VirtDomain *domain, const char *then)
{
    g_autofree char *now = virt_xml_format(domain->shown, NULL);
    g_autofree char *diff = virt_diff(now ? now : "", then, domain->name,
                                      isatty(STDOUT_FILENO));

    tool_print("%s", diff);
    fflush(stdout);
}

bool virt_confirm(const char *question, bool yes, GError **error)
{
    char answer[16];

    if (yes) {
        return true;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "nothing was changed: there is no terminal for the question; use --yes to do it, or --dry-run to only show it");
        return false;
    }
    printf("%s [y/N] ", question);
    fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) &&
        (!strcasecmp(answer, "y\n") || !strcasecmp(answer, "yes\n"))) {
        return true;
    }
    puts("Nothing was changed.");
    return false;
}

char *virt_define(const VirtDomain *domain, const char *xml, GError **error)
{
    g_autofree char *what = g_strdup_printf("domain %s", domain->name);
    virDomainPtr defined = virDomainDefineXMLFlags(domain->conn, xml,
                                                   VIR_DOMAIN_DEFINE_VALIDATE);
    char *result;

    /* the user's XML may already have elements that the schema lacks */
    if (!defined &&
        virGetLastErrorCode() == VIR_ERR_XML_INVALID_SCHEMA) {
        defined = virDomainDefineXMLFlags(domain->conn, xml, 0);
    }
    if (!defined) {
        libvirt_set_error(error, what);
        return NULL;
    }
    result = virDomainGetXMLDesc(defined, VIR_DOMAIN_XML_INACTIVE |
                                 VIR_DOMAIN_XML_SECURE);
    if (!result) {
        libvirt_set_error(error, what);
    }
    virDomainFree(defined);
    return result;
}
