/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace sequence: options, output, formats of traces
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "run-tool.h"
#include "sequence-log.h"
#include "tools/sequence/json.h"
#include "tools/sequence/output.h"

/* What the verb must say, and that it leaves nothing */
static void expect_error(const char *const *args, const char *message)
{
    g_autoptr(ToolRun) run = run_verb("sequence", 2, args);

    assert_contains(run->err, message);
    g_assert_cmpstr(run->out, ==, "");
}

static char *make_log(const char *name, const char *script)
{
    SequenceLog *log = sequence_log_new();
    char *path;

    sequence_log(log, script);
    path = temp_file(name, log->text->str, -1);
    sequence_log_free(log);
    return path;
}

static char *make_path(const char *name)
{
    char *path = g_build_filename(temp_dir(), name, NULL);

    g_unlink(path);
    return path;
}

/* Read what was written, as play does. */
static Sequence *read_back(const char *path)
{
    g_autoptr(GError) error = NULL;
    Sequence *seq = sequence_read_json(path, &error);

    g_assert_no_error(error);
    return seq;
}

static void expect_sequence(const char *path, const char *text)
{
    g_autoptr(Sequence) seq = read_back(path);
    g_autofree char *got = sequence_log_text(seq);

    g_assert_cmpstr(got, ==, text);
}

static void test_usage(void)
{
    g_autofree char *log = make_log("usage.mmt", "w10=1");
    const char *const none[] = { log, NULL };
    const char *const two[] = { "-o", "x.json", log, log, NULL };
    const char *const pipe[] = { "-o", "x.json", "-", NULL };
    const char *const ending[] = { "-o", "x.txt", log, NULL };
    const char *const format[] = { "-o", "x.json", "-F", "rust", log, NULL };
    const char *const backend[] = { "-o", "x.c", "-b", "usb", log, NULL };
    const char *const program[] = { "-o", "x.json", "-b", "vfio", log, NULL };
    const char *const same[] = { "-F", "json", "-f", "-o", log, log, NULL };
    const char *const delay[] = { "-o", "x.json", "--min-delay", "1s", log,
                                  NULL };
    const char *const upload[] = { "-o", "x.json", "--min-upload", "x", log,
                                   NULL };
    const char *const absent[] = { "-o", "x.json", "no-such.mmt", NULL };

    expect_error(none, "-o FILE is needed");
    expect_error(two, "one LOG is needed");
    expect_error(pipe, "the trace must be a file, since it is read twice");
    expect_error(ending, "must end in .json, .c or .py");
    expect_error(format, "--format is json, c or python");
    expect_error(backend, "--backend is vfio or sysfs");
    expect_error(program, "--backend is for programs");
    expect_error(same, "the output is the trace itself");
    expect_error(delay, "--min-delay, in microseconds");
    expect_error(upload, "--min-upload is 'x'");
    expect_error(absent, "no-such.mmt");
}

static void test_dma_option(void)
{
    static const struct {
        const char *word;
        const char *message;
    } cases[] = {
        { "5", "--dma: '5' is not START:LEN" },
        { "1:2:3", "--dma: '1:2:3' is not START:LEN" },
        { "x:1", "--dma: START is 'x'" },
        { "0x100:x", "--dma: LEN is 'x'" },
        { "0x100:0", "--dma: '0x100:0' is empty" },
        { "0xffffffffffffffff:1", "ends above 2^64" },
    };
    g_autofree char *log = make_log("dma.mmt", "w10=1");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const args[] = { "-o", "x.json", "--dma", cases[i].word,
                                     log, NULL };

        expect_error(args, cases[i].message);
    }
}

static void test_json(void)
{
    g_autofree char *log = make_log("json.mmt", "R0=10d38086 R8=3 w10=1 r14=5");
    g_autofree char *out = make_path("json.json");
    const char *const args[] = { "-o", out, log, NULL };
    const char *const force[] = { "-f", "-o", out, log, NULL };
    g_autoptr(ToolRun) run = run_verb("sequence", 0, args);
    g_autoptr(ToolRun) again = NULL;
    g_autoptr(Sequence) seq = NULL;

    assert_contains(run->out, "json.json: 4 operations, 0 files, 0 buffers, 0 notes\n");
    expect_sequence(out, "c c:0 = 10d38086 & ffffffff\nc c:8 = 3 & ffffffff\n"
                    "w 10 = 1\nc 14 = 5 & ffffffff\n");
    seq = read_back(out);
    g_assert_cmphex(seq->vendor, ==, 0x8086);
    g_assert_cmphex(seq->device, ==, 0x10d3);
    g_assert_cmpint(seq->revision, ==, 3);
    g_assert_cmpstr(seq->trace, ==, "json.mmt");
    g_assert_cmphex(seq->regions[0].size, ==, 0x20000);
    g_assert_cmphex(seq->regions[7].size, ==, 0x100);
    g_assert_cmphex(seq->regions[1].size, ==, 0);
    expect_error(args, "exists already; use --force");
    again = run_verb("sequence", 0, force);
}

