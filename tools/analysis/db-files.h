/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: databases that were found and loaded, for db.c
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_FILES_H
#define VFIO_TRACE_ANALYSIS_DB_FILES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/devices.h"
#include "tools/common/tool.h"

typedef struct AnalysisDbFiles AnalysisDbFiles;

/**
 * analysis_db_files_new() - begin with none
 * @verb: the verb, for messages
 */
AnalysisDbFiles *analysis_db_files_new(const Verb *verb);

/**
 * analysis_db_files_verb() - get the verb
 * @files: the databases
 */
const Verb *analysis_db_files_verb(const AnalysisDbFiles *files);

/**
 * analysis_db_files_load() - load a database, or get it again
 * @files: the databases
 * @path: its file
 *
 * Prints what is wrong with it the first time.
 *
 * Return: the database, as long as @files; NULL if it can't be used
 */
const RegDb *analysis_db_files_load(AnalysisDbFiles *files, const char *path);

/**
 * analysis_db_files_find() - find the entry of a device
 * @files: the databases
 * @vendor: its IDs
 * @device: likewise
 * @class_code: its class, or 0
 *
 * Return: the entry, as long as @files, or NULL
 */
const RegDbDevice *analysis_db_files_find(AnalysisDbFiles *files,
                                          uint16_t vendor, uint16_t device,
                                          uint32_t class_code);

/**
 * analysis_db_files_entry() - find an entry of a database
 * @files: the databases
 * @path: the database's file
 *
 * Return: the first entry with this file, as long as @files, or NULL
 */
const RegDbDevice *analysis_db_files_entry(AnalysisDbFiles *files,
                                           const char *path);

/**
 * analysis_db_files_free() - free all databases
 * @files: the databases, or NULL
 */
void analysis_db_files_free(AnalysisDbFiles *files);

#endif /* VFIO_TRACE_ANALYSIS_DB_FILES_H */
