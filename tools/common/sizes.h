/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser and formatter of memory sizes
 */
#ifndef VFIO_TRACE_SIZES_H
#define VFIO_TRACE_SIZES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * size_parse() - parse a size
 * @text: a decimal number and a unit: K, M, G or T, in either case, for powers
 *        of 1024 bytes; a number alone is MiB, as with QEMU's -m
 * @bytes: where to store it: from 1 to INT64_MAX, QEMU's limit
 * @error: where to store what is wrong; the message begins with @text
 */
bool size_parse(const char *text, uint64_t *bytes, GError **error);

/**
 * size_text() - format a size
 * @size: bytes
 *
 * Return: "16M", or "1000" if it is not a multiple of 1024; to be freed
 */
char *size_text(uint64_t size);

#endif /* VFIO_TRACE_SIZES_H */
