/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: an operation as text
 */
#ifndef VFIO_TRACE_PLAY_SHOW_H
#define VFIO_TRACE_PLAY_SHOW_H

#include "tools/sequence/model.h"

/**
 * play_put_time() - append a duration: "1.5 ms"
 * @text: where to append it
 * @ns: nanoseconds
 */
void play_put_time(GString *text, uint64_t ns);

/**
 * play_put_place() - append a register: "STATUS (bar0+0x8, 4 bytes)"
 * @text: where to append it
 * @seq: the sequence
 * @op: the operation
 * @offset: the offset, which loops change
 */
void play_put_place(GString *text, const Sequence *seq, const SeqOp *op,
                    uint64_t offset);

/**
 * play_put_memory() - append a place in a buffer: "RING (dma0+0x40, 16 bytes)"
 * @text: where to append it
 * @seq: the sequence
 * @op: the operation: SEQ_MEMORY or SEQ_POINTER
 * @offset: the offset, which loops change
 */
void play_put_memory(GString *text, const Sequence *seq, const SeqOp *op,
                     uint64_t offset);

/**
 * play_show() - describe an operation in one line
 * @seq: the sequence
 * @i: its number
 *
 * Texts of the sequence are in it: use tool_print().
 *
 * Return: the text without a newline, to be freed
 */
char *play_show(const Sequence *seq, uint32_t i);

/**
 * play_show_all() - describe a range of operations
 * @seq: the sequence
 * @first: number of the first
 * @end: number of the one after the last
 * @line: called with each line, without a newline
 * @opaque: for @line
 *
 * Bodies of loops are indented.
 */
void play_show_all(const Sequence *seq, uint32_t first, uint32_t end,
                   void (*line)(void *opaque, const char *text),
                   void *opaque);

#endif /* VFIO_TRACE_PLAY_SHOW_H */
