/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: file systems and swap on a PCI device (see use-internal.h)
 */
#include "libpcidev/fs.h"
#include "tools/host/use-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Maximum depth of volumes on RAIDs on partitions */
#define STACK_DEPTH 16

static bool is_on_device(const HostPciUser *user, const char *dir,
                         unsigned depth);

/* Does a link in a directory, whose name has the prefix, lead to the device? */
static bool link_leads(const HostPciUser *user, const char *dir,
                       const char *prefix, unsigned depth)
{
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);

        if (g_str_has_prefix(names[i], prefix) &&
            g_file_test(link, G_FILE_TEST_IS_SYMLINK) &&
            is_on_device(user, link, depth + 1)) {
            return true;
        }
    }
    return false;
}

/* Is a block device, or one of its underlying ones, a part of the device? */
static bool is_on_device(const HostPciUser *user, const char *dir,
                         unsigned depth)
{
    char *path = depth < STACK_DEPTH ? realpath(dir, NULL) : NULL;
    g_autofree char *slaves = NULL;
    g_autofree char *parent = NULL;
    bool on;

    if (!path) {
        return false;
    }
    slaves = g_build_filename(path, "slaves", NULL);
    parent = g_path_get_dirname(path);
    on = host_pci_owns(user->dev, path) || link_leads(user, slaves, "", depth);
    if (!on && host_fs_exists(path, "partition")) {
        on = is_on_device(user, parent, depth + 1);
    }
    /* NVMe with multipath: a namespace belongs to all of its controllers. */
    if (!on && strstr(parent, "/nvme-subsystem/")) {
        on = link_leads(user, parent, "nvme", depth);
    }
    free(path);
    return on;
}

static bool number_is_on_device(const HostPciUser *user, unsigned maj,
                                unsigned min)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/dev/block/%u:%u", maj,
                                        min);

    return is_on_device(user, dir, 0);
}

/* Btrfs has a device number of its own; /sys/fs/btrfs lists its disks. */
static bool btrfs_is_on_device(const HostPciUser *user)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/fs/btrfs");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *devices = g_build_filename(dir, names[i], "devices",
                                                    NULL);

        if (link_leads(user, devices, "", 0)) {
            return true;
        }
    }
    return false;
}

/*
 * "36 35 98:0 /subtree /mnt options [optional]... - ext3 /dev/root options",
 * where blanks in a name are written as \040.  A file system that is mounted
 * several times counts once.
 */
static void find_mounts(HostPciUser *user)
{
    g_autofree char *path = host_fs_path(user->root, "/proc/self/mountinfo");
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t i;

    for (i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
        const char *tail = strstr(lines[i], " - ");
        unsigned maj;
        unsigned min;
        bool on;

        if (!tail || g_strv_length(words) < 7 ||
            sscanf(words[2], "%u:%u", &maj, &min) != 2 ||
            !g_hash_table_add(seen, g_strdup(words[2]))) {
            continue;
        }
        if (g_str_has_prefix(tail, " - btrfs ")) {
            on = btrfs_is_on_device(user);
        } else {
            on = maj && number_is_on_device(user, maj, min);
        }
        if (on) {
            g_autofree char *where = g_strcompress(words[4]);
            g_auto(GStrv) source = g_strsplit(tail + 3, " ", 3);

            host_pci_add_use(user, HOST_PCI_USE_DISK, true,
                             "file system %s (%s)", where,
                             source[1] ? source[1] : "?");
        }
    }
}

/* A line of titles; then "/dev/dm-1  partition  1048572  0  -2" */
static void find_swap(HostPciUser *user)
{
    g_autofree char *path = host_fs_path(user->root, "/proc/swaps");
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    size_t i;

    for (i = 1; lines[0] && lines[i]; i++) {
        g_autofree char *file = g_strndup(lines[i], strcspn(lines[i], " \t"));
        g_autofree char *name = g_path_get_basename(file);
        g_autofree char *dir = host_fs_path(user->root, "/sys/class/block/%s",
                                            name);

        /* For a swap file, find_mounts() has its file system. */
        if (g_str_has_prefix(file, "/dev/") && is_on_device(user, dir, 0)) {
            host_pci_add_use(user, HOST_PCI_USE_DISK, true, "swap space %s",
                             file);
        }
    }
}

/*
 * A file system, LVM, a RAID or ZFS, in any namespace, claims its block device
 * exclusively; then open(2) with O_EXCL fails.
 */
static bool is_held(const char *node)
{
    int fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
    int err = errno;

    if (fd >= 0) {
        close(fd);
        return false;
    }
    return err == EBUSY;
}

static void find_held(HostPciUser *user)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/class/block");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        g_autofree char *node = host_fs_path(user->root, "/dev/%s", names[i]);
        char *path = realpath(link, NULL);
        struct stat st;

        /* In sysfs, '!' stands for a '/' in the name. */
        g_strdelimit(node, "!", '/');
        if (path && host_pci_owns(user->dev, path) && !stat(node, &st) &&
            S_ISBLK(st.st_mode) && is_held(node)) {
            host_pci_add_use(user, HOST_PCI_USE_DISK, true,
                             "disk %s is in use (LVM, RAID, ZFS, a container)",
                             names[i]);
        }
        free(path);
    }
}

void host_pci_find_disks(HostPciUser *user)
{
    guint before = user->uses->len;

    find_mounts(user);
    find_swap(user);
    if (user->uses->len == before) {
        find_held(user);
    }
}
