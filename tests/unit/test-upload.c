/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the finder of uploads
 */
#include "tools/analysis/upload.h"

#include <inttypes.h>
#include <string.h>

#include "sanitized.h"

/* Random uploads of a test */
#define RANDOM_UPLOADS 400

/* Registers of the made device */
#define INDEX_REG  0x1000
#define DATA_REG   0x1010
#define SETUP_REG  0x1020
#define STATUS_REG 0x1030
#define WINDOW     0x100000

/* Accesses of others: registers that are far apart */
#define NOISE_REG(i) (0x8000 + (i) * 0x1234)
#define NOISE_REGS 40

/**
 * struct Bench: a finder, and what it found
 * @finder: the finder
 * @random: random numbers
 * @found: uploads, whose bytes are ours
 * @kind: kind of the accesses of uploads
 * @noise: how often others' accesses come, in percent
 * @quiet: accesses of the upload before others do anything: until the finder
 *         knows how it is made, it takes their writes for part of it
 * @n: accesses so far
 */
typedef struct Bench {
    UploadFinder *finder;
    GRand *random;
    GArray *found;
    MmtEntryKind kind;
    int noise;
    int quiet;
    uint64_t n;
} Bench;

static void take_upload(void *opaque, const Upload *upload)
{
    Bench *bench = opaque;
    Upload copy = *upload;

    copy.bytes = g_byte_array_new();
    g_byte_array_append(copy.bytes, upload->bytes->data, upload->bytes->len);
    g_array_append_val(bench->found, copy);
}

static void bench_init(Bench *bench, uint32_t seed,
                       const UploadOptions *options)
{
    memset(bench, 0, sizeof(*bench));
    bench->finder = upload_new(options, take_upload, bench);
    bench->random = g_rand_new_with_seed(seed);
    bench->found = g_array_new(FALSE, FALSE, sizeof(Upload));
    bench->kind = options->reads ? MMT_ENTRY_READ : MMT_ENTRY_WRITE;
}

static void bench_forget(Bench *bench)
{
    guint i;

    for (i = 0; i < bench->found->len; i++) {
        g_byte_array_unref(g_array_index(bench->found, Upload, i).bytes);
    }
    g_array_set_size(bench->found, 0);
}

static void bench_clear(Bench *bench)
{
    bench_forget(bench);
    g_array_unref(bench->found);
    upload_free(bench->finder);
    g_rand_free(bench->random);
}

static void put(Bench *bench, MmtEntryKind kind, uint64_t offset,
                unsigned width, uint64_t value)
{
    MmtEntry entry = { .kind = kind, .width = width, .offset = offset,
                       .value = value, .flags = MMT_ENTRY_TIMED,
                       .ns = bench->n * 1000, .line = bench->n + 1 };

    bench->n++;
    upload_access(bench->finder, &entry);
}

static void write_reg(Bench *bench, uint64_t offset, uint64_t value)
{
    put(bench, MMT_ENTRY_WRITE, offset, 4, value);
}

static bool chance(Bench *bench, int percent)
{
    return g_rand_int_range(bench->random, 0, 100) < percent;
}

/* What others do: up to two writes and some reads */
static void noise(Bench *bench)
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
        put(bench, i < 2 && bench->kind == MMT_ENTRY_WRITE && chance(bench, 50)
            ? MMT_ENTRY_WRITE : MMT_ENTRY_READ,
            NOISE_REG(g_rand_int_range(bench->random, 0, NOISE_REGS)), 4,
            g_rand_int(bench->random));
    }
}

/* An access of the upload: bytes of what is uploaded */
static void put_bytes(Bench *bench, uint64_t offset, const uint8_t *bytes,
                      unsigned width)
{
    uint64_t value = 0;

    memcpy(&value, bytes, width);
    noise(bench);
    put(bench, bench->kind, offset, width, GUINT64_FROM_LE(value));
}

static void fill(Bench *bench, GByteArray *bytes, size_t len)
{
    size_t i;

    g_byte_array_set_size(bytes, len);
    for (i = 0; i < len; i++) {
        bytes->data[i] = g_rand_int(bench->random);
    }
}

/* Too many writes of others for any upload to go on */
static void separate(Bench *bench)
{
    int i;

    for (i = 0; i < 40; i++) {
        write_reg(bench,
                  NOISE_REG(g_rand_int_range(bench->random, 0, NOISE_REGS)),
                  g_rand_int(bench->random));
    }
}

/* One of each way; all sizes are multiples of the width. */

