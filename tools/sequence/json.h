/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON (docs/sequence.md)
 *
 * The reader trusts nothing: a sequence may come from anybody.  What it accepts
 * has passed sequence_check(), so that it can be carried out or printed without
 * further checks of its numbers.
 */
#ifndef VFIO_TRACE_SEQUENCE_JSON_H
#define VFIO_TRACE_SEQUENCE_JSON_H

#include <stdio.h>

#include "tools/sequence/model.h"

#define SEQUENCE_FORMAT "vfio-trace-sequence"
#define SEQUENCE_VERSION 1

/* Most bytes of JSON */
#define SEQUENCE_BYTES_MAX (256u << 20)

/**
 * sequence_write_json() - print a sequence as JSON, an operation on each line
 * @seq: the sequence, which passes sequence_check()
 * @out: where to print; its errors are the caller's, and so are the files
 *
 * Times are rounded up to whole microseconds.
 */
void sequence_write_json(const Sequence *seq, FILE *out);

/**
 * sequence_read_json() - read a sequence
 * @path: file with JSON; its other files are in the same directory
 * @error: where to store what is wrong and what to do; begins with @path, and
 *         has the line and the operation where there is one
 *
 * Return: the sequence with its files' bytes; NULL if something is wrong
 */
Sequence *sequence_read_json(const char *path, GError **error);

/**
 * typedef SequenceOpen - read a file that a sequence names
 * @opaque: as given to sequence_parse_json()
 * @name: the file's name, which has no directory
 * @size: bytes that it must have
 * @error: where to store why it can't be read; begins with @name
 *
 * Return: exactly @size bytes, or NULL.  Their hash is compared by the caller.
 */
typedef GBytes *SequenceOpen(void *opaque, const char *name, uint64_t size,
                             GError **error);

/**
 * sequence_parse_json() - read a sequence from memory
 * @name: what messages begin with
 * @text: the JSON, which needs no NUL at its end
 * @len: its length
 * @open: reads the files that it names
 * @opaque: its argument
 * @error: as for sequence_read_json()
 *
 * Return: as sequence_read_json()
 */
Sequence *sequence_parse_json(const char *name, const char *text, size_t len,
                              SequenceOpen *open, void *opaque,
                              GError **error);

#endif /* VFIO_TRACE_SEQUENCE_JSON_H */
