/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, logs in numbered parts
 */
#include "libmmiotrace/parts.h"
#include "libmmiotrace/reader.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run-tool.h"
#include "zstd-frames.h"

#define HEADER \
    "PCIDEV 0028 808610d3 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n" \
    "MAP 2.000000 1 0xfeb80000 0xfebc0000 0x20000 0x0 0\n"

#define PART_1 \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0\n" \
    HEADER \
    "W 4 3.000000 1 0xfeb80000 0x1 0x0 0\n"
#define CONTINUES_1 "MARK 3.000001 vfio-trace: part 1 continues in part 2\n"
#define BEGINS_2 \
    "VERSION 20070824\n" \
    "MARK 3.000001 vfio-trace: part 2 begins\n" \
    HEADER \
    "MARK 3.000001 vfio-trace: part 2 header ends\n"
#define PART_2 "W 4 3.000002 1 0xfeb80000 0x2 0x0 0\n"
#define CONTINUES_2 "MARK 3.000003 vfio-trace: part 2 continues in part 3\n"
#define BEGINS_3 \
    "VERSION 20070824\n" \
    "MARK 3.000003 vfio-trace: part 3 begins\n" \
    "MARK 3.000003 vfio-trace: part 3 header ends\n"
#define PART_3 \
    "W 4 3.000004 1 0xfeb80000 0x3 0x0 0\n" \
    "MARK 4.000000 vfio-trace: end\n"

/* Write a log of several parts; NULL ends them. */
static char *write_log(const char *name, const char *first, ...)
{
    bool compress = g_str_has_suffix(name, ".zst");
    g_autofree char *log = g_build_filename(temp_dir(), name, NULL);
    const char *text = first;
    unsigned n;
    va_list ap;

    va_start(ap, first);
    for (n = 0; text; n++) {
        g_autofree char *part = mmt_part_name(log, n);
        g_autoptr(GByteArray) file = g_byte_array_new();

        if (compress) {
            add_frame(file, text, -1);
        } else {
            g_byte_array_append(file, (const guint8 *)text, strlen(text));
        }
        g_assert_true(g_file_set_contents(part, (char *)file->data, file->len,
                                          NULL));
        text = va_arg(ap, const char *);
    }
    va_end(ap);
    return g_steal_pointer(&log);
}

static char *read_all(const char *log, GError **error)
{
    g_autoptr(MmtReader) reader = mmt_reader_open(log, error);
    GString *text = g_string_new(NULL);
    MmtReadResult result;
    MmtLine line;

    g_assert_nonnull(reader);
    while ((result = mmt_reader_next(reader, &line, error)) ==
           MMT_READ_LINE) {
        g_string_append_len(text, line.p, line.len);
        g_string_append_c(text, '\n');
    }
    g_assert_cmpint(result, ==, error && *error ? MMT_READ_ERROR :
                    MMT_READ_END);
    return g_string_free(text, FALSE);
}

static void assert_text(const char *log, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = read_all(log, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);
}

