/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: passing a record through the ring and the formatter (see
 * slots.h)
 */
#include "slots.h"

#include "fuzz.h"
#include "libmmiotrace/ring.h"

#include <stdlib.h>
#include <string.h>

static MmtRing *ring(void)
{
    static MmtRing *the_ring;

    if (!the_ring) {
        size_t bytes = mmt_ring_bytes(MMT_RING_MIN_SLOTS);

        the_ring = mmt_ring_init(aligned_alloc(64, bytes), MMT_RING_MIN_SLOTS);
    }
    return the_ring;
}

size_t slots_format(const MmtRecord *rec, const char *text, size_t len,
                    uint32_t extra, char *buf)
{
    MmtFormatter fmt = { .extra = extra };
    MmtSlot slot;
    size_t n = 0;

    if (rec->kind == MMT_KIND_MARK || rec->kind == MMT_KIND_LINE) {
        fuzz_check(mmt_ring_put_text(ring(), rec, text, len),
                   "an empty ring has no room for a text");
    } else {
        uint64_t pos;

        fuzz_check(mmt_ring_reserve(ring(), 1, &pos),
                   "an empty ring has no room for a record");
        mmt_slot_fill(mmt_ring_slot(ring(), pos), rec);
        mmt_slot_publish(mmt_ring_slot(ring(), pos), MMT_STATE_READY);
    }
    while (mmt_ring_salvage(ring(), &slot)) {
        fuzz_check(!n, "two records where there was one");
        n = mmt_format(&fmt, &slot, buf);
        fuzz_check(n <= MMT_FORMAT_MAX, "%zu bytes", n);
    }
    return n;
}
