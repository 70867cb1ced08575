/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: hashes that nobody can foresee
 *
 * With g_str_hash(), it is easy to write a database all of whose names collide:
 * to load 100,000 of them takes minutes then.  These depend on a number that
 * each process draws.
 */
#ifndef LIBREGDB_HASH_H
#define LIBREGDB_HASH_H

#include <glib.h>

/**
 * regdb_hash() - hash a text, instead of g_str_hash()
 * @text: the text
 */
guint regdb_hash(gconstpointer text);

/**
 * regdb_hash_u64() - hash a number, instead of g_int64_hash()
 * @number: a uint64_t
 */
guint regdb_hash_u64(gconstpointer number);

/**
 * regdb_hash_gbytes() - hash a GBytes, instead of g_bytes_hash()
 * @bytes: the GBytes
 */
guint regdb_hash_gbytes(gconstpointer bytes);

/**
 * regdb_hash_bytes() - hash of bytes
 * @bytes: the bytes
 * @len: their number
 */
guint regdb_hash_bytes(const void *bytes, size_t len);

#endif /* LIBREGDB_HASH_H */
