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
 * play_add_buffer() - add a buffer: "dma1" and so on
 * @seq: the sequence
 * @size: its bytes
 *
 * Return: the buffer, valid until the next one is added
 */
SeqBuffer *play_add_buffer(Sequence *seq, uint64_t size);

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
 * play_add_bytes() - add an operation that writes to a buffer
 * @seq: the sequence
 * @memory: the buffer
 * @offset: where in it
 * @bytes: what: a string, without its end
 */
void play_add_bytes(Sequence *seq, uint32_t memory, uint64_t offset,
                    const char *bytes);

/**
 * play_add_pointer() - add an operation that writes an address to a buffer
 * @seq: the sequence
 * @memory: the buffer
 * @offset: where in it
 * @buffer: the buffer whose address is written, with 8 bytes
 *
 * Return: the operation, valid until the next one is added
 */
SeqOp *play_add_pointer(Sequence *seq, uint32_t memory, uint64_t offset,
                        uint32_t buffer);

/**
 * play_add_upload() - add an upload of "abcdefgh" in 2 accesses, from 0x40 on
 * @seq: the sequence
 * @stride: what is added to the offset
 */
void play_add_upload(Sequence *seq, int64_t stride);

/**
 * play_add_poll() - add a poll of the bits 0x80 at 0x30
 * @seq: the sequence
 * @ns: how long it may take
 *
 * Return: the operation, valid until the next one is added
 */
SeqOp *play_add_poll(Sequence *seq, uint64_t ns);

/**
 * play_all() - carry a sequence out
 * @seq: the sequence; it must pass sequence_check()
 * @memory: the device
 * @log: the log, or NULL
 * @result: how it ended
 */
void play_all(const Sequence *seq, PlayMemory *memory, PlayLog *log,
              PlayResult *result);

/**
 * play_assert_ends() - carry a sequence out and compare how it ends
 * @seq: the sequence
 * @memory: the device
 * @end: how
 * @result: the rest of the result
 */
void play_assert_ends(const Sequence *seq, PlayMemory *memory, PlayEnd end,
                      PlayResult *result);

/**
 * play_assert_does() - carry a sequence out on a new device with an interrupt
 * @seq: the sequence
 * @what: all that it does, as PlayMemory.said
 */
void play_assert_does(const Sequence *seq, const char *what);

#endif /* TESTS_UNIT_PLAY_MEMORY_H */
