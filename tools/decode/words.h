/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: names and meanings in folded lines
 */
#ifndef VFIO_TRACE_DECODE_WORDS_H
#define VFIO_TRACE_DECODE_WORDS_H

#include "tools/decode/decode.h"
#include "tools/fold/output.h"

/**
 * decode_words() - get the words for FoldOutput.words
 * @d: the state of the trace that is folded; must live as long as the words
 */
FoldWords decode_words(Decode *d);

/**
 * decode_words_slot() - find the slot of an access, or add it
 * @d: the state
 * @entry: the access
 *
 * Return: the slot with its registers, valid until another is added
 */
const DecodeSlot *decode_words_slot(Decode *d, const MmtEntry *entry);

#endif /* VFIO_TRACE_DECODE_WORDS_H */
