/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's block devices (see block.h)
 *
 * Each directory is read once: volumes of the same disks share nodes, so that
 * the effort is linear in the number of devices and links.
 */
#include "tools/host/block.h"
#include "tools/host/fs.h"

#include <ctype.h>
#include <string.h>

/**
 * struct Node: a directory in sysfs
 * @path: the directory
 * @below: Node: the devices that it is made of
 * @hosts: as in HostBlockBase
 * @remote: as in HostBlockBase
 * @stamp: the last search that has visited it
 */
typedef struct Node {
    char *path;
    GPtrArray *below;
    GPtrArray *hosts;
    bool remote;
    unsigned stamp;
} Node;

static void free_block(gpointer data)
{
    HostBlock *block = data;

    g_free(block->name);
    g_free(block->path);
    g_free(block);
}

static void free_node(gpointer data)
{
    Node *node = data;

    g_free(node->path);
    g_ptr_array_unref(node->below);
    g_ptr_array_unref(node->hosts);
    g_free(node);
}

static bool is_virtual(const char *path)
{
    return strstr(path, "/devices/virtual/") ||
           strstr(path, "/devices/platform/");
}

/* Device mapper's names: /dev/mapper/vg-root is dm-0. */
static void add_map(HostBlocks *blocks, const HostBlock *block)
{
    char *name = g_str_has_prefix(block->name, "dm-") ?
                 host_fs_attr(block->path, "dm/name") : NULL;

    if (name) {
        g_hash_table_replace(blocks->maps, name, g_strdup(block->path));
    }
}

HostBlocks *host_blocks_new(const char *root)
{
    HostBlocks *blocks = g_new0(HostBlocks, 1);
    g_autofree char *dir = host_fs_path(root, "/sys/class/block");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    blocks->root = g_strdup(root);
    blocks->list = g_ptr_array_new_with_free_func(free_block);
    blocks->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                          free_node);
    blocks->maps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         g_free);
    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        char *path = host_fs_real(link);
        HostBlock *block;

        if (path) {
            block = g_new0(HostBlock, 1);
            block->name = g_strdup(names[i]);
            block->path = path;
            block->is_virtual = is_virtual(path);
            g_ptr_array_add(blocks->list, block);
            add_map(blocks, block);
        }
    }
    return blocks;
}

void host_blocks_free(HostBlocks *blocks)
{
    g_ptr_array_unref(blocks->list);
    g_hash_table_unref(blocks->nodes);
    g_hash_table_unref(blocks->maps);
    g_free(blocks->root);
    g_free(blocks);
}

char *host_blocks_by_node(const HostBlocks *blocks, const char *node)
{
    g_autofree char *full = NULL;
    g_autofree char *real = NULL;
    g_autofree char *name = NULL;
    g_autofree char *link = NULL;

    if (!g_str_has_prefix(node, "/dev/")) {
        return NULL;
    }
    if (g_str_has_prefix(node, "/dev/mapper/")) {
        const char *path = g_hash_table_lookup(blocks->maps,
                                               node + strlen("/dev/mapper/"));

        if (path) {
            return g_strdup(path);
        }
    }
    full = g_strconcat(blocks->root, node, NULL);
    real = host_fs_real(full);
    /* In sysfs, '!' stands for a '/' in the name. */
    if (real && g_str_has_prefix(real, blocks->root) &&
        g_str_has_prefix(real + strlen(blocks->root), "/dev/")) {
        name = g_strdup(real + strlen(blocks->root) + strlen("/dev/"));
    } else {
        name = g_strdup(node + strlen("/dev/"));
    }
    g_strdelimit(name, "/", '!');
    link = host_fs_path(blocks->root, "/sys/class/block/%s", name);
    return host_fs_real(link);
}

static Node *get_node(HostBlocks *blocks, const char *path);

static void add_below(HostBlocks *blocks, Node *node, const char *dir)
{
    g_autofree char *path = host_fs_real(dir);

    if (path && strcmp(path, node->path)) {
        g_ptr_array_add(node->below, get_node(blocks, path));
    }
}

/* Add what the links in a directory lead to, if their names have a prefix. */
static void add_links(HostBlocks *blocks, Node *node, const char *dir,
                      const char *prefix)
{
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);

        if (g_str_has_prefix(names[i], prefix) &&
            g_file_test(link, G_FILE_TEST_IS_SYMLINK)) {
            add_below(blocks, node, link);
        }
    }
}

/* The files of loop and zram devices name a block device, or another file. */
static void add_named(HostBlocks *blocks, Node *node, const char *attr)
{
    g_autofree char *file = host_fs_attr(node->path, attr);
    g_autofree char *path = file ? host_blocks_by_node(blocks, file) : NULL;

    if (path) {
        add_below(blocks, node, path);
    }
}

/* Its links lead to the disk, and to the caches, which may have no slaves. */
static void add_bcache(HostBlocks *blocks, Node *node)
{
    g_autofree char *disk = g_build_filename(node->path, "bcache", NULL);
    g_autofree char *set = g_build_filename(disk, "cache", NULL);

    if (g_file_test(disk, G_FILE_TEST_IS_SYMLINK)) {
        add_below(blocks, node, disk);
        add_links(blocks, node, set, "cache");
    }
}

/* NVMe over fibre channel names the host's port: "nn-0x10...:pn-0x20..." */
static void add_fc(HostBlocks *blocks, Node *node, const char *port)
{
    g_autofree char *dir = host_fs_path(blocks->root, "/sys/class/fc_host");
    g_auto(GStrv) names = host_fs_names(dir);
    const char *wanted = strstr(port, "pn-");
    size_t i;

    for (i = 0; wanted && names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        g_autofree char *name = host_fs_attr(link, "port_name");

        if (name && g_str_has_prefix(wanted + 3, name)) {
            add_below(blocks, node, link);
        }
    }
}

