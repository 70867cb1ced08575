/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: file systems and swap on a PCI device (see use-disk.h)
 *
 * What has no file system or swap space may be in use all the same: use-held.c.
 */
#include "tools/host/use-disk.h"
#include "tools/host/fs.h"
#include "tools/host/use-carrier.h"
#include "tools/host/use-held.h"

#include <stdio.h>
#include <string.h>

/* Number of uses of disks that are listed; others are only counted */
#define LISTED_MAX 8

static const char disk_remedy[] =
    "unmount or swapoff it first, if the host does not need it";

/**
 * struct Claim: a file system or a swap space
 * @what: its description
 * @base: what it is made of
 * @carrier: the interfaces by which its servers are reached, or NULL
 */
typedef struct Claim {
    char *what;
    HostBlockBase *base;
    HostPciCarrier *carrier;
} Claim;

typedef struct Seen {
    GPtrArray *claims;
    HostPciHeld *held;
} Seen;

static void free_claim(gpointer data)
{
    Claim *claim = data;

    g_free(claim->what);
    host_block_base_free(claim->base);
    host_pci_carrier_free(claim->carrier);
    g_free(claim);
}

static void add_claim(Seen *seen, const HostPciPlaces *at, HostBlockBase *base,
                      char *what)
{
    Claim *claim = g_new0(Claim, 1);
    guint i;

    claim->what = what;
    claim->base = base;
    if (base->hosts->len || base->remote) {
        claim->carrier = host_pci_carrier_new();
        for (i = 0; i < base->hosts->len; i++) {
            host_pci_carrier_add(claim->carrier, at->net,
                                 base->hosts->pdata[i]);
        }
        if (base->remote) {
            host_pci_carrier_add(claim->carrier, at->net, NULL);
        }
    }
    g_ptr_array_add(seen->claims, claim);
}

/* Add the block device of a name in a directory of links. */
static void add_node(const HostPciPlaces *at, HostBlockBase *base,
                     const char *node)
{
    g_autofree char *path = host_blocks_by_node(at->blocks, node);

    if (path) {
        host_blocks_add(at->blocks, path, base);
    }
}

static bool has_member(const char *devices, const char *path)
{
    g_autofree char *name = path ? g_path_get_basename(path) : NULL;

    return name && host_fs_exists(devices, name);
}

static void add_links(const HostPciPlaces *at, HostBlockBase *base,
                      const char *dir)
{
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);

        host_blocks_add(at->blocks, link, base);
    }
}

/*
 * Btrfs has a device number of its own; /sys/fs/btrfs lists the disks of each
 * file system.  If none has the disk that is mounted, any may be the one.
 */
static void add_btrfs(const HostPciPlaces *at, HostBlockBase *base,
                      const HostMount *mount)
{
    g_autofree char *dir = host_fs_path(at->root, "/sys/fs/btrfs");
    g_autofree char *path = host_blocks_by_node(at->blocks, mount->source);
    g_auto(GStrv) names = host_fs_names(dir);
    bool found = false;
    unsigned pass;
    size_t i;

    for (pass = 0; pass < 2 && !found; pass++) {
        for (i = 0; names[i]; i++) {
            g_autofree char *devices = g_build_filename(dir, names[i],
                                                        "devices", NULL);

            if (pass || has_member(devices, path)) {
                add_links(at, base, devices);
                found = true;
            }
        }
    }
}

/* "/dev/sda:/dev/sdb" (bcachefs), "logdev=/dev/sdc1" (XFS) */
static void add_nodes(const HostPciPlaces *at, HostBlockBase *base,
                      const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, ":,=", -1);
    size_t i;

    for (i = 0; words[i]; i++) {
        if (g_str_has_prefix(words[i], "/dev/")) {
            add_node(at, base, words[i]);
        }
    }
}

/*
 * The source of a file system without a device number is not believed, except
 * with types that only root can mount: FUSE takes any from any user.
 */
