/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output of a verb, plain or compressed as its name says
 */
#ifndef VFIO_TRACE_PACKED_H
#define VFIO_TRACE_PACKED_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct PackedOut PackedOut;

/**
 * packed_new() - begin to write
 * @name: name of the output: .zst, .gz and .xz compress
 * @stream: where to write
 */
PackedOut *packed_new(const char *name, FILE *stream);

/**
 * packed_write() - write text
 * @out: the output
 * @p: the text
 * @len: its length
 */
void packed_write(PackedOut *out, const char *p, size_t len);

/**
 * packed_failed() - get what went wrong so far
 * @out: the output
 *
 * Return: errno, or 0; text may wait that could still fail
 */
int packed_failed(const PackedOut *out);

/**
 * packed_ending() - get the end of a name that compresses
 * @name: name of an output
 *
 * Return: ".zst" and the like, in @name, or its end if nothing is compressed
 */
const char *packed_ending(const char *name);

/**
 * packed_end() - write what is left and free the output
 * @out: the output
 *
 * Return: true, or false if something could not be written (errno)
 */
bool packed_end(PackedOut *out);

#endif /* VFIO_TRACE_PACKED_H */