/* "traddr=192.0.2.1,trsvcid=4420,host_traddr=...", of a fabric's controller */
static void add_fabric(HostBlocks *blocks, Node *node)
{
    const char *at = strstr(node->path, "/nvme-fabrics/ctl/");
    g_autofree char *dir = NULL;
    g_autofree char *text = NULL;
    g_autofree char *transport = NULL;
    g_auto(GStrv) words = NULL;
    size_t i;

    if (!at) {
        return;
    }
    at += strlen("/nvme-fabrics/ctl/");
    dir = g_strndup(node->path, at - node->path + strcspn(at, "/"));
    text = host_fs_attr(dir, "address");
    transport = host_fs_attr(dir, "transport");
    words = g_strsplit(text ? text : "", ",", -1);
    if (!g_strcmp0(transport, "loop")) {
        return;
    }
    node->remote = !text && g_strcmp0(transport, "fc");
    for (i = 0; words[i]; i++) {
        if (g_str_has_prefix(words[i], "host_traddr=nn-")) {
            add_fc(blocks, node, words[i]);
        } else if (g_str_has_prefix(words[i], "traddr=") &&
                   !g_str_has_prefix(words[i], "traddr=nn-")) {
            g_ptr_array_add(node->hosts, g_strdup(strchr(words[i], '=') + 1));
        }
    }
}

/* A disk of iSCSI is at .../hostN/sessionM/targetX/..., M as in the class. */
static void add_iscsi(HostBlocks *blocks, Node *node)
{
    const char *at = strstr(node->path, "/session");
    g_autofree char *number = NULL;
    g_autofree char *prefix = NULL;
    g_autofree char *dir = NULL;
    g_auto(GStrv) names = NULL;
    guint before = node->hosts->len;
    size_t i;

    if (!at || !is_virtual(node->path) || !isdigit(at[strlen("/session")])) {
        return;
    }
    at += strlen("/session");
    number = g_strndup(at, strspn(at, "0123456789"));
    prefix = g_strdup_printf("connection%s:", number);
    dir = host_fs_path(blocks->root, "/sys/class/iscsi_connection");
    names = host_fs_names(dir);
    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        char *host;

        if (!g_str_has_prefix(names[i], prefix)) {
            continue;
        }
        host = host_fs_attr(link, "address");
        if (!host) {
            host = host_fs_attr(link, "persistent_address");
        }
        if (host) {
            g_ptr_array_add(node->hosts, host);
        }
    }
    node->remote = node->hosts->len == before;
}

/* Network block device, Ceph's block device: the server is not in sysfs. */
static bool is_remote(const char *name)
{
    return (g_str_has_prefix(name, "nbd") && isdigit(name[3])) ||
           (g_str_has_prefix(name, "rbd") && isdigit(name[3]));
}

static void expand(HostBlocks *blocks, Node *node)
{
    g_autofree char *slaves = g_build_filename(node->path, "slaves", NULL);
    g_autofree char *parent = g_path_get_dirname(node->path);
    g_autofree char *name = g_path_get_basename(node->path);

    add_links(blocks, node, slaves, "");
    if (host_fs_exists(node->path, "partition")) {
        add_below(blocks, node, parent);
    }
    /* NVMe with multipath: a namespace belongs to all of its controllers. */
    if (strstr(parent, "/nvme-subsystem/")) {
        add_links(blocks, node, parent, "nvme");
    }
    add_bcache(blocks, node);
    add_named(blocks, node, "loop/backing_file");
    add_named(blocks, node, "backing_dev");
    add_fabric(blocks, node);
    add_iscsi(blocks, node);
    node->remote |= is_remote(name) && is_virtual(node->path);
}

static Node *get_node(HostBlocks *blocks, const char *path)
{
    Node *node = g_hash_table_lookup(blocks->nodes, path);

    if (!node) {
        node = g_new0(Node, 1);
        node->path = g_strdup(path);
        node->below = g_ptr_array_new();
        node->hosts = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(blocks->nodes, node->path, node);
    }
    return node;
}

void host_blocks_add(HostBlocks *blocks, const char *dir, HostBlockBase *base)
{
    g_autofree char *path = host_fs_real(dir);
    g_autoptr(GQueue) queue = g_queue_new();
    unsigned stamp = ++blocks->stamp;
    Node *node;
    guint i;

    if (path) {
        g_queue_push_tail(queue, get_node(blocks, path));
    }
    while ((node = g_queue_pop_head(queue))) {
        if (node->stamp == stamp) {
            continue;
        }
        if (!node->stamp) {
            expand(blocks, node);
        }
        node->stamp = stamp;
        g_ptr_array_add(base->paths, node->path);
        base->remote |= node->remote;
        for (i = 0; i < node->hosts->len; i++) {
            g_ptr_array_add(base->hosts, g_strdup(node->hosts->pdata[i]));
        }
        for (i = 0; i < node->below->len; i++) {
            g_queue_push_tail(queue, node->below->pdata[i]);
        }
    }
}

HostBlockBase *host_block_base_new(void)
{
    HostBlockBase *base = g_new0(HostBlockBase, 1);

    base->paths = g_ptr_array_new();
    base->hosts = g_ptr_array_new_with_free_func(g_free);
    return base;
}

void host_block_base_free(HostBlockBase *base)
{
    g_ptr_array_unref(base->paths);
    g_ptr_array_unref(base->hosts);
    g_free(base);
}
