/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: entries of rings, and watches
 */
#ifndef VFIO_TRACE_DECODE_MEMORY_H
#define VFIO_TRACE_DECODE_MEMORY_H

#include "tools/analysis/memory.h"
#include "tools/decode/decode.h"

/**
 * decode_memory_take() - take a line that is no access
 * @d: the state
 * @entry: the line's entry
 * @user: gets what is whole, with @d as its last argument
 *
 * Return: is it a mark that has no line of its own?
 */
bool decode_memory_take(Decode *d, const MmtEntry *entry,
                        const AnalysisMemoryUser *user);

/**
 * decode_memory_shown() - are entries and watches to be shown?
 * @d: the state
 */
static inline bool decode_memory_shown(const Decode *d)
{
    return d->memory_mode == DECODE_MEMORY_AS_MARKS ? d->marks
         : d->memory_mode != DECODE_MEMORY_NONE;
}

/**
 * decode_memory_layout() - get the layout of an entry
 * @d: the state
 * @thing: the entry
 *
 * Return: its layout, until names change; NULL if it has none
 */
RegDbView *decode_memory_layout(Decode *d, const AnalysisMemoryThing *thing);

/* Takes things and prints them as text; memory-text.c */
extern const AnalysisMemoryUser decode_memory_text;

/* Likewise as JSON; memory-json.c */
extern const AnalysisMemoryUser decode_memory_json;

#endif /* VFIO_TRACE_DECODE_MEMORY_H */
