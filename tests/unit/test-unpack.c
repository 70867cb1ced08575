/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, compressed files of each format
 */
#include "libmmiotrace/source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <lzma.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "some-text.h"
#include "stdin-pipe.h"
#include "zstd-frames.h"

static char *path;

static void add_zstd(GByteArray *to, const char *text)
{
    add_frame(to, text, -1);
}

static void add_gzip(GByteArray *to, const char *text)
{
    size_t n = strlen(text);
    guint before = to->len;
    z_stream z = { 0 };

    g_assert_cmpint(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8,
                                 Z_DEFAULT_STRATEGY), ==, Z_OK);
    g_byte_array_set_size(to, before + deflateBound(&z, n));
    z.next_in = (Bytef *)text;
    z.avail_in = n;
    z.next_out = to->data + before;
    z.avail_out = to->len - before;
    g_assert_cmpint(deflate(&z, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(to, before + z.total_out);
    deflateEnd(&z);
}

static void add_xz(GByteArray *to, const char *text)
{
    size_t n = strlen(text);
    size_t end = to->len;

    g_byte_array_set_size(to, end + lzma_stream_buffer_bound(n));
    g_assert_cmpint(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL,
                                            (const uint8_t *)text, n, to->data,
                                            &end, to->len), ==, LZMA_OK);
    g_byte_array_set_size(to, end);
}

static const struct Packer {
    const char *name;
    const char *frame;      /* its name in messages */
    void (*add)(GByteArray *to, const char *text);
} packers[] = {
    { "gzip", "gzip member", add_gzip },
    { "xz", "xz stream", add_xz },
    { "zstd", "compressed frame", add_zstd },
};

static void write_file(int flags, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | flags);

    g_assert_cmpint(write(fd, bytes, len), ==, (ssize_t)len);
    close(fd);
}

static MmtSource *open_with(const GByteArray *file, size_t len)
{
    g_autoptr(GError) error = NULL;
    MmtSource *source;

    write_file(O_TRUNC, file->data, len);
    source = mmt_source_open(path, &error);
    g_assert_no_error(error);
    return source;
}

/* Append all that can be read now; @step: bytes to read at a time */
static void read_more(MmtSource *source, GString *text, size_t step,
                      GError **error)
{
    char buf[70000];
    ssize_t n;

    while ((n = mmt_source_read(source, buf, step, error)) > 0) {
        g_string_append_len(text, buf, n);
    }
}

static GString *read_all(MmtSource *source, size_t step, GError **error)
{
    GString *text = g_string_new(NULL);

    read_more(source, text, step, error);
    return text;
}

static void assert_text(const GByteArray *file, const char *expected,
                        size_t step)
{
    g_autoptr(MmtSource) source = open_with(file, file->len);
    g_autoptr(GError) error = NULL;
    GString *text = read_all(source, step, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text->str, ==, expected);
    g_assert_false(mmt_source_in_frame(source));
    g_string_free(text, TRUE);
}

static void test_whole(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *big = some_text(50000);
    g_autofree char *all = g_strconcat("one\ntwo\n", big, "end", NULL);

    packer->add(file, "one\ntw");
    assert_text(file, "one\ntw", 70000);
    packer->add(file, "");
    packer->add(file, "o\n");
    assert_text(file, "one\ntwo\n", 70000);
    assert_text(file, "one\ntwo\n", 1);
    packer->add(file, big);
    packer->add(file, "end");
    assert_text(file, all, 70000);
    assert_text(file, all, 777);
}

/* Much more text than file: it comes in pieces. */
static void test_dense(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *zeros = g_strnfill(3 << 20, '0');
    g_autofree char *all = g_strconcat(zeros, "end", NULL);

    packer->add(file, zeros);
    packer->add(file, "end");
    assert_text(file, all, 70000);
    assert_text(file, all, 4097);
}

/* Truncated anywhere: a prefix of the text, with all complete frames */
static void test_truncated(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *first = some_text(40);
    g_autofree char *whole = g_strconcat(first, "second\n", NULL);
    guint frame;
    guint len;

    packer->add(file, first);
    frame = file->len;
    packer->add(file, "second\n");
    for (len = 0; len <= file->len; len++) {
        g_autoptr(MmtSource) source = open_with(file, len);
        g_autoptr(GError) error = NULL;
        GString *text = read_all(source, 70000, &error);

        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(whole, text->str));
        if (len >= frame) {
            g_assert_cmpuint(text->len, >=, strlen(first));
        }
        g_assert_cmpint(mmt_source_in_frame(source), ==,
                        len && len != frame && len != file->len);
        g_string_free(text, TRUE);
    }
}

/* The file grows byte by byte, and is read after each. */
static void test_growing(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *first = some_text(40);
    g_autofree char *whole = g_strconcat(first, "second\n", NULL);
    g_autoptr(MmtSource) source = NULL;
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new(NULL);
    guint i;

    packer->add(file, first);
    packer->add(file, "second\n");
    source = open_with(file, 0);
    for (i = 0; i < file->len; i++) {
        write_file(O_APPEND, file->data + i, 1);
        read_more(source, text, 70000, &error);
        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(whole, text->str));
    }
    g_assert_cmpstr(text->str, ==, whole);
    g_assert_false(mmt_source_in_frame(source));
    g_string_free(text, TRUE);
}

