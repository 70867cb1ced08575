/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a program in C knows a file's contents by
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_HASH_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_HASH_H

#include <glib.h>
#include <stdint.h>

/**
 * program_hash() - FNV-1a, of 64 bits
 * @bytes: the contents
 */
static inline uint64_t program_hash(GBytes *bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    gsize size, i;
    const uint8_t *byte = g_bytes_get_data(bytes, &size);

    for (i = 0; i < size; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

#endif
