/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: makes bundles, and reads what they have
 */
#ifndef TESTS_UNIT_BUNDLE_MAKE_H
#define TESTS_UNIT_BUNDLE_MAKE_H

#include <glib.h>

/**
 * bundle_output() - get the name of a file that does not exist
 * @name: its name in temp_dir()
 *
 * Return: its path, to be freed
 */
char *bundle_output(const char *name);

/**
 * bundle_make() - make a bundle of a log
 * @log: the log
 * @name: the bundle's name in temp_dir()
 * @a: an option, or NULL
 * @b: another one, or NULL
 *
 * Return: its path, to be freed
 */
char *bundle_make(const char *log, const char *name, const char *a,
                  const char *b);

/**
 * bundle_contents_by_libarchive() - get names and contents of all members
 * @path: a bundle
 *
 * Return: the text, as libarchive reads it, to be freed
 */
char *bundle_contents_by_libarchive(const char *path);

/**
 * bundle_contents() - get the same as our own reader reads it
 * @path: a bundle
 *
 * Return: the text, to be freed; NULL if there is a fault
 */
char *bundle_contents(const char *path);

#endif /* TESTS_UNIT_BUNDLE_MAKE_H */
