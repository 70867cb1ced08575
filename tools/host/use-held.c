/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: disks that are in use without a mounted file system
 *
 * For each disk and partition, these are looked for in this order: a pool of
 * ZFS, which is in udev's database or in ZFS's cache file, since sysfs does not
 * know it; volumes and RAIDs, which sysfs lists as holders; and a claim of the
 * kernel. A file system, LVM, a RAID or ZFS, in any namespace, claims its block
 * device exclusively; then open(2) with O_EXCL fails. Only root can try that.
 */
#include "tools/host/use-held.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Number of disks that are listed; others are only counted */
#define LISTED_MAX 8

static const char held_remedy[] =
    "end what uses it (vgchange -an, mdadm --stop, zpool export, a container)";

/**
 * struct HostPciHeld: pools of ZFS
 * @pools: names of the pools that are imported
 * @members: directories in sysfs of the disks that ZFS's cache file names
 */
struct HostPciHeld {
    GHashTable *pools;
    GHashTable *members;
};

/* What is known of a disk or partition */
typedef enum Claim {
    CLAIM_NONE,
    CLAIM_ABSENT,   /* its file does not exist */
    CLAIM_HIDDEN,   /* only root can see it */
    CLAIM_HELD,
} Claim;

/* The cache file is a list of names and values in XDR: look for paths only. */
static void read_cache(HostPciHeld *held, const HostPciPlaces *at)
{
    g_autofree char *path = host_fs_path(at->root, "/etc/zfs/zpool.cache");
    g_autofree char *text = NULL;
    gsize len = 0;
    gsize i = 0;

    g_file_get_contents(path, &text, &len, NULL);
    while (i + strlen("/dev/") < len) {
        if (g_str_has_prefix(text + i, "/dev/")) {
            char *member = host_blocks_by_node(at->blocks, text + i);

            if (member) {
                g_hash_table_add(held->members, member);
            }
        }
        i += strlen(text + i) + 1;
        /* The text's length is in front of it. */
        while (i + 1 < len && text[i] != '/') {
            i++;
        }
    }
}

HostPciHeld *host_pci_held_new(const HostPciPlaces *at)
{
    HostPciHeld *held = g_new0(HostPciHeld, 1);
    g_autofree char *dir = host_fs_path(at->root, "/proc/spl/kstat/zfs");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;
    guint k;

    held->pools = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    held->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          NULL);
    /* Pools are directories; names with a '$' are ZFS's own. */
    for (i = 0; names[i]; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        if (names[i][0] != '$' && g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_hash_table_add(held->pools, g_strdup(names[i]));
        }
    }
    for (k = 0; k < at->mounts->len; k++) {
        const HostMount *mount = at->mounts->pdata[k];

        if (!strcmp(mount->type, "zfs")) {
            g_hash_table_add(held->pools,
                             g_strndup(mount->source,
                                       strcspn(mount->source, "/@")));
        }
    }
    read_cache(held, at);
    return held;
}

void host_pci_held_free(HostPciHeld *held)
{
    g_hash_table_unref(held->pools);
    g_hash_table_unref(held->members);
    g_free(held);
}

/* A property in udev's database: "E:ID_FS_TYPE=zfs_member" */
static char *udev_property(char **lines, const char *name)
{
    size_t i;

    for (i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "E:") &&
            g_str_has_prefix(lines[i] + 2, name)) {
            return g_strdup(lines[i] + 2 + strlen(name));
        }
    }
    return NULL;
}

static char *list_pools(const HostPciHeld *held)
{
    g_autofree char **names =
        (char **)g_hash_table_get_keys_as_array(held->pools, NULL);

    return g_strjoinv(", ", names);
}

/*
 * Return: the pool, if it is imported, that a disk or partition is a member of,
 *         to be freed; or NULL
 */
static char *find_pool(const HostPciUser *user, const HostPciHeld *held,
                       const HostBlock *block, bool *known)
{
    g_autofree char *number = host_fs_attr(block->path, "dev");
    g_autofree char *file = g_strdup_printf("/run/udev/data/b%s",
                                            number ? number : "");
    g_auto(GStrv) lines = host_fs_lines(user->at->root, file);
    g_autofree char *type = udev_property(lines, "ID_FS_TYPE=");
    g_autofree char *label = udev_property(lines, "ID_FS_LABEL=");

    *known |= lines[0] != NULL;
    if (!g_strcmp0(type, "zfs_member") && label &&
        g_hash_table_contains(held->pools, label)) {
        return g_steal_pointer(&label);
    }
    if (g_hash_table_size(held->pools) &&
        g_hash_table_contains(held->members, block->path)) {
        return list_pools(held);
    }
    return NULL;
}

