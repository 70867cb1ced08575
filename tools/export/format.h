/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: formats that are more than rows of a text
 *
 * Formats of rows (csv, jsonl, mmiotrace) are tools/convert/sink.h's.  A format
 * here makes one output of one trace:
 *
 *      state = format->begin(&job, &error);
 *      while (state && (n = analysis_next(a, &entries)) > 0 &&
 *             format->entries(state, entries, n, &error)) {
 *      }
 *      format->end(state, &error);
 *      format->free(state);
 *
 * The verb opens the output, compresses it, checks that it was written and
 * gives it its name when it is complete; after an error, and without a call of
 * end(), it is removed.
 */
#ifndef VFIO_TRACE_EXPORT_FORMAT_H
#define VFIO_TRACE_EXPORT_FORMAT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"

/**
 * struct ExportJob: what a format gets; all of it lives until free()
 * @path: the file to write, if ExportFormat.needs_file: it exists and is empty,
 *        has a temporary name, and the format opens it by itself; an empty
 *        directory of which the same is true, if needs_directory; else NULL
 * @out: the stream to write to, or NULL with @path.  It can't seek, and the
 *       format neither flushes nor closes it; the verb looks at ferror().
 * @log: the trace's name as the user has typed it: any bytes, for descriptions
 *       inside of the output only
 * @trace: the trace; of mmt_trace_line() and mmt_trace_text() only the entries
 *         of the current batch
 * @db: names of its registers, never NULL; analysis_db_name() is NULL for a
 *      register without one, and for all with --no-db
 * @notes: to append to with convert_note() (tools/convert/sink.h), at the
 *         latest in end(): what could not be converted as it is
 */
typedef struct ExportJob {
    const char *path;
    FILE *out;
    const char *log;
    MmtTrace *trace;
    AnalysisDb *db;
    GString *notes;
} ExportJob;

/**
 * struct ExportFormat: a format
 * @name: as typed after --to
 * @ending: usual ending of a file's name, "sqlite": --to may be left out then;
 *          NULL if there is none
 * @needs_file: the format opens its file by itself: neither standard output nor
 *              compression (ExportJob.path)
 * @needs_directory: the output is a directory with files of any names, but with
 *                   no directories; likewise.  Not together with @needs_file
 * @begin: begin; returns the state, or NULL with @error set
 * @entries: convert a batch of entries; false with @error set.  Entries are all
 *           kinds that are selected: a format takes those that it knows.
 * @end: write the rest, so that the output is complete; false with @error set.
 *       On standard output also when the user has ended reading with ^C.
 * @free: free the state, whatever happened before; not called with NULL
 *
 * Messages name what is wrong, not the verb or the file: "can not write".
 * Memory does not grow with the number of entries, and texts of the trace
 * (marks, names of devices and regions) may contain anything.
 */
typedef struct ExportFormat {
    const char *name;
    const char *ending;
    bool needs_file;
    bool needs_directory;
    void *(*begin)(const ExportJob *job, GError **error);
    bool (*entries)(void *state, const MmtEntry *entries, size_t n,
                    GError **error);
    bool (*end)(void *state, GError **error);
    void (*free)(void *state);
} ExportFormat;

extern const ExportFormat export_sqlite;
extern const ExportFormat export_perfetto;
extern const ExportFormat export_vcd;
extern const ExportFormat export_pcapng;
extern const ExportFormat export_ctf;

/**
 * export_format_find() - find a format by its name
 * @name: the name
 *
 * Return: the format, or NULL
 */
const ExportFormat *export_format_find(const char *name);

/**
 * export_format_of_ending() - find a format by the ending of a file's name
 * @ending: "sqlite", without the dot
 *
 * Return: the format, or NULL
 */
const ExportFormat *export_format_of_ending(const char *ending);

/**
 * export_format_nth() - get each format
 * @n: number from 0 up
 *
 * Return: the format, or NULL behind the last one
 */
const ExportFormat *export_format_nth(size_t n);

/**
 * export_format_put_names() - append the names of all formats: "a, b or c"
 * @text: where to append them
 */
void export_format_put_names(GString *text);

#endif /* VFIO_TRACE_EXPORT_FORMAT_H */
