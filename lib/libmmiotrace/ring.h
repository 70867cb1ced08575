/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the ring between the vCPUs and the writer thread
 *
 * Theory of operation
 *
 * A producer reserves consecutive slots by moving @head; the order of the
 * reservations is the order of the log.  It fills the slot in and publishes
 * it as PENDING before it forwards the access to the device, and as READY
 * when the device has answered.  One consumer takes READY slots at @tail,
 * strictly in order: a slot that is still pending holds back the slots behind
 * it, which keeps the log in the order of the accesses.
 *
 * Slots are reserved by one thread at a time: by who is in the log's gate (see
 * gate.h), or by who is alone otherwise.  So a reservation is a load and a
 * store.  Producers and consumer stay away from each other's cache lines as
 * long as the ring has room: a producer knows the tail of some time ago, which
 * is enough until the ring looks full, and the consumer sees in a slot's state
 * whether it is reserved.
 *
 * Nothing here blocks, allocates or makes a system call.  If the ring is full,
 * the producer gets an error and decides what to do.  It can not tell a slow
 * consumer from a dead one, so the ring must be watched: see mmt_ring_used().
 *
 * The ring is position-independent; the caller provides its memory, which may
 * be shared with another process.
 */
#ifndef LIBMMIOTRACE_RING_H
#define LIBMMIOTRACE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "libmmiotrace/record.h"

/* "MMTRING" and a zero byte, in the order of a little-endian machine */
#define MMT_RING_MAGIC   0x00474e4952544d4dULL
#define MMT_RING_VERSION 3

/* Limits of the number of slots, which is a power of two. */
#define MMT_RING_MIN_SLOTS 64u
#define MMT_RING_MAX_SLOTS (1u << 28)

/**
 * struct MmtCommit: up to where the records are in the log's file
 * @seq: number of this commit, from 1 up; 0 if there is none
 * @tail: the records before this position are in the file
 * @part: index of the log's file, from 0 up
 * @offset: where these records end in that file, in bytes
 * @last_ns: the latest time that was printed
 * @dev: the file's device number
 * @ino: the file's inode number; 0 if it is not a regular file
 *
 * Records in the file beyond @offset are in the ring as well.
 */
typedef struct MmtCommit {
    uint64_t seq;
    uint64_t tail;
    uint64_t part;
    uint64_t offset;
    uint64_t last_ns;
    uint64_t dev;
    uint64_t ino;
    uint64_t spare;
} MmtCommit;

/**
 * struct MmtRing: the header; the slots follow it
 * @magic: MMT_RING_MAGIC, written last by mmt_ring_init()
 * @version: MMT_RING_VERSION
 * @slots: number of slots, a power of two
 * @head: number of slots ever reserved; only the producer changes it
 * @lost: number of records that found no room and are not in a notice yet
 * @total_lost: number of records that ever found no room
 * @tail_seen: @tail when the producer last looked; the producer's own
 * @tail: number of slots ever consumed; only the consumer changes it
 * @next_dev: device number of a file that is to become the log's next part,
 *            and that is not in a commit yet
 * @next_ino: inode number of that file
 * @commit: the last commit and the one before; the one with the higher @seq is
 *          complete, whenever the consumer died
 *
 * @head and @tail only grow; modulo @slots they are indices.  Each has its own
 * cache line.
 */
typedef struct MmtRing {
    uint64_t magic;
    uint32_t version;
    uint32_t slots;
    uint64_t pad0[6];

    uint64_t head;
    uint64_t lost;
    uint64_t total_lost;
    uint64_t tail_seen;
    uint64_t pad1[4];

    uint64_t tail;
    uint64_t next_dev;
    uint64_t next_ino;
    uint64_t pad2[5];

    MmtCommit commit[2];

    MmtSlot slot[];
} MmtRing;

static_assert(sizeof(MmtRing) == 320, "the ring's header is five lines");

/**
 * mmt_ring_bytes() - get the size of a ring
 * @slots: number of slots
 *
 * Return: bytes, or 0 if @slots is not a power of two within the limits
 */
size_t mmt_ring_bytes(uint32_t slots);

/**
 * mmt_ring_init() - create an empty ring
 * @mem: mmt_ring_bytes(@slots) bytes, aligned to 64; owned by the caller
 * @slots: number of slots
 *
 * Writes to every page of @mem, so that vCPUs get no page faults.
 *
 * Return: the ring, which is @mem
 */
