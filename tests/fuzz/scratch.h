/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: files
 *
 * They are in a directory of the process's own below $TMPDIR, which had
 * better be on a tmpfs.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stddef.h>

/**
 * scratch_path() - where a file is
 * @name: its name
 *
 * Return: its path; for the life of the process, do not free it
 */
const char *scratch_path(const char *name);

/**
 * scratch_write() - give a file new content
 * @path: the file
 * @p: the content
 * @len: bytes of it
 *
 * The file stays the same inode if it is there.
 */
void scratch_write(const char *path, const void *p, size_t len);

/**
 * scratch_read() - all that is in a file
 * @path: the file
 * @len: where to store the length
 *
 * Return: the content, to be freed with free(); NULL if there is no such file
 */
char *scratch_read(const char *path, size_t *len);

#endif /* TESTS_FUZZ_SCRATCH_H */
