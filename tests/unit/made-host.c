/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: simulated hosts that are described by tables (see made-host.h)
 */
#include "made-host.h"
#include "fake-host.h"

#include <stdio.h>
#include <string.h>

#define CLASS_BRIDGE 0x0604
#define HEADER_BYTES 64
#define CONFIG_HEADER_TYPE 0x0e

/* Where a device's directory is, below /sys/devices */
static char *made_parent(const MadeDevice *device, GHashTable *dirs)
{
    const char *slash = device->above ? strchr(device->above, '/') : NULL;
    g_autofree char *bridge = NULL;
    const char *dir;

    if (!device->above) {
        /* "0000:01:00.0" is on the root bus "pci0000:01". */
        return g_strdup_printf("pci%.*s", (int)strlen(device->bdf) - 5,
                               device->bdf);
    }
    bridge = slash ? g_strndup(device->above, slash - device->above) :
             g_strdup(device->above);
    dir = g_hash_table_lookup(dirs, bridge);
    g_assert_nonnull(dir);
    return g_strconcat(dir + strlen("/sys/devices/"), slash, NULL);
}

static void made_config(const char *root, const char *dir,
                        const MadeDevice *device)
{
    guint8 header[HEADER_BYTES] = { [4] = 7 };
    g_autofree char *path = g_strconcat(dir, "/config", NULL);
    unsigned vendor;
    unsigned id;

    g_assert_cmpint(sscanf(device->id, "%x:%x", &vendor, &id), ==, 2);
    header[0] = vendor;
    header[1] = vendor >> 8;
    header[2] = id;
    header[3] = id >> 8;
    header[CONFIG_HEADER_TYPE] = device->class_code >> 8 == CLASS_BRIDGE;
    if (device->virtual) {
        /* SR-IOV: its IDs read as ones, and its memory is always decoded. */
        memset(header, 0xff, 4);
        header[4] = 4;
    }
    fake_bytes(root, path, header, sizeof(header));
}

static void made_attr(const char *root, const char *dir, const char *attr)
{
    const char *equals = strchr(attr, '=');
    g_autofree char *name = g_strndup(attr, equals - attr);
    g_autofree char *path = g_strconcat(dir, "/", name, NULL);

    fake_file(root, path, "%s\n", equals + 1);
}

static void made_device(const char *root, const MadeDevice *device,
                        GHashTable *dirs)
{
    g_autofree char *parent = made_parent(device, dirs);
    char *dir = fake_pci(root, parent, device->bdf, device->class_code,
                         device->driver, device->group);
    g_autofree char *vendor = g_strdup_printf("vendor=0x%.4s", device->id);
    g_autofree char *id = g_strdup_printf("device=0x%s", device->id + 5);
    unsigned i;

    g_hash_table_insert(dirs, (gpointer)device->bdf, dir);
    made_config(root, dir, device);
    made_attr(root, dir, vendor);
    made_attr(root, dir, id);
    made_attr(root, dir, "irq=0");
    made_attr(root, dir, "resource=");
    for (i = 0; i < MADE_ATTRS && device->attrs[i]; i++) {
        made_attr(root, dir, device->attrs[i]);
    }
}

/* A path with "@BDF" replaced by the device's directory */
static char *made_path(const char *path, GHashTable *dirs)
{
    g_autofree char *bdf = NULL;
    const char *dir;

    if (*path != '@') {
        return g_strdup(path);
    }
    bdf = g_strndup(path + 1, strcspn(path + 1, "/"));
    dir = g_hash_table_lookup(dirs, bdf);
    g_assert_nonnull(dir);
    return g_strconcat(dir, path + 1 + strlen(bdf), NULL);
}

static void made_files(const char *root, const MadeFile *file,
                       GHashTable *dirs)
{
    for (; file->path; file++) {
        g_autofree char *path = made_path(file->path, dirs);

        if (file->target) {
            g_autofree char *target = made_path(file->target, dirs);

            fake_link(root, path, target);
        } else {
            fake_file(root, path, "%s", file->text);
        }
    }
}

char *made_host_new(const MadeHost *host)
{
    static const MadeFile plain[] = {
        { "/dev/shm/.keep", "" },
        { "/proc/self/status", "CapEff:\t000001ffffffffff\n" },
        { "/proc/meminfo", "MemAvailable:   24000000 kB\n" },
        { "/sys/bus/pci/drivers/vfio-pci/bind", "" },
        { "/dev/vfio/vfio", "" },
        { NULL }
    };
    g_autoptr(GHashTable) dirs =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    char *root = fake_host_new();
    const MadeDevice *device;

    for (device = host->devices; device->bdf; device++) {
        made_device(root, device, dirs);
    }
    made_files(root, host->files, dirs);
    if (host->plain) {
        made_files(root, plain, dirs);
    }
    return root;
}
