/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the register databases of a trace's devices
 *
 * The options --db, --variant, --domain and --no-db, which every verb that
 * reads a trace has, or the devices' PCI IDs choose a database
 * (libregdb/devices.h).  Devices and chips become known while the trace is
 * read: what a region's registers are called may change then.
 *
 *      AnalysisDb *db = analysis_db_new(verb, trace, &failed);
 *
 *      while ((n = mmt_trace_next(trace, &entries)) > 0) {
 *          analysis_db_watch(db, entries, n);
 *          ... analysis_db_parts(db, &entries[i], &view, parts) ...
 *      }
 *
 * analysis_open() makes one for its trace: analysis_db().
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_H
#define VFIO_TRACE_ANALYSIS_DB_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/mmiotrace.h"
#include "libregdb/view.h"
#include "tools/analysis/pci-caps.h"
#include "tools/common/tool.h"

typedef struct AnalysisDb AnalysisDb;

/**
 * analysis_db_new() - get the databases of a trace
 * @verb: the verb, for messages
 * @trace: the trace, from which nothing was read
 * @failed: set to true if an option names a database that can't be used; an
 *          error was printed
 *
 * Selects registers by their names (--reg), too.
 *
 * Return: the databases, to be freed with analysis_db_free()
 */
AnalysisDb *analysis_db_new(const Verb *verb, MmtTrace *trace, bool *failed);

/**
 * analysis_db_watch() - find devices in what was read
 * @db: the databases
 * @entries: the entries that mmt_trace_next() gave last
 * @n: number of them
 *
 * analysis_next() calls it.  Chips and offsets of domains are found in accesses,
 * also in those that are not selected; they count from the next batch on.
 */
void analysis_db_watch(AnalysisDb *db, const MmtEntry *entries, size_t n);

/**
 * analysis_db_pending() - will names change behind the last entry of a batch?
 * @db: the databases
 */
bool analysis_db_pending(const AnalysisDb *db);

/**
 * analysis_db_apply() - let what the last entry of a batch says count at once
 * @db: the databases
 *
 * For a verb that has not shown this entry yet.
 */
void analysis_db_apply(AnalysisDb *db);

/**
 * analysis_db_changes() - count how often names have changed
 * @db: the databases
 *
 * What a caller keeps of names or views is old when this is another number.
 */
unsigned analysis_db_changes(const AnalysisDb *db);

/**
 * analysis_db_view() - get the domain that is at an offset of a region
 * @db: the databases, or NULL
 * @region: number of the region
 * @offset: offset in the region
 * @base: where to store the region's offset at which the domain begins
 * @end: where to store the offset behind which another domain, or none, is
 *
 * Return: the view, until names change; NULL if there is none
 */
RegDbView *analysis_db_view(AnalysisDb *db, uint32_t region, uint64_t offset,
                            uint64_t *base, uint64_t *end);

/**
 * analysis_db_domain_view() - get another domain of a region's database
 * @db: the databases, or NULL
 * @region: number of the region
 * @domain: name of the domain: what is behind an index/data pair, for example
 *
 * Return: the view, until names change; NULL if there is none
 */
RegDbView *analysis_db_domain_view(AnalysisDb *db, uint32_t region,
                                   const char *domain);

/**
 * analysis_db_parts() - find the registers that an access reaches
 * @db: the databases, or NULL
 * @entry: the access
 * @view: where to store the view of the registers
 * @parts: room for REGDB_PARTS_MAX of them
 *
 * Return: number of parts, as regdb_view_parts(); 0 if there is no database
 */
unsigned analysis_db_parts(AnalysisDb *db, const MmtEntry *entry,
                           RegDbView **view, RegDbPart *parts);

/**
 * analysis_db_name() - get the name of a register
 * @db: the databases, or NULL
 * @region: number of its region
 * @offset: its offset
 *
 * Return: the name, until names change; NULL if it has none
 */
const char *analysis_db_name(AnalysisDb *db, uint32_t region, uint64_t offset);

/**
 * analysis_db_caps() - get the capabilities of a region's device
 * @db: the databases, or NULL
 * @region: number of the region
 *
 * They are those that were read so far, also by accesses that are not selected.
 *
 * Return: the capabilities; NULL if none were read
 */
const PciCaps *analysis_db_caps(AnalysisDb *db, uint32_t region);

/**
 * analysis_db_describe() - say which databases were chosen, and why
 * @db: the databases
 * @line: called with each line: "0000:01:00.0 (10de:1d81): bar0:NV_MMIO of
 *        /.../root.xml; chipset GV100 (0x140000a1 in bar0+0x0, line 12)"
 * @opaque: for @line
 *
 * Of a device, only if what is to be said has changed since the last call.
 */
void analysis_db_describe(const AnalysisDb *db,
                          void (*line)(const char *text, void *opaque),
                          void *opaque);

/**
 * analysis_db_say_unmatched() - say which options of the selection match nothing
 * @db: the databases, of a trace that has ended
 * @name: the trace's name, for messages
 *
 * Registers, devices, phases and marks; also why registers have no names.
 */
void analysis_db_say_unmatched(const AnalysisDb *db, const char *name);

/**
 * analysis_db_chip() - get the number of the chip of a region's device
 * @db: the databases, or NULL
 * @region: number of the region
 * @varset: name of the set of variants: "chipset"
 * @id: where to store the number that the variant has in the database
 *
 * Return: name of the variant, or NULL if it is not known (then @id is 0)
 */
const char *analysis_db_chip(AnalysisDb *db, uint32_t region,
                             const char *varset, uint64_t *id);

/**
 * analysis_db_free() - free the databases
 * @db: the databases, or NULL; before the trace
 */
void analysis_db_free(AnalysisDb *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalysisDb, analysis_db_free)

#endif /* VFIO_TRACE_ANALYSIS_DB_H */
