/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: which database is for which device
 *
 * Files with the ending ".regdb" in the directories of the search path say so
 * (vfio-trace-regdb(5)):
 *
 *      [database]
 *      title=Intel 82574L
 *      file=e1000e.xml
 *
 *      [device]
 *      ids=8086:10d3 8086:10f6
 *      regions=bar0:E1000E bar3:MSIX config:PCI
 *
 * More groups whose names begin with "device" may follow.  Of several files
 * that name a device, the first one in the search path counts; within a
 * directory, one that names its ID before one that names its class, and that
 * one before one that names all of a vendor.  A database that is not installed
 * counts only if there is no other.
 */
#ifndef LIBREGDB_DEVICES_H
#define LIBREGDB_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "libregdb/load.h"
#include "libregdb/region-of.h"
#include "libregdb/search-path.h"

/**
 * struct RegDbDevice: an entry of a ".regdb" file
 * @manifest: path of the ".regdb" file
 * @title: name of the database for people
 * @source: where to get the database, if it is not installed, or NULL
 * @file: path of the database; NULL: it is not installed
 * @file_name: what the ".regdb" file calls it
 * @match: what matched: "8086:10d3", "10de:*" or "class 0108"; of
 *         regdb_device_all(), all that it names
 * @regions: RegDbRegionOf
 * @variants: "VARSET=VARIANT", NULL-terminated; may be empty
 * @detect: how the variant is found in the trace ("nvidia"), or NULL
 * @missing: title of a database that names the device better, but is not
 *           installed; or NULL
 * @missing_source: where to get that one, or NULL
 */
typedef struct RegDbDevice {
    char *manifest;
    char *title;
    char *source;
    char *file;
    char *file_name;
    char *match;
    GArray *regions;
    char **variants;
    char *detect;
    char *missing;
    char *missing_source;
} RegDbDevice;

/**
 * regdb_device_find() - find the database of a device
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 * @class_code: class, subclass and interface (0x010802), or 0 if not known
 * @messages: gets what is wrong with ".regdb" files
 *
 * Return: the entry, to be freed with regdb_device_free(); NULL if there is
 *         none
 */
RegDbDevice *regdb_device_find(uint16_t vendor, uint16_t device,
                               uint32_t class_code, RegDbMessages *messages);

/**
 * regdb_device_all() - get all entries, in the order of the search path
 * @messages: gets what is wrong with ".regdb" files
 *
 * Return: RegDbDevice, to be freed with g_ptr_array_unref()
 */
GPtrArray *regdb_device_all(RegDbMessages *messages);

/**
 * regdb_device_free() - free an entry
 * @device: the entry, or NULL
 */
void regdb_device_free(RegDbDevice *device);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDbDevice, regdb_device_free)

#endif /* LIBREGDB_DEVICES_H */
