/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs and archives for the tests of bundles
 */
#ifndef TESTS_UNIT_BUNDLE_LOGS_H
#define TESTS_UNIT_BUNDLE_LOGS_H

#include <glib.h>

/**
 * bundle_log() - write a log of three parts
 * @name: its name; with ".zst", the parts are compressed
 * @parts: number of parts that it gets, 1 to 3
 *
 * Return: its path, to be freed
 */
char *bundle_log(const char *name, unsigned parts);

/**
 * put_member() - append a member to an archive, as tar has it
 * @to: the archive
 * @name: its name
 * @type: its type, '0' for a regular file
 * @text: its contents
 * @len: their length, or -1
 */
void put_member(GByteArray *to, const char *name, char type, const void *text,
                gssize len);

/**
 * put_end() - append the end of an archive
 * @to: the archive
 */
void put_end(GByteArray *to);

/**
 * put_sum() - set the sum of a header
 * @header: its 512 bytes
 */
void put_sum(unsigned char *header);

/**
 * put_manifest() - append a manifest of members with right hashes
 * @to: the archive
 * @name: a member's name, followed by its contents, and so on; a NULL ends them
 *
 * Return: the manifest's text, to be freed
 */
char *put_manifest(GByteArray *to, const char *name, ...)
    G_GNUC_NULL_TERMINATED;

/**
 * small_bundle() - a bundle with a log and another file
 *
 * Return: the archive, not compressed
 */
GByteArray *small_bundle(void);

/* The log in it */
extern const char small_log[];

/**
 * write_bytes() - write a file in temp_dir()
 * @name: its name
 * @bytes: its contents
 *
 * Return: its path, to be freed
 */
char *write_bytes(const char *name, const GByteArray *bytes);

#endif /* TESTS_UNIT_BUNDLE_LOGS_H */