static void upload_port(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    write_reg(bench, SETUP_REG, 1);
    for (i = 0; i < bytes->len; i += width) {
        put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

/* A status register is read before each access. */
static void upload_polled(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;
    int polls;

    write_reg(bench, SETUP_REG, 1);
    for (i = 0; i < bytes->len; i += width) {
        for (polls = g_rand_int_range(bench->random, 0, 4); polls; polls--) {
            put(bench, MMT_ENTRY_READ, STATUS_REG, 4, polls > 1);
        }
        put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

/* Some registers that follow each other, in turn */
static void upload_turns(Bench *bench, GByteArray *bytes, unsigned width)
{
    unsigned registers = g_rand_int_range(bench->random, 2, 9);
    size_t i;

    write_reg(bench, SETUP_REG, 0);
    for (i = 0; i < bytes->len; i += width) {
        put_bytes(bench, DATA_REG + i / width % registers * width,
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
            write_reg(bench, INDEX_REG, 0x1000 + i / (width * block));
        }
        put_bytes(bench, DATA_REG, bytes->data + i, width);
    }
}

static void upload_pair(Bench *bench, GByteArray *bytes, unsigned width)
{
    int step = 1 << g_rand_int_range(bench->random, 0, 4);
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        write_reg(bench, INDEX_REG, 0x80000000 + i / width * step);
        put_bytes(bench, DATA_REG, bytes->data + i, width);
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

        write_reg(bench, INDEX_REG, i);
        put_bytes(bench, DATA_REG, at, width);
        put_bytes(bench, DATA_REG, at + width, width);
    }
}

/* The index comes after the data. */
static void upload_pair_after(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        put_bytes(bench, DATA_REG, bytes->data + i, width);
        write_reg(bench, INDEX_REG, i);
    }
}

static void upload_window(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        put_bytes(bench, WINDOW + i, bytes->data + i, width);
    }
}

static void upload_window_down(Bench *bench, GByteArray *bytes, unsigned width)
{
    size_t i;

    for (i = bytes->len; i > 0; i -= width) {
        put_bytes(bench, WINDOW + i - width, bytes->data + i - width, width);
    }
}

static void upload_stride(Bench *bench, GByteArray *bytes, unsigned width)
{
    int stride = 8 << g_rand_int_range(bench->random, 1, 4);
    size_t i;

    for (i = 0; i < bytes->len; i += width) {
        put_bytes(bench, WINDOW + i / width * stride, bytes->data + i, width);
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
        put_bytes(bench, WINDOW + i, bytes->data + i, width);
        i += width;
    }
}

typedef struct Way {
    const char *name;
    UploadWay way;
    bool reads;
    void (*upload)(Bench *bench, GByteArray *bytes, unsigned width);
} Way;

static const Way ways[] = {
    { "port", UPLOAD_PORT, true, upload_port },
    { "polled", UPLOAD_PORT, false, upload_polled },
    { "turns", UPLOAD_PORT, true, upload_turns },
    { "blocks", UPLOAD_PAIR, true, upload_blocks },
    { "pair", UPLOAD_PAIR, true, upload_pair },
    { "pair-down", UPLOAD_PAIR, true, upload_pair_down },
    { "pair-after", UPLOAD_PAIR, false, upload_pair_after },
    { "window", UPLOAD_WINDOW, true, upload_window },
    { "window-down", UPLOAD_WINDOW, true, upload_window_down },
    { "stride", UPLOAD_WINDOW, true, upload_stride },
    { "copy", UPLOAD_WINDOW, true, upload_copy },
};

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

        fill(&bench, bytes, way->upload == upload_copy
             ? len + g_rand_int_range(bench.random, 0, 8) : len / 8 * 8);
        separate(&bench);
        bench_forget(&bench);
        bench.quiet = 64;
        way->upload(&bench, bytes, width);
        separate(&bench);
        upload_flush(bench.finder);
        upload = found_only(&bench, bytes);
        g_assert_cmpint(upload->way, ==, way->way);
        g_assert_cmpint(upload->content, ==, UPLOAD_DATA);
        g_assert_cmpint(upload->reads, ==, reads);
    }
    bench_clear(&bench);
}

static void test_ways(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_test_message("%s", ways[i].name);
        check_way(&ways[i], false, 0, i);
    }
}

static void test_noise_between(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (ways[i].upload == upload_turns) {
            continue;   /* writes of others end it */
        }
        g_test_message("%s", ways[i].name);
        check_way(&ways[i], false, 3, 100 + i);
    }
}

static void test_reads(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
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
            put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, 1u << i % 32);
            write_reg(&bench, STATUS_REG, 1u << i % 32);
            break;
        case 1:     /* a few registers in a row */
            write_reg(&bench, WINDOW, g_rand_int(bench.random));
            write_reg(&bench, WINDOW + 4, g_rand_int(bench.random));
            write_reg(&bench, WINDOW + 8, g_rand_int(bench.random));
            break;
        case 2:     /* an index that goes anywhere */
            write_reg(&bench, INDEX_REG, g_rand_int_range(bench.random, 0, 99));
            write_reg(&bench, DATA_REG, g_rand_int(bench.random));
            break;
        default:
            noise(&bench);
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
        write_reg(&bench, DATA_REG, i * 2 % 64);
        put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, i);
    }
    separate(&bench);
    for (i = 0; i < 1000; i++) {
        write_reg(&bench, WINDOW + i * 4, 0);
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
    fill(&bench, bytes, 4096);
    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (ways[i].upload == upload_pair_after) {
            continue;   /* the first index may be that of the next data */
        }
        bench_forget(&bench);
        for (again = 0; again < 2; again++) {
            write_reg(&bench, SETUP_REG, 0);
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
        separate(&bench);
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
    fill(&bench, bytes, 1024);
    for (i = 0; i < 256; i++) {
        write_reg(&bench, INDEX_REG, 0x40 + i * 4);
        put(&bench, MMT_ENTRY_READ, STATUS_REG, 4, 1);
        put_bytes(&bench, DATA_REG, bytes->data + i * 4, 4);
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
        fill(&bench, bytes, 4096);
        ways[seed % G_N_ELEMENTS(ways)].upload(&bench, bytes, 4);
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
    fill(&bench, bytes, 8192);
    upload_window(&bench, bytes, 4);
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
            put(&bench, g_rand_int_range(bench.random, 0, 3),
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
