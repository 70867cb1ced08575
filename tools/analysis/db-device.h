/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the register database of one device, for db.c
 *
 * Which database it is depends on the device's IDs and class, which domain is
 * where on the .regdb file, the options or the domains' names, and what is in a
 * domain on the chip.  All of that becomes known while the trace is read.
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_DEVICE_H
#define VFIO_TRACE_ANALYSIS_DB_DEVICE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/regions.h"
#include "libregdb/devices.h"
#include "libregdb/view.h"
#include "tools/analysis/db-files.h"
#include "tools/analysis/db-place.h"

/* The set of variants that a chip's number is of */
#define ANALYSIS_CHIP_SET "chipset"

/**
 * struct AnalysisChip: a chip that was found in the trace
 * @number: its number, or 0
 * @name: its name, if it has no number in databases; or NULL
 * @value: the register's value
 * @line: the line that it was read in
 */
typedef struct AnalysisChip {
    unsigned number;
    const char *name;
    uint32_t value;
    uint64_t line;
} AnalysisChip;

/**
 * struct AnalysisDbDevice: a device of the trace
 * @files: the databases that were loaded
 * @trace: the device, as the trace's table has it
 * @vendor: IDs that it was chosen for
 * @device: likewise
 * @chosen: it was chosen
 * @chosen_class: class that it was chosen for
 * @class_code: its class, or 0
 * @class_whole: the class has all its parts
 * @entry: what the .regdb files say of it, or NULL
 * @db: the database, or NULL
 * @loaded: @db was tried to load
 * @variants: for each varset of @db, the variant
 * @given: for each varset of @db, the user gave the variant
 * @detect: the chip is to be found in the trace: "nvidia"; or NULL
 * @found: the chip, for analysis_db_device_apply()
 * @chip: the chip
 * @chip_known: the database has the chip
 * @faulty: options or a .regdb file name what the database does not have
 * @places: AnalysisPlace
 * @caps: its capabilities, or NULL if its config space was not read
 * @only: the domain that is in the only BAR with accesses, or NULL
 * @only_region: that BAR, once there was an access
 * @other_region: another one with accesses, or NULL
 * @ambiguous: and so @only is nowhere
 * @described: name by which it was described last, or NULL if what is to be
 *             said has changed
 */
typedef struct AnalysisDbDevice {
    AnalysisDbFiles *files;
    const MmtRegionDevice *trace;
    uint16_t vendor;
    uint16_t device;
    bool chosen;
    uint32_t chosen_class;
    uint32_t class_code;
    bool class_whole;
    const RegDbDevice *entry;
    const RegDb *db;
    bool loaded;
    uint32_t *variants;
    bool *given;
    const char *detect;
    AnalysisChip found;
    AnalysisChip chip;
    bool chip_known;
    bool faulty;
    GPtrArray *places;
    PciCaps *caps;
    const RegDbDomain *only;
    const MmtRegion *only_region;
    const MmtRegion *other_region;
    bool ambiguous;
    const char *described;
} AnalysisDbDevice;

/**
 * analysis_db_device_new() - begin with a device
 * @files: the databases
 * @trace: the device
 */
AnalysisDbDevice *analysis_db_device_new(AnalysisDbFiles *files,
                                         const MmtRegionDevice *trace);

/**
 * analysis_db_device_choose() - choose the database, or choose it again
 * @device: the device, whose IDs or class have become known
 *
 * Return: has the choice changed?
 */
bool analysis_db_device_choose(AnalysisDbDevice *device);

/**
 * analysis_db_device_placed() - is something of the device's database in a region?
 * @device: the device, whose database is loaded
 *
 * Config space may have names from another one.
 */
bool analysis_db_device_placed(const AnalysisDbDevice *device);

/**
 * analysis_db_device_load() - load the database, and place its domains
 * @device: the device
 *
 * Return: is there a database?
 */
bool analysis_db_device_load(AnalysisDbDevice *device);

/**
 * analysis_db_device_view() - get the registers of a place
 * @device: the device
 * @place: one of its places
 */
RegDbView *analysis_db_device_view(AnalysisDbDevice *device,
                                   AnalysisPlace *place);

/**
 * analysis_db_device_access() - a region is accessed
 * @device: the device, whose database is loaded
 * @region: the region
 *
 * A database's only domain is in the only BAR that is accessed.
 *
 * Return: is there anything for analysis_db_device_apply()?
 */
bool analysis_db_device_access(AnalysisDbDevice *device,
                               const MmtRegion *region);

/**
 * analysis_db_device_register() - find a register
 * @device: the device
 * @region: its region
 * @offset: its offset
 *
 * For who has no trace; db.c is faster.
 *
 * Return: the register, as long as the device; NULL if it has no name
 */
const RegDbRegister *analysis_db_device_register(AnalysisDbDevice *device,
                                                 const MmtRegion *region,
                                                 uint64_t offset);

/**
 * analysis_db_device_take() - find the chip or the offset of a domain
 * @device: the device
 * @region: region of a read
 * @entry: the read
 *
 * Return: was anything found, for analysis_db_device_apply()?
 */
bool analysis_db_device_take(AnalysisDbDevice *device, const MmtRegion *region,
                             const MmtEntry *entry);

/**
 * analysis_db_device_apply() - use what was found
 * @device: the device
 */
void analysis_db_device_apply(AnalysisDbDevice *device);

/**
 * analysis_db_device_check() - can the database of --db be used?
 * @files: the databases
 *
 * Return: false after an error was printed
 */
bool analysis_db_device_check(AnalysisDbFiles *files);

/**
 * analysis_db_device_name() - name a device for people
 * @device: the device
 *
 * Return: "gpu (10de:1d81)", to be freed with g_free()
 */
char *analysis_db_device_name(const AnalysisDbDevice *device);

/**
 * analysis_db_device_free() - free a device
 * @device: the device, or NULL
 */
void analysis_db_device_free(AnalysisDbDevice *device);

#endif /* VFIO_TRACE_ANALYSIS_DB_DEVICE_H */
