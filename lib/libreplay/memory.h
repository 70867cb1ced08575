/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: memory that the driver shares with the device
 *
 * A log has pieces of it.  What the driver had written there tells which
 * addresses this driver uses where the log's used others: the words of both
 * that are addresses.  What the device had written there is to be written
 * again, at this driver's addresses.
 */
#ifndef LIBREPLAY_MEMORY_H
#define LIBREPLAY_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Most pieces, and most bytes of all of them */
#define REPLAY_PIECES_MAX (1u << 18)
#define REPLAY_PIECES_BYTES (64u << 20)

/**
 * enum ReplayPart: what a piece of memory is
 */
typedef enum ReplayPart {
    REPLAY_PART_OTHER,
    REPLAY_PART_ENTRY,  /* an entry of a ring */
    REPLAY_PART_DATA,   /* what the entry points to */
    REPLAY_PART_LIST,   /* a list of pointers to more of that */
} ReplayPart;

/**
 * enum ReplaySeen: had the driver seen an entry at an access?
 */
typedef enum ReplaySeen {
    REPLAY_SEEN_UNKNOWN,
    REPLAY_SEEN_NO,
    REPLAY_SEEN_YES,
} ReplaySeen;

/**
 * struct ReplayRole: how a piece of memory belongs to a ring
 * @family: number of the ring's name, or 0 (libreplay/rings.h)
 * @instance: number of the ring among those with this name
 * @part: ReplayPart
 * @seen: ReplaySeen, of the entry that it belongs to
 * @written: it stands behind a write
 * @offset: where it is in the ring, or in the data that it is a part of
 */
typedef struct ReplayRole {
    uint32_t offset;
    uint16_t family;
    uint16_t instance;
    uint8_t part;
    uint8_t seen;
    bool written;
} ReplayRole;

/**
 * struct ReplayPiece: some bytes of memory at a moment of the log
 * @at: their address in the log
 * @bytes: the bytes
 * @len: their number
 * @device: the device has written them
 * @number: the piece's number
 * @role: how they belong to a ring
 */
typedef struct ReplayPiece {
    uint64_t at;
    const uint8_t *bytes;
    uint32_t len;
    bool device;
    uint32_t number;
    ReplayRole role;
} ReplayPiece;

typedef struct ReplayMemory ReplayMemory;

/**
 * replay_memory_new() - make an empty table
 */
ReplayMemory *replay_memory_new(void);

/**
 * replay_memory_free() - free a table
 * @memory: the table, or NULL
 */
void replay_memory_free(ReplayMemory *memory);

/**
 * replay_memory_add() - add a piece
 * @memory: a table that is not ready yet
 * @at: its address in the log
 * @bytes: the bytes, which are copied
 * @len: their number
 * @device: the device has written them
 *
 * Return: its number, from 0 up; UINT32_MAX if there are too many
 */
uint32_t replay_memory_add(ReplayMemory *memory, uint64_t at,
                           const uint8_t *bytes, uint32_t len, bool device);

/**
 * replay_memory_set_role() - say how a piece belongs to a ring
 * @memory: the table
 * @number: number of the piece
 * @role: how it does
 */
void replay_memory_set_role(ReplayMemory *memory, uint32_t number,
                            ReplayRole role);

/**
 * replay_memory_set_device() - say who has written a piece
 * @memory: the table
 * @number: number of the piece
 * @device: the device has; else the driver
 */
void replay_memory_set_device(ReplayMemory *memory, uint32_t number,
                              bool device);

/**
 * replay_memory_set_answer() - the device repeats 16 bits of a driver's entry
 * @memory: the table
 * @number: number of the device's piece
 * @to: where in it
 * @question: number of the driver's piece
 * @from: where in that
 */
void replay_memory_set_answer(ReplayMemory *memory, uint32_t number,
                              unsigned to, uint32_t question, unsigned from);

/**
 * replay_memory_ready() - there are no more pieces
 * @memory: the table
 */
void replay_memory_ready(ReplayMemory *memory);

/**
 * replay_memory_piece() - get a piece
 * @memory: a table that is ready
 * @number: its number
 * @piece: where to store it
 *
 * Return: false if there is none
 */
bool replay_memory_piece(const ReplayMemory *memory, uint32_t number,
                         ReplayPiece *piece);

/**
 * replay_memory_wrote() - the driver has written a register
 * @memory: a table that is ready
 * @region: region of the register
 * @offset: its offset
 * @width: its width
 * @value: what the log's driver had written
 * @now: what this driver has written
 */
void replay_memory_wrote(ReplayMemory *memory, unsigned region,
                         uint64_t offset, unsigned width, uint64_t value,
                         uint64_t now);

/**
 * replay_memory_compare() - compare the driver's memory with the log's
 * @memory: a table that is ready
 * @piece: a piece that the driver has written
 * @now: as many bytes of the driver's memory
 */
void replay_memory_compare(ReplayMemory *memory, const ReplayPiece *piece,
                           const uint8_t *now);

/**
 * replay_memory_address() - get this driver's address for one of the log
 * @memory: a table that is ready
 * @at: the log's
 * @now: where to store this driver's
 *
 * Return: false if it is not known
 */
bool replay_memory_address(const ReplayMemory *memory, uint64_t at,
                           uint64_t *now);

/**
 * replay_memory_place() - get this driver's address of a piece
 * @memory: a table that is ready
 * @piece: the piece
 * @now: where to store it
 *
 * Return: false if it is not known
 */
bool replay_memory_place(const ReplayMemory *memory, const ReplayPiece *piece,
                         uint64_t *now);

/**
 * replay_memory_translate() - get what the device writes for this driver
 * @memory: a table that is ready
 * @piece: a piece that the device has written
 * @bytes: where to store it: @piece->len bytes
 *
 * Words of 8 bytes that are addresses of the log's driver become this one's, and
 * so do numbers that the device repeats.
 */
void replay_memory_translate(const ReplayMemory *memory,
                             const ReplayPiece *piece, uint8_t *bytes);

/**
 * replay_memory_forget() - forget this driver's addresses: the device is reset
 * @memory: a table that is ready
 */
void replay_memory_forget(ReplayMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplayMemory, replay_memory_free)

#endif /* LIBREPLAY_MEMORY_H */
