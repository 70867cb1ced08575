/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a kernel's files, which distributions like to compress
 */
#ifndef VFIO_TRACE_UNPACK_H
#define VFIO_TRACE_UNPACK_H

#include <glib.h>

/* No kernel comes near; what unpacks to more is no kernel. */
#define UNPACK_MAX (2048ull * 1024 * 1024)

/* Endings of the files that can be unpacked, and NULL */
extern const char *const unpack_suffixes[];

/**
 * unpack_open() - open a file that may be compressed
 * @path: the file; the end of its name tells
 * @error: where to store why not
 *
 * Return: a file descriptor of what is in it, which can be sought, or -1
 */
int unpack_open(const char *path, GError **error);

#endif /* VFIO_TRACE_UNPACK_H */
