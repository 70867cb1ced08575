/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what the loaders of the formats share
 *
 * A format is one file that defines a RegDbLoader; load.c has the list.
 */
#ifndef LIBREGDB_LOADER_H
#define LIBREGDB_LOADER_H

#include <stddef.h>

#include "libregdb/build.h"
#include "libregdb/messages.h"

/* Bytes of all files of a database */
#define REGDB_BYTES_MAX (256u << 20)

/**
 * struct RegDbSource: where a database comes from
 *
 * A loader uses the functions below.
 */
typedef struct RegDbSource RegDbSource;

/**
 * struct RegDbLoader: a format
 * @name: its name, "umr"
 * @brief: its description
 * @recognise: is a file of this format?  @name is its name without the
 *             directory, @text its @len bytes, at most 64 KiB of them, followed
 *             by a NUL
 * @load: add a file's content to a database
 *
 * @load gets the whole file; @text is followed by a NUL.  It returns false if
 * nothing can be made of it, after regdb_source_fault().
 */
typedef struct RegDbLoader {
    const char *name;
    const char *brief;
    bool (*recognise)(const char *name, const char *text, size_t len);
    bool (*load)(RegDbSource *source, RegDbBuild *build, const char *text,
                 size_t len);
} RegDbLoader;

extern const RegDbLoader regdb_rnndb;
extern const RegDbLoader regdb_umr;
extern const RegDbLoader regdb_mesa;
extern const RegDbLoader regdb_svd;
extern const RegDbLoader regdb_header;
extern const RegDbLoader regdb_ranges;

/**
 * regdb_source_name() - get the name of the first file, for messages
 * @source: the source
 */
const char *regdb_source_name(const RegDbSource *source);

/**
 * regdb_source_read() - read a further file of the database
 * @source: the source
 * @path: its path, relative to the database's directory
 * @line: line of the current file that asks for it, for messages; 0: none
 * @len: where to store its length
 *
 * Paths that lead out of the directory are refused: absolute ones, "..",
 * symbolic links to other places; and files that are no regular ones.  What
 * ends with ".xml" is looked for in the directories above, too, and a file
 * without a directory in those of regdb_search_path().
 *
 * Return: its text, followed by a NUL, to be freed with g_free(); NULL after
 *         regdb_source_fault()
 */
char *regdb_source_read(RegDbSource *source, const char *path, unsigned line,
                        size_t *len);

/**
 * regdb_source_exists() - is there such a file?
 * @source: the source
 * @path: its path, relative to the database's directory
 */
bool regdb_source_exists(RegDbSource *source, const char *path);

/**
 * regdb_source_again() - was this file read already, whatever it was called?
 * @source: the source
 * @path: its path, relative to the database's directory
 */
bool regdb_source_again(RegDbSource *source, const char *path);

/**
 * regdb_source_enter() - messages are about another file now
 * @source: the source
 * @path: the file, as in regdb_source_read(); NULL: the first one
 *
 * Return: the file they were about before, for another call
 */
const char *regdb_source_enter(RegDbSource *source, const char *path);

/**
 * regdb_source_fault() - say that something is wrong
 * @source: the source
 * @line: line of the current file, or 0 if it is about all of it
 * @format: what, as for printf(): a sentence that names the thing
 */
void regdb_source_fault(RegDbSource *source, unsigned line, const char *format,
                        ...) G_GNUC_PRINTF(3, 4);

/**
 * regdb_source_faults() - count what was wrong so far
 * @source: the source
 */
unsigned regdb_source_faults(const RegDbSource *source);

/**
 * regdb_number() - parse a number
 * @text: decimal, or hexadecimal with 0x
 * @number: where to store it
 *
 * Return: false if @text is anything else, or does not fit in 64 bits
 */
bool regdb_number(const char *text, uint64_t *number);

#endif /* LIBREGDB_LOADER_H */
