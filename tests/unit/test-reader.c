/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, a log line by line
 */
#include "libmmiotrace/reader.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "stdin-pipe.h"

static char *path;

static MmtReader *open_with(const void *text, size_t len)
{
    g_autoptr(GError) error = NULL;
    MmtReader *reader;

    g_file_set_contents(path, text, len, &error);
    g_assert_no_error(error);
    reader = mmt_reader_open(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mmt_reader_name(reader), ==, path);
    return reader;
}

static void assert_line(MmtReader *reader, const char *text,
                        uint64_t number, bool unterminated)
{
    g_autoptr(GError) error = NULL;
    MmtLine line;

    g_assert_cmpint(mmt_reader_next(reader, &line, &error), ==,
                    MMT_READ_LINE);
    g_assert_no_error(error);
    g_assert_cmpmem(line.p, line.len, text, strlen(text));
    g_assert_cmpuint(line.number, ==, number);
    g_assert_true(line.unterminated == unterminated);
    g_assert_false(line.overlong);
}

static void assert_end(MmtReader *reader)
{
    g_autoptr(GError) error = NULL;
    MmtLine line;

    g_assert_cmpint(mmt_reader_next(reader, &line, &error), ==,
                    MMT_READ_END);
    g_assert_no_error(error);
    g_assert_cmpint(mmt_reader_next(reader, &line, &error), ==,
                    MMT_READ_END);
}

static void test_lines(void)
{
    g_autoptr(MmtReader) reader = open_with("one\n\nthree\r\nfour", 16);

    assert_line(reader, "one", 1, false);
    assert_line(reader, "", 2, false);
    assert_line(reader, "three\r", 3, false);
    assert_line(reader, "four", 4, true);
    assert_end(reader);
}

static void test_empty(void)
{
    g_autoptr(MmtReader) reader = open_with("", 0);

    assert_end(reader);
}

static void test_nul(void)
{
    g_autoptr(MmtReader) reader = open_with("a\0b\n", 4);
    MmtLine line;

    g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==, MMT_READ_LINE);
    g_assert_cmpmem(line.p, line.len, "a\0b", 3);
    assert_end(reader);
}

/* Lines of every length around buffer sizes. */
static void test_lengths(void)
{
    static const size_t around[] = { 1, 1023, 4096, MMT_READER_LINE_MAX - 2,
                                     MMT_READER_LINE_MAX - 1,
                                     MMT_READER_LINE_MAX };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(MmtReader) reader = NULL;
    uint64_t number = 1;
    size_t i;
    int round;

    for (round = 0; round < 5; round++) {
        for (i = 0; i < G_N_ELEMENTS(around); i++) {
            g_autofree char *line = g_strnfill(around[i], 'a' + i);

            g_string_append_printf(text, "%s\n", line);
        }
    }
    reader = open_with(text->str, text->len);
    for (round = 0; round < 5; round++) {
        for (i = 0; i < G_N_ELEMENTS(around); i++) {
            g_autofree char *line = g_strnfill(around[i], 'a' + i);

            assert_line(reader, line, number++, false);
        }
    }
    assert_end(reader);
}

static void assert_overlong(MmtReader *reader, uint64_t number,
                            bool unterminated)
{
    g_autofree char *kept = g_strnfill(MMT_READER_LINE_MAX, 'x');
    MmtLine line;

    g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==, MMT_READ_LINE);
    g_assert_true(line.overlong);
    g_assert_cmpmem(line.p, line.len, kept, strlen(kept));
    g_assert_cmpuint(line.number, ==, number);
    g_assert_true(line.unterminated == unterminated);
}

