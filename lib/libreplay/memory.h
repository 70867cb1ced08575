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
 * struct ReplayPiece: some bytes of memory at a moment of the log
 * @at: their address in the log
 * @bytes: the bytes
 * @len: their number
 * @device: the device has written them
 */
typedef struct ReplayPiece {
    uint64_t at;
    const uint8_t *bytes;
    uint32_t len;
    bool device;
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
 * Return: its number; UINT32_MAX if there are too many
 */
uint32_t replay_memory_add(ReplayMemory *memory, uint64_t at,
                           const uint8_t *bytes, uint32_t len, bool device);

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
 * replay_memory_forget() - forget this driver's addresses: the device is reset
 * @memory: a table that is ready
 */
void replay_memory_forget(ReplayMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplayMemory, replay_memory_free)

#endif /* LIBREPLAY_MEMORY_H */
