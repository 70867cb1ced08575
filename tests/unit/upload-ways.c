/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: random uploads in each way (see upload-ways.h)
 */
#include "upload-ways.h"

#include <string.h>

/* Accesses of others: registers that are far apart */
#define NOISE_REG(i) (0x8000 + (i) * 0x1234)
#define NOISE_REGS 40

static void take_upload(void *opaque, const Upload *upload)
{
    Bench *bench = opaque;
    Upload copy = *upload;

    copy.bytes = g_byte_array_new();
    g_byte_array_append(copy.bytes, upload->bytes->data, upload->bytes->len);
    g_array_append_val(bench->found, copy);
}

void bench_init(Bench *bench, uint32_t seed, const UploadOptions *options)
{
    memset(bench, 0, sizeof(*bench));
    bench->finder = upload_new(options, take_upload, bench);
    bench->random = g_rand_new_with_seed(seed);
    bench->found = g_array_new(FALSE, FALSE, sizeof(Upload));
    bench->kind = options->reads ? MMT_ENTRY_READ : MMT_ENTRY_WRITE;
}

void bench_forget(Bench *bench)
{
    guint i;

    for (i = 0; i < bench->found->len; i++) {
        g_byte_array_unref(g_array_index(bench->found, Upload, i).bytes);
    }
    g_array_set_size(bench->found, 0);
}

void bench_clear(Bench *bench)
{
    bench_forget(bench);
    g_array_unref(bench->found);
    upload_free(bench->finder);
    g_rand_free(bench->random);
}

void bench_put(Bench *bench, MmtEntryKind kind, uint64_t offset,
               unsigned width, uint64_t value)
{
    MmtEntry entry = { .kind = kind, .width = width, .offset = offset,
                       .value = value, .flags = MMT_ENTRY_TIMED,
                       .ns = bench->n * 1000, .line = bench->n + 1 };

    bench->n++;
    upload_access(bench->finder, &entry);
}

void bench_write(Bench *bench, uint64_t offset, uint64_t value)
{
    bench_put(bench, MMT_ENTRY_WRITE, offset, 4, value);
}

static bool chance(Bench *bench, int percent)
{
    return g_rand_int_range(bench->random, 0, 100) < percent;
}

void bench_noise(Bench *bench)
{
    int i, n;

    if (bench->quiet) {
        bench->quiet--;
        return;
    }
    if (!chance(bench, bench->noise)) {
        return;
    }
    n = g_rand_int_range(bench->random, 1, 6);
    for (i = 0; i < n; i++) {
        bool writes = i < 2 && bench->kind == MMT_ENTRY_WRITE &&
                      chance(bench, 50);

        bench_put(bench, writes ? MMT_ENTRY_WRITE : MMT_ENTRY_READ,
                  NOISE_REG(g_rand_int_range(bench->random, 0, NOISE_REGS)),
                  4, g_rand_int(bench->random));
    }
}

void bench_put_bytes(Bench *bench, uint64_t offset, const uint8_t *bytes,
                      unsigned width)
{
    uint64_t value = 0;

    memcpy(&value, bytes, width);
    bench_noise(bench);
    bench_put(bench, bench->kind, offset, width, GUINT64_FROM_LE(value));
}

void bench_fill(Bench *bench, GByteArray *bytes, size_t len)
{
    size_t i;

    g_byte_array_set_size(bytes, len);
    for (i = 0; i < len; i++) {
        bytes->data[i] = g_rand_int(bench->random);
    }
}

void bench_separate(Bench *bench)
{
    int i;

    for (i = 0; i < 40; i++) {
        bench_write(bench,
                  NOISE_REG(g_rand_int_range(bench->random, 0, NOISE_REGS)),
                  g_rand_int(bench->random));
    }
}

/* One of each way; all sizes are multiples of the width. */

