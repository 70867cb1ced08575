/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Linux's symbols in text files: /proc/kallsyms, System.map,
 * /proc/modules
 */
#ifndef VFIO_TRACE_SYMBOLS_LINUX_H
#define VFIO_TRACE_SYMBOLS_LINUX_H

#include "tools/symbolize/symbols.h"

/**
 * symbols_read_kallsyms() - read a guest's /proc/kallsyms
 * @path: the file
 * @error: where to store the error
 *
 * Return: the table, not finished, or NULL
 */
SymTable *symbols_read_kallsyms(const char *path, GError **error);

/**
 * symbols_read_system_map() - read a kernel's System.map
 * @path: the file
 * @error: where to store the error
 *
 * Return: the table, not finished, or NULL
 */
SymTable *symbols_read_system_map(const char *path, GError **error);

/**
 * symbols_read_modules() - read a guest's /proc/modules
 * @path: the file
 * @error: where to store the error
 *
 * Return: the table of the modules' ranges, finished, or NULL
 */
SymTable *symbols_read_modules(const char *path, GError **error);

#endif /* VFIO_TRACE_SYMBOLS_LINUX_H */
