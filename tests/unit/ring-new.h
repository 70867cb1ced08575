/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: a ring in memory that held something else before */
#ifndef TESTS_UNIT_RING_NEW_H
#define TESTS_UNIT_RING_NEW_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/ring.h"

static inline const MmtSlot *peek(MmtRing *ring, uint64_t ahead)
{
    return mmt_ring_peek(ring, ring->tail + ahead);
}

static inline MmtRing *new_ring(uint32_t slots)
{
    size_t bytes = mmt_ring_bytes(slots);
    void *mem = aligned_alloc(64, bytes);

    g_assert_nonnull(mem);
    memset(mem, 0xa5, bytes);
    return mmt_ring_init(mem, slots);
}

#endif /* TESTS_UNIT_RING_NEW_H */
