/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: hashes that nobody can foresee (see hash.h)
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF").
 */
#include "libregdb/hash.h"

#include <stdint.h>
#include <string.h>

typedef struct HashState {
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
} HashState;

static uint64_t hash_rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static void hash_round(HashState *s)
{
    s->a += s->b;
    s->c += s->d;
    s->b = hash_rotate(s->b, 13) ^ s->a;
    s->d = hash_rotate(s->d, 16) ^ s->c;
    s->a = hash_rotate(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = hash_rotate(s->b, 17) ^ s->c;
    s->d = hash_rotate(s->d, 21) ^ s->a;
    s->c = hash_rotate(s->c, 32);
}

static void hash_take(HashState *s, uint64_t word)
{
    s->d ^= word;
    hash_round(s);
    s->a ^= word;
}

static uint64_t hash_random(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

static HashState hash_begin(void)
{
    static gsize ready;
    static uint64_t key[2];

    if (g_once_init_enter(&ready)) {
        key[0] = hash_random();
        key[1] = hash_random();
        g_once_init_leave(&ready, 1);
    }
    return (HashState) {
        key[0] ^ 0x736f6d6570736575ull, key[1] ^ 0x646f72616e646f6dull,
        key[0] ^ 0x6c7967656e657261ull, key[1] ^ 0x7465646279746573ull,
    };
}

static guint hash_end(HashState *s)
{
    s->c ^= 0xff;
    hash_round(s);
    hash_round(s);
    hash_round(s);
    return s->a ^ s->b ^ s->c ^ s->d;
}

guint regdb_hash_bytes(const void *bytes, size_t len)
{
    const char *p = bytes;
    HashState s = hash_begin();
    size_t left = len;
    uint64_t word;

    for (; left >= sizeof(word); left -= sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        hash_take(&s, word);
        p += sizeof(word);
    }
    word = (uint64_t)len << 56;
    if (left) {
        memcpy(&word, p, left);
    }
    hash_take(&s, word);
    return hash_end(&s);
}

guint regdb_hash(gconstpointer text)
{
    return regdb_hash_bytes(text, strlen(text));
}

guint regdb_hash_u64(gconstpointer number)
{
    return regdb_hash_bytes(number, sizeof(uint64_t));
}

guint regdb_hash_gbytes(gconstpointer bytes)
{
    size_t len;
    const char *p = g_bytes_get_data((GBytes *)bytes, &len);

    return regdb_hash_bytes(p, len);
}
