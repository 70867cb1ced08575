/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: connection to libvirt, and search for domains (see connect.h)
 */
#include "tools/libvirt/connect.h"
#include "tools/qemu/qmp.h"
#include "tools/common/tool.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Remedies for errors, by code and, if @text is not NULL, part of the text */
static const struct {
    int code;
    const char *text;
    const char *remedy;
} remedies[] = {
    { VIR_ERR_SYSTEM_ERROR, "': Permission denied",
      "run this as root, or be in the group libvirt" },
    { VIR_ERR_SYSTEM_ERROR, "': No such file or directory",
      "is libvirt installed and running? (systemctl start libvirtd, or virtqemud)" },
    { VIR_ERR_SYSTEM_ERROR, "': Connection refused",
      "libvirt has ended: systemctl restart libvirtd, or virtqemud" },
    { VIR_ERR_AUTH_FAILED, NULL,
      "run this as root, or be in the group libvirt" },
    { VIR_ERR_AUTH_CANCELLED, NULL,
      "run this as root, or be in the group libvirt" },
    { VIR_ERR_AUTH_UNAVAILABLE, NULL,
      "run this as root, or be in the group libvirt" },
    { VIR_ERR_ACCESS_DENIED, NULL,
      "libvirt's access rules forbid it to this user; run this as root" },
    { VIR_ERR_OPERATION_DENIED, NULL,
      "the connection is read-only; run this as root, or be in the group libvirt" },
    { VIR_ERR_NO_CONNECT, NULL,
      "libvirt has no driver for this; is libvirt-daemon-driver-qemu installed?" },
    { VIR_ERR_INVALID_ARG, "could not parse",
      "libvirt's connections look like qemu:///system" },
};

static void stay_quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static const char *remedy_for(int code, const char *text)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(remedies); i++) {
        if (remedies[i].code == code &&
            (!remedies[i].text || strstr(text, remedies[i].text))) {
            return remedies[i].remedy;
        }
    }
    return NULL;
}

void libvirt_set_error(GError **error, const char *what)
{
    const virError *last = virGetLastError();
    const char *text = last && last->message ? last->message :
                       "libvirt gives no reason";
    const char *remedy = last ? remedy_for(last->code, text) : NULL;
    g_autofree char *message = NULL;

    message = g_strdup_printf("%s: %s%s%s", what, text, remedy ? "; " : "",
                              remedy ? remedy : "");
    g_set_error_literal(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                        g_strchomp(message));
}

virConnectPtr libvirt_connect(const char *uri, GError **error)
{
    virConnectPtr conn;

    virSetErrorFunc(NULL, stay_quiet);
    /* Passwords and polkit's questions need a terminal. */
    conn = isatty(STDIN_FILENO) ?
           virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0) :
           virConnectOpen(uri);
    if (!conn) {
        g_autofree char *what = g_strdup_printf(
            "can not connect to libvirt%s%s", uri ? " at " : "",
                                                uri ? uri : "");

        libvirt_set_error(error, what);
    }
    return conn;
}

/* In virsh's order: the number of a running domain, a UUID, a name */
static virDomainPtr lookup(virConnectPtr conn, const char *name)
{
    virDomainPtr domain = NULL;

    if (*name && strspn(name, "0123456789") == strlen(name) &&
        strlen(name) < 9) {
        domain = virDomainLookupByID(conn, atoi(name));
    }
    if (!domain && strlen(name) == VIR_UUID_STRING_BUFLEN - 1) {
        domain = virDomainLookupByUUIDString(conn, name);
    }
    return domain ? domain : virDomainLookupByName(conn, name);
}

virDomainPtr libvirt_find_domain(virConnectPtr conn, const char *name,
                                 GError **error)
{
    virDomainPtr domain = lookup(conn, name);
    g_autofree char *what = NULL;
    char *uri;

    if (domain) {
        return domain;
    }
    what = g_strdup_printf("domain %s", name);
    if (virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) {
        libvirt_set_error(error, what);
        return NULL;
    }
    uri = virConnectGetURI(conn);
    g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                "%s: there is no such domain at %s; 'virsh -c %s list --all' lists the domains%s",
                what, uri ? uri : "libvirt",
                uri ? uri : "URI", uri && g_str_has_suffix(uri, "/session") ?
                "; the machine's own domains are at --connect qemu:///system"
                : "");
    free(uri);
    return NULL;
}
