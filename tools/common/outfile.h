/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output file of a verb, which appears complete or not at all,
 * unless the verb shows it earlier
 */
#ifndef VFIO_TRACE_OUTFILE_H
#define VFIO_TRACE_OUTFILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct OutFile OutFile;

/**
 * outfile_open() - start writing a file
 * @path: the file, or NULL for standard output
 * @force: replace an existing file
 * @error: where to store why not
 *
 * The file gets the name @path only in outfile_commit().  A symbolic link of
 * that name is not followed: it counts as an existing file.
 *
 * Return: the file, or NULL
 */
OutFile *outfile_open(const char *path, bool force, GError **error);

/**
 * outfile_is_input() - would the output replace what is read?
 * @output: the output's path, "-" for standard output
 * @input: the path of what is read, "-" for standard input
 *
 * Return: true if both are one file
 */
bool outfile_is_input(const char *output, const char *input);

/**
 * outfile_stream() - get the stream to write to
 * @out: the file
 */
FILE *outfile_stream(OutFile *out);

/**
 * outfile_temp() - get the name that the file has until outfile_commit()
 * @out: the file
 *
 * For a library that opens files by their names; the stream stays unused then.
 *
 * Return: the name, or NULL for standard output and after outfile_show()
 */
const char *outfile_temp(const OutFile *out);

/**
 * outfile_show() - give the file its name before it is complete
 * @out: the file
 * @error: where to store what went wrong
 *
 * For a file that must be there if this program is killed: what was flushed so
 * far, and is flushed later, remains, also without outfile_commit().
 *
 * Return: true if what was written so far is in the file of that name
 */
bool outfile_show(OutFile *out, GError **error);

/**
 * outfile_close() - complete the file, which gets its name later
 * @out: the file; only outfile_commit() and outfile_free() may follow
 * @error: where to store what went wrong
 *
 * Return: true if the file is complete
 */
bool outfile_close(OutFile *out, GError **error);

/**
 * outfile_commit() - complete the file and give it its name
 * @out: the file
 * @error: where to store what went wrong
 *
 * Return: true if the file is complete
 */
bool outfile_commit(OutFile *out, GError **error);

/**
 * outfile_free() - free the file; without outfile_commit() it is removed,
 * unless outfile_show() has given it its name
 * @out: the file, or NULL
 */
void outfile_free(OutFile *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutFile, outfile_free)

#endif /* VFIO_TRACE_OUTFILE_H */