static void look_at_mounts(Seen *seen, const HostPciPlaces *at)
{
    guint i;

    for (i = 0; i < at->mounts->len; i++) {
        const HostMount *mount = at->mounts->pdata[i];
        g_autoptr(HostBlockBase) base = host_block_base_new();

        if (!strcmp(mount->type, "btrfs")) {
            add_btrfs(at, base, mount);
        } else if (mount->major) {
            g_autofree char *dir = host_fs_path(at->root,
                                                "/sys/dev/block/%u:%u",
                                                mount->major, mount->minor);

            host_blocks_add(at->blocks, dir, base);
            if (!base->paths->len) {
                add_node(at, base, mount->source);
            }
            add_nodes(at, base, mount->options);
        } else if (!strcmp(mount->type, "bcachefs")) {
            add_nodes(at, base, mount->source);
        }
        if (base->paths->len) {
            add_claim(seen, at, g_steal_pointer(&base),
                      g_strdup_printf("file system %s (%s)", mount->where,
                                      mount->source));
        }
    }
}

/* A line of titles; then "/dev/dm-1  partition  1048572  0  -2" */
static void look_at_swaps(Seen *seen, const HostPciPlaces *at)
{
    g_auto(GStrv) lines = host_fs_lines(at->root, "/proc/swaps");
    size_t i;

    for (i = 1; lines[0] && lines[i]; i++) {
        g_autofree char *word = g_strndup(lines[i], strcspn(lines[i], " \t"));
        g_autofree char *file = g_strcompress(word);
        g_autoptr(HostBlockBase) base = host_block_base_new();

        /* For a swap file, look_at_mounts() has its file system. */
        add_node(at, base, file);
        if (base->paths->len) {
            add_claim(seen, at, g_steal_pointer(&base),
                      g_strdup_printf("swap space %s", file));
        }
    }
}

static void *look(const HostPciPlaces *at)
{
    Seen *seen = g_new0(Seen, 1);

    seen->claims = g_ptr_array_new_with_free_func(free_claim);
    look_at_mounts(seen, at);
    look_at_swaps(seen, at);
    seen->held = host_pci_held_new(at);
    return seen;
}

static bool is_on(const HostPciUser *user, const HostBlockBase *base)
{
    guint i;

    for (i = 0; i < base->paths->len; i++) {
        if (host_pci_owns(user, base->paths->pdata[i])) {
            return true;
        }
    }
    return false;
}

static void find_claim(HostPciUser *user, const Claim *claim, unsigned *n)
{
    HostPciNeed need;
    const HostInterface *interface;

    if (is_on(user, claim->base)) {
        if ((*n)++ < LISTED_MAX) {
            host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                             disk_remedy, "%s", claim->what);
        }
        return;
    }
    interface = claim->carrier ? host_pci_carried(user, claim->carrier, &need)
                               : NULL;
    if (interface && (*n)++ < LISTED_MAX) {
        host_pci_add_use(user, HOST_PCI_USE_NETWORK, need,
                         "unmount or swapoff it first, or reach its server by another interface",
                         "%s comes over network interface %s", claim->what,
                         interface->name);
    }
}

static void find(HostPciUser *user, const void *data)
{
    const Seen *seen = data;
    unsigned n = 0;
    guint i;

    for (i = 0; i < seen->claims->len; i++) {
        find_claim(user, seen->claims->pdata[i], &n);
    }
    if (n > LISTED_MAX) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                         disk_remedy, "%u more file systems and swap spaces",
                         n - LISTED_MAX);
    }
    if (!n) {
        host_pci_held_find(user, seen->held);
    }
}

static void free_seen(void *data)
{
    Seen *seen = data;

    g_ptr_array_unref(seen->claims);
    host_pci_held_free(seen->held);
    g_free(seen);
}

const HostPciSubject host_pci_disks = {
    .look = look,
    .find = find,
    .free = free_seen,
};