static void assert_error(const GByteArray *file, const char *what,
                         const char *before)
{
    g_autoptr(MmtSource) source = open_with(file, file->len);
    g_autofree char *want = g_strdup_printf("%s: the %s", path, what);
    g_autoptr(GError) error = NULL;
    GString *text = read_all(source, 70000, &error);

    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    if (!g_str_has_prefix(error->message, want)) {
        g_error("\"%s\" does not begin with \"%s\"", error->message, want);
    }
    g_assert_true(g_str_has_prefix(text->str, before));
    g_string_free(text, TRUE);
}

static void test_damaged(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *want = NULL;
    guint frame;
    guint len;

    packer->add(file, "one\n");
    frame = file->len;
    packer->add(file, "two\n");
    len = file->len;
    want = g_strdup_printf("%s at byte %u is damaged: ", packer->frame, frame);
    file->data[len - 1] ^= 1;
    assert_error(file, want, "one\n");
    file->data[len - 1] ^= 1;
    file->data[frame] ^= 1;
    assert_error(file, want, "one\n");
    file->data[frame] ^= 1;
    g_byte_array_append(file, (const guint8 *)"MARK 1.0 text\n", 14);
    g_free(want);
    want = g_strdup_printf("%s at byte %u is damaged: ", packer->frame, len);
    assert_error(file, want, "one\ntwo\n");
}

/* Any flipped bit: no crash, and an error, a truncated frame or the text */
static void test_every_bit(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *whole = some_text(8);
    guint bit;

    packer->add(file, whole);
    for (bit = 6 * 8; bit < file->len * 8; bit++) {
        g_autoptr(MmtSource) source = NULL;
        g_autoptr(GError) error = NULL;
        GString *text;

        file->data[bit / 8] ^= 1 << bit % 8;
        source = open_with(file, file->len);
        text = read_all(source, 70000, &error);
        if (error) {
            g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
        } else if (!mmt_source_in_frame(source)) {
            g_assert_cmpstr(text->str, ==, whole);
        }
        g_string_free(text, TRUE);
        file->data[bit / 8] ^= 1 << bit % 8;
    }
}

/* A pipe may give one byte at a time. */
static void test_stdin(gconstpointer data)
{
    const struct Packer *packer = data;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *whole = some_text(5);
    g_autoptr(MmtSource) source = NULL;
    GString *text;
    StdinPipe in;
    guint i;

    packer->add(file, whole);
    in = stdin_pipe_begin();
    source = mmt_source_open("-", NULL);
    for (i = 0; i < file->len; i++) {
        g_assert_cmpint(write(in.fd, file->data + i, 1), ==, 1);
    }
    close(in.fd);
    text = read_all(source, 70000, NULL);
    g_assert_cmpstr(text->str, ==, whole);
    g_string_free(text, TRUE);
    stdin_pipe_end(in);
}

/* Zeros behind a frame: gzip's on tapes; xz's stream padding */
static void test_padding(void)
{
    size_t i;

    for (i = 0; i < 2; i++) {
        g_autoptr(GByteArray) file = g_byte_array_new();

        packers[i].add(file, "one\n");
        g_byte_array_append(file, (const guint8 *)"\0\0\0\0\0\0\0\0", 8);
        assert_text(file, "one\n", 70000);
        packers[i].add(file, "two\n");
        g_byte_array_append(file, (const guint8 *)"\0\0\0\0", 4);
        assert_text(file, "one\ntwo\n", 70000);
    }
}

/* An xz stream that asks for a dictionary of 1 GiB */
static void test_memory_limit(void)
{
    enum { BLOCK = 12, DICT_1_GIB = 36 };
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint size;
    guint i;
    uint32_t crc;

    add_xz(file, "one\n");
    size = (file->data[BLOCK] + 1) * 4;
    /* the LZMA2 filter's number, one byte of options, the dictionary's size */
    for (i = BLOCK; memcmp(file->data + i, "\x21\x01", 2); i++) {
        g_assert_cmpuint(i, <, BLOCK + size);
    }
    file->data[i + 2] = DICT_1_GIB;
    crc = GUINT32_TO_LE(lzma_crc32(file->data + BLOCK, size - 4, 0));
    memcpy(file->data + BLOCK + size - 4, &crc, sizeof(crc));
    assert_error(file, "xz stream at byte 0 can not be decompressed: "
                 "it needs more than 256 MiB of memory", "");
}

static void add_tests(const struct Packer *packer)
{
    static const struct {
        const char *name;
        GTestDataFunc test;
    } tests[] = {
        { "whole", test_whole },
        { "dense", test_dense },
        { "truncated", test_truncated },
        { "growing", test_growing },
        { "damaged", test_damaged },
        { "every-bit", test_every_bit },
        { "stdin", test_stdin },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *name = g_strdup_printf("/unpack/%s/%s", packer->name,
                                                tests[i].name);

        g_test_add_data_func(name, packer, tests[i].test);
    }
}

int main(int argc, char **argv)
{
    size_t i;
    int result;
    int fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("vfio-trace-unpack-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    for (i = 0; i < G_N_ELEMENTS(packers); i++) {
        add_tests(&packers[i]);
    }
    g_test_add_func("/unpack/padding", test_padding);
    g_test_add_func("/unpack/memory-limit", test_memory_limit);
    result = g_test_run();
    g_remove(path);
    g_free(path);
    return result;
}
