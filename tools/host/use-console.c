/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: serial consoles on a PCI device (see use-console.h)
 */
#include "tools/host/use-console.h"
#include "tools/host/fs.h"

#include <string.h>

/* A terminal that is a console: its directory, and its name */
static void add(GHashTable *consoles, const char *root, const char *name)
{
    char *path = *name ? host_pci_class_path(root, "tty", name) : NULL;

    if (path) {
        g_hash_table_replace(consoles, path, g_strdup(name));
    }
}

/* "console=ttyS4,115200n8": what the kernel was asked for */
static void add_asked(GHashTable *consoles, const char *root)
{
    g_auto(GStrv) lines = host_fs_lines(root, "/proc/cmdline");
    g_auto(GStrv) words = g_strsplit(lines[0] ? lines[0] : "", " ", -1);
    size_t i;

    for (i = 0; words[i]; i++) {
        if (g_str_has_prefix(words[i], "console=")) {
            const char *name = words[i] + strlen("console=");
            g_autofree char *port = g_strndup(name, strcspn(name, ","));

            add(consoles, root, port);
        }
    }
}

/*
 * "ttyS4                -W- (EC p a)    4:68" (proc(5)); and a list of names in
 * the order of their registration (Documentation/ABI/testing/sysfs-tty)
 */
static void *look(const HostPciPlaces *at)
{
    GHashTable *consoles = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                 g_free, g_free);
    g_auto(GStrv) lines = host_fs_lines(at->root, "/proc/consoles");
    g_autofree char *dir = host_fs_path(at->root, "/sys/class/tty/console");
    g_autofree char *active = host_fs_attr(dir, "active");
    g_auto(GStrv) names = g_strsplit(active ? active : "", " ", -1);
    size_t i;

    for (i = 0; lines[i]; i++) {
        g_autofree char *name = g_strndup(lines[i], strcspn(lines[i], " \t"));

        add(consoles, at->root, name);
    }
    for (i = 0; names[i]; i++) {
        add(consoles, at->root, names[i]);
    }
    if (!lines[0] && !active) {
        add_asked(consoles, at->root);
    }
    return consoles;
}

static void find(HostPciUser *user, const void *seen)
{
    GHashTableIter iter;
    gpointer path;
    gpointer name;

    g_hash_table_iter_init(&iter, (GHashTable *)seen);
    while (g_hash_table_iter_next(&iter, &path, &name)) {
        if (host_pci_owns(user, path)) {
            g_autofree char *remedy = g_strdup_printf(
                "remove console=%s from the kernel's command line, or name another port there",
                (char *)name);

            host_pci_add_use(user, HOST_PCI_USE_CONSOLE, HOST_PCI_NEED_YES,
                             remedy, "the kernel's serial console %s is on it",
                             (char *)name);
        }
    }
}

static void free_seen(void *seen)
{
    g_hash_table_unref(seen);
}

const HostPciSubject host_pci_consoles = {
    .look = look,
    .find = find,
    .free = free_seen,
};
