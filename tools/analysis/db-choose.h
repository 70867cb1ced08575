/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: choosing a database and its parts by what users write
 *
 * What does not exist is an error that says what does.
 */
#ifndef VFIO_TRACE_ANALYSIS_DB_CHOOSE_H
#define VFIO_TRACE_ANALYSIS_DB_CHOOSE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/regdb.h"

/* Names that a message lists */
#define DB_CHOOSE_NAMES_MAX 20

#define DB_CHOOSE_ERROR db_choose_error_quark()

GQuark db_choose_error_quark(void);

/**
 * db_choose_file() - find the file of a database
 * @text: argument of --db: a path; or the name of a file in a directory of the
 *        search path (libregdb/devices.h), with or without ".xml"
 * @error: where to store an error
 *
 * Return: the path, to be freed with g_free()
 */
char *db_choose_file(const char *text, GError **error);

/**
 * db_choose_domain() - find a domain
 * @db: the database
 * @name: its name, upper and lower case are the same; NULL: the main one
 * @error: where to store an error
 *
 * The main one is the only one, or the one that has most of all registers.
 */
const RegDbDomain *db_choose_domain(const RegDb *db, const char *name,
                                    GError **error);

/**
 * db_choose_type() - find an enum or a bitset
 * @db: the database
 * @kind: REGDB_ENUM or REGDB_BITSET
 * @name: its name, upper and lower case are the same
 * @error: where to store an error
 */
const RegDbType *db_choose_type(const RegDb *db, RegDbKind kind,
                                const char *name, GError **error);

#endif /* VFIO_TRACE_ANALYSIS_DB_CHOOSE_H */
