/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: parser of a ".regdb" file (vfio-trace-regdb(5))
 */
#ifndef LIBREGDB_MANIFEST_H
#define LIBREGDB_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libregdb/messages.h"
#include "libregdb/region-of.h"

/* Bytes of a ".regdb" file; items of each list in it */
#define REGDB_MANIFEST_MAX (256u << 10)
#define REGDB_MANIFEST_ITEMS_MAX 4096

/**
 * struct RegDbId: PCI IDs
 * @vendor: vendor ID, if not @any_vendor
 * @device: device ID, if not @any_device
 * @any_vendor: all vendors; then @any_device is set, too
 * @any_device: all devices of the vendor
 */
typedef struct RegDbId {
    uint16_t vendor;
    uint16_t device;
    bool any_vendor;
    bool any_device;
} RegDbId;

/**
 * struct RegDbClass: a PCI class
 * @code: class, subclass and interface; what @mask lacks is 0
 * @mask: bits of it that count
 * @digits: 2, 4 or 6
 */
typedef struct RegDbClass {
    uint32_t code;
    uint32_t mask;
    unsigned digits;
} RegDbClass;

/**
 * struct RegDbGroup: a group "[device...]"
 * @ids: RegDbId
 * @classes: RegDbClass
 * @regions: RegDbRegionOf
 * @variants: NULL-terminated
 * @detect: how the variant is found, or NULL
 *
 * If it has both IDs and classes, both must match.
 */
typedef struct RegDbGroup {
    GArray *ids;
    GArray *classes;
    GArray *regions;
    char **variants;
    char *detect;
} RegDbGroup;

/**
 * struct RegDbManifest: a ".regdb" file
 * @title: name of the database for people
 * @source: where to get it, or NULL
 * @files: what may be its file, NULL-terminated, in the order of preference
 * @groups: RegDbGroup
 */
typedef struct RegDbManifest {
    char *title;
    char *source;
    char **files;
    GPtrArray *groups;
} RegDbManifest;

/**
 * regdb_manifest_parse() - parse the text of a ".regdb" file
 * @name: its name, for messages
 * @text: the text, followed by a NUL
 * @len: its length
 * @messages: gets what is wrong with it
 *
 * What is wrong is left out, if the rest makes sense.
 *
 * Return: what it says, to be freed with regdb_manifest_free(); NULL if nothing
 *         can be made of it
 */
RegDbManifest *regdb_manifest_parse(const char *name, const char *text,
                                    size_t len, RegDbMessages *messages);

/**
 * regdb_manifest_free() - free it
 * @manifest: what regdb_manifest_parse() has returned, or NULL
 */
void regdb_manifest_free(RegDbManifest *manifest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDbManifest, regdb_manifest_free)

/**
 * regdb_id_text() - name IDs
 * @id: the IDs
 *
 * Return: "8086:10d3", "10de:*" or "*:*", to be freed with g_free()
 */
char *regdb_id_text(const RegDbId *id);

/**
 * regdb_class_text() - name a class
 * @class: the class
 *
 * Return: "class 0108", to be freed with g_free()
 */
char *regdb_class_text(const RegDbClass *class);

/**
 * regdb_path_is_inside() - does a path stay below where it begins?
 * @path: the path
 */
bool regdb_path_is_inside(const char *path);

/**
 * regdb_message() - add a message
 * @messages: the messages
 * @name: the file
 * @line: line, or 0
 * @format: what is wrong, as for printf()
 */
void regdb_message(RegDbMessages *messages, const char *name, unsigned line,
                   const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif /* LIBREGDB_MANIFEST_H */
