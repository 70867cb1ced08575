/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: texts of recent values
 *
 * Registers are read with few different values: polls, interrupts.  The text of
 * a value, with what has changed, is kept for the next access with it.
 */
#ifndef VFIO_TRACE_DECODE_VALUES_H
#define VFIO_TRACE_DECODE_VALUES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Texts that are kept, and the longest one */
#define DECODE_VALUES    (1u << 15)
#define DECODE_VALUE_MAX 1000

/**
 * struct DecodeValue: a value of a register
 * @slot: DecodeSlot.number + 1; 0: none
 * @before: the value before
 * @after: the value
 * @len: length of @text
 * @room: bytes that were allocated
 * @text: its text, with DECODE_SLACK bytes behind it
 */
typedef struct DecodeValue {
    uint64_t slot;
    uint64_t before;
    uint64_t after;
    uint32_t len;
    uint32_t room;
    char *text;
} DecodeValue;

typedef struct DecodeValues {
    DecodeValue *values;
} DecodeValues;

/**
 * decode_values_init() - begin without any
 * @values: the values
 */
void decode_values_init(DecodeValues *values);

/**
 * decode_values_clear() - free them
 * @values: the values
 */
void decode_values_clear(DecodeValues *values);

/**
 * decode_values_keep() - keep a text
 * @value: its place
 * @slot: DecodeSlot.number
 * @before: the value before
 * @after: the value
 * @text: the text; if it is too long, it is not kept
 */
void decode_values_keep(DecodeValue *value, uint64_t slot, uint64_t before,
                        uint64_t after, const GString *text);

/* Where the text of a value is, if it is kept */
static inline DecodeValue *decode_values_place(const DecodeValues *values,
                                               uint64_t slot, uint64_t before,
                                               uint64_t after)
{
    uint64_t h = (slot * 0x9e3779b97f4a7c15) ^ (before * 0xc2b2ae3d27d4eb4f) ^
                 (after * 0xff51afd7ed558ccd);

    h ^= h >> 29;
    return &values->values[h * 0x9e3779b97f4a7c15 >> 49];
}

static inline bool decode_value_is(const DecodeValue *value, uint64_t slot,
                                   uint64_t before, uint64_t after)
{
    return value->slot == slot + 1 && value->after == after &&
           value->before == before;
}

#endif /* VFIO_TRACE_DECODE_VALUES_H */
