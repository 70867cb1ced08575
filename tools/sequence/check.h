/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what every sequence keeps to
 */
#ifndef VFIO_TRACE_SEQUENCE_CHECK_H
#define VFIO_TRACE_SEQUENCE_CHECK_H

#include "tools/sequence/limits.h"
#include "tools/sequence/model.h"

/**
 * sequence_check() - check that a sequence can be carried out
 * @seq: the sequence
 * @at: where to store the number of the operation that is wrong, or
 *      SEQUENCE_NONE if it is not one; or NULL
 * @error: where to store what is wrong and what to do
 *
 * Offsets are in their regions in each round of their loops, and multiples of
 * the width; values fit their width; loops nest, have a body and an end; names
 * of buffers and files are there once, and their sizes fit; nothing takes more
 * steps, time or memory than limits.h allows.
 */
bool sequence_check(const Sequence *seq, uint32_t *at, GError **error);

/**
 * sequence_file_name_is_valid() - may a sequence have a file of this name?
 * @name: the name: not empty, without a directory
 */
bool sequence_file_name_is_valid(const char *name);

/**
 * sequence_sha256_is_valid() - is it a SHA-256 as sequences have it?
 * @sum: 64 lower-case hexadecimal digits
 */
bool sequence_sha256_is_valid(const char *sum);

#endif /* VFIO_TRACE_SEQUENCE_CHECK_H */