static void test_names(void)
{
    static const struct {
        const char *log;
        unsigned n;
        const char *name;
    } names[] = {
        { "foo.mmt", 0, "foo.mmt" },
        { "foo.mmt", 1, "foo.mmt.1" },
        { "foo.mmt", 12, "foo.mmt.12" },
        { "foo.mmt.zst", 0, "foo.mmt.zst" },
        { "foo.mmt.zst", 1, "foo.mmt.1.zst" },
        { "/a.zst/foo", 2, "/a.zst/foo.2" },
        { "foo.1", 1, "foo.1.1" },
        { "zst", 3, "zst.3" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = mmt_part_name(names[i].log, names[i].n);
        g_autofree char *next = mmt_part_next(name, names[i].n + 1);
        g_autofree char *expected = mmt_part_name(names[i].log,
                                                  names[i].n + 1);

        g_assert_cmpstr(name, ==, names[i].name);
        g_assert_cmpstr(next, ==, expected);
    }
}

static void test_wrong_names(void)
{
    static const struct {
        const char *name;
        unsigned part;
    } names[] = {
        { "foo.mmt", 2 }, { "foo.mmt.1", 3 }, { "foo.mmt.11", 2 },
        { "foo.mmt.zst", 2 }, { "foo.mmt.zst.1", 3 }, { ".1", 2 }, { "", 2 },
        { ".zst", 2 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_null(mmt_part_next(names[i].name, names[i].part));
    }
}

static void test_marks(void)
{
    static const struct {
        const char *line;
        MmtPartMark mark;
        unsigned part;
    } lines[] = {
        { "MARK 1.000000 vfio-trace: part 1 continues in part 2",
          MMT_PART_CONTINUES, 1 },
        { "MARK 1.123456789 vfio-trace: part 2 begins", MMT_PART_BEGINS, 2 },
        { "MARK 1.0 vfio-trace: part 999999999 header ends",
          MMT_PART_HEADER_ENDS, 999999999 },
        { "MARK 1.000000 vfio-trace: part 1 continues in part 3", 0, 0 },
        { "MARK 1.000000 vfio-trace: part 1 continues in part 2 ", 0, 0 },
        { "MARK 1.000000 vfio-trace: part 01 continues in part 2", 0, 0 },
        { "MARK 1.000000 vfio-trace: part 0 continues in part 1", 0, 0 },
        { "MARK 1.000000 vfio-trace: part 9999999999 begins", 0, 0 },
        { "MARK 1.000000 vfio-trace: part  begins", 0, 0 },
        { "MARK 1.000000 vfio-trace: part -1 begins", 0, 0 },
        { "MARK 1.000000 x vfio-trace: part 2 begins", 0, 0 },
        { "MARK 1.000000  vfio-trace: part 2 begins", 0, 0 },
        { "MARK 1. vfio-trace: part 2 begins", 0, 0 },
        { "MARK .1 vfio-trace: part 2 begins", 0, 0 },
        { "MARK 1 vfio-trace: part 2 begins", 0, 0 },
        { " MARK 1.000000 vfio-trace: part 2 begins", 0, 0 },
        { "MARK", 0, 0 }, { "", 0, 0 }, { "MARK 1.000000", 0, 0 },
        { "W 4 1.0 1 0x0 0x0 0x0 0", 0, 0 },
    };
    unsigned part;
    size_t cut;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        size_t len = strlen(lines[i].line);

        part = 0;
        g_assert_cmpint(mmt_part_mark(lines[i].line, len, &part), ==,
                        lines[i].mark);
        g_assert_cmpuint(part, ==, lines[i].part);
        /* In memory that ends with the line: ASan detects reads beyond. */
        for (cut = 0; cut < len; cut++) {
            g_autofree char *copy = g_memdup2(lines[i].line, cut);
            MmtPartMark mark = mmt_part_mark(copy, cut, &part);

            g_assert_true(mark == MMT_PART_NONE ||
                          lines[i].mark == MMT_PART_NONE);
        }
    }
}

/* The reader recognizes the writer's marks. */
static void test_round_trip(void)
{
    MmtPartMark mark;
    unsigned part;

    for (mark = MMT_PART_CONTINUES; mark <= MMT_PART_HEADER_ENDS; mark++) {
        g_autofree char *text = mmt_part_mark_text(mark, 41);
        g_autofree char *line = g_strdup_printf("MARK 0.000001 %s", text);

        g_assert_cmpint(mmt_part_mark(line, strlen(line), &part), ==, mark);
        g_assert_cmpuint(part, ==, 41);
    }
}

/* Parts read the same as one file, compressed or not. */
static void test_joined(void)
{
    static const char *const names[] = { "joined.mmt", "joined.mmt.zst" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *log = NULL;
        g_autofree char *second = NULL;

        log = write_log(names[i], PART_1 CONTINUES_1,
                        BEGINS_2 PART_2 CONTINUES_2, BEGINS_3 PART_3, NULL);
        assert_text(log, PART_1 PART_2 PART_3);
        /* A later part alone has its header. */
        second = mmt_part_name(log, 1);
        assert_text(second, BEGINS_2 PART_2 PART_3);
    }
}

/* Names and line numbers are those of the files. */
static void test_places(void)
{
    g_autofree char *log = write_log("places.mmt", PART_1 CONTINUES_1,
                                     BEGINS_2 PART_2, NULL);
    g_autofree char *second = mmt_part_name(log, 1);
    g_autoptr(MmtReader) reader = mmt_reader_open(log, NULL);
    const char *first_name = mmt_reader_name(reader);
    MmtLine line;
    int i;

    for (i = 1; i <= 5; i++) {
        g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==,
                        MMT_READ_LINE);
        g_assert_cmpuint(line.number, ==, i);
        g_assert_true(mmt_reader_name(reader) == first_name);
        g_assert_cmpuint(mmt_reader_parts(reader), ==, 1);
    }
    g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==, MMT_READ_LINE);
    g_assert_cmpuint(line.number, ==, 6);
    g_assert_cmpstr(mmt_reader_name(reader), ==, second);
    g_assert_cmpstr(first_name, ==, log);
    g_assert_cmpuint(mmt_reader_parts(reader), ==, 2);
    g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==, MMT_READ_END);
}

static void assert_fails(const char *log, const char *text, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *got = read_all(log, &error);

    g_assert_cmpstr(got, ==, text);
    g_assert_nonnull(error);
    assert_contains(error->message, why);
}

static void test_missing(void)
{
    g_autofree char *log = write_log("missing.mmt", PART_1 CONTINUES_1, NULL);
    g_autofree char *why = g_strdup_printf("%s continues in another file: "
                                           "%s.1: can not open: No such file",
                                           log, log);

    assert_fails(log, PART_1, why);
}

static void test_renamed(void)
{
    g_autofree char *log = write_log("old.mmt", BEGINS_2 PART_2 CONTINUES_2,
                                     NULL);

    assert_fails(log, BEGINS_2 PART_2, "old.mmt: the log continues in its "
                 "part 3, but this is not a name of part 2");
}

