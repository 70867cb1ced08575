/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: where a conversion goes: a stream, which may be
 * compressed, a file that a library opens, or a directory
 */
#ifndef VFIO_TRACE_EXPORT_OUTPUT_H
#define VFIO_TRACE_EXPORT_OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct ExportOutput ExportOutput;

/**
 * enum ExportKind: what an output is
 */
typedef enum ExportKind {
    EXPORT_STREAM,      /* a name's ending compresses it: .zst, .gz, .xz */
    EXPORT_FILE,
    EXPORT_DIRECTORY,
} ExportKind;

/**
 * export_output_open() - begin an output
 * @path: its name; NULL for standard output, which must be a stream
 * @kind: what it is
 * @force: replace an existing file
 * @error: where to store why not
 *
 * Return: the output, or NULL
 */
ExportOutput *export_output_open(const char *path, ExportKind kind, bool force,
                                 GError **error);

/**
 * export_output_stream() - get the stream to write to
 * @out: an EXPORT_STREAM
 *
 * Return: the stream, or NULL for other kinds
 */
FILE *export_output_stream(const ExportOutput *out);

/**
 * export_output_path() - get the name of what is to be written
 * @out: the output
 *
 * Return: the temporary name, or NULL for a stream
 */
const char *export_output_path(const ExportOutput *out);

/**
 * export_output_check() - has everything been written so far?
 * @out: the output
 * @error: where to store why not; errno is that of the write that failed
 *
 * Return: true if nothing has failed
 */
bool export_output_check(const ExportOutput *out, GError **error);

/**
 * export_output_close() - complete an output, which gets its name later
 * @out: an EXPORT_STREAM; only export_output_commit() and export_output_free()
 *       may follow
 * @error: where to store why not
 *
 * Return: true if it is complete
 */
bool export_output_close(ExportOutput *out, GError **error);

/**
 * export_output_commit() - complete the output and give it its name
 * @out: the output
 * @error: where to store why not
 *
 * Return: true if it is complete
 */
bool export_output_commit(ExportOutput *out, GError **error);

/**
 * export_output_free() - free; what was not committed is removed
 * @out: the output, or NULL
 */
void export_output_free(ExportOutput *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExportOutput, export_output_free)

#endif /* VFIO_TRACE_EXPORT_OUTPUT_H */