MmtRing *mmt_ring_init(void *mem, uint32_t slots);

/**
 * mmt_ring_valid() - check that memory holds a ring
 * @mem: the memory, aligned to 64
 * @bytes: its size
 *
 * For memory that is not trusted: a ring that passes can be salvaged safely,
 * whatever it holds.
 *
 * Return: NULL if it is a ring, else the reason why not
 */
const char *mmt_ring_valid(const void *mem, size_t bytes);

/**
 * mmt_ring_reserve() - reserve consecutive slots, at the end of the log's order
 * @ring: the ring
 * @n: number of slots, from 1 up; less than the ring's size
 * @pos: where to store the position of the first slot
 *
 * The caller must publish all of the slots as READY: until then, they hold back
 * all slots behind them.  Any thread, but one at a time: producers are in the
 * log's gate, or alone otherwise.
 *
 * Return: slots in use, including these; while they are less than half of the
 *         ring, the number may be too high.  0 if there is no room and nothing
 *         was reserved
 */
uint64_t mmt_ring_reserve(MmtRing *ring, uint32_t n, uint64_t *pos);

/**
 * mmt_ring_slot() - get the slot at a position
 * @ring: the ring
 * @pos: a position from mmt_ring_reserve(), plus less than its @n
 */
static inline MmtSlot *mmt_ring_slot(MmtRing *ring, uint64_t pos)
{
    return &ring->slot[pos & (ring->slots - 1)];
}

/**
 * mmt_ring_look_for_room() - the slow way of mmt_ring_reserve_one()
 * @ring: the ring
 * @limit: see there
 *
 * Return: true if there is room
 */
bool mmt_ring_look_for_room(MmtRing *ring, uint64_t limit);

/**
 * mmt_ring_reserve_one() - reserve a slot, if that is simple
 * @ring: the ring
 * @limit: slots that may be in use before
 *
 * Like mmt_ring_reserve(), without a call: for accesses.
 *
 * Return: the slot; NULL if nothing was reserved: @limit slots are in use, the
 *         ring is full, or a notice of lost records is due
 */
static inline MmtSlot *mmt_ring_reserve_one(MmtRing *ring, uint64_t limit)
{
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
    uint64_t used = head - ring->tail_seen;

    if (__builtin_expect(used >= limit || used >= ring->slots ||
                         __atomic_load_n(&ring->lost, __ATOMIC_RELAXED), 0) &&
        !mmt_ring_look_for_room(ring, limit)) {
        return NULL;
    }
    __atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
    return mmt_ring_slot(ring, head);
}

/**
 * mmt_slot_fill() - copy a record into a reserved slot
 * @slot: the slot
 * @rec: the record; its state is not copied
 *
 * The consumer may read a reserved slot's state at any time: only
 * mmt_slot_publish() may write it.
 */
static inline void mmt_slot_fill(MmtSlot *slot, const MmtRecord *rec)
{
    memcpy((char *)&slot->rec + sizeof(rec->state),
           (const char *)rec + sizeof(rec->state),
           sizeof(*rec) - sizeof(rec->state));
}

/**
 * mmt_slot_publish() - publish a filled slot
 * @slot: a reserved slot, filled in
 * @state: MMT_STATE_PENDING or MMT_STATE_READY
 *
 * After READY the slot belongs to the consumer.
 */
static inline void mmt_slot_publish(MmtSlot *slot, MmtState state)
{
    __atomic_store_n(&slot->rec.state, (uint16_t)state, __ATOMIC_RELEASE);
}

/**
 * mmt_slot_fetch_next() - get the slot behind a slot into the cache
 * @slot: a slot, published as READY
 *
 * The next access needs it; it comes while the vCPU returns to its guest.
 */
static inline void mmt_slot_fetch_next(const MmtSlot *slot)
{
    __builtin_prefetch(slot + 1, 1);
}

/**
 * mmt_ring_put_text() - log a record with text
 * @ring: the ring
 * @rec: the record, of kind MMT_KIND_MARK or MMT_KIND_LINE; copied
 * @text: the text, without a newline; need not be NUL-terminated
 * @len: bytes of @text, at most MMT_LINE_MAX - 2
 *
 * Any thread, but one at a time, as for mmt_ring_reserve().
 *
 * Return: true, or false if there is no room
 */
