/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the finder of uploads: an index and data in one register
 */
#include <string.h>

#include "sanitized.h"
#include "upload-ways.h"

#define NO_BIT 64

/**
 * struct Layout: a register
 * @name: a device that has it
 * @width: bytes
 * @index: lowest bit of the index
 * @data: lowest bit of the data
 * @bits: bits of the data
 * @start: bit that is written, or NO_BIT
 * @done: bit that is set when the data is there, or NO_BIT
 * @busy: bit that is set until the data is there, or NO_BIT
 * @echo: the index is read as it was written
 */
typedef struct Layout {
    const char *name;
    unsigned width;
    unsigned index;
    unsigned data;
    unsigned bits;
    unsigned start;
    unsigned done;
    unsigned busy;
    bool echo;
} Layout;

static const Layout layouts[] = {
    { "e1000e's EERD", 4, 2, 16, 16, 0, 1, NO_BIT, true },
    { "e1000's EERD", 4, 8, 16, 16, 0, 4, NO_BIT, true },
    { "RTL8192's EFUSE_CTRL", 4, 8, 0, 8, NO_BIT, 31, NO_BIT, true },
    { "r8169's PHYAR", 4, 16, 0, 16, NO_BIT, 31, NO_BIT, true },
    { "busy", 4, 20, 4, 16, 31, NO_BIT, 30, true },
    { "address, then data", 4, 2, 0, 32, NO_BIT, NO_BIT, NO_BIT, false },
    { "64 bits", 8, 40, 0, 32, 63, 62, NO_BIT, true },
};

static uint64_t bit(unsigned number)
{
    return number == NO_BIT ? 0 : UINT64_C(1) << number;
}

static uint64_t word_at(const GByteArray *bytes, size_t i, unsigned size)
{
    uint64_t word = 0;

    memcpy(&word, bytes->data + i * size, size);
    return GUINT64_FROM_LE(word);
}

/* One word; with bits of a status, it may come late. */
static void read_word(Bench *bench, const Layout *layout, uint64_t index,
                      uint64_t word)
{
    uint64_t echo = layout->echo ? index << layout->index : 0;
    unsigned polls = layout->done == NO_BIT && layout->busy == NO_BIT ? 0 :
                     g_rand_int_range(bench->random, 0, 6);

    bench_put(bench, MMT_ENTRY_WRITE, DATA_REG, layout->width,
              index << layout->index | bit(layout->start));
    while (polls--) {
        bench_noise(bench);
        bench_put(bench, MMT_ENTRY_READ, DATA_REG, layout->width,
                  echo | bit(layout->busy));
    }
    bench_noise(bench);
    bench_put(bench, MMT_ENTRY_READ, DATA_REG, layout->width,
              echo | bit(layout->done) | word << layout->data);
}

static const Upload *only(const Bench *bench, const GByteArray *bytes)
{
    const Upload *up;

    g_assert_cmpuint(bench->found->len, ==, 1);
    up = &g_array_index(bench->found, Upload, 0);
    g_assert_cmpmem(up->bytes->data, up->bytes->len, bytes->data, bytes->len);
    return up;
}

static void check_layout(const Layout *layout, Bench *bench, bool down)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    unsigned size = layout->bits / 8;
    unsigned i, n = MAX(64 / size, 32);
    const Upload *up;

    bench_fill(bench, bytes, n * size);
    bench_separate(bench);
    bench_forget(bench);
    for (i = 0; i < n; i++) {
        unsigned at = down ? n - 1 - i : i;

        read_word(bench, layout, at, word_at(bytes, at, size));
    }
    bench_separate(bench);
    upload_flush(bench->finder);
    up = only(bench, bytes);
    g_assert_cmpint(up->way, ==, UPLOAD_FIELDS);
    g_assert_cmpint(up->content, ==, UPLOAD_DATA);
    g_assert_true(up->reads);
    g_assert_cmpuint(up->blocks, ==, n);
    g_assert_cmpuint(up->index_bit, ==, layout->index);
    g_assert_cmpuint(up->index_first, ==, down ? n - 1 : 0);
    g_assert_cmpint(up->index_step, ==, down ? -1 : 1);
    g_assert_cmpuint(up->data_bit, ==, layout->data);
    g_assert_cmpuint(up->data_bits, ==, layout->bits);
}

static void test_reads(void)
{
    UploadOptions options = { .reads = true };
    unsigned i, round;
    Bench bench;

    bench_init(&bench, 1, &options);
    for (round = 0; round < ROUNDS(50); round++) {
        bench.noise = round % 2 * 5;
        for (i = 0; i < G_N_ELEMENTS(layouts); i++) {
            g_test_message("%s", layouts[i].name);
            check_layout(&layouts[i], &bench, false);
            check_layout(&layouts[i], &bench, true);
        }
    }
    bench_clear(&bench);
}

/* The whole of it twice: two uploads */
static void test_again(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .reads = true };
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 128);
    for (i = 0; i < 128; i++) {
        read_word(&bench, &layouts[0], i % 64, word_at(bytes, i % 64, 2));
    }
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 2);
    for (i = 0; i < 2; i++) {
        const Upload *up = &g_array_index(bench.found, Upload, i);

        g_assert_cmpmem(up->bytes->data, up->bytes->len, bytes->data, 128);
    }
    bench_clear(&bench);
}

