/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what bytes look like
 */
#ifndef VFIO_TRACE_EXTRACT_KIND_H
#define VFIO_TRACE_EXTRACT_KIND_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ExtractKind: a guess
 * @name: "ELF", "text", "fill", "data"; static
 * @swapped: the bytes of each word of so many bytes are the other way round; 0
 *           if they are not
 */
typedef struct ExtractKind {
    const char *name;
    unsigned swapped;
} ExtractKind;

/**
 * extract_kind() - guess what bytes are
 * @bytes: the bytes
 * @len: their number
 *
 * By the signature at their beginning, or by all of them being text or the
 * same.  A driver may have swapped the bytes of words.
 */
ExtractKind extract_kind(const uint8_t *bytes, size_t len);

/**
 * extract_swap() - turn the bytes of each word round
 * @bytes: the bytes
 * @len: their number; a part of a word at the end stays as it is
 * @word: bytes of a word: 2, 4 or 8
 */
void extract_swap(uint8_t *bytes, size_t len, unsigned word);

#endif /* VFIO_TRACE_EXTRACT_KIND_H */
