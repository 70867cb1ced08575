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

const char *mmt_ring_valid(const void *mem, size_t bytes)
{
    const MmtRing *ring = mem;
    const MmtCommit *commit;

    if (bytes < sizeof(*ring) || ring->magic != MMT_RING_MAGIC) {
        return "it is not a ring, or was not initialized yet";
    }
    if (ring->version != MMT_RING_VERSION) {
        return "it is a ring of another version";
    }
    if (!mmt_ring_bytes(ring->slots) || bytes < mmt_ring_bytes(ring->slots)) {
        return "its size is wrong";
    }
    commit = mmt_ring_committed(ring);
    if (ring->head - ring->tail > ring->slots ||
        (commit && ring->head - commit->tail > ring->slots)) {
        return "its positions are wrong";
    }
    return NULL;
}

/*
 * Acquire: the consumer has finished reading a slot before it moves the tail
 * past it.
 */
static uint64_t ring_look_at_tail(MmtRing *ring)
{
    ring->tail_seen = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
    return ring->tail_seen;
}

bool mmt_ring_look_for_room(MmtRing *ring, uint64_t limit)
{
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
    uint64_t used = head - ring_look_at_tail(ring);

    return used < limit && used < ring->slots &&
           !__atomic_load_n(&ring->lost, __ATOMIC_RELAXED);
}

static uint64_t ring_take(MmtRing *ring, uint32_t n, uint64_t *pos)
{
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
    uint64_t used = head - ring->tail_seen + n;

    if (used >= ring->slots / 2) {
        used = head - ring_look_at_tail(ring) + n;
    }
    if (used > ring->slots) {
        return 0;
    }
    __atomic_store_n(&ring->head, head + n, __ATOMIC_RELEASE);
    *pos = head;
    return used;
}

/*
 * Put a notice into the log of how many records are missing, right before the
 * next record.  Both get slots or neither: notices alone would fill the little
 * room that there is.
 */
static uint64_t ring_take_after_lost(MmtRing *ring, uint32_t n, uint64_t *pos)
{
    MmtRecord rec = { .kind = MMT_KIND_LOST, .cpu = MMT_CPU_NONE };
    uint64_t used = ring_take(ring, n + 1, pos);
    MmtSlot *slot;

    if (!used) {
        return 0;
    }
    rec.value = __atomic_exchange_n(&ring->lost, 0, __ATOMIC_RELAXED);
    slot = mmt_ring_slot(ring, (*pos)++);
    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_READY);
    return used;
}

uint64_t mmt_ring_reserve(MmtRing *ring, uint32_t n, uint64_t *pos)
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
        if (left >= MMT_TEXT_BYTES) {
            /* A constant: compilers need no loop. */
            memcpy(slot->text.text, text + (size_t)i * MMT_TEXT_BYTES,
                   MMT_TEXT_BYTES);
        } else {
            memcpy(slot->text.text, text + (size_t)i * MMT_TEXT_BYTES, left);
        }
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

/*
 * A slot that is not reserved is free, up to the one that was reserved a whole
 * round ago.
 */
static const MmtSlot *ring_peek(MmtRing *ring, uint64_t pos, MmtState state)
{
    uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_RELAXED);
    MmtSlot *slot = mmt_ring_slot(ring, pos);

    if (pos - tail >= ring->slots ||
        __atomic_load_n(&slot->rec.state, __ATOMIC_ACQUIRE) != state) {
        return NULL;
    }
    return slot;
}

const MmtSlot *mmt_ring_peek(MmtRing *ring, uint64_t pos)
{
    return ring_peek(ring, pos, MMT_STATE_READY);
}

const MmtSlot *mmt_ring_peek_pending(MmtRing *ring, uint64_t pos)
{
    return ring_peek(ring, pos, MMT_STATE_PENDING);
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

void mmt_ring_commit(MmtRing *ring, MmtCommit *commit)
{
    const MmtCommit *last = mmt_ring_committed(ring);
    MmtCommit *slot;

    commit->seq = last ? last->seq + 1 : 1;
    slot = &ring->commit[commit->seq & 1];

    /*
     * The other commit is valid until the new one's number is stored.  The
     * death of the process does not reorder stores: those before the number
     * are in memory, too.
     */
    memcpy((char *)slot + sizeof(slot->seq),
           (const char *)commit + sizeof(commit->seq),
           sizeof(*commit) - sizeof(commit->seq));
    __atomic_store_n(&slot->seq, commit->seq, __ATOMIC_RELEASE);
}

const MmtCommit *mmt_ring_committed(const MmtRing *ring)
{
    const MmtCommit *commit =
        &ring->commit[ring->commit[1].seq > ring->commit[0].seq];

    return commit->seq ? commit : NULL;
}

const MmtCommit *mmt_ring_rewind(MmtRing *ring)
{
    const MmtCommit *commit = mmt_ring_committed(ring);

    if (commit) {
        ring->tail = commit->tail;
        ring->tail_seen = commit->tail;
    }
    return commit;
}

bool mmt_ring_look(MmtRing *ring, uint64_t pos, MmtSlot *slot)
{
    MmtSlot *there = mmt_ring_slot(ring, pos);
    uint16_t state = __atomic_load_n(&there->rec.state, __ATOMIC_ACQUIRE);

    *slot = *there;
    if (state == MMT_STATE_PENDING) {
        slot->rec.flags |= MMT_FLAG_PENDING;
    }
    return state != MMT_STATE_FREE;
}

bool mmt_ring_take_lost(MmtRing *ring, MmtSlot *slot)
{
    uint64_t lost = __atomic_exchange_n(&ring->lost, 0, __ATOMIC_RELAXED);

    *slot = (MmtSlot) {
        .rec = { .kind = MMT_KIND_LOST, .cpu = MMT_CPU_NONE, .value = lost },
    };
    return lost;
}

bool mmt_ring_salvage(MmtRing *ring, MmtSlot *slot)
{
    while (mmt_ring_used(ring)) {
        bool filled = mmt_ring_look(ring, ring->tail, slot);

        mmt_ring_consume(ring, 1);
        if (filled) {
            return true;
        }
    }
    return mmt_ring_take_lost(ring, slot);
}

uint64_t mmt_ring_used(const MmtRing *ring)
{
    uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

    return head - tail;
}

uint64_t mmt_ring_head(const MmtRing *ring)
{
    return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
}
