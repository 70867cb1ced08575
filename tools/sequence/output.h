/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: output in a file, and the files beside it
 */
#ifndef VFIO_TRACE_SEQUENCE_OUTPUT_H
#define VFIO_TRACE_SEQUENCE_OUTPUT_H

#include <stdio.h>

#include "tools/sequence/backend.h"
#include "tools/sequence/model.h"

/**
 * typedef SequencePrint - print a sequence
 * @seq: the sequence
 * @backend: of programs: how they get at the device
 * @out: where to print
 */
typedef void SequencePrint(const Sequence *seq, SeqBackend backend, FILE *out);

/**
 * sequence_output() - write a sequence and its files
 * @seq: the sequence
 * @path: name of the file, or "-" for standard output: then it can't have files
 * @force: replace files that exist
 * @print: prints the sequence
 * @max: most bytes of a file that is read again, or 0
 * @backend: argument of @print
 * @error: where to store what went wrong; then nothing is left
 */
bool sequence_output(const Sequence *seq, const char *path, bool force,
                     SequencePrint *print, uint64_t max, SeqBackend backend,
                     GError **error);

/**
 * sequence_stem() - get the beginning of the names of a sequence's files
 * @path: name of its output
 *
 * Return: the name without directory and ending, to be freed; what would need
 *         quoting is replaced
 */
char *sequence_stem(const char *path);

#endif /* VFIO_TRACE_SEQUENCE_OUTPUT_H */
