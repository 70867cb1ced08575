/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: loading a database from a file
 *
 * The file's format is recognised by its content and name.  A database may
 * consist of several files; all of them must be in the directory of the first
 * one or below it (or, for rules-ng-ng, below a directory above it that the
 * first one's imports are relative to).
 *
 * Databases come from anybody: whatever is in one, loading ends, with limited
 * memory, and with an error that names file and line.
 */
#ifndef LIBREGDB_LOAD_H
#define LIBREGDB_LOAD_H

#include <stdbool.h>

#include "libregdb/messages.h"
#include "libregdb/regdb.h"

/**
 * regdb_load() - load a database
 * @path: its file
 * @format: name of its format, or NULL to recognise it
 * @messages: gets what is wrong with it; may contain messages already
 *
 * A database with faults that leave no doubt about the rest is loaded: what is
 * wrong is left out, and @messages say so.
 *
 * Return: the database, to be freed with regdb_free(); NULL if it can't be used
 */
RegDb *regdb_load(const char *path, const char *format,
                  RegDbMessages *messages);

/**
 * regdb_formats() - get the names of the formats
 *
 * Return: NULL-terminated list of names and descriptions in turns
 */
const char *const *regdb_formats(void);

#endif /* LIBREGDB_LOAD_H */
