/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: hashes */
#include <string.h>

#include "libregdb/hash.h"

/* Names all of which g_str_hash() makes the same number of */
static void colliding_name(unsigned n, char *name)
{
    unsigned i;

    for (i = 0; i < 16; i++) {
        memcpy(name + 2 * i, n >> i & 1 ? "Ab" : "BA", 2);
    }
    name[32] = '\0';
}

static void test_collisions(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    char name[33];
    guint expected;
    unsigned i;

    colliding_name(0, name);
    expected = g_str_hash(name);
    for (i = 0; i < 10000; i++) {
        colliding_name(i, name);
        g_assert_cmpuint(g_str_hash(name), ==, expected);
        g_hash_table_add(seen, GUINT_TO_POINTER(regdb_hash(name)));
    }
    /* of 10,000 numbers in 2^32, two or three may be the same */
    g_assert_cmpuint(g_hash_table_size(seen), >, 9990);
}

static void test_equal(void)
{
    char texts[2][32];
    GBytes *bytes;
    unsigned n;

    for (n = 0; n < 30; n++) {
        memset(texts, 'x', sizeof(texts));
        texts[0][n] = '\0';
        texts[1][n] = '\0';
        bytes = g_bytes_new(texts[0], n);
        g_assert_cmpuint(regdb_hash(texts[0]), ==, regdb_hash(texts[1]));
        g_assert_cmpuint(regdb_hash(texts[0]), ==, regdb_hash_gbytes(bytes));
        g_bytes_unref(bytes);
    }
}

static void test_numbers(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint64 number;

    for (number = 0; number < 1000; number++) {
        guint64 high = number << 32;

        g_assert_cmpuint(regdb_hash_u64(&high), ==, regdb_hash_u64(&high));
        g_hash_table_add(seen, GUINT_TO_POINTER(regdb_hash_u64(&high)));
    }
    g_assert_cmpuint(g_hash_table_size(seen), >, 990);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-hash/collisions", test_collisions);
    g_test_add_func("/regdb-hash/equal", test_equal);
    g_test_add_func("/regdb-hash/numbers", test_numbers);
    return g_test_run();
}
