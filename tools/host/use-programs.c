/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: programs that have a PCI device open (see use-programs.h)
 *
 * A graphics driver can be unbound while a display server uses it, but then the
 * server crashes, or the unbinding never ends.  A sound card can be removed at
 * any time: programs get an error.
 */
#include "libpcidev/fs.h"
#include "tools/host/use-programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Number of programs that are named; others are only counted */
#define NAMED_MAX 3

/* Add the device's nodes, which are in @dev_dir, by their class in sysfs. */
static void add_nodes(const HostPciUser *user, GHashTable *nodes,
                      const char *class, const char *dev_dir)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/class/%s", class);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        char *path = realpath(link, NULL);

        if (path && host_pci_owns(user->dev, path)) {
            g_hash_table_add(nodes, g_strdup_printf("%s/%s", dev_dir,
                                                    names[i]));
        }
        free(path);
    }
}

/* NVIDIA's proprietary driver has no class, but "Device Minor: \t 0". */
static void add_nvidia(const HostPciUser *user, GHashTable *nodes)
{
    g_autofree char *path =
        host_fs_path(user->root, "/proc/driver/nvidia/gpus/%s/information",
                     user->dev->bdf);
    g_autofree char *text = host_fs_text(path);
    const char *minor = text ? strstr(text, "Device Minor:") : NULL;
    unsigned number;

    if (minor && sscanf(minor, "Device Minor: %u", &number) == 1) {
        g_hash_table_add(nodes, g_strdup_printf("/dev/nvidia%u", number));
    }
}

static bool has_open(const char *proc, GHashTable *nodes)
{
    g_autofree char *dir = g_build_filename(proc, "fd", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        g_autofree char *target = g_file_read_link(link, NULL);

        if (target && g_hash_table_contains(nodes, target)) {
            return true;
        }
    }
    return false;
}

static void find_openers(HostPciUser *user, GHashTable *nodes, bool needed,
                         const char *what)
{
    g_autofree char *dir = host_fs_path(user->root, "/proc");
    g_auto(GStrv) names = host_fs_names(dir);
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned n = 0;
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *proc = g_build_filename(dir, names[i], NULL);
        g_autofree char *comm = NULL;

        if (!g_ascii_isdigit(*names[i]) || !has_open(proc, nodes)) {
            continue;
        }
        if (n++ < NAMED_MAX) {
            comm = host_fs_attr(proc, "comm");
            g_string_append_printf(list, "%s%s (pid %s)",
                                   n > 1 ? ", " : "", comm ? comm : "?",
                                   names[i]);
        }
    }
    if (n > NAMED_MAX) {
        g_string_append_printf(list, " and %u more", n - NAMED_MAX);
    }
    if (n) {
        host_pci_add_use(user, HOST_PCI_USE_PROGRAM, needed,
                         "%s by %s", what, list->str);
    }
}

void host_pci_find_programs(HostPciUser *user)
{
    g_autoptr(GHashTable) graphics =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) sound =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    add_nodes(user, graphics, "drm", "/dev/dri");
    add_nvidia(user, graphics);
    add_nodes(user, sound, "sound", "/dev/snd");
    if (g_hash_table_size(graphics)) {
        find_openers(user, graphics, true, "drawn with");
    }
    if (g_hash_table_size(sound)) {
        find_openers(user, sound, false, "played on");
    }
}
