/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: align two logs that are arrays, as compare does
 */
#ifndef TESTS_UNIT_ALIGN_LOGS_H
#define TESTS_UNIT_ALIGN_LOGS_H

#include <glib.h>
#include <stdint.h>

#include "tools/compare/access.h"

#define ALIGN_NONE UINT32_MAX

/**
 * struct Alignment: result of the alignment
 * @n: number of accesses of the oracle
 * @m: number of accesses of the log
 * @peer: for each access of the oracle, the index of the log's access, or
 *        ALIGN_NONE if it is missing; ascending
 * @contained: the oracle is contained in the log
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
    bool contained;
    uint64_t missing;
    uint64_t different;
    uint64_t before;
    uint64_t between;
    uint64_t after;
} Alignment;

/**
 * align_logs() - align two logs
 * @a: Access of the oracle
 * @b: Access of the log
 * @shared: search a containment and align in one pass, as with pipes, not one
 *          after the other
 *
 * Return: the alignment
 */
Alignment *align_logs(GArray *a, GArray *b, bool shared);

void align_free(Alignment *alignment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Alignment, align_free)

#endif /* TESTS_UNIT_ALIGN_LOGS_H */
