/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the ring between the vCPUs and the writer
 *
 * Theory of operation
 *
 * A producer reserves consecutive slots by moving @head; the order of the
 * reservations is the order of the log.  It fills the slot in and publishes
 * it as PENDING before it lets the access go to the device, and as READY
 * once the answer is in.  One consumer takes READY slots at @tail, strictly
 * in order: a slot that is still pending holds back those behind it, which
 * is what keeps the log in the order of the accesses.
 *
 * Nothing here blocks, allocates or makes a system call.  A producer that
 * finds the ring full is told so and decides itself; a producer can not tell
 * a slow consumer from a dead one, so the ring must be watched: see
 * mmt_ring_used().
 *
 * The ring is position-independent and lives in memory that the caller
 * gives, shared with another process or not.
 */
#ifndef LIBMMIOTRACE_RING_H
#define LIBMMIOTRACE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "libmmiotrace/record.h"

/* "MMTRING" and a zero byte, little-endian */
#define MMT_RING_MAGIC   0x00474e4952544d4dULL
#define MMT_RING_VERSION 3

/* Slots in a ring: a power of two between these. */
#define MMT_RING_MIN_SLOTS 64u
#define MMT_RING_MAX_SLOTS (1u << 28)

/**
 * struct MmtCommit: how far the log's file has come
 * @seq: number of this commit, from 1 up; 0 where there is none
 * @tail: the records before this position are in the file for good
 * @part: which of the log's files, from 0 up
 * @offset: and the file ends here with them, in bytes
 * @last_ns: the latest time that was printed
 * @dev: the file's device number
 * @ino: the file's inode number; 0 where it is no regular file
 *
 * What the file holds beyond @offset is in the ring as well.
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
 * @head: slots ever reserved; only producers move it
 * @lost: records that found no room and that the log does not tell of yet
 * @total_lost: records that found no room, ever
 * @tail: slots ever consumed; only the consumer moves it
 * @next_dev: device number of a file that is to become the log's next part,
 *            and that no commit tells of yet
 * @next_ino: its inode number
 * @commit: the last commit and the one before; whichever has the higher @seq
 *          is whole, whenever the consumer died
 *
 * @head and @tail count up for ever; modulo @slots they are indices.  They
 * stand on cache lines of their own.
 */
typedef struct MmtRing {
    uint64_t magic;
    uint32_t version;
    uint32_t slots;
    uint64_t pad0[6];

    uint64_t head;
    uint64_t lost;
    uint64_t total_lost;
    uint64_t pad1[5];

    uint64_t tail;
    uint64_t next_dev;
    uint64_t next_ino;
    uint64_t pad2[5];

    MmtCommit commit[2];

    MmtSlot slot[];
} MmtRing;

static_assert(sizeof(MmtRing) == 320, "the ring's header is five lines");

/**
 * mmt_ring_bytes() - memory that a ring needs
 * @slots: number of slots
 *
 * Return: bytes, or 0 if @slots is not a power of two within the limits
 */
size_t mmt_ring_bytes(uint32_t slots);

/**
 * mmt_ring_init() - make an empty ring
 * @mem: mmt_ring_bytes(@slots) bytes, aligned to 64; stays the caller's
 * @slots: number of slots
 *
 * Touches every page of @mem, so that no page fault is left for a vCPU.
 *
 * Return: the ring, which is @mem
 */
MmtRing *mmt_ring_init(void *mem, uint32_t slots);

/**
 * mmt_ring_valid() - whether memory holds a ring
 * @mem: the memory, aligned to 64
 * @bytes: its size
 *
 * For memory that comes from somewhere else: whatever it holds, a ring that
 * passes can be salvaged safely.
 *
 * Return: NULL if it is one, else what is wrong with it
 */
const char *mmt_ring_valid(const void *mem, size_t bytes);

/**
 * mmt_ring_reserve() - take consecutive slots, at the end of the log's order
 * @ring: the ring
 * @n: how many, from 1 up; less than the ring's size
 * @pos: where to store the position of the first one
 *
 * The slots hold up everything behind them until all of them are published
 * as READY: a reservation must be followed by that.  Any thread.
 *
 * Return: slots in use now, those taken here included; 0 if there is no room,
 *         nothing is reserved then
 */
uint64_t mmt_ring_reserve(MmtRing *ring, uint32_t n, uint64_t *pos);

/**
 * mmt_ring_slot() - the slot at a position
 * @ring: the ring
 * @pos: a position got from mmt_ring_reserve(), plus less than its @n
 */
static inline MmtSlot *mmt_ring_slot(MmtRing *ring, uint64_t pos)
{
    return &ring->slot[pos & (ring->slots - 1)];
}

/**
 * mmt_slot_fill() - copy a record into a reserved slot
 * @slot: the slot
 * @rec: the record; its state is not copied
 *
 * The consumer looks at a reserved slot's state all the time: only
 * mmt_slot_publish() may write it.
 */