bool mmt_ring_put_text(MmtRing *ring, const MmtRecord *rec,
                       const char *text, size_t len);

/**
 * mmt_ring_lose() - count a record that found no room
 * @ring: the ring
 *
 * An MMT_KIND_LOST record precedes the next record that finds room, so that the
 * log shows how many records are missing and where.  Any thread.
 */
void mmt_ring_lose(MmtRing *ring);

/**
 * mmt_ring_total_lost() - get the number of records that ever found no room
 * @ring: the ring
 *
 * Any thread.
 */
uint64_t mmt_ring_total_lost(const MmtRing *ring);

/**
 * mmt_ring_peek() - get a record that is ready
 * @ring: the ring
 * @pos: its position, from the ring's tail up
 *
 * Consumer only.  The slot stays valid until mmt_ring_consume().
 *
 * Return: the slot, or NULL if it is not READY
 */
const MmtSlot *mmt_ring_peek(MmtRing *ring, uint64_t pos);

/**
 * mmt_ring_peek_pending() - get a record whose access is not complete
 * @ring: the ring
 * @pos: its position, from the ring's tail up
 *
 * Consumer only.  Of a write, everything but the flags is final.
 *
 * Return: the slot, or NULL if it is not PENDING
 */
const MmtSlot *mmt_ring_peek_pending(MmtRing *ring, uint64_t pos);

/**
 * mmt_ring_consume() - free the oldest slots
 * @ring: the ring
 * @n: number of slots; mmt_ring_peek() must have returned all of them
 *
 * Consumer only.
 */
void mmt_ring_consume(MmtRing *ring, uint64_t n);

/**
 * mmt_ring_commit() - store up to where the records are in the file
 * @ring: the ring
 * @commit: the commit; its @seq is set here
 *
 * To be called before mmt_ring_consume() frees the slots: at any moment, a
 * record must be in the ring or before @offset in the file.  Consumer only.
 */
void mmt_ring_commit(MmtRing *ring, MmtCommit *commit);

/**
 * mmt_ring_committed() - get the last commit
 * @ring: the ring
 *
 * Return: the commit, or NULL if there never was one
 */
const MmtCommit *mmt_ring_committed(const MmtRing *ring);

/**
 * mmt_ring_rewind() - move the tail back to the last commit
 * @ring: a ring without producers and without a consumer
 *
 * Return: that commit, or NULL if there never was one
 */
const MmtCommit *mmt_ring_rewind(MmtRing *ring);

/**
 * mmt_ring_look() - copy a slot in any state
 * @ring: the ring
 * @pos: its position, between the ring's tail and its head
 * @slot: where to copy it
 *
 * Only when no producer is left.  A record that was still pending gets
 * MMT_FLAG_PENDING.  Consumer only.
 *
 * Return: true, or false if it was reserved and never filled in: its access
 *         did not happen
 */
bool mmt_ring_look(MmtRing *ring, uint64_t pos, MmtSlot *slot);

/**
 * mmt_ring_take_lost() - get the losses that no record followed
 * @ring: the ring
 * @slot: where to store them as an MMT_KIND_LOST record
 *
 * Only when no producer is left.
 *
 * Return: true if there are any
 */
bool mmt_ring_take_lost(MmtRing *ring, MmtSlot *slot);

/**
 * mmt_ring_salvage() - take the oldest slot, in any state
 * @ring: the ring
 * @slot: where to copy it
 *
 * Only when no producer is left.  A record that was still pending gets
 * MMT_FLAG_PENDING.  Slots that were reserved and never filled in are skipped:
 * their accesses did not happen.  Losses that no record followed come last, as
 * an MMT_KIND_LOST record.  Consumer only.
 *
 * Return: true, or false if nothing is left
 */
bool mmt_ring_salvage(MmtRing *ring, MmtSlot *slot);

/**
 * mmt_ring_head() - get the position that is reserved next
 * @ring: the ring
 *
 * Any thread; a snapshot.
 */
uint64_t mmt_ring_head(const MmtRing *ring);

/**
 * mmt_ring_used() - get the number of slots between tail and head
 * @ring: the ring
 *
 * Any thread; a snapshot.
 */
uint64_t mmt_ring_used(const MmtRing *ring);

#endif /* LIBMMIOTRACE_RING_H */
