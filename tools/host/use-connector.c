/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: connectors that show the host's picture (see use-connector.h)
 *
 * Drivers of GPUs report them in /sys/class/drm: "card0-eDP-1".
 */
#include "tools/host/use-connector.h"
#include "tools/host/fs.h"
#include "tools/host/use-display.h"

#include <string.h>

/**
 * struct Connector: a connector that shows a picture
 * @name: "eDP-1"
 * @path: its directory, without links in it
 * @internal: it is a built-in screen's
 * @unread: whether it shows a picture could not be read
 */
typedef struct Connector {
    char *name;
    char *path;
    bool internal;
    bool unread;
} Connector;

static void free_connector(gpointer data)
{
    Connector *connector = data;

    g_free(connector->name);
    g_free(connector->path);
    g_free(connector);
}

static bool is_internal(const char *name)
{
    static const char *const types[] = { "eDP-", "LVDS-", "DSI-" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_prefix(name, types[i])) {
            return true;
        }
    }
    return false;
}

static void look_at_connector(GPtrArray *connectors, const char *name,
                              const char *path)
{
    g_autofree char *status = host_fs_attr(path, "status");
    g_autofree char *enabled = host_fs_attr(path, "enabled");
    const char *type = strchr(name, '-');
    Connector *connector;

    /* A monitor that does not report itself has the status "unknown". */
    if (!type || strstr(path, HOST_PCI_FIRMWARE_FB) ||
        strstr(name, "-Writeback-") || !g_strcmp0(status, "disconnected") ||
        (enabled && strcmp(enabled, "enabled"))) {
        return;
    }
    connector = g_new0(Connector, 1);
    connector->name = g_strdup(type + 1);
    connector->path = g_strdup(path);
    connector->internal = is_internal(connector->name);
    connector->unread = !enabled;
    g_ptr_array_add(connectors, connector);
}

static void *look(const HostPciPlaces *at)
{
    GPtrArray *connectors = g_ptr_array_new_with_free_func(free_connector);
    g_autofree char *dir = host_fs_path(at->root, "/sys/class/drm");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *path =
            g_str_has_prefix(names[i], "card") ?
            host_pci_class_path(at->root, "drm", names[i]) : NULL;

        if (path) {
            look_at_connector(connectors, names[i], path);
        }
    }
    return connectors;
}

static void find(HostPciUser *user, const void *seen)
{
    const GPtrArray *connectors = seen;
    g_autoptr(GString) names = g_string_new(NULL);
    const char *unread = NULL;
    bool internal = false;
    bool others = false;
    bool taken = false;
    guint i;

    for (i = 0; i < connectors->len; i++) {
        const Connector *connector = connectors->pdata[i];
        bool ours = host_pci_owns(user, connector->path);

        if (connector->unread) {
            unread = ours && !unread ? connector->name : unread;
        } else if (ours) {
            internal |= connector->internal;
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   connector->name);
        } else if (host_pci_leaves_host(user, connector->path)) {
            taken = true;
        } else {
            others = true;
        }
    }
    if (!names->len && unread) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_UNKNOWN,
                         "ask as root: sudo vfio-trace doctor ...",
                         "whether it shows the host's picture on %s can't be read",
                         unread);
    }
    if (!names->len) {
        return;
    }
    if (internal) {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY, HOST_PCI_NEED_YES,
                         "let the other GPU show the built-in screen (the firmware's setup, or the laptop's graphics switch)",
                         "it shows the host's picture on the built-in screen (%s)",
                         names->str);
    } else {
        host_pci_add_use(user, HOST_PCI_USE_DISPLAY,
                         others ? HOST_PCI_NEED_NO : HOST_PCI_NEED_YES,
                         "connect the monitor to another GPU",
                         "it shows the host's picture on %s, %s", names->str,
                         others ? "as other GPUs do on theirs" :
                         taken ? "and all GPUs that show one are taken" :
                         "and no other GPU shows one");
    }
}

static void free_seen(void *seen)
{
    g_ptr_array_unref(seen);
}

const HostPciSubject host_pci_connectors = {
    .look = look,
    .find = find,
    .free = free_seen,
};
