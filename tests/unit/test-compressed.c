/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, logs in the frames that QEMU writes
 *
 * test-unpack.c has what all compressed formats have in common.
 */
#include "libmmiotrace/reader.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "some-text.h"
#include "stdin-pipe.h"
#include "zstd-frames.h"

static char *path;

static MmtReader *open_with(const void *bytes, size_t len)
{
    /* Not g_file_set_contents(), which flushes to the disk each time. */
    int fd = open(path, O_WRONLY | O_TRUNC);
    g_autoptr(GError) error = NULL;
    MmtReader *reader;

    g_assert_cmpint(write(fd, bytes, len), ==, (ssize_t)len);
    close(fd);
    reader = mmt_reader_open(path, &error);
    g_assert_no_error(error);
    return reader;
}

/* All readable text; @result: the final result. */
static char *read_all(MmtReader *reader, MmtReadResult *result,
                      GError **error)
{
    GString *text = g_string_new(NULL);
    uint64_t number = 0;
    MmtLine line;

    while ((*result = mmt_reader_next(reader, &line, error)) ==
           MMT_READ_LINE) {
        g_assert_cmpuint(line.number, ==, ++number);
        g_string_append_len(text, line.p, line.len);
        if (!line.unterminated) {
            g_string_append_c(text, '\n');
        }
    }
    return g_string_free(text, FALSE);
}

static void assert_text(const GByteArray *file, const char *expected)
{
    g_autoptr(MmtReader) reader = open_with(file->data, file->len);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    MmtReadResult result;

    text = read_all(reader, &result, &error);
    g_assert_no_error(error);
    g_assert_cmpint(result, ==, MMT_READ_END);
    g_assert_cmpstr(text, ==, expected);
    g_assert_null(mmt_reader_truncated(reader));
}

static void test_frames(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *big = some_text(100000);

    add_frame(file, "one\ntw", -1);
    assert_text(file, "one\ntw");
    add_frame(file, "", -1);
    add_frame(file, "o\n", -1);
    assert_text(file, "one\ntwo\n");
    g_byte_array_set_size(file, 0);
    add_frame(file, big, -1);
    assert_text(file, big);
}

/* Output that remains after all of the file was read. */
static void test_late_text(void)
{
    size_t len;

    for (len = 250 * 1024; len < 530 * 1024; len += 7777) {
        g_autoptr(GByteArray) file = g_byte_array_new();
        GString *text = g_string_new(NULL);
        g_autofree char *expected = NULL;
        size_t bound;

        while (text->len < len) {
            g_string_append(text, "R 4 1.000000 1 0xfeb80000 0x1 0x0 0\n");
        }
        bound = ZSTD_compressBound(text->len);
        g_byte_array_set_size(file, bound);
        g_byte_array_set_size(file, ZSTD_compress(file->data, bound, text->str,
                                                  text->len, 1));
        expected = g_string_free(text, FALSE);
        assert_text(file, expected);
    }
}

/* Skippable frames: one at the beginning, as some compressors write it. */
static void test_skippable(void)
{
    static const char skip[] = "\x5a\x2a\x4d\x18\x03\x00\x00\x00PCI";
    g_autoptr(GByteArray) file = g_byte_array_new();

    g_byte_array_append(file, (const guint8 *)skip, sizeof(skip) - 1);
    add_frame(file, "one\n", -1);
    g_byte_array_append(file, (const guint8 *)skip, sizeof(skip) - 1);
    add_frame(file, "two\n", -1);
    assert_text(file, "one\ntwo\n");
}

/* Text that begins like a magic number is text. */
static void test_magic_like(void)
{
    static const char *const texts[] = {
        "(", "P", "PC", "PCIDEV", "UNMAP", "(\xb5x", "\x1fx", "R", "",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strconcat(texts[i], "\nMARK\n", NULL);
        g_autoptr(GByteArray) file = g_byte_array_new();

        g_byte_array_append(file, (const guint8 *)text, strlen(text));
        assert_text(file, text);
    }
}

/* Truncated anywhere: the text read is a prefix with all complete frames. */
static void test_every_length(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    char *parts[3];
    g_autofree char *whole = NULL;
    size_t text_end[3];
    guint frame_end[3];
    size_t grown = 0;
    guint len;
    int i;

    parts[0] = some_text(40);
    parts[1] = g_strdup("MARK 1.000000 x\n");
    parts[2] = some_text(60);
    whole = g_strconcat(parts[0], parts[1], parts[2], NULL);
    for (i = 0; i < 3; i++) {
        add_frame(file, parts[i], -1);
        frame_end[i] = file->len;
        text_end[i] = strlen(parts[i]) + (i ? text_end[i - 1] : 0);
    }
    for (len = 0; len <= file->len; len++) {
        g_autoptr(MmtReader) reader = open_with(file->data, len);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        bool at_end = !len;
        MmtReadResult result;

        text = read_all(reader, &result, &error);
        g_assert_no_error(error);
        g_assert_cmpint(result, ==, MMT_READ_END);
        g_assert_true(g_str_has_prefix(whole, text));
        for (i = 0; i < 3; i++) {
            at_end |= len == frame_end[i];
            if (len >= frame_end[i]) {
                g_assert_cmpuint(strlen(text), >=, text_end[i]);
            }
        }
        if (at_end) {
            g_assert_null(mmt_reader_truncated(reader));
        } else {
            g_assert_cmpstr(mmt_reader_truncated(reader), ==, path);
        }
        g_assert_cmpuint(strlen(text), >=, grown);
        grown = strlen(text);
    }
    g_assert_cmpuint(grown, ==, strlen(whole));
    for (i = 0; i < 3; i++) {
        g_free(parts[i]);
    }
}

