/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the finder of uploads
 */
#include <inttypes.h>
#include <string.h>

#include "sanitized.h"
#include "upload-ways.h"

/* Random uploads of a test */
#define RANDOM_UPLOADS 400

/* Return: the only one of the bytes that were uploaded, which must be found */
static const Upload *found_only(const Bench *bench, const GByteArray *bytes)
{
    const Upload *upload;
    guint i;

    for (i = 0; i < bench->found->len; i++) {
        upload = &g_array_index(bench->found, Upload, i);
        g_test_message("way %d, %u bytes of %u, lines %" PRIu64 " to %" PRIu64
                       ", %" PRIu64 " blocks, end %d, index 0x%" PRIx64,
                       upload->way, upload->bytes->len, bytes->len,
                       upload->first_line, upload->last_line, upload->blocks,
                       upload->end, upload->index_offset);
    }
    g_assert_cmpuint(bench->found->len, ==, 1);
    upload = &g_array_index(bench->found, Upload, 0);
    g_assert_cmpmem(upload->bytes->data, upload->bytes->len,
                    bytes->data, bytes->len);
    return upload;
}

/* Uploads of one way after another, of all sizes and widths */
static void check_way(const Way *way, bool reads, int noise_percent,
                      uint32_t seed)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .reads = reads };
    unsigned round;
    Bench bench;

    bench_init(&bench, seed, &options);
    bench.noise = noise_percent;
    for (round = 0; round < ROUNDS(RANDOM_UPLOADS); round++) {
        unsigned width = 1 << g_rand_int_range(bench.random, 0, 4);
        size_t len = width * g_rand_int_range(bench.random, 40, 1500) + 24;
        const Upload *upload;

        bench_fill(&bench, bytes, way->odd
             ? len + g_rand_int_range(bench.random, 0, 8) : len / 8 * 8);
        bench_separate(&bench);
        bench_forget(&bench);
        bench.quiet = 64;
        way->upload(&bench, bytes, width);
        bench_separate(&bench);
        upload_flush(bench.finder);
        upload = found_only(&bench, bytes);
        g_assert_cmpint(upload->way, ==, way->way);
        g_assert_cmpint(upload->content, ==, UPLOAD_DATA);
        g_assert_cmpint(upload->reads, ==, reads);
    }
    bench_clear(&bench);
}

static const Way *find_way(const char *name)
{
    unsigned i;

    for (i = 0; i < N_WAYS; i++) {
        if (!strcmp(ways[i].name, name)) {
            return &ways[i];
        }
    }
    g_assert_not_reached();
}

static void test_ways(void)
{
    unsigned i;

    for (i = 0; i < N_WAYS; i++) {
        g_test_message("%s", ways[i].name);
        check_way(&ways[i], false, 0, i);
    }
}

static void test_noise_between(void)
{
    unsigned i;

    for (i = 0; i < N_WAYS; i++) {
        if (!ways[i].noise) {
            continue;
        }
        g_test_message("%s", ways[i].name);
        check_way(&ways[i], false, 3, 100 + i);
    }
}

static void test_reads(void)
{
    unsigned i;

    for (i = 0; i < N_WAYS; i++) {
        if (ways[i].reads) {
            g_test_message("%s", ways[i].name);
            check_way(&ways[i], true, 0, 200 + i);
        }
    }
}

/* What a driver does otherwise is no upload. */
static void test_no_uploads(void)
{
    UploadOptions options = { 0 };
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench.noise = 100;
    for (i = 0; i < 200000; i++) {
        switch (g_rand_int_range(bench.random, 0, 4)) {
        case 0:     /* an interrupt */
            bench_put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, 1u << i % 32);
            bench_write(&bench, STATUS_REG, 1u << i % 32);
            break;
        case 1:     /* a few registers in a row */
            bench_write(&bench, WINDOW, g_rand_int(bench.random));
            bench_write(&bench, WINDOW + 4, g_rand_int(bench.random));
            bench_write(&bench, WINDOW + 8, g_rand_int(bench.random));
            break;
        case 2:     /* an index that goes anywhere */
            bench_write(&bench, INDEX_REG,
                        g_rand_int_range(bench.random, 0, 99));
            bench_write(&bench, DATA_REG, g_rand_int(bench.random));
            break;
        default:
            bench_noise(&bench);
        }
    }
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 0);
    bench_clear(&bench);
}

/* A doorbell and a block of zeros are found, and said to be so. */
static void test_content(void)
{
    UploadOptions options = { 0 };
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    for (i = 0; i < 1000; i++) {
        bench_write(&bench, DATA_REG, i * 2 % 64);
        bench_put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, i);
    }
    bench_separate(&bench);
    for (i = 0; i < 1000; i++) {
        bench_write(&bench, WINDOW + i * 4, 0);
    }
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 2);
    g_assert_cmpint(g_array_index(bench.found, Upload, 0).content, ==,
                    UPLOAD_COUNTING);
    g_assert_cmpint(g_array_index(bench.found, Upload, 1).content, ==,
                    UPLOAD_FILL);
    bench_clear(&bench);
}

/* The same bytes once more: two uploads, not one */
static void test_again(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    unsigned i, again;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 4096);
    for (i = 0; i < N_WAYS; i++) {
        if (!ways[i].again) {
            continue;
        }
        bench_forget(&bench);
        for (again = 0; again < 2; again++) {
            bench_write(&bench, SETUP_REG, 0);
            ways[i].upload(&bench, bytes, 4);
        }
        upload_flush(bench.finder);
        g_test_message("%s", ways[i].name);
        g_assert_cmpuint(bench.found->len, ==, 2);
        for (again = 0; again < 2; again++) {
            const Upload *up = &g_array_index(bench.found, Upload, again);

            g_assert_cmpmem(up->bytes->data, up->bytes->len,
                            bytes->data, bytes->len);
        }
        bench_separate(&bench);
    }
    bench_clear(&bench);
}

