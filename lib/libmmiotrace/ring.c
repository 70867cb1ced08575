/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the ring between the vCPUs and the writer (see ring.h)
 */
#include "libmmiotrace/ring.h"

#include <string.h>

size_t mmt_ring_bytes(uint32_t slots)
{
    if (slots < MMT_RING_MIN_SLOTS || slots > MMT_RING_MAX_SLOTS ||
        (slots & (slots - 1))) {
        return 0;
    }
    return sizeof(MmtRing) + (size_t)slots * sizeof(MmtSlot);
}

MmtRing *mmt_ring_init(void *mem, uint32_t slots)
{
    MmtRing *ring = mem;

    memset(mem, 0, mmt_ring_bytes(slots));
    ring->version = MMT_RING_VERSION;
    ring->slots = slots;
    __atomic_store_n(&ring->magic, MMT_RING_MAGIC, __ATOMIC_RELEASE);
    return ring;
}

static bool ring_take(MmtRing *ring, uint32_t n, uint64_t *pos)
{
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);

    do {
        /*
         * Acquire: the consumer has finished reading a slot before it moves
         * the tail past it.
         */
        uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);

        /*
         * A head read before others moved it may lie behind the tail; the
         * exchange fails then and brings the new one.
         */
        if ((int64_t)(head - tail) >= 0 && head - tail + n > ring->slots) {
            return false;
        }
    } while (!__atomic_compare_exchange_n(&ring->head, &head, head + n, true,
                                          __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    *pos = head;
    return true;
}

/*
 * Say in the log how many records are missing, right before the next one.
 * Both or neither: a notice on its own would fill the little room that there
 * is with notices.  Two producers may get here at once; the second finds
 * nothing to tell, and a notice of 0 is not printed.
 */
static bool ring_take_after_lost(MmtRing *ring, uint32_t n, uint64_t *pos)
{
    MmtRecord rec = { .kind = MMT_KIND_LOST, .cpu = UINT32_MAX };
    MmtSlot *slot;

    if (!ring_take(ring, n + 1, pos)) {
        return false;
    }
    rec.value = __atomic_exchange_n(&ring->lost, 0, __ATOMIC_RELAXED);
    slot = mmt_ring_slot(ring, (*pos)++);
    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_READY);
    return true;
}

bool mmt_ring_reserve(MmtRing *ring, uint32_t n, uint64_t *pos)
{
    if (__builtin_expect(__atomic_load_n(&ring->lost, __ATOMIC_RELAXED), 0)) {
        return ring_take_after_lost(ring, n, pos);
    }
    return ring_take(ring, n, pos);
}

bool mmt_ring_put_text(MmtRing *ring, const MmtRecord *rec,
                       const char *text, size_t len)
{
    uint32_t chunks;
    uint64_t pos;
    uint32_t i;

    assert(len <= MMT_LINE_MAX - 2);
    chunks = (len + MMT_TEXT_BYTES - 1) / MMT_TEXT_BYTES;
    chunks = chunks ? chunks : 1;

    if (!mmt_ring_reserve(ring, 1 + chunks, &pos)) {
        return false;
    }
    mmt_slot_fill(mmt_ring_slot(ring, pos), rec);
    mmt_slot_publish(mmt_ring_slot(ring, pos), MMT_STATE_READY);

    for (i = 0; i < chunks; i++) {
        MmtSlot *slot = mmt_ring_slot(ring, pos + 1 + i);
        size_t left = len - (size_t)i * MMT_TEXT_BYTES;

        slot->text.kind = MMT_KIND_TEXT;
        slot->text.len = left < MMT_TEXT_BYTES ? left : MMT_TEXT_BYTES;
        slot->text.more = i + 1 < chunks;
        memcpy(slot->text.text, text + (size_t)i * MMT_TEXT_BYTES,
               slot->text.len);
        mmt_slot_publish(slot, MMT_STATE_READY);
    }
    return true;
}

void mmt_ring_lose(MmtRing *ring)
{
    __atomic_fetch_add(&ring->total_lost, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&ring->lost, 1, __ATOMIC_RELAXED);
}

uint64_t mmt_ring_total_lost(const MmtRing *ring)
{
    return __atomic_load_n(&ring->total_lost, __ATOMIC_RELAXED);
}

const MmtSlot *mmt_ring_peek(MmtRing *ring, uint64_t ahead)
{
    uint64_t pos = __atomic_load_n(&ring->tail, __ATOMIC_RELAXED) + ahead;
    MmtSlot *slot;

    if ((int64_t)(__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) - pos) <= 0) {
        return NULL;
    }
    slot = mmt_ring_slot(ring, pos);
    if (__atomic_load_n(&slot->rec.state, __ATOMIC_ACQUIRE) !=
        MMT_STATE_READY) {
        return NULL;
    }
    return slot;
}

void mmt_ring_consume(MmtRing *ring, uint64_t n)
{
    uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_RELAXED);
    uint64_t i;

    for (i = 0; i < n; i++) {
        mmt_slot_publish(mmt_ring_slot(ring, tail + i), MMT_STATE_FREE);
    }
    __atomic_store_n(&ring->tail, tail + n, __ATOMIC_RELEASE);
}

bool mmt_ring_salvage(MmtRing *ring, MmtSlot *slot)
{
    uint64_t lost;

    while (mmt_ring_used(ring)) {
        MmtSlot *oldest =
            mmt_ring_slot(ring, __atomic_load_n(&ring->tail, __ATOMIC_RELAXED));
        uint32_t state = __atomic_load_n(&oldest->rec.state, __ATOMIC_ACQUIRE);

        *slot = *oldest;
        mmt_ring_consume(ring, 1);
        if (state == MMT_STATE_PENDING) {
            slot->rec.flags |= MMT_FLAG_PENDING;
        }
        if (state != MMT_STATE_FREE) {
            return true;
        }
    }

    lost = __atomic_exchange_n(&ring->lost, 0, __ATOMIC_RELAXED);
    *slot = (MmtSlot) {
        .rec = { .kind = MMT_KIND_LOST, .cpu = UINT32_MAX, .value = lost },
    };
    return lost;
}

uint64_t mmt_ring_used(const MmtRing *ring)
{
    uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

    return head - tail;
}
