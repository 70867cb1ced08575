/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: replacements that depend on a key
 *
 * The key is random and kept nowhere: whoever has the output can not try out
 * which secret gives a replacement.  The same input has the same replacement.
 */
#ifndef VFIO_TRACE_REDACT_KEY_H
#define VFIO_TRACE_REDACT_KEY_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct RedactKey: a key
 * @bytes: its bytes
 */
typedef struct RedactKey {
    uint8_t bytes[32];
} RedactKey;

/**
 * redact_key_init() - make a key
 * @key: where to store it
 * @seed: a text that makes the same key each time, or NULL for a random one
 */
void redact_key_init(RedactKey *key, const char *seed);

/**
 * redact_key_bytes() - get a replacement
 * @key: the key
 * @what: what is replaced; other kinds have other replacements
 * @in: the bytes to be replaced
 * @in_len: their number
 * @out: where to store the replacement
 * @out_len: its bytes, any number
 */
void redact_key_bytes(const RedactKey *key, const char *what, const void *in,
                      size_t in_len, uint8_t *out, size_t out_len);

/**
 * redact_key_number() - get a replacement of a number
 * @key: the key
 * @number: the number
 */
uint64_t redact_key_number(const RedactKey *key, uint64_t number);

#endif /* VFIO_TRACE_REDACT_KEY_H */
