/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's block devices, and what they are made of
 */
#ifndef VFIO_TRACE_HOST_BLOCK_H
#define VFIO_TRACE_HOST_BLOCK_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct HostBlock: a block device: disk, partition or volume
 * @name: its name in sysfs
 * @path: its directory in sysfs, without links in it
 * @is_virtual: it is not a device of hardware itself
 */
typedef struct HostBlock {
    char *name;
    char *path;
    bool is_virtual;
} HostBlock;

/**
 * struct HostBlocks: all block devices
 * @list: HostBlock, by name
 *
 * The other members are block.c's.
 */
typedef struct HostBlocks {
    char *root;
    GPtrArray *list;
    GHashTable *nodes;
    GHashTable *maps;
    unsigned stamp;
} HostBlocks;

/**
 * struct HostBlockBase: what a block device is made of
 * @paths: directories in sysfs of all underlying devices, and of the device
 *      itself; owned by the HostBlocks
 * @hosts: network addresses of the servers that have a part of it
 * @remote: a part of it is on an unknown server
 */
typedef struct HostBlockBase {
    GPtrArray *paths;
    GPtrArray *hosts;
    bool remote;
} HostBlockBase;

/**
 * host_blocks_new() - read the host's block devices
 * @root: where the host's files are
 */
HostBlocks *host_blocks_new(const char *root);

/**
 * host_blocks_free() - free the host's block devices
 * @blocks: the block devices
 */
void host_blocks_free(HostBlocks *blocks);

/**
 * host_blocks_by_node() - find a block device by its file
 * @blocks: the block devices
 * @node: the file: "/dev/sda1", "/dev/mapper/vg-root"
 *
 * Return: its directory in sysfs, to be freed; or NULL
 */
char *host_blocks_by_node(const HostBlocks *blocks, const char *node);

/**
 * host_blocks_add() - add what a block device is made of
 * @blocks: the block devices
 * @dir: the device's directory in sysfs, or a link to it
 * @base: what to add to
 *
 * RAIDs, volumes, partitions, loop devices, multipath, iSCSI, NVMe over fabrics
 * and so on are resolved.
 */
void host_blocks_add(HostBlocks *blocks, const char *dir, HostBlockBase *base);

/**
 * host_block_base_new() - make an empty HostBlockBase
 */
HostBlockBase *host_block_base_new(void);

/**
 * host_block_base_free() - free it
 * @base: what to free
 */
void host_block_base_free(HostBlockBase *base);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostBlockBase, host_block_base_free)

#endif /* VFIO_TRACE_HOST_BLOCK_H */