static void upload_port(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    bench_write(bench, SETUP_REG, 1);
    for (i = 0; i < bytes->len; i += width) {
        bench_put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

/* A status register is read before each access. */
static void upload_polled(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;
    int polls;

    bench_write(bench, SETUP_REG, 1);
    for (i = 0; i < bytes->len; i += width) {
        for (polls = g_rand_int_range(bench->random, 0, 4); polls; polls--) {
            bench_put(bench, MMT_ENTRY_READ, STATUS_REG, 4, polls > 1);
        }
        bench_put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

/* Some registers that follow each other, in turn */
static void upload_turns(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned registers = g_rand_int_range(bench->random, 2, 9);
    size_t i;

    bench_write(bench, SETUP_REG, 0);
    for (i = 0; i < bytes->len; i += width) {
        bench_put_bytes(bench, DATA_REG + i / width % registers * width,
                  bytes->data + i, width);
    }
}

/* A block of some accesses after each index */
static void upload_blocks(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t block = 8 << g_rand_int_range(bench->random, 0, 3);
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        if (i / width % block == 0) {
            bench_write(bench, INDEX_REG, 0x1000 + i / (width * block));
        }
        bench_put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

static void upload_pair(Bench *bench, GByteArray *bytes, unsigned width)
{
    int step = 1 << g_rand_int_range(bench->random, 0, 4);
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        bench_write(bench, INDEX_REG, 0x80000000 + i / width * step);
        bench_put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

/* Two words for each index, which counts down */
static void upload_pair_down(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned unit = width * 2;
    size_t n = bytes->len / unit;
    size_t i;

    g_byte_array_set_size(bytes, n * unit);
    for (i = n; i > 0; i--) {
        const uint8_t *at = bytes->data + (i - 1) * unit;

        bench_write(bench, INDEX_REG, i);
        bench_put_bytes(bench, DATA_REG, at, width);
        bench_put_bytes(bench, DATA_REG, at + width, width);
    }
}

/* The index comes after the data. */
static void upload_pair_after(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        bench_put_bytes(bench, DATA_REG, bytes->data + i, width);
        bench_write(bench, INDEX_REG, i);
    }
}

static void upload_window(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        bench_put_bytes(bench, WINDOW + i, bytes->data + i, width);
    }
}

static void upload_window_down(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = bytes->len; i > 0; i -= width) {
        bench_put_bytes(bench, WINDOW + i - width, bytes->data + i - width,
                        width);
    }
}

static void upload_stride(Bench *bench, GByteArray *bytes, unsigned width)
{
    int stride = 8 << g_rand_int_range(bench->random, 1, 4);
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        bench_put_bytes(bench, WINDOW + i / width * stride, bytes->data + i,
                        width);
    }
}

/* As memcpy() does: the end in smaller pieces */
static void upload_copy(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i = 0;

    while (i < bytes->len) {
        while (width > bytes->len - i) {
            width /= 2;
        }
        bench_put_bytes(bench, WINDOW + i, bytes->data + i, width);
        i += width;
    }
}

/* At least so many pages, of which the last one may be shorter */
#define PAGES_MIN 3

/* A window that is moved by a register, page by page */
static void put_page(Bench *bench, const GByteArray *bytes, unsigned page,
                     unsigned size, unsigned width)
{
    size_t i, end = MIN(bytes->len, (page + 1) * size);

    bench_write(bench, INDEX_REG, 0x40 + page);
    for (i = page * size; i < end; i += width) {
        bench_put_bytes(bench, WINDOW + i % size, bytes->data + i, width);
    }
}

static unsigned page_size(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned size = 64 << g_rand_int_range(bench->random, 0, 3);

    if (bytes->len < PAGES_MIN * size) {
        bench_fill(bench, bytes, PAGES_MIN * size + width);
    }
    return size;
}

static void upload_pages(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned size = page_size(bench, bytes, width);
    size_t i;

    for (i = 0; i * size < bytes->len; i++) {
        put_page(bench, bytes, i, size, width);
    }
}

/* From the last page, which is a whole one, to the first */
static void upload_pages_down(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned size = page_size(bench, bytes, width);
    size_t i;

    g_byte_array_set_size(bytes, bytes->len / size * size);
    for (i = bytes->len / size; i > 0; i--) {
        put_page(bench, bytes, i - 1, size, width);
    }
}

const Way ways[N_WAYS] = {
    { "port", UPLOAD_PORT, true, true, true, false, upload_port },
    { "polled", UPLOAD_PORT, false, true, true, false, upload_polled },
    { "turns", UPLOAD_PORT, true, false, true, false, upload_turns },
    { "blocks", UPLOAD_PAIR, true, true, true, false, upload_blocks },
    { "pair", UPLOAD_PAIR, true, true, true, false, upload_pair },
    { "pair-down", UPLOAD_PAIR, true, true, true, false, upload_pair_down },
    { "pair-after", UPLOAD_PAIR, false, true, false, false,
      upload_pair_after },
    { "window", UPLOAD_WINDOW, true, true, true, false, upload_window },
    { "window-down", UPLOAD_WINDOW, true, true, true, false,
      upload_window_down },
    { "stride", UPLOAD_WINDOW, true, true, true, false, upload_stride },
    { "copy", UPLOAD_WINDOW, true, true, true, true, upload_copy },
    { "pages", UPLOAD_WINDOW, true, true, true, false, upload_pages },
    { "pages-down", UPLOAD_WINDOW, true, true, true, false,
      upload_pages_down },
};
