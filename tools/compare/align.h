/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which access of one log is which of another?
 *
 * Theory of operation
 *
 * First the exact question: is the oracle contained in the log, in order?
 * Taking for each access the earliest one that matches answers it: if any
 * containment exists, that one does.  The accesses so taken may lie far
 * apart (firmware does what the driver will do), so the walk is repeated
 * backwards from where it ended: each takes its latest partner.
 *
 * If it is not contained, which accesses are to blame is a question of
 * judgement, and answered as a reader would: runs of accesses that occur
 * once in each log are anchors; where the two differ between them, they are
 * aligned exactly, through a window, until they agree again, or failing that
 * at the nearest run that agrees.  An access that differs in its value
 * alone is one that is different; else it is missing.
 */
#ifndef VFIO_TRACE_ALIGN_H
#define VFIO_TRACE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/compare/accesses.h"

#define ALIGN_NONE UINT32_MAX

/**
 * struct Alignment: the answer
 * @n: accesses of the oracle
 * @m: accesses of the log
 * @peer: for each of the oracle's, the log's, or ALIGN_NONE if it is
 *        missing; ascending
 * @missing: number of the oracle's without one
 * @different: number of those whose peer has another value
 * @before: accesses of the log before the first peer
 * @between: those without a counterpart after that
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
 * access_match() - is that the same access?
 * @a: the oracle's
 * @b: the log's
 *
 * An UNKNOWN, of which the kernel knows the address alone, is any access
 * there.  A store of four bytes is also one of eight if that is what the
 * decoder makes of REX.W C7: a 32-bit immediate, extended with its sign.
 */
bool access_match(const Access *a, const Access *b);

/**
 * access_same_place() - the same but for the value?
 * @a: the oracle's
 * @b: the log's
 */
bool access_same_place(const Access *a, const Access *b);

/**
 * align_logs() - bring two logs together
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
