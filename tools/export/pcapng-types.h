/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: definitions of types, what values mean
 */
#ifndef VFIO_TRACE_EXPORT_PCAPNG_TYPES_H
#define VFIO_TRACE_EXPORT_PCAPNG_TYPES_H

#include <glib.h>
#include <stdint.h>

#include "libregdb/view.h"

/* Types of a file at most: readers keep them all. */
#define PCAPNG_TYPES_MAX 65536

/**
 * enum PcapngType: kinds of types in the file, whatever libregdb's are called
 */
typedef enum PcapngType {
    PCAPNG_TYPE_HEX,
    PCAPNG_TYPE_UINT,
    PCAPNG_TYPE_INT,
    PCAPNG_TYPE_BOOLEAN,
    PCAPNG_TYPE_FLOAT,
    PCAPNG_TYPE_FIXED,
    PCAPNG_TYPE_UFIXED,
    PCAPNG_TYPE_ENUM,
    PCAPNG_TYPE_BITSET,
} PcapngType;

typedef struct PcapngTypes PcapngTypes;

/**
 * pcapng_types_new() - begin
 * @items: where to append definitions
 *
 * Return: the state, to be freed with pcapng_types_free()
 */
PcapngTypes *pcapng_types_new(GByteArray *items);

void pcapng_types_free(PcapngTypes *types);

/**
 * pcapng_types_forget() - forget what was defined: views are others now
 * @types: the state
 */
void pcapng_types_forget(PcapngTypes *types);

/**
 * pcapng_types_number() - get the number of a type, which is defined by then
 * @types: the state
 * @view: the view, for its variants
 * @type: the type, or NULL
 *
 * Return: the number; 0: a number without a meaning
 */
uint32_t pcapng_types_number(PcapngTypes *types, const RegDbView *view,
                             const RegDbType *type);

#endif /* VFIO_TRACE_EXPORT_PCAPNG_TYPES_H */
