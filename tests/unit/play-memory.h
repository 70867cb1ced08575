/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device of memory, for sequences
 */
#ifndef TESTS_UNIT_PLAY_MEMORY_H
#define TESTS_UNIT_PLAY_MEMORY_H

#include "tools/play/engine.h"

#define MEMORY_BYTES 0x1000
#define MEMORY_BUFFER 0x123456000ull

/**
 * struct PlayMemory: a device whose bar0 and config space are memory
 * @backend: the functions
 * @bytes: the memory, of all regions
 * @said: each access and interrupt, in words
 * @clock: the time; an access takes 1 us
 * @slept: how long was slept in all
 * @ready_at: after this many reads, @ready_value is at @ready_offset
 * @ready_offset: offset in bar0
 * @ready_value: the byte that comes there
 * @fail_at: the read of this number fails
 * @stop_at: after this many accesses, the user asks to end
 * @irqs: interrupts that still come
 * @reads: reads so far
 * @accesses: accesses so far
 */
typedef struct PlayMemory {
    PlayBackend backend;
    uint8_t bytes[MEMORY_BYTES];
    GString *said;
    uint64_t clock;
    uint64_t slept;
    uint64_t ready_at;
    uint64_t ready_offset;
    uint8_t ready_value;
    uint64_t fail_at;
    uint64_t stop_at;
    unsigned irqs;
    uint64_t reads;
    uint64_t accesses;
} PlayMemory;

/**
 * play_memory_init() - make a device full of zeros
 * @memory: to be initialised
 */
void play_memory_init(PlayMemory *memory);

/**
 * play_memory_clear() - free the contents
 * @memory: the device
 */
void play_memory_clear(PlayMemory *memory);

/**
 * play_sequence() - make a sequence with bar0 of MEMORY_BYTES and a buffer
 *
 * Return: the sequence, to be freed
 */
Sequence *play_sequence(void);

/**
 * play_add() - add an operation with a place in bar0
 * @seq: the sequence
 * @kind: what it does
 * @offset: its offset
 * @width: bytes
 * @value: its value
 *
 * Return: the operation, valid until the next one is added
 */
SeqOp *play_add(Sequence *seq, SeqKind kind, uint64_t offset, unsigned width,
                uint64_t value);

/**
 * play_add_mark() - add a mark
 * @seq: the sequence
 * @text: its text
 */
void play_add_mark(Sequence *seq, const char *text);

/**
 * play_add_loop() - add a loop
 * @seq: the sequence
 * @rounds: its rounds
 * @body: operations in its body, which are added next
 */
void play_add_loop(Sequence *seq, uint64_t rounds, uint32_t body);

/**
 * play_all() - carry a sequence out
 * @seq: the sequence; it must pass sequence_check()
 * @memory: the device
 * @log: the log, or NULL
 * @result: how it ended
 */
void play_all(const Sequence *seq, PlayMemory *memory, PlayLog *log,
              PlayResult *result);

#endif /* TESTS_UNIT_PLAY_MEMORY_H */
