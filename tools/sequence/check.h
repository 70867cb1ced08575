/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what every sequence keeps to
 */
#ifndef VFIO_TRACE_SEQUENCE_CHECK_H
#define VFIO_TRACE_SEQUENCE_CHECK_H

#include "tools/sequence/model.h"

/* Operations carried out, those in loops and in uploads each time */
#define SEQUENCE_STEPS_MAX (UINT64_C(1) << 32)

/* Waiting time of one operation, in all rounds together */
#define SEQUENCE_WAIT_MAX_NS (UINT64_C(3600) * 1000000000)

/* A buffer, and all of them */
#define SEQUENCE_BUFFER_MAX (UINT64_C(64) << 20)
#define SEQUENCE_BUFFERS_MAX (UINT64_C(256) << 20)

/* A register's name, a mark's text */
#define SEQUENCE_TEXT_MAX 4096

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
 * steps, time or memory than the limits above.
 */
bool sequence_check(const Sequence *seq, uint32_t *at, GError **error);

#endif /* VFIO_TRACE_SEQUENCE_CHECK_H */
