/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: opening a kernel's files, which may be compressed
 */
#ifndef VFIO_TRACE_UNPACK_H
#define VFIO_TRACE_UNPACK_H

#include <glib.h>

/* Maximum size of an unpacked file in bytes; kernels are much smaller */
#define UNPACK_MAX (2048ull * 1024 * 1024)

/* File name suffixes of supported formats, terminated by NULL */
extern const char *const unpack_suffixes[];

/**
 * unpack_open() - open a file that may be compressed
 * @path: the file; its suffix says if it is compressed
 * @error: where to store the error
 *
 * Return: a seekable file descriptor of the unpacked content, or -1
 */
int unpack_open(const char *path, GError **error);

#endif /* VFIO_TRACE_UNPACK_H */
