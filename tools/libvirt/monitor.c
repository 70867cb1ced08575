/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP through libvirt (see qemu/libvirt-monitor.h)
 */
#include "tools/qemu/libvirt-monitor.h"
#include "tools/libvirt/connect.h"
#include "tools/qemu/qmp.h"

#include <libvirt/libvirt-qemu.h>
#include <stdlib.h>

/**
 * struct LibvirtMonitor
 * @conn: the connection to libvirt
 * @domain: the domain
 * @where: prefix of messages
 */
struct LibvirtMonitor {
    virConnectPtr conn;
    virDomainPtr domain;
    char *where;
};

LibvirtMonitor *libvirt_monitor_open(const char *uri, const char *domain,
                                     GError **error)
{
    g_autoptr(LibvirtMonitor) monitor = g_new0(LibvirtMonitor, 1);
    int active;

    monitor->where = g_strdup_printf("domain %s", domain);
    monitor->conn = libvirt_connect(uri, error);
    if (!monitor->conn) {
        return NULL;
    }
    monitor->domain = libvirt_find_domain(monitor->conn, domain, error);
    if (!monitor->domain) {
        return NULL;
    }
    active = virDomainIsActive(monitor->domain);
    if (active < 0) {
        libvirt_set_error(error, monitor->where);
        return NULL;
    }
    if (!active) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                    "%s is not running; start it with 'virsh start %s'",
                    monitor->where, domain);
        return NULL;
    }
    return g_steal_pointer(&monitor);
}

static char *make_request(const char *command, JsonObject *arguments)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "execute", command);
    if (arguments) {
        json_object_set_object_member(object, "arguments", arguments);
    }
    json_node_take_object(node, object);
    return json_to_string(node, FALSE);
}

JsonNode *libvirt_monitor_execute(LibvirtMonitor *monitor,
                                  const char *command,
                                  JsonObject *arguments, GError **error)
{
    g_autofree char *request = make_request(command, arguments);
    g_autoptr(JsonNode) answer = NULL;
    char *text = NULL;

    if (virDomainQemuMonitorCommand(monitor->domain, request, &text,
                                    VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT)) {
        libvirt_set_error(error, monitor->where);
        return NULL;
    }
    answer = json_from_string(text, NULL);
    free(text);
    if (!answer || !JSON_NODE_HOLDS_OBJECT(answer)) {
        g_set_error(error, QMP_ERROR, QMP_ERROR_CONNECTION,
                    "%s: libvirt's answer is not QMP", monitor->where);
        return NULL;
    }
    return qmp_take_return(monitor->where, command,
                           json_node_get_object(answer), error);
}

void libvirt_monitor_close(LibvirtMonitor *monitor)
{
    if (!monitor) {
        return;
    }
    if (monitor->domain) {
        virDomainFree(monitor->domain);
    }
    if (monitor->conn) {
        virConnectClose(monitor->conn);
    }
    g_free(monitor->where);
    g_free(monitor);
}
