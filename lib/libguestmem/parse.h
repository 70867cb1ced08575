/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: parser of rings files, and of snapshot=
 */
#ifndef LIBGUESTMEM_PARSE_H
#define LIBGUESTMEM_PARSE_H

#include "libguestmem/error.h"
#include "libguestmem/model.h"

/**
 * gmem_parse_name() - get the name that a rings file has in messages and logs
 * @name: its path or name
 *
 * Return: one word: no directories, nothing that is not printable, and at most
 *         GMEM_FILE_NAME_MAX bytes; to be freed
 */
char *gmem_parse_name(const char *name);

/**
 * gmem_parse() - read a rings file from memory
 * @name: its name, for messages
 * @text: its text; need not end in NUL
 * @len: bytes of @text
 * @error: the first error, with file, line and column, and what was expected
 *
 * Return: the file, to be freed, or NULL
 */
GmemFile *gmem_parse(const char *name, const char *text, size_t len,
                     GError **error);

/**
 * gmem_parse_fd() - read a rings file
 * @name: its name, for messages
 * @fd: a regular file of at most GMEM_FILE_BYTES_MAX bytes, from its beginning;
 *      remains open
 * @error: as of gmem_parse()
 */
GmemFile *gmem_parse_fd(const char *name, int fd, GError **error);

/**
 * gmem_parse_snapshot() - one part of the property snapshot=
 * @text: BAR:OFFSET:LEN[:MASK][@REGISTER]
 * @error: what is wrong with it, on one line
 *
 * Its registers are DOORBELL, 8 bytes at OFFSET, whose first byte alone must be
 * there, and with @REGISTER a second one, ADDRESS, 8 bytes at REGISTER.
 *
 * Return: a file with one snapshot; the name of both is @text; or NULL
 */
GmemFile *gmem_parse_snapshot(const char *text, GError **error);

#endif /* LIBGUESTMEM_PARSE_H */
