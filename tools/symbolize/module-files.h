/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols from a directory of a Linux guest's modules
 */
#ifndef VFIO_TRACE_MODULE_FILES_H
#define VFIO_TRACE_MODULE_FILES_H

#include "tools/symbolize/symbols.h"

typedef struct ModuleFiles ModuleFiles;

/**
 * module_files_new() - find the modules below a directory
 * @dir: the directory
 * @error: where to store the error
 *
 * Return: the modules, or NULL
 */
ModuleFiles *module_files_new(const char *dir, GError **error);

void module_files_free(ModuleFiles *files);

/**
 * module_files_symbols() - the symbols of a module
 * @files: the modules
 * @name: the module, as in /proc/modules
 * @base: address at which the guest has loaded it
 * @error: where to store the error; set on the first failure for a module only
 *
 * A module's file is read at the first call for it.
 *
 * Return: the table, or NULL
 */
const SymTable *module_files_symbols(ModuleFiles *files, const char *name,
                                     uint64_t base, GError **error);

#endif /* VFIO_TRACE_MODULE_FILES_H */
