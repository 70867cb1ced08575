/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of two logs
 *
 * Theory of operation
 *
 * The first step answers the exact question: is the oracle contained in the
 * log, in order?  Each access of the oracle takes the earliest match in the
 * log; if any containment exists, this finds one.  The accesses found may lie
 * far apart (firmware does what the driver will do later), so the walk is
 * repeated backwards from its end: each access takes its latest match.
 *
 * If the oracle is not contained, there is no unique answer to which accesses
 * differ.  The logs are aligned as a reader would align them.  Runs of accesses
 * that occur once in each log are anchors.  Between anchors, a stretch that
 * differs is aligned exactly, within a window, until the logs agree again; if
 * they do not agree within the window, at the nearest run that agrees.  An
 * access that differs only in its value is different; others are missing.
 */
#ifndef VFIO_TRACE_ALIGN_H
#define VFIO_TRACE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/compare/accesses.h"

#define ALIGN_NONE UINT32_MAX

/**
 * struct Alignment: result of the alignment
 * @n: number of accesses of the oracle
 * @m: number of accesses of the log
 * @peer: for each access of the oracle, the index of the log's access, or
 *        ALIGN_NONE if it is missing; ascending
 * @missing: number of accesses of the oracle without a peer
 * @different: number of accesses of the oracle whose peer has another value
 * @before: accesses of the log before the first peer
 * @between: accesses of the log without a counterpart between first and last
 *           peer
 * @after: accesses of the log after the last peer
 */
typedef struct Alignment {
    size_t n;
    size_t m;
    uint32_t *peer;
    uint64_t missing;
    uint64_t different;
    uint64_t before;
    uint64_t between;
    uint64_t after;
} Alignment;

/**
 * access_match() - are these the same access?
 * @a: access of the oracle
 * @b: access of the log
 *
 * An UNKNOWN, of which the kernel knows only the address, matches any access at
 * that address.  A 4-byte store also matches the 8-byte store of its
 * sign-extended value: the kernel's decoder logs REX.W C7 like this.
 */
bool access_match(const Access *a, const Access *b);

/**
 * access_same_place() - are these the same access, except for the value?
 * @a: access of the oracle
 * @b: access of the log
 */
bool access_same_place(const Access *a, const Access *b);

/**
 * align_logs() - align two logs
 * @a: the oracle's accesses
 * @n: their number, less than ALIGN_NONE
 * @b: the log's accesses
 * @m: likewise
 *
 * Return: the alignment
 */
Alignment *align_logs(const Access *a, size_t n, const Access *b, size_t m);

void align_free(Alignment *alignment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Alignment, align_free)

#endif /* VFIO_TRACE_ALIGN_H */
