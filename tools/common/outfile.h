/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a file that a verb writes, which is there whole or not at all
 */
#ifndef VFIO_TRACE_OUTFILE_H
#define VFIO_TRACE_OUTFILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct OutFile OutFile;

/**
 * outfile_open() - begin to write a file
 * @path: the file, or NULL for standard output
 * @force: it may take the place of one that is there
 * @error: where to store why not
 *
 * What is written gets the name @path in outfile_commit() only.  A symbolic
 * link of that name is not followed: it counts as a file.
 *
 * Return: the file, or NULL
 */
OutFile *outfile_open(const char *path, bool force, GError **error);

/**
 * outfile_stream() - where to write to
 * @out: the file
 */
FILE *outfile_stream(OutFile *out);

/**
 * outfile_commit() - all is written
 * @out: the file
 * @error: where to store what went wrong
 *
 * Return: true if the file is there
 */
bool outfile_commit(OutFile *out, GError **error);

/**
 * outfile_free() - end; without outfile_commit() nothing is left of it
 * @out: the file, or NULL
 */
void outfile_free(OutFile *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutFile, outfile_free)

#endif /* VFIO_TRACE_OUTFILE_H */
