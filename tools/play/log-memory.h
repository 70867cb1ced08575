/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what was written to buffers, until it is logged
 */
#ifndef VFIO_TRACE_PLAY_LOG_MEMORY_H
#define VFIO_TRACE_PLAY_LOG_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct PlayFill: bytes that were written to a buffer
 * @name: the buffer's name, which must stay valid
 * @at: the device's address of the first one
 * @bytes: the bytes
 * @len: how many
 */
typedef struct PlayFill {
    const char *name;
    uint64_t at;
    const uint8_t *bytes;
    size_t len;
} PlayFill;

typedef struct PlayLogMemory PlayLogMemory;

/**
 * play_log_memory_new() - make an empty one
 */
PlayLogMemory *play_log_memory_new(void);

/**
 * play_log_memory_add() - add bytes, which replace older ones
 * @memory: what was written so far
 * @fill: the bytes, which are copied
 *
 * No page belongs to two buffers.
 */
void play_log_memory_add(PlayLogMemory *memory, const PlayFill *fill);

/**
 * typedef PlayPut - take a run of bytes
 * @opaque: as passed along with the callback
 * @run: the bytes: of one buffer, at most as many as a snapshot has
 */
typedef void PlayPut(void *opaque, const PlayFill *run);

/**
 * play_log_memory_take() - take all that was added, by address
 * @memory: is empty afterwards
 * @put: called with each run
 * @opaque: for @put
 *
 * Return: false if it was more than is kept at once: the rest is missing
 */
bool play_log_memory_take(PlayLogMemory *memory, PlayPut *put, void *opaque);

/**
 * play_log_memory_free() - free all
 * @memory: what was written, or NULL
 */
void play_log_memory_free(PlayLogMemory *memory);

#endif /* VFIO_TRACE_PLAY_LOG_MEMORY_H */