/* Where it was, when, and what the index did */
static void test_facts(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    const Upload *up;
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 1024);
    for (i = 0; i < 256; i++) {
        bench_write(&bench, INDEX_REG, 0x40 + i * 4);
        bench_put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, 1);
        bench_put_bytes(&bench, DATA_REG, bytes->data + i * 4, 4);
    }
    upload_flush(bench.finder);
    up = found_only(&bench, bytes);
    g_assert_cmphex(up->offset, ==, DATA_REG);
    g_assert_cmphex(up->index_offset, ==, INDEX_REG);
    g_assert_cmphex(up->index_first, ==, 0x40);
    g_assert_cmpint(up->index_step, ==, 4);
    g_assert_cmpuint(up->blocks, ==, 256);
    g_assert_cmpuint(up->accesses, ==, 256);
    g_assert_cmpuint(up->width, ==, 4);
    g_assert_cmpuint(up->other_reads, ==, 255);
    g_assert_cmpuint(up->other_writes, ==, 0);
    g_assert_cmpuint(up->first, ==, 2);
    g_assert_cmpuint(up->last, ==, 767);
    g_assert_cmpuint(up->first_line, ==, 3);
    g_assert_cmpuint(up->last_line, ==, 768);
    g_assert_cmpuint(up->first_ns, ==, 2000);
    g_assert_cmpuint(up->last_ns, ==, 767000);
    g_assert_cmpint(up->end, ==, UPLOAD_END_FLUSH);
    bench_clear(&bench);
}

/* With exact, an upload is its accesses from the first to the last. */
static void test_exact(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .exact = true };
    uint32_t seed;

    for (seed = 0; seed < ROUNDS(400); seed++) {
        Bench bench;
        guint i;

        bench_init(&bench, seed, &options);
        bench.noise = 2;
        bench_fill(&bench, bytes, 4096);
        ways[seed % N_WAYS].upload(&bench, bytes, 4);
        upload_flush(bench.finder);
        for (i = 0; i < bench.found->len; i++) {
            const Upload *up = &g_array_index(bench.found, Upload, i);

            g_assert_cmpuint(up->last - up->first + 1, ==, up->accesses);
            g_assert_cmpuint(up->bytes->len, ==, up->accesses * up->width);
            g_assert_cmpint(up->way, !=, UPLOAD_PAIR);
            g_assert_false(up->mixed);
        }
        bench_clear(&bench);
    }
}

/* An upload with too many bytes is cut; nothing of it is lost. */
static void test_limit(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .max_bytes = 1000 };
    const Upload *up;
    size_t at = 0;
    Bench bench;
    guint i;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 8192);
    find_way("window")->upload(&bench, bytes, 4);
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 9);
    for (i = 0; i < bench.found->len; i++) {
        up = &g_array_index(bench.found, Upload, i);
        g_assert_cmpuint(up->bytes->len, <=, 1000);
        g_assert_cmpmem(up->bytes->data, up->bytes->len, bytes->data + at,
                        up->bytes->len);
        at += up->bytes->len;
        g_assert_cmpint(up->end, ==, at < 8192 ? UPLOAD_END_LIMIT
                                               : UPLOAD_END_FLUSH);
    }
    g_assert_cmpuint(at, ==, bytes->len);
    bench_clear(&bench);
}

/* Anything may come: few registers, odd widths, offsets at the end. */
static void test_anything(void)
{
    static const unsigned widths[] = { 0, 1, 2, 3, 4, 5, 8, 255 };
    uint32_t seed;

    for (seed = 0; seed < ROUNDS(300); seed++) {
        UploadOptions options = { .min_bytes = 1, .max_bytes = 64,
                                  .reads = seed & 1, .exact = seed & 2 };
        uint64_t accesses = 0;
        Bench bench;
        guint i;

        bench_init(&bench, seed, &options);
        for (i = 0; i < 5000; i++) {
            bench_put(&bench, g_rand_int_range(bench.random, 0, 3),
                (uint64_t)g_rand_int_range(bench.random, -4, 4) * 4,
                widths[g_rand_int_range(bench.random, 0, 8)],
                g_rand_int_range(bench.random, 0, 4));
        }
        upload_flush(bench.finder);
        for (i = 0; i < bench.found->len; i++) {
            const Upload *up = &g_array_index(bench.found, Upload, i);

            accesses += up->accesses;
            g_assert_cmpuint(up->bytes->len, <=, 64);
            g_assert_cmpuint(up->bytes->len, >=, 1);
            g_assert_cmpuint(up->first, <=, up->last);
            g_assert_cmpuint(up->last, <, bench.n);
        }
        g_assert_cmpuint(accesses, <=, 2 * bench.n);
        bench_clear(&bench);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upload/ways", test_ways);
    g_test_add_func("/upload/noise-between", test_noise_between);
    g_test_add_func("/upload/reads", test_reads);
    g_test_add_func("/upload/no-uploads", test_no_uploads);
    g_test_add_func("/upload/content", test_content);
    g_test_add_func("/upload/again", test_again);
    g_test_add_func("/upload/facts", test_facts);
    g_test_add_func("/upload/exact", test_exact);
    g_test_add_func("/upload/limit", test_limit);
    g_test_add_func("/upload/anything", test_anything);
    return g_test_run();
}
