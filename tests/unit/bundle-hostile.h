/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: reads bundles that nobody should have made
 */
#ifndef TESTS_UNIT_BUNDLE_HOSTILE_H
#define TESTS_UNIT_BUNDLE_HOSTILE_H

#include <glib.h>
#include <stdint.h>

/**
 * bundle_fault() - get what --verify says of an archive
 * @bytes: the archive
 *
 * Return: the error, to be freed, or NULL if there is no fault
 */
char *bundle_fault(const GByteArray *bytes);

/**
 * assert_bundle_fault() - fail unless --verify finds a fault
 * @bytes: the archive
 * @expected: a part of the error
 */
void assert_bundle_fault(const GByteArray *bytes, const char *expected);

/**
 * bundle_read_log() - read an archive's log to the end
 * @bytes: the archive
 * @lines: where to store the number of lines
 *
 * Return: the error, to be freed, or NULL
 */
char *bundle_read_log(const GByteArray *bytes, uint64_t *lines);

/**
 * assert_bundle_log_fault() - fail unless the log can not be read
 * @bytes: the archive
 * @expected: a part of the error
 */
void assert_bundle_log_fault(const GByteArray *bytes, const char *expected);

#endif /* TESTS_UNIT_BUNDLE_HOSTILE_H */