static void test_stdout(void)
{
    g_autofree char *log = make_log("stdout.mmt", "w10=1");
    const char *const args[] = { "-o", "-", "-F", "json", log, NULL };
    g_autoptr(ToolRun) run = run_verb("sequence", 0, args);

    assert_contains(run->out, "\"format\": \"vfio-trace-sequence\"");
    assert_contains(run->out, "\"op\": \"write\"");
}

/* 64 writes of data */
static char *make_upload(const char *name)
{
    GString *words = g_string_new("w0=1");
    char *log;
    unsigned i;

    for (i = 0; i < 64; i++) {
        g_string_append_printf(words, " w400=%x", (i + 1) * 0x9e3779b9u);
    }
    log = make_log(name, words->str);
    g_string_free(words, TRUE);
    return log;
}

static void test_files(void)
{
    g_autofree char *log = make_upload("files.mmt");
    g_autofree char *out = make_path("files.json");
    g_autofree char *file = make_path("files-upload0.bin");
    const char *const args[] = { "-o", out, log, NULL };
    const char *const pipe[] = { "-o", "-", "-F", "json", log, NULL };
    const char *const none[] = { "-o", "-", "-F", "json", "--min-upload", "0",
                                 log, NULL };
    g_autoptr(ToolRun) run = run_verb("sequence", 0, args);
    g_autoptr(ToolRun) without = NULL;
    struct stat st;

    assert_contains(run->out, "2 operations, 1 files");
    expect_sequence(out, "w 0 = 1\nu 400 x64 +0 files-upload0.bin\n");
    g_assert_cmpint(stat(file, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 256);
    expect_error(pipe,
                 "the sequence has 1 files of bytes, which can't be beside standard output");
    without = run_verb("sequence", 0, none);
    g_assert_null(strstr(without->out, "upload"));
}

static void print_long(const Sequence *seq, SeqBackend backend, FILE *out)
{
    (void)seq;
    (void)backend;
    fputs("123456789\n", out);
}

/* What could not be read again is not written. */
static void test_too_long(void)
{
    g_autofree char *out = make_path("long.json");
    g_autoptr(Sequence) seq = sequence_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(sequence_output(seq, out, false, print_long, 9,
                                   SEQ_BACKEND_VFIO, &error));
    assert_contains(error->message,
                    "long.json would have 10 bytes, and what reads it takes at most 9: select a shorter part of the trace");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_assert_true(sequence_output(seq, out, false, print_long, 10,
                                  SEQ_BACKEND_VFIO, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_test(out, G_FILE_TEST_EXISTS));
}

/* A file that can't be written leaves no others. */
static void test_files_exist(void)
{
    g_autofree char *log = make_upload("exist.mmt");
    g_autofree char *out = make_path("exist.json");
    g_autofree char *file = temp_file("exist-upload0.bin", "mine", -1);
    g_autofree char *text = NULL;
    const char *const args[] = { "-o", out, log, NULL };

    expect_error(args, "exist-upload0.bin exists already");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "mine");
}

static void test_programs(void)
{
    g_autofree char *log = make_log("program.mmt", "w10=1 r14=5");
    const char *const c[] = { "-o", "-", "-F", "c", "-b", "sysfs", log, NULL };
    const char *const py[] = { "-o", "-", "-F", "python", log, NULL };
    g_autoptr(ToolRun) run_c = run_verb("sequence", 0, c);
    g_autoptr(ToolRun) run_py = run_verb("sequence", 0, py);

    assert_contains(run_c->out, "int main(");
    assert_contains(run_py->out, "#!/usr/bin/env python3");
}

static void test_backend(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *path = NULL;
    const char *args[] = { "-o", "-", "-F", "c", "-b", "sysfs", NULL, NULL };

    sequence_log(log, "w10=1");
    sequence_log_mark(log, "vfio-trace: irq device=dut0 msix vector=3");
    path = temp_file("backend.mmt", log->text->str, -1);
    args[6] = path;
    expect_error(args, "vfio");
    sequence_log_free(log);
}

static void test_selection(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *path = NULL;
    g_autofree char *out = make_path("selection.json");
    const char *args[] = { "-o", out, "--phase", "two", "--range", "0:0x10:4",
                           NULL, NULL };
    g_autoptr(ToolRun) run = NULL;

    sequence_log(log, "w10=1");
    sequence_log_mark(log, "two");
    sequence_log(log, "w10=2 w20=3");
    path = temp_file("selection.mmt", log->text->str, -1);
    args[6] = path;
    run = run_verb("sequence", 0, args);
    expect_sequence(out, "m two\nw 10 = 2\n");
    sequence_log_free(log);
}

/* What was read before the selection tells where capabilities are. */
static void test_capabilities(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *path = NULL;
    g_autofree char *out = make_path("capabilities.json");
    const char *args[] = { "-o", out, "--from", "/load/", NULL, NULL };
    g_autoptr(ToolRun) run = NULL;

    sequence_log(log, "/1 R34=70 /2 R70=11");
    sequence_log_mark(log, "load");
    sequence_log(log, "R72=4 W72=c004 /4 w10=2");
    path = temp_file("capabilities.mmt", log->text->str, -1);
    args[4] = path;
    run = run_verb("sequence", 0, args);
    expect_sequence(out, "m load\nc c:72 = 4 & 3fff /2\n"
                    "n a write that switches MSI-X or MSI is left out: who "
                    "plays the sequence has interrupts of its own\n"
                    "w 10 = 2\n");
    sequence_log_free(log);
}

/* A log that is cut off is compiled, and the status says so. */
static void test_damaged(void)
{
    SequenceLog *log = sequence_log_new();
    g_autofree char *path = NULL;
    g_autofree char *out = make_path("damaged.json");
    const char *args[] = { "-o", out, NULL, NULL };
    g_autoptr(ToolRun) run = NULL;

    sequence_log(log, "w10=1");
    g_string_append(log->text, "W 4 2.000000 1 0xfeb8");
    path = temp_file("damaged.mmt", log->text->str, -1);
    args[2] = path;
    run = run_verb("sequence", 1, args);
    expect_sequence(out, "w 10 = 1\n");
    sequence_log_free(log);
}

static void test_formats(void)
{
    static const struct {
        const char *text;
        const char *sequence;
    } cases[] = {
        { "vfio_region_write  (0000:01:00.0:region0+0x100, 0x5, 4)\n"
          "vfio_region_read  (0000:01:00.0:region0+0x104, 4) = 0x7\n"
          "vfio_pci_read_config  (0000:01:00.0, @0x4, len=0x2) 0x6\n",
          "w 100 = 5\nc 104 = 7 & ffffffff\nc c:4 = 0 & fbf8 /2\n" },
        { "PCIDEV 0008 808610d3 0 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
          "# tracer: mmiotrace\n"
          "MAP 1.000000 1 0xfeb80000 0xffff0000 0x20000 0x0 0\n"
          "W 4 1.000001 1 0xfeb80010 0x1 0x0 0\n",
          "w 10 = 1\n" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *log = temp_file("formats.log", cases[i].text, -1);
        g_autofree char *out = make_path("formats.json");
        const char *const args[] = { "-o", out, log, NULL };
        g_autoptr(ToolRun) run = run_verb("sequence", 0, args);

        expect_sequence(out, cases[i].sequence);
    }
}

/* Names come from the register database that is for the device. */
static void test_names(void)
{
    g_autofree char *log = make_log("names.mmt", "w10=1 w14=2");
    g_autofree char *db = temp_file("names.ranges", "0:0x10:4 CTRL\n", -1);
    const char *const args[] = { "-o", "-", "-F", "json", "--db", db, log,
                                 NULL };
    g_autoptr(ToolRun) run = run_verb("sequence", 0, args);

    assert_contains(run->out, "\"name\": \"CTRL\"");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence/usage", test_usage);
    g_test_add_func("/sequence/dma-option", test_dma_option);
    g_test_add_func("/sequence/json", test_json);
    g_test_add_func("/sequence/stdout", test_stdout);
    g_test_add_func("/sequence/files", test_files);
    g_test_add_func("/sequence/files-exist", test_files_exist);
    g_test_add_func("/sequence/too-long", test_too_long);
    g_test_add_func("/sequence/programs", test_programs);
    g_test_add_func("/sequence/backend", test_backend);
    g_test_add_func("/sequence/selection", test_selection);
    g_test_add_func("/sequence/capabilities", test_capabilities);
    g_test_add_func("/sequence/damaged", test_damaged);
    g_test_add_func("/sequence/formats", test_formats);
    g_test_add_func("/sequence/names", test_names);
    status = g_test_run();
    temp_clean();
    return status;
}
