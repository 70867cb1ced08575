/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the finder of uploads: windows that a page register moves
 *
 * Random ones are among the ways of test-upload.c.
 */
#include <string.h>

#include "upload-ways.h"

#define PAGE 128

static const Upload *found(const Bench *bench, unsigned i)
{
    g_assert_cmpuint(i, <, bench->found->len);
    return &g_array_index(bench->found, Upload, i);
}

static void put_words(Bench *bench, uint64_t offset, const uint8_t *bytes,
                      size_t len)
{
    size_t i;

    for (i = 0; i < len; i += 4) {
        bench_put_bytes(bench, offset + i, bytes + i, 4);
    }
}

/* A page is selected, and another register is written. */
static void put_page(Bench *bench, uint32_t number, const uint8_t *bytes,
                     size_t len)
{
    bench_write(bench, STATUS_REG, 1);
    bench_write(bench, INDEX_REG, number);
    bench_write(bench, SETUP_REG, 1);
    put_words(bench, WINDOW, bytes, len);
}

/* What is said of them; the last one has a single register. */
static void test_facts(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    const Upload *up;
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 4 * PAGE + 4);
    for (i = 0; i < 5; i++) {
        put_page(&bench, 0x8000 + i * PAGE, bytes->data + i * PAGE,
                 i < 4 ? PAGE : 4);
    }
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 1);
    up = found(&bench, 0);
    g_assert_cmpmem(up->bytes->data, up->bytes->len, bytes->data, bytes->len);
    g_assert_cmpint(up->way, ==, UPLOAD_WINDOW);
    g_assert_cmphex(up->offset, ==, WINDOW);
    g_assert_cmpuint(up->pages, ==, 5);
    g_assert_cmpuint(up->page_bytes, ==, PAGE);
    g_assert_cmphex(up->index_offset, ==, INDEX_REG);
    g_assert_cmphex(up->index_first, ==, 0x8000);
    g_assert_cmpint(up->index_step, ==, PAGE);
    g_assert_cmpuint(up->accesses, ==, 4 * 32 + 1);
    g_assert_cmpuint(up->first, ==, 3);
    g_assert_cmpuint(up->last, ==, bench.n - 1);
    g_assert_cmpint(up->content, ==, UPLOAD_DATA);
    bench_clear(&bench);
}

/* Two pages are enough, if the first one was selected, too. */
static void test_two(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 2 * PAGE);
    put_page(&bench, 0, bytes->data, PAGE);
    put_page(&bench, 1, bytes->data + PAGE, PAGE);
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 1);
    g_assert_cmpuint(found(&bench, 0)->pages, ==, 2);
    bench_separate(&bench);
    bench_forget(&bench);
    put_words(&bench, WINDOW, bytes->data, PAGE);
    put_page(&bench, 1, bytes->data + PAGE, PAGE);
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 2);
    g_assert_cmpuint(found(&bench, 0)->pages, ==, 0);
    bench_clear(&bench);
}

/* The page register is in another region. */
static void test_region(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .reads = true };
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 4 * PAGE);
    for (i = 0; i < 4; i++) {
        MmtEntry entry = { .kind = MMT_ENTRY_WRITE, .region = 7, .width = 1,
                           .offset = 0x40, .value = i * 16 };

        upload_access(bench.finder, &entry);
        put_words(&bench, WINDOW, bytes->data + i * PAGE, PAGE);
    }
    upload_flush(bench.finder);
    g_assert_cmpuint(bench.found->len, ==, 1);
    g_assert_cmpuint(found(&bench, 0)->pages, ==, 4);
    g_assert_cmpuint(found(&bench, 0)->index_region, ==, 7);
    g_assert_cmpmem(found(&bench, 0)->bytes->data, 4 * PAGE, bytes->data,
                    bytes->len);
    bench_clear(&bench);
}

/* Registers before four blocks, and what must be found of these */
static const struct {
    const char *name;
    uint32_t number[4];
    unsigned uploads;
} alike[] = {
    { "the same register again", { 1, 1, 1, 1 }, 4 },
    { "a step that counts no blocks", { 0, 3, 6, 9 }, 4 },
    { "one that goes to and fro", { 0, 1, 0, 1 }, 2 },
    { "one that jumps", { 0, 1, 2, 7 }, 2 },
};

static void test_alike(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    unsigned i, k;
    size_t all;
    Bench bench;

    for (k = 0; k < G_N_ELEMENTS(alike); k++) {
        bench_init(&bench, 1, &options);
        g_test_message("%s", alike[k].name);
        bench_fill(&bench, bytes, 4 * PAGE);
        for (i = 0; i < 4; i++) {
            put_page(&bench, alike[k].number[i], bytes->data + i * PAGE, PAGE);
        }
        upload_flush(bench.finder);
        g_assert_cmpuint(bench.found->len, ==, alike[k].uploads);
        for (i = 0, all = 0; i < bench.found->len; i++) {
            const GByteArray *one = found(&bench, i)->bytes;

            g_assert_cmpmem(one->data, one->len, bytes->data + all, one->len);
            all += one->len;
        }
        g_assert_cmpuint(all, ==, bytes->len);
        bench_clear(&bench);
    }
}

/* A block that is longer than the page before is another upload. */
static void test_longer(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { 0 };
    unsigned pages;
    Bench bench;

    for (pages = 1; pages < 4; pages++) {
        unsigned i;

        bench_init(&bench, 1, &options);
        bench_fill(&bench, bytes, 5 * PAGE);
        for (i = 0; i < pages; i++) {
            put_page(&bench, i, bytes->data + i * PAGE, PAGE);
        }
        put_page(&bench, pages, bytes->data + pages * PAGE, 2 * PAGE);
        upload_flush(bench.finder);
        g_assert_cmpuint(bench.found->len, ==, 2);
        g_assert_cmpuint(found(&bench, 0)->bytes->len, ==, pages * PAGE);
        g_assert_cmpuint(found(&bench, 0)->pages, ==, pages > 1 ? pages : 0);
        g_assert_cmpuint(found(&bench, 1)->bytes->len, ==, 2 * PAGE);
        g_assert_cmpuint(found(&bench, 1)->pages, ==, 0);
        bench_clear(&bench);
    }
}

/* Pages are cut at the limit, and nothing of them is lost. */
static void test_limit(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    UploadOptions options = { .max_bytes = 1000 };
    size_t all = 0;
    unsigned i;
    Bench bench;

    bench_init(&bench, 1, &options);
    bench_fill(&bench, bytes, 40 * PAGE);
    for (i = 0; i < 40; i++) {
        put_page(&bench, i, bytes->data + i * PAGE, PAGE);
    }
    upload_flush(bench.finder);
    for (i = 0; i < bench.found->len; i++) {
        const GByteArray *one = found(&bench, i)->bytes;

        g_assert_cmpuint(one->len, <=, 1000);
        g_assert_cmpmem(one->data, one->len, bytes->data + all, one->len);
        all += one->len;
    }
    g_assert_cmpuint(all, ==, bytes->len);
    g_assert_cmpuint(bench.found->len, <, 10);
    bench_clear(&bench);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upload-pages/facts", test_facts);
    g_test_add_func("/upload-pages/two", test_two);
    g_test_add_func("/upload-pages/region", test_region);
    g_test_add_func("/upload-pages/alike", test_alike);
    g_test_add_func("/upload-pages/longer", test_longer);
    g_test_add_func("/upload-pages/limit", test_limit);
    return g_test_run();
}
