/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: watchdogs, management controllers, Thunderbolt, mediated devices
 * (see use-service.h)
 */
#include "tools/host/use-service.h"
#include "tools/host/fs.h"

#include <string.h>

/**
 * struct Service: a service of a device
 * @path: its directory, without links in it
 * @need: whether the host needs it
 * @what: its description
 * @remedy: what to do about it
 */
typedef struct Service {
    char *path;
    HostPciNeed need;
    char *what;
    const char *remedy;
} Service;

static void free_service(gpointer data)
{
    Service *service = data;

    g_free(service->path);
    g_free(service->what);
    g_free(service);
}

static void add(GPtrArray *services, const char *path, HostPciNeed need,
                const char *remedy, char *what)
{
    Service *service = g_new0(Service, 1);

    service->path = g_strdup(path);
    service->need = need;
    service->remedy = remedy;
    service->what = what;
    g_ptr_array_add(services, service);
}

/* Documentation/ABI/testing/sysfs-class-watchdog */
static void look_at_watchdog(GPtrArray *services, const char *path,
                             const char *name)
{
    g_autofree char *state = host_fs_attr(path, "state");

    if (!g_strcmp0(state, "active")) {
        add(services, path, HOST_PCI_NEED_YES,
            "stop what uses the watchdog (RuntimeWatchdogSec= in systemd's system.conf)",
            g_strdup_printf(
                "%s is running: it resets the host if nobody serves it",
                name));
    }
}

static void look_at_ipmi(GPtrArray *services, const char *path,
                         const char *name)
{
    add(services, path, HOST_PCI_NEED_NO,
        "reach the management controller over the network",
        g_strdup_printf("the host reaches its management controller (%s) by it",
                        name));
}

/* "0-0" is the controller itself, "0-1" and "0-301" are behind it. */
static void look_at_thunderbolt(GPtrArray *services, const char *path,
                                const char *name)
{
    const char *route = strchr(name, '-');
    g_autofree char *label = NULL;

    if (!route || !strcmp(route, "-0") || strchr(name, ':') ||
        strchr(name, '.')) {
        return;
    }
    label = host_fs_attr(path, "device_name");
    add(services, path, HOST_PCI_NEED_NO, "connect it to another port",
        g_strdup_printf("Thunderbolt or USB4 device %s (%s) is connected to it",
                        label ? label : "without a name", name));
}

/* Documentation/driver-api/vfio-mediated-device.rst: the name is a UUID. */
static void look_at_mdev(GPtrArray *services, const char *path,
                         const char *name)
{
    add(services, path, HOST_PCI_NEED_YES,
        "end the guest that has it, and write 1 to its file 'remove' in /sys/bus/mdev/devices",
        g_strdup_printf(
            "mediated device %s is a part of it, and would disappear with its driver",
            name));
}

static void *look(const HostPciPlaces *at)
{
    static const struct {
        const char *dir;
        void (*look)(GPtrArray *services, const char *path, const char *name);
    } kinds[] = {
        { "/sys/class/watchdog", look_at_watchdog },
        { "/sys/class/ipmi", look_at_ipmi },
        { "/sys/bus/thunderbolt/devices", look_at_thunderbolt },
        { "/sys/bus/mdev/devices", look_at_mdev },
    };
    GPtrArray *services = g_ptr_array_new_with_free_func(free_service);
    size_t i;
    size_t k;

    for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autofree char *dir = g_strconcat(at->root, kinds[k].dir, NULL);
        g_auto(GStrv) names = host_fs_names(dir);

        for (i = 0; names[i]; i++) {
            g_autofree char *link = g_build_filename(dir, names[i], NULL);
            g_autofree char *device = g_build_filename(link, "device", NULL);
            g_autofree char *path = host_fs_real(link);
            g_autofree char *parent = host_fs_real(device);

            /* Some are virtual, with a link to their device. */
            if (path && parent && strstr(path, "/devices/virtual/")) {
                g_free(path);
                path = g_steal_pointer(&parent);
            }
            if (path) {
                kinds[k].look(services, path, names[i]);
            }
        }
    }
    return services;
}

static void find(HostPciUser *user, const void *seen)
{
    const GPtrArray *services = seen;
    unsigned class = user->dev->class_code >> 8;
    guint i;

    if (class == HOST_PCI_CLASS_IOMMU ||
        (class >> 8 == HOST_PCI_BASE_BRIDGE &&
         class <= HOST_PCI_CLASS_CHIPSET_LAST)) {
        host_pci_add_use(user, HOST_PCI_USE_SERVICE, HOST_PCI_NEED_NO,
                         "give the guest another device",
                         "it is a part of the host's chipset (%s)",
                         host_pci_class_name(user->dev));
    }
    for (i = 0; i < services->len; i++) {
        const Service *service = services->pdata[i];

        if (host_pci_owns(user, service->path)) {
            host_pci_add_use(user, HOST_PCI_USE_SERVICE, service->need,
                             service->remedy, "%s", service->what);
        }
    }
}

static void free_seen(void *seen)
{
    g_ptr_array_unref(seen);
}

const HostPciSubject host_pci_services = {
    .look = look,
    .find = find,
    .free = free_seen,
};
