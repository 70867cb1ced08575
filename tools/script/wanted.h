/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: accesses that a script wants
 *
 * Each function of a script has a filter.  For each region of the trace, a
 * table of ranges says which functions an access at some offset may concern;
 * for most accesses, none.
 */
#ifndef VFIO_TRACE_SCRIPT_WANTED_H
#define VFIO_TRACE_SCRIPT_WANTED_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/regions.h"
#include "tools/analysis/db.h"

/**
 * struct ScriptFilter: what a function wants; NULL and 0 stand for everything
 * @device: its ID or name, or "VENDOR:DEVICE"; with * and ?
 * @range: as --range of the selection
 * @reg: name of a register, or "bar0+0x10"; with * and ?
 * @is: name that the register has, if a database describes the device; with *
 *      and ?
 * @ops: bit MMT_ENTRY_READ, bit MMT_ENTRY_WRITE
 * @width: bytes
 */
typedef struct ScriptFilter {
    const char *device;
    const char *range;
    const char *reg;
    const char *is;
    unsigned ops;
    unsigned width;
} ScriptFilter;

typedef struct ScriptWanted ScriptWanted;

/**
 * script_glob_fits() - does a text match a pattern?
 * @pattern: text with * and ?; brackets mean themselves
 * @text: the text
 */
bool script_glob_fits(const char *pattern, const char *text);

/**
 * script_device_fits() - is it the device that a filter means?
 * @pattern: ScriptFilter.device, or NULL
 * @device: the device
 */
bool script_device_fits(const char *pattern, const MmtRegionDevice *device);

/**
 * script_wanted_new() - make a table
 * @trace: the trace
 * @db: its databases, or NULL
 */
ScriptWanted *script_wanted_new(const MmtTrace *trace, AnalysisDb *db);

/**
 * script_wanted_add() - add a function
 * @wanted: the table
 * @filter: what it wants; copied
 * @function: number of the function, for the caller
 * @message: where to store an error message
 * @size: bytes of @message
 *
 * Return: false if the filter is invalid
 */
bool script_wanted_add(ScriptWanted *wanted, const ScriptFilter *filter,
                       int function, char *message, size_t size);

/**
 * script_wanted_find() - find the functions that want an access
 * @wanted: the table
 * @entry: the access
 * @functions: where to store the first of them, in the order of being added;
 *             valid until the next call with the same table
 *
 * Return: number of functions
 */
unsigned script_wanted_find(ScriptWanted *wanted, const MmtEntry *entry,
                            const int **functions);

/**
 * script_wanted_free() - free a table
 * @wanted: the table, or NULL
 */
void script_wanted_free(ScriptWanted *wanted);

#endif /* VFIO_TRACE_SCRIPT_WANTED_H */