/* "dm-3 (vg-root)", "md0 (raid1)"; NULL if there is none */
static char *find_holder(const HostBlock *block)
{
    g_autofree char *dir = g_build_filename(block->path, "holders", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    g_autofree char *path = names[0] ? g_build_filename(dir, names[0], NULL)
                                     : NULL;
    g_autofree char *name = path ? host_fs_attr(path, "dm/name") : NULL;
    g_autofree char *level = path ? host_fs_attr(path, "md/level") : NULL;
    const char *more = name ? name : level;

    if (!path) {
        return NULL;
    }
    return g_strdup_printf("%s%s%s%s", names[0], more ? " (" : "",
                           more ? more : "", more ? ")" : "");
}

static Claim ask_kernel(const char *root, const char *name)
{
    g_autofree char *node = host_fs_path(root, "/dev/%s", name);
    struct stat st;
    int fd;
    int err;

    /* In sysfs, '!' stands for a '/' in the name. */
    g_strdelimit(node + strlen(root), "!", '/');
    if (stat(node, &st) || !S_ISBLK(st.st_mode)) {
        return CLAIM_ABSENT;
    }
    fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
    err = errno;
    if (fd >= 0) {
        close(fd);
        return CLAIM_NONE;
    }
    return err == EBUSY ? CLAIM_HELD :
           err == EACCES || err == EPERM ? CLAIM_HIDDEN : CLAIM_NONE;
}

/* Do all disks of the host leave it with this device? */
static bool has_all_disks(const HostPciUser *user)
{
    guint i;

    for (i = 0; i < user->at->blocks->list->len; i++) {
        const HostBlock *block = user->at->blocks->list->pdata[i];

        if (!block->is_virtual && !host_pci_leaves_host(user, block->path)) {
            return false;
        }
    }
    return true;
}

/* ZFS is in use, and which disks it has can't be seen. */
static void find_hidden_pool(HostPciUser *user, const HostPciHeld *held,
                             const char *disk)
{
    g_autofree char *pools = list_pools(held);

    if (has_all_disks(user)) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                         held_remedy,
                         "ZFS pool %s: the device has all of the host's disks",
                         pools);
    } else {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_UNKNOWN,
                         "see 'zpool status' for the disks of the pool",
                         "ZFS pool %s is in use; whether it has disk %s can't be seen",
                         pools, disk);
    }
}

static bool find_one(HostPciUser *user, const HostPciHeld *held,
                     const HostBlock *block, Claim *claim, bool *known)
{
    g_autofree char *pool = find_pool(user, held, block, known);
    g_autofree char *holder = find_holder(block);

    *claim = CLAIM_NONE;
    if (pool) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                         held_remedy, "ZFS pool %s (%s)", pool, block->name);
        return true;
    }
    if (holder) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                         held_remedy, "disk %s is in use by %s", block->name,
                         holder);
        return true;
    }
    *claim = ask_kernel(user->at->root, block->name);
    if (*claim == CLAIM_HELD) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_YES,
                         held_remedy,
                         "disk %s is in use (LVM, RAID, ZFS, a container)",
                         block->name);
        return true;
    }
    return false;
}

void host_pci_held_find(HostPciUser *user, const HostPciHeld *held)
{
    const GPtrArray *list = user->at->blocks->list;
    const char *absent = NULL;
    const char *hidden = NULL;
    unsigned found = 0;
    bool known = false;
    guint i;

    for (i = 0; i < list->len && found < LISTED_MAX; i++) {
        const HostBlock *block = list->pdata[i];
        Claim claim;

        if (!host_pci_owns(user, block->path)) {
            continue;
        }
        found += find_one(user, held, block, &claim, &known);
        absent = claim == CLAIM_ABSENT && !absent ? block->name : absent;
        hidden = claim == CLAIM_HIDDEN && !hidden ? block->name : hidden;
    }
    if (found || (!absent && !hidden)) {
        return;
    }
    if (g_hash_table_size(held->pools) && !known) {
        find_hidden_pool(user, held, hidden ? hidden : absent);
    } else if (hidden) {
        host_pci_add_use(user, HOST_PCI_USE_DISK, HOST_PCI_NEED_UNKNOWN,
                         "ask as root: sudo vfio-trace doctor ...",
                         "only root can see whether disk %s is in use (LVM, RAID, ZFS, a container)",
                         hidden);
    }
}