/* A line that is too long loses its rest; the next one is complete. */
static void test_overlong(void)
{
    static const size_t lengths[] = {
        MMT_READER_LINE_MAX + 1, 2 * MMT_READER_LINE_MAX,
        4 * MMT_READER_LINE_MAX - 1, 4 * MMT_READER_LINE_MAX,
        4 * MMT_READER_LINE_MAX + 1, 10 * MMT_READER_LINE_MAX + 7,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *line = g_strnfill(lengths[i], 'x');
        g_autofree char *text = g_strconcat("first\n", line, "\nnext\n", line,
                                            NULL);
        g_autoptr(MmtReader) reader = open_with(text, strlen(text));

        assert_line(reader, "first", 1, false);
        assert_overlong(reader, 2, false);
        assert_line(reader, "next", 3, false);
        assert_overlong(reader, 4, true);
        assert_end(reader);
    }
}

/* The end of a long file begins with a whole line. */
static void test_seek_tail(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned wanted;
    unsigned i;

    for (i = 0; i < 100000; i++) {
        g_string_append_printf(text, "line %u\n", i);
    }
    for (wanted = 0; wanted < 300; wanted += 13) {
        g_autoptr(MmtReader) reader = open_with(text->str, text->len);
        g_autoptr(GError) error = NULL;
        unsigned first = 0;
        unsigned n = 0;
        MmtLine line;

        mmt_reader_seek_tail(reader, wanted);
        while (mmt_reader_next(reader, &line, &error) == MMT_READ_LINE) {
            g_autofree char *got = g_strndup(line.p, line.len);
            g_autofree char *expected = NULL;

            if (!n) {
                g_assert_true(g_str_has_prefix(got, "line "));
                first = g_ascii_strtoull(got + 5, NULL, 10);
            }
            expected = g_strdup_printf("line %u", first + n++);
            g_assert_cmpstr(got, ==, expected);
        }
        g_assert_no_error(error);
        g_assert_cmpuint(first + n, ==, 100000);
        g_assert_cmpuint(n, >=, wanted);
        g_assert_cmpuint(first, >, 0);
    }
}

static void test_errors(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MmtReader) reader = NULL;
    MmtLine line;

    g_assert_null(mmt_reader_open("/nonexistent/log", &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_cmpstr(error->message, ==, "/nonexistent/log: can not open: "
                    "No such file or directory");
    g_clear_error(&error);

    reader = mmt_reader_open("/", &error);
    g_assert_nonnull(reader);
    g_assert_cmpint(mmt_reader_next(reader, &line, &error), ==,
                    MMT_READ_ERROR);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
}

/* A pipe gives a few bytes at a time. */
static void test_stdin(void)
{
    StdinPipe in = stdin_pipe_begin();
    g_autoptr(MmtReader) reader = NULL;
    MmtLine line;

    reader = mmt_reader_open("-", NULL);
    g_assert_cmpstr(mmt_reader_name(reader), ==, "<stdin>");
    g_assert_cmpint(write(in.fd, "ab\nc", 4), ==, 4);
    assert_line(reader, "ab", 1, false);
    g_assert_cmpint(write(in.fd, "d\n", 2), ==, 2);
    assert_line(reader, "cd", 2, false);
    close(in.fd);
    g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==, MMT_READ_END);
    mmt_reader_free(g_steal_pointer(&reader));
    /* The reader must not close standard input. */
    g_assert_cmpint(fcntl(STDIN_FILENO, F_GETFD), !=, -1);
    stdin_pipe_end(in);
}

int main(int argc, char **argv)
{
    int result;
    int fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("vfio-trace-reader-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_test_add_func("/reader/lines", test_lines);
    g_test_add_func("/reader/empty", test_empty);
    g_test_add_func("/reader/nul", test_nul);
    g_test_add_func("/reader/lengths", test_lengths);
    g_test_add_func("/reader/overlong", test_overlong);
    g_test_add_func("/reader/seek-tail", test_seek_tail);
    g_test_add_func("/reader/errors", test_errors);
    g_test_add_func("/reader/stdin", test_stdin);
    result = g_test_run();
    g_remove(path);
    g_free(path);
    return result;
}