static inline void mmt_slot_fill(MmtSlot *slot, const MmtRecord *rec)
{
    memcpy((char *)&slot->rec + sizeof(rec->state),
           (const char *)rec + sizeof(rec->state),
           sizeof(*rec) - sizeof(rec->state));
}

/**
 * mmt_slot_publish() - hand a filled slot on
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
 * mmt_ring_put_text() - log a record that carries text
 * @ring: the ring
 * @rec: the record, of kind MMT_KIND_MARK or MMT_KIND_LINE; copied
 * @text: the text, without a newline; need not be NUL-terminated
 * @len: bytes of @text, at most MMT_LINE_MAX - 2
 *
 * Any thread.
 *
 * Return: true, or false if there is no room
 */
bool mmt_ring_put_text(MmtRing *ring, const MmtRecord *rec,
                       const char *text, size_t len);

/**
 * mmt_ring_lose() - count a record that found no room
 * @ring: the ring
 *
 * The next record that finds room is preceded by an MMT_KIND_LOST record, so
 * that the log says how many are missing and where.  Any thread.
 */
void mmt_ring_lose(MmtRing *ring);

/**
 * mmt_ring_total_lost() - records that found no room, ever
 * @ring: the ring
 *
 * Any thread.
 */
uint64_t mmt_ring_total_lost(const MmtRing *ring);

/**
 * mmt_ring_peek() - a record that is ready
 * @ring: the ring
 * @pos: its position, from the ring's tail up
 *
 * Consumer only.  The slot stays valid until mmt_ring_consume().
 *
 * Return: the slot, or NULL if it is not reserved or not READY
 */
const MmtSlot *mmt_ring_peek(MmtRing *ring, uint64_t pos);

/**
 * mmt_ring_peek_pending() - a record whose access is on its way
 * @ring: the ring
 * @pos: its position, from the ring's tail up
 *
 * Consumer only.  Of a write, everything but the flags is final.
 *
 * Return: the slot, or NULL if it is not reserved or not PENDING
 */
const MmtSlot *mmt_ring_peek_pending(MmtRing *ring, uint64_t pos);

/**
 * mmt_ring_consume() - give the oldest slots back
 * @ring: the ring
 * @n: how many; all of them must have been seen by mmt_ring_peek()
 *
 * Consumer only.
 */
void mmt_ring_consume(MmtRing *ring, uint64_t n);

/**
 * mmt_ring_commit() - note how far the file has come
 * @ring: the ring
 * @commit: what to note; its @seq is set here
 *
 * Before mmt_ring_consume() gives the slots back: a record must at no moment
 * be neither in the ring nor in the part of the file that counts.  Consumer
 * only.
 */
void mmt_ring_commit(MmtRing *ring, MmtCommit *commit);

/**
 * mmt_ring_committed() - the last commit
 * @ring: the ring
 *
 * Return: the commit, or NULL if there never was one
 */
const MmtCommit *mmt_ring_committed(const MmtRing *ring);

/**
 * mmt_ring_rewind() - put the tail where the file ends for good
 * @ring: a ring without producers and without a consumer
 *
 * Return: the commit that says so, or NULL if there never was one
 */
const MmtCommit *mmt_ring_rewind(MmtRing *ring);

/**
 * mmt_ring_look() - copy a slot whatever its state
 * @ring: the ring
 * @pos: its position, between the ring's tail and its head
 * @slot: where to copy it
 *
 * For when no producer is left.  A record that was still pending comes with
 * MMT_FLAG_PENDING.  Consumer only.
 *
 * Return: true, or false if it was reserved and never filled in: its access
 *         did not happen
 */
bool mmt_ring_look(MmtRing *ring, uint64_t pos, MmtSlot *slot);

/**
 * mmt_ring_take_lost() - losses that no record followed
 * @ring: the ring
 * @slot: where to store them as an MMT_KIND_LOST record
 *
 * For when no producer is left.
 *
 * Return: whether there are any
 */
bool mmt_ring_take_lost(MmtRing *ring, MmtSlot *slot);

/**
 * mmt_ring_salvage() - take the oldest slot whatever its state
 * @ring: the ring
 * @slot: where to copy it
 *
 * For when no producer is left.  A record that was still pending comes with
 * MMT_FLAG_PENDING; slots that were reserved and never filled in are passed
 * over: their accesses did not happen.  Losses that no record followed come
 * last, as an MMT_KIND_LOST record.  Consumer only.
 *
 * Return: true, or false if nothing is left
 */
bool mmt_ring_salvage(MmtRing *ring, MmtSlot *slot);

/**
 * mmt_ring_head() - the position that is reserved next
 * @ring: the ring
 *
 * Any thread; a snapshot.
 */
uint64_t mmt_ring_head(const MmtRing *ring);

/**
 * mmt_ring_used() - slots between tail and head
 * @ring: the ring
 *
 * Any thread; a snapshot.
 */
uint64_t mmt_ring_used(const MmtRing *ring);

#endif /* LIBMMIOTRACE_RING_H */
