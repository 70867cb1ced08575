/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: files
 *
 * They are in a directory of the process's own below $TMPDIR, which should be
 * on a tmpfs.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stddef.h>

/**
 * scratch_path() - path of a file
 * @name: its name
 *
 * Return: its path; for the life of the process, do not free it
 */
const char *scratch_path(const char *name);

/**
 * scratch_write() - replace a file's content
 * @path: the file
 * @p: the content
 * @len: bytes of it
 *
 * An existing file keeps its inode.
 */
void scratch_write(const char *path, const void *p, size_t len);

/**
 * scratch_read() - read a whole file
 * @path: the file
 * @len: where to store the length
 *
 * Return: the content, to be freed with free(); NULL if there is no such file
 */
char *scratch_read(const char *path, size_t *len);

#endif /* TESTS_FUZZ_SCRATCH_H */
