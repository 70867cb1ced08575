/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: an output that is a directory, which appears complete or
 * not at all
 */
#ifndef VFIO_TRACE_EXPORT_DIRECTORY_H
#define VFIO_TRACE_EXPORT_DIRECTORY_H

#include <glib.h>
#include <stdbool.h>

typedef struct ExportDirectory ExportDirectory;

/**
 * export_directory_new() - make an empty directory with a temporary name
 * @path: the name that it gets when it is complete; nothing may be there
 * @error: where to store why not
 *
 * Return: the directory, or NULL
 */
ExportDirectory *export_directory_new(const char *path, GError **error);

/**
 * export_directory_temp() - get the temporary name
 * @dir: the directory
 */
const char *export_directory_temp(const ExportDirectory *dir);

/**
 * export_directory_commit() - give it its name
 * @dir: the directory
 * @error: where to store why not
 *
 * Return: true if it has its name
 */
bool export_directory_commit(ExportDirectory *dir, GError **error);

/**
 * export_directory_free() - free; what was not committed is removed
 * @dir: the directory, or NULL
 */
void export_directory_free(ExportDirectory *dir);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExportDirectory, export_directory_free)

#endif /* VFIO_TRACE_EXPORT_DIRECTORY_H */