/* A queue behind a register that takes commands: each read is data. */
static void test_queue(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .reads = true };
    const Upload *up;
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 4096);
    for (i = 0; i < 1024; i++) {
        if (i % 16 == 0) {
            bench_write(&bench, DATA_REG, i * 4);
        }
        bench_put_bytes(&bench, DATA_REG, bytes->data + i * 4, 4);
    }
    upload_flush(bench.finder);
    up = only(&bench, bytes);
    g_assert_cmpint(up->way, !=, UPLOAD_FIELDS);
    bench_clear(&bench);
}

/* Commands that count, and their status: no data */
static void test_status(void)
{
    UploadOptions options = { .reads = true };
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    for (i = 0; i < 256; i++) {
        bench_write(&bench, DATA_REG, i << 8 | 1);
        bench_put(&bench, MMT_ENTRY_READ, DATA_REG, 4, i << 8);
        bench_put(&bench, MMT_ENTRY_READ, DATA_REG, 4,
                  i << 8 | g_rand_int_range(bench.random, 1, 3) << 1);
    }
    upload_flush(bench.finder);
    for (i = 0; i < bench.found->len; i++) {
        g_assert_cmpint(g_array_index(bench.found, Upload, i).way, !=,
                        UPLOAD_FIELDS);
    }
    bench_clear(&bench);
}

/* --- written ------------------------------------------------------------- */

static void write_words(Bench *bench, const Layout *layout,
                        const GByteArray *bytes, bool down)
{
    unsigned size = layout->bits / 8;
    unsigned i, n = bytes->len / size;

    for (i = 0; i < n; i++) {
        uint64_t at = down ? n - 1 - i : i;

        bench_noise(bench);
        bench_put(bench, MMT_ENTRY_WRITE, DATA_REG, layout->width,
                  at << layout->index | bit(layout->start) |
                  word_at(bytes, at, size) << layout->data);
        bench_put(bench, MMT_ENTRY_READ, DATA_REG, layout->width,
                  bit(layout->done));
    }
}

static void test_writes(void)
{
    UploadOptions options = { 0 };
    unsigned i, down;
    Bench bench;

    bench_init(&bench, 1, &options);
    for (i = 0; i < G_N_ELEMENTS(layouts); i++) {
        unsigned n = MAX(512 / layouts[i].bits, 32);

        for (down = 0; down < 2 && layouts[i].echo; down++) {
            g_autoptr(GByteArray) bytes = g_byte_array_new();
            const Upload *up;

            g_test_message("%s", layouts[i].name);
            bench_fill(&bench, bytes, n * layouts[i].bits / 8);
            bench_forget(&bench);
            write_words(&bench, &layouts[i], bytes, down);
            upload_flush(bench.finder);
            up = only(&bench, bytes);
            g_assert_cmpint(up->way, ==, UPLOAD_FIELDS);
            g_assert_false(up->reads);
            g_assert_cmpuint(up->index_bit, ==, layouts[i].index);
            g_assert_cmpuint(up->data_bit, ==, layouts[i].data);
            g_assert_cmpuint(up->data_bits, ==, layouts[i].bits);
        }
    }
    bench_clear(&bench);
}

/* Number @i of what is written, and whether it has an index and data */
static const struct {
    const char *name;
    bool fields;
    UploadContent content;
} others[] = {
    { "a ring's numbers, again and again", false, UPLOAD_DATA },
    { "two that count", true, UPLOAD_COUNTING },
    { "a flag", false, UPLOAD_COUNTING },
    { "one value with each index", false, UPLOAD_COUNTING },
    { "two values", true, UPLOAD_FILL },
    { "an index that jumps once", false, UPLOAD_DATA },
};

static uint32_t other_value(Bench *bench, unsigned kind, unsigned i)
{
    uint32_t random = g_rand_int(bench->random);

    switch (kind) {
    case 0:
        return (random << 16) | i % 64;
    case 1:
        return i << 16 | (1000 + i * 2);
    case 2:
        return i << 1 | (random & 1);
    case 3:
        return 0x12340000 | i;
    case 4:
        return (random & 1 ? 0x55u : 0xaau) << 24 | i;
    default:
        return (random << 16) | (i + (i > 100));
    }
}

static void test_others(void)
{
    UploadOptions options = { 0 };
    unsigned i, kind;
    Bench bench;

    for (kind = 0; kind < G_N_ELEMENTS(others); kind++) {
        const Upload *up;

        bench_init(&bench, kind, &options);
        g_test_message("%s", others[kind].name);
        for (i = 0; i < 256; i++) {
            bench_write(&bench, DATA_REG, other_value(&bench, kind, i));
        }
        upload_flush(bench.finder);
        g_assert_cmpuint(bench.found->len, ==, 1);
        up = &g_array_index(bench.found, Upload, 0);
        g_assert_cmpint(up->way == UPLOAD_FIELDS, ==, others[kind].fields);
        g_assert_cmpint(up->content, ==, others[kind].content);
        g_assert_cmpuint(up->bytes->len, ==, others[kind].fields ? 256 : 1024);
        bench_clear(&bench);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upload-fields/reads", test_reads);
    g_test_add_func("/upload-fields/again", test_again);
    g_test_add_func("/upload-fields/queue", test_queue);
    g_test_add_func("/upload-fields/status", test_status);
    g_test_add_func("/upload-fields/writes", test_writes);
    g_test_add_func("/upload-fields/others", test_others);
    return g_test_run();
}