static void test_not_the_next(void)
{
    g_autofree char *other = write_log("other.mmt", PART_1 CONTINUES_1,
                                       PART_1, NULL);
    g_autofree char *third = write_log("third.mmt", PART_1 CONTINUES_1,
                                       BEGINS_3 PART_3, NULL);

    assert_fails(other, PART_1, "other.mmt.1: is not part 2 of the log");
    assert_fails(third, PART_1, "third.mmt.1: is not part 2 of the log");
}

/* Without the mark the log ends there, even if a next part exists. */
static void test_no_mark(void)
{
    g_autofree char *log = write_log("stale.mmt", PART_1, BEGINS_2 PART_2,
                                     NULL);

    assert_text(log, PART_1);
}

/* The mark counts as the last line only. */
static void test_mark_within(void)
{
    g_autofree char *log = write_log("within.mmt",
                                     PART_1 CONTINUES_1 PART_2,
                                     BEGINS_2 PART_3, NULL);

    assert_text(log, PART_1 CONTINUES_1 PART_2);
}

/* QEMU died while it wrote what the part repeats: nothing is missing. */
static void test_cut_header(void)
{
    size_t len;

    for (len = 0; len < strlen(BEGINS_2); len++) {
        g_autofree char *header = g_strndup(BEGINS_2, len);
        g_autofree char *log = write_log("cut.mmt", PART_1 CONTINUES_1, header,
                                         NULL);

        assert_text(log, PART_1);
    }
}

/* A pipe has no next part; the mark is an ordinary line. */
static void test_pipe(void)
{
    g_autofree char *log = write_log("pipe.mmt", PART_1 CONTINUES_1, NULL);
    g_autoptr(MmtReader) reader = NULL;
    int saved = dup(STDIN_FILENO);
    unsigned lines = 0;
    MmtLine line;

    g_assert_nonnull(freopen(log, "r", stdin));
    reader = mmt_reader_open("-", NULL);
    while (mmt_reader_next(reader, &line, NULL) == MMT_READ_LINE) {
        lines++;
    }
    g_assert_cmpuint(lines, ==, 6);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
}

static void test_truncated(void)
{
    g_autofree char *log = write_log("frames.mmt.zst", PART_1 CONTINUES_1,
                                     BEGINS_2 PART_2, NULL);
    g_autofree char *second = mmt_part_name(log, 1);
    g_autoptr(MmtReader) reader = NULL;
    MmtReadResult result;
    MmtLine line;

    g_assert_cmpint(truncate(second, 20), ==, 0);
    reader = mmt_reader_open(log, NULL);
    while ((result = mmt_reader_next(reader, &line, NULL)) == MMT_READ_LINE) {
        continue;
    }
    g_assert_cmpint(result, ==, MMT_READ_END);
    g_assert_cmpstr(mmt_reader_truncated(reader), ==, second);
}

/* A later part is not named by the user: links and FIFOs are refused. */
static void test_no_part(void)
{
    g_autofree char *log = write_log("led.mmt", PART_1 CONTINUES_1, NULL);
    g_autofree char *next = mmt_part_name(log, 1);
    g_autofree char *secret = temp_file("secret", "secret\n", -1);
    g_autoptr(ToolRun) link = NULL;
    g_autoptr(ToolRun) fifo = NULL;
    g_autoptr(ToolRun) foreign = NULL;

    g_assert_cmpint(symlink(secret, next), ==, 0);
    link = run_tool(NULL, "cat", log, NULL);
    g_assert_cmpint(link->status, ==, 2);
    g_assert_null(strstr(link->out, "secret"));
    g_unlink(next);

    g_assert_cmpint(mkfifo(next, 0600), ==, 0);
    fifo = run_tool(NULL, "cat", log, NULL);
    g_assert_cmpint(fifo->status, ==, 2);
    assert_contains(fifo->err, "led.mmt.1 is not a regular file");
    g_unlink(next);

    if (!geteuid()) {
        g_assert_true(g_file_set_contents(next, BEGINS_2 PART_2, -1, NULL));
        g_assert_cmpint(chown(next, 1, 1), ==, 0);
        foreign = run_tool(NULL, "cat", log, NULL);
        g_assert_cmpint(foreign->status, ==, 2);
        assert_contains(foreign->err, "does not belong to the owner of the "
                        "file before it");
        g_unlink(next);
    }
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parts/names", test_names);
    g_test_add_func("/parts/wrong-names", test_wrong_names);
    g_test_add_func("/parts/marks", test_marks);
    g_test_add_func("/parts/round-trip", test_round_trip);
    g_test_add_func("/parts/joined", test_joined);
    g_test_add_func("/parts/places", test_places);
    g_test_add_func("/parts/missing", test_missing);
    g_test_add_func("/parts/renamed", test_renamed);
    g_test_add_func("/parts/not-the-next", test_not_the_next);
    g_test_add_func("/parts/no-mark", test_no_mark);
    g_test_add_func("/parts/mark-within", test_mark_within);
    g_test_add_func("/parts/cut-header", test_cut_header);
    g_test_add_func("/parts/pipe", test_pipe);
    g_test_add_func("/parts/no-part", test_no_part);
    g_test_add_func("/parts/truncated", test_truncated);
    result = g_test_run();
    temp_clean();
    return result;
}