/* The available part of an incomplete frame, block by block. */
static void test_incomplete_frame(void)
{
    g_autofree char *text = some_text(20000);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(MmtReader) reader = NULL;
    g_autofree char *got = NULL;
    MmtReadResult result;

    add_frame(file, text, -1);
    reader = open_with(file->data, file->len - 5);
    got = read_all(reader, &result, NULL);
    g_assert_cmpint(result, ==, MMT_READ_END);
    g_assert_true(g_str_has_prefix(text, got));
    g_assert_cmpuint(strlen(got), >=, strlen(text) - 128 * 1024);
    g_assert_cmpstr(mmt_reader_truncated(reader), ==, path);
}

static void assert_damaged(const GByteArray *file, guint frame,
                           const char *before)
{
    g_autoptr(MmtReader) reader = open_with(file->data, file->len);
    g_autofree char *where = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    MmtReadResult result;

    where = g_strdup_printf("%s: the compressed frame at byte %u is damaged: ",
                            path, frame);
    text = read_all(reader, &result, &error);
    g_assert_cmpint(result, ==, MMT_READ_ERROR);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_true(g_str_has_prefix(error->message, where));
    g_assert_true(g_str_has_prefix(text, before));
}

static void test_damaged(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint first;
    guint len;

    add_frame(file, "one\n", -1);
    first = file->len;
    add_frame(file, "two\n", -1);
    len = file->len;

    file->data[len - 1] ^= 1;
    assert_damaged(file, first, "one\n");
    file->data[len - 1] ^= 1;
    file->data[first] ^= 1;
    assert_damaged(file, first, "one\n");
    file->data[first] ^= 1;
    g_byte_array_append(file, (const guint8 *)"MARK 1.0 x\n", 11);
    assert_damaged(file, len, "one\ntwo\n");
    g_byte_array_set_size(file, len);
    g_byte_array_append(file, (const guint8 *)"\0\0\0\0\0\0\0\0", 8);
    assert_damaged(file, len, "one\ntwo\n");
}

/* Any flipped bit: no crash, and only a prefix of the correct text. */
static void test_every_bit(void)
{
    g_autofree char *text = some_text(12);
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint bit;

    add_frame(file, text, -1);
    for (bit = 4 * 8; bit < file->len * 8; bit++) {
        g_autoptr(MmtReader) reader = NULL;
        g_autofree char *got = NULL;
        g_autoptr(GError) error = NULL;
        MmtReadResult result;

        file->data[bit / 8] ^= 1 << bit % 8;
        reader = open_with(file->data, file->len);
        got = read_all(reader, &result, &error);
        if (result == MMT_READ_ERROR) {
            g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
        } else {
            g_assert_cmpint(result, ==, MMT_READ_END);
            g_assert_true(mmt_reader_truncated(reader) ||
                          !strcmp(got, text));
        }
        file->data[bit / 8] ^= 1 << bit % 8;
    }
}

/* A pipe may give one byte at a time. */
static void test_stdin(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *text = some_text(5);
    g_autoptr(MmtReader) reader = NULL;
    g_autofree char *got = NULL;
    MmtReadResult result;
    StdinPipe in;
    guint i;

    add_frame(file, text, -1);
    in = stdin_pipe_begin();
    reader = mmt_reader_open("-", NULL);
    for (i = 0; i < file->len; i++) {
        g_assert_cmpint(write(in.fd, file->data + i, 1), ==, 1);
    }
    close(in.fd);
    got = read_all(reader, &result, NULL);
    g_assert_cmpint(result, ==, MMT_READ_END);
    g_assert_cmpstr(got, ==, text);
    mmt_reader_free(g_steal_pointer(&reader));
    stdin_pipe_end(in);
}

int main(int argc, char **argv)
{
    int result;
    int fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("vfio-trace-compressed-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_test_add_func("/compressed/frames", test_frames);
    g_test_add_func("/compressed/late-text", test_late_text);
    g_test_add_func("/compressed/skippable", test_skippable);
    g_test_add_func("/compressed/magic-like", test_magic_like);
    g_test_add_func("/compressed/every-length", test_every_length);
    g_test_add_func("/compressed/incomplete-frame", test_incomplete_frame);
    g_test_add_func("/compressed/damaged", test_damaged);
    g_test_add_func("/compressed/every-bit", test_every_bit);
    g_test_add_func("/compressed/stdin", test_stdin);
    result = g_test_run();
    g_remove(path);
    g_free(path);
    return result;
}
