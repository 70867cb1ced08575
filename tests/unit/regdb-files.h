/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: register databases from files that a test writes
 */
#ifndef TESTS_UNIT_REGDB_FILES_H
#define TESTS_UNIT_REGDB_FILES_H

#include "libregdb/load.h"
#include "libregdb/view.h"

/**
 * regdb_files_put() - write a file of a database
 * @name: its path in the test's directory, which is empty at first; may name a
 *        folder
 * @text: its content
 */
void regdb_files_put(const char *name, const char *text);

/**
 * regdb_files_load() - load a database
 * @name: its file
 * @format: as for regdb_load()
 * @messages: the messages that are expected, as one text of lines without the
 *            directory; "": none
 */
RegDb *regdb_files_load(const char *name, const char *format,
                        const char *messages);

/**
 * regdb_files_xml() - load a database in rules-ng-ng XML
 * @content: the contents of its <database>
 * @messages: as for regdb_files_load(); its file is "db.xml", in which
 *            @content begins in line 2
 */
RegDb *regdb_files_xml(const char *content, const char *messages);

/**
 * regdb_files_text() - what is in a domain
 * @db: the database
 * @domain: name of the domain
 *
 * Return: "NAME OFFSET BITS", a line each, with the offset in bytes, and a line
 *         "  FIELD LOW-HIGH" for each of its fields; to be freed with g_free()
 */
char *regdb_files_text(const RegDb *db, const char *domain);

/**
 * regdb_files_end() - remove the files
 */
void regdb_files_end(void);

#endif /* TESTS_UNIT_REGDB_FILES_H */
