/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace symbolize, its changes to a log
 */
#include "libmmiotrace/record.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "run-tool.h"
#include "zstd-frames.h"

/* a ends where b begins; after b there is data, after c nothing. */
#define KALLSYMS \
    "0000000000000000 A fixed_percpu_data\n" \
    "ffffffff81000000 T _text\n" \
    "ffffffff81001000 t a\n" \
    "ffffffff81001040 T b\n" \
    "ffffffff81001080 D data\n" \
    "ffffffffc0002000 t c\t[mod]\n" \
    "ffffffff81002000 T _etext\n" \
    "ffffffff81002000 R rodata\n"

#define R(pc) "R 4 1.000000 1 0x10 0xff " pc " 0"
#define W(pc) "W 1 1.000000 1 0x10 0xff " pc " 0"
#define U(pc) "UNKNOWN 1.000000 1 0x10 0f,b6,00 " pc " 0"
#define MARK "MARK 1.000000 vfio-trace: "
#define CONFIG MARK "config R width=4 map=2 offset=0x4 value=0x1"

static char *kallsyms;

static ToolRun *symbolize_text(const char *text)
{
    return run_tool(text, "symbolize", "-k", kallsyms, "-", NULL);
}

/* Every line by itself, after one that keeps the status 0. */
static void test_lines(void)
{
    static const struct {
        const char *in;
        const char *out;    /* NULL: unchanged */
    } lines[] = {
        { R("0xffffffff81001000"), R("0xffffffff81001000") " sym=a+0x0/0x40" },
        { R("0xffffffff8100103f"), R("0xffffffff8100103f")
          " sym=a+0x3f/0x40" },
        { R("0xffffffff81001040"), R("0xffffffff81001040")
          " sym=b+0x0/0x40" },
        { R("0xFFFFFFFF81001041"), R("0xFFFFFFFF81001041")
          " sym=b+0x1/0x40" },
        { U("0xffffffff81001041"), U("0xffffffff81001041")
          " sym=b+0x1/0x40" },
        /* A read is exactly at its program counter. */
        { R("0xffffffff81001080"), NULL },
        { R("0xffffffff80ffffff"), NULL },
        /* A write may be the last instruction before it. */
        { W("0xffffffff81001080"), W("0xffffffff81001080")
          " sym=b+0x40/0x40" },
        { W("0xffffffff81001081"), NULL },
        /* But no function ends in a write. */
        { W("0xffffffff81001040"), W("0xffffffff81001040")
          " sym=b+0x0/0x40" },
        /* The size of a module's last function is unknown. */
        { W("0xffffffffc0002010"), W("0xffffffffc0002010")
          " sym=c+0x10[mod]" },
        { R("0xffffffffc0011fff"), R("0xffffffffc0011fff")
          " sym=c+0xffff[mod]" },
        { R("0xffffffffc0012000"), NULL },
        /* No program counter, one of user space, one below all symbols */
        { R("0x0"), NULL },
        { R("0x1041"), NULL },
        { R("0x7ffff0001041"), NULL },
        { R("0xffff800000000000"), NULL },
        { R("0xffffffffffffffff"), NULL },
        /* Other fields stay where they are. */
        { R("0xffffffff81001001") " cpu=0 ns=1.000000123",
          R("0xffffffff81001001") " cpu=0 ns=1.000000123 sym=a+0x1/0x40" },
        { R("0xffffffff81001001") "\r",
          R("0xffffffff81001001") " sym=a+0x1/0x40\r" },
        /* An existing name is replaced by a new one, or kept. */
        { R("0xffffffff81001001") " sym=old cpu=0",
          R("0xffffffff81001001") " cpu=0 sym=a+0x1/0x40" },
        { R("0x1041") " cpu=0 sym=old", NULL },
        { "MAP 1.000000 1 0x10 0x20 0x30 0xffffffff81001000 0", NULL },
        { "UNMAP 1.000000 1 0xffffffff81001000 0", NULL },
        { "MARK 1.000000 pc=0xffffffff81001000", NULL },
        { "MARK 1.000000 " R("0xffffffff81001000"), NULL },
        { "MARK 1.000000", NULL },
        { "MARK ", NULL },
        { "R", NULL },
        { "", NULL },
        { "what else there may be", NULL },
        { CONFIG, NULL },
        { CONFIG " pc=0x1041", NULL },
        { CONFIG " pc=0xffffffff81001001",
          CONFIG " pc=0xffffffff81001001 sym=a+0x1/0x40" },
        { CONFIG " pc=0xffffffff81001001 cpu=1",
          CONFIG " pc=0xffffffff81001001 cpu=1 sym=a+0x1/0x40" },
        { MARK "config", NULL },
        { MARK "coverage pc=0xffffffff81001001", NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        const char *out = lines[i].out ? lines[i].out : lines[i].in;
        g_autofree char *in = g_strdup_printf(R("0xffffffff81001000") "\n%s\n",
                                              lines[i].in);
        g_autofree char *want =
            g_strdup_printf(R("0xffffffff81001000") " sym=a+0x0/0x40\n%s\n",
                            out);
        g_autoptr(ToolRun) run = symbolize_text(in);

        g_assert_cmpstr(run->err, ==, "");
        g_assert_cmpstr(run->out, ==, want);
        g_assert_cmpint(run->status, ==, 0);
    }
}

/* Names of a backtrace: the access's own place, then return addresses. */
static void test_backtrace(void)
{
    static const char in[] =
        R("0xffffffff81001001") "\n"
        MARK "backtrace map=1 pc=0xffffffff81001040 0xffffffff81001040 "
        "0xffffffff81001001 0x1234 0xffffffffc0002001\n"
        MARK "symbols at=0 old\n"
        MARK "symbols at=1 old\n"
        MARK "backtrace map=1 pc=0x1 0x2\n"
        MARK "symbols at=0 stays\n"
        MARK "backtrace map=1\n";
    static const char want[] =
        R("0xffffffff81001001") " sym=a+0x1/0x40\n"
        MARK "backtrace map=1 pc=0xffffffff81001040 0xffffffff81001040 "
        "0xffffffff81001001 0x1234 0xffffffffc0002001\n"
        MARK "symbols at=0 b+0x0/0x40 a+0x40/0x40 a+0x1/0x40 ? c+0x1[mod]\n"
        MARK "backtrace map=1 pc=0x1 0x2\n"
        MARK "symbols at=0 stays\n"
        MARK "backtrace map=1\n";
    g_autoptr(ToolRun) run = symbolize_text(in);
    g_autoptr(ToolRun) again = NULL;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, want);
    /* Marks with names get the same ones again. */
    again = symbolize_text(run->out);
    g_assert_cmpstr(again->out, ==, want);
}

/* Long names take several marks, none of them longer than marks are. */
static void test_long_backtrace(void)
{
    static const char syms[] =
        "ffffffff81001000 t a_function_with_a_name_that_is_as_long_as_some_of_"
        "those_that_linux_has\n";
    static const char name[] =
        "a_function_with_a_name_that_is_as_long_as_some_of_those_that_linux_has"
        "+0x1";
    g_autofree char *path = temp_file("long", syms, -1);
    g_autoptr(GString) in = g_string_new(R("0xffffffff81001001") "\n" MARK
                                         "backtrace map=1 pc=0x1");
    g_autoptr(ToolRun) run = NULL;
    g_auto(GStrv) lines = NULL;
    unsigned names = 0;
    unsigned marks = 0;
    size_t i;

    for (i = 0; i < 44; i++) {
        g_string_append(in, " 0xffffffff81001001");
    }
    g_string_append(in, "\n");
    run = run_tool(in->str, "symbolize", "-k", path, "-", NULL);
    g_assert_cmpint(run->status, ==, 0);
    lines = g_strsplit(run->out, "\n", -1);
    for (i = 2; *lines[i]; i++) {
        g_autofree char *head = g_strdup_printf(MARK "symbols at=%u ", names);
        g_auto(GStrv) words = NULL;
        size_t k;

        g_assert_true(g_str_has_prefix(lines[i], head));
        g_assert_cmpuint(strlen(strstr(lines[i], "vfio-trace:")), <=,
                         MMT_MARK_MAX);
        words = g_strsplit(lines[i] + strlen(head), " ", -1);
        for (k = 0; words[k]; k++) {
            g_assert_cmpstr(words[k], ==, names ? name : "?");
            names++;
        }
        marks++;
    }
    g_assert_cmpuint(names, ==, 45);
    g_assert_cmpuint(marks, ==, 4);
}

/* Names come from a guest: they must not end a line, a word, or a mark. */
static void test_hostile_names(void)
{
    g_autofree char *name = g_strnfill(100000, 'n');
    g_autofree char *cut = g_strnfill(252, 'n');
    g_autofree char *syms =
        g_strdup_printf("ffffffff81001000 t ev\033[1mil\x07\xff\n"
                        "ffffffff81002000 t %s\n"
                        "ffffffff81003000 t x\t[m\033d]\n", name);
    g_autofree char *path = temp_file("hostile", syms, -1);
    g_autofree char *in =
        g_strdup_printf(R("0xffffffff81001001") "\n" R("0xffffffff81002001")
                        "\n" R("0xffffffff81003001") "\n"
                        R("0xffffffff81002001") " x=%.800s\n", name);
    g_autofree char *want =
        g_strdup_printf(R("0xffffffff81001001") " sym=ev?[1mil??+0x1/0x1000\n"
                        R("0xffffffff81002001") " sym=%s...+0x1\n"
                        R("0xffffffff81003001") " sym=x+0x1[m?d]\n"
                        R("0xffffffff81002001") " x=%.800s\n", cut, name);
    g_autoptr(ToolRun) run = run_tool(in, "symbolize", "-k", path, "-", NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, want);
}

/* The result of `vfio-trace check` on the log does not change. */
static void test_check(void)
{
    static const char log[] =
        "VERSION 20070824\n"
        "MARK 0.500000 vfio-trace: log format=1 qemu=1 extra=cpu pc=on\n"
        "MAP 1.000000 1 0x10 0x20 0x100 0x0 0\n"
        R("0xffffffff81001001") " cpu=0\n"
        W("0xffffffff81001001") " cpu=0\n"
        "MARK 2.000000 vfio-trace: end\n";
    g_autoptr(ToolRun) run = symbolize_text(log);
    g_autoptr(ToolRun) check = run_tool(run->out, "check", "-c", "-", NULL);

    assert_contains(run->out, " cpu=0 sym=a+0x1/0x40\n");
    assert_contains(check->out, " 0 faults\n");
    g_assert_cmpint(check->status, ==, 0);
}

/* Compressed, and in parts */
static void test_parts(void)
{
    static const char first[] =
        R("0xffffffff81001001") "\n" MARK "part 1 continues in part 2\n";
    static const char second[] =
        "VERSION 20070824\n" MARK "part 2 begins\n" MARK "part 2 header ends\n"
        R("0xffffffff81001002") "\n";
    g_autoptr(GByteArray) frame = g_byte_array_new();
    g_autofree char *log = NULL;
    g_autofree char *next = NULL;
    g_autoptr(ToolRun) run = NULL;

    add_frame(frame, first, -1);
    log = temp_file("parts.zst", (const char *)frame->data, frame->len);
    g_byte_array_set_size(frame, 0);
    add_frame(frame, second, -1);
    next = temp_file("parts.1.zst", (const char *)frame->data, frame->len - 3);
    run = run_tool(NULL, "symbolize", "-k", kallsyms, log, NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "parts.1.zst ends within a compressed frame");
    g_free(temp_file("parts.1.zst", (const char *)frame->data, frame->len));
    g_clear_pointer(&run, tool_run_free);
    run = run_tool(NULL, "symbolize", log, "-k", kallsyms, NULL);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, R("0xffffffff81001001") " sym=a+0x1/0x40\n"
                    R("0xffffffff81001002") " sym=a+0x2/0x40\n");
}

/* Messages for missing names, and for errors in the log */
static void test_complaints(void)
{
    static const struct {
        const char *in;
        const char *err;
        int status;
    } logs[] = {
        { "", "", 0 },
        { "VERSION 20070824\n", "", 0 },
        { "what\n\n", "vfio-trace symbolize: <stdin> is not a log: it has no "
          "line of mmiotrace's format\n", 1 },
        { "what\nMARK 1.000000 is\n", "", 0 },
        { R("0x0") "\n" W("0x0") "\n", "vfio-trace symbolize: <stdin> has no "
          "program counters: it was written without pc=on\n", 1 },
        { R("0x0") "\n" W("0xffffffff90000000") "\n", "vfio-trace symbolize: "
          "<stdin>: none of its program counters has a name: are the symbols from "
          "another boot of the guest, or another kernel?\n", 1 },
        { R("0xffffffff81001000"), "vfio-trace symbolize: <stdin> ends without "
          "a newline: its last line is cut off\n", 1 },
        { "R 4 1.000000 1 0x10 0xff 0xffffffff8\n" R("0xffffffff81001000") "\n"
          "R 4 1.000000 1 0x10 0xff 12 0\nW 3 1.000000 1 0x10 0xff 0x1 0\n"
          "R 4 1.000000 1 0x10 0xff 0x11112222333344445 0\n"
          "W     0x1 0\nUNKNOWN \n",
          "vfio-trace symbolize: <stdin>: 6 lines that begin like an access, "
          "but are malformed, the first in line 1; see 'vfio-trace check'\n",
          1 },
    };
    g_autofree char *overlong = g_strnfill(70000, 'R');
    g_autoptr(ToolRun) run = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(ToolRun) one = symbolize_text(logs[i].in);

        g_assert_cmpstr(one->err, ==, logs[i].err);
        g_assert_cmpint(one->status, ==, logs[i].status);
    }
    run = symbolize_text(overlong);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "<stdin>:1: the line is longer than 65536 bytes");
}

/* Traces in other formats, and a selection */
static void test_formats(void)
{
    g_autoptr(ToolRun) m1n1 = symbolize_text(
        "boot\n[cpu0] [0xffffffff81001008] MMIO: R.4   0x204d14000 (sgx, offset "
        "0xd14000) = 0x0\nother\n[cpu0] MMIO: W.4   0x204d14000 (sgx, offset "
        "0xd14000) = 0x1\n");
    g_autoptr(ToolRun) qemu = symbolize_text(
        "boot\nvfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n");
    g_autofree char *kallsyms = temp_file("formats.kallsyms",
                                          "ffffffff81001000 T a\n"
                                          "ffffffff81001040 T b\n", -1);
    g_autoptr(ToolRun) selected = run_tool(
        "what\n" R("0xffffffff81001001") "\n" W("0xffffffff81001002") "\n",
        "symbolize", "-k", kallsyms, "--op", "r", "-", NULL);

    g_assert_cmpint(m1n1->status, ==, 0);
    g_assert_true(g_str_has_prefix(m1n1->out, "VERSION 20070824\n"));
    assert_contains(m1n1->out, "\nR 4 0.000002 1 0x204d14000 0x0 "
                    "0xffffffff81001008 0 cpu=0 sym=a+0x8/");
    assert_contains(m1n1->out, "\nW 4 0.000004 1 0x204d14000 0x1 0x0 0 "
                    "cpu=0\n");
    g_assert_cmpint(qemu->status, ==, 2);
    g_assert_cmpstr(qemu->out, ==, "");
    assert_contains(qemu->err, "<stdin> is a trace of format qemu, which has "
                    "no program counters; 'vfio-trace cat --as mmiotrace'");
    g_assert_cmpint(selected->status, ==, 0);
    g_assert_cmpstr(selected->out, ==,
                    R("0xffffffff81001001") " sym=a+0x1/0x40\n");
}

static void test_summary(void)
{
    static const char log[] =
        R("0xffffffff81001000") "\n" R("0xffffffff81001004") "\n"
        W("0xffffffff81001008") "\n" U("0xffffffff81001008") "\n"
        R("0xffffffffc0002000") "\n" R("0x0") "\n" W("0x1234") "\n"
        W("0x1235") "\n" CONFIG " pc=0xffffffffc0002000\n" CONFIG "\n"
        MARK "backtrace map=1 pc=0xffffffff81001000\n";
    static const char want[] =
        "     reads     writes  unknown   config        bytes  symbol\n"
        "         2          1        1        0            9  a\n"
        "         1          0        0        1            4  c[mod]\n"
        "         0          2        0        0            2  (no name)\n"
        "         1          0        0        1            4  (no PC)\n";
    g_autoptr(ToolRun) run = run_tool(log, "symbolize", "-S", "-k", kallsyms,
                                      "-", NULL);
    g_autoptr(ToolRun) json = run_tool(log, "symbolize", "-S", "-j", "-k",
                                       kallsyms, "-", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    JsonObject *root;
    JsonObject *symbol;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, want);
    json_parser_load_from_data(parser, json->out, -1, &error);
    g_assert_no_error(error);
    root = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpstr(json_object_get_string_member(root, "file"), ==,
                    "<stdin>");
    g_assert_cmpuint(json_array_get_length(
        json_object_get_array_member(root, "symbols")), ==, 2);
    symbol = json_array_get_object_element(
        json_object_get_array_member(root, "symbols"), 1);
    g_assert_cmpstr(json_object_get_string_member(symbol, "name"), ==, "c");
    g_assert_cmpstr(json_object_get_string_member(symbol, "module"), ==,
                    "mod");
    g_assert_cmpstr(json_object_get_string_member(symbol, "address"), ==,
                    "0xffffffffc0002000");
    g_assert_cmpint(json_object_get_int_member(symbol, "reads"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(symbol, "config"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(symbol, "bytes"), ==, 4);
    g_assert_cmpint(json_object_get_int_member(
        json_object_get_object_member(root, "without-name"), "writes"), ==, 2);
    g_assert_cmpint(json_object_get_int_member(
        json_object_get_object_member(root, "without-pc"), "reads"), ==, 1);
}

static char *read_file(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* Only the tests' own files are in their directory afterwards. */
static void assert_no_rest(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(temp_dir(), 0, NULL);
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *temp = g_strconcat(base, ".", NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_assert_false(g_str_has_prefix(name, temp));
    }
}

static void test_output(void)
{
    static const char log[] = R("0xffffffff81001001") "\n";
    static const char want[] = R("0xffffffff81001001") " sym=a+0x1/0x40\n";
    g_autofree char *path = g_build_filename(temp_dir(), "out", NULL);
    g_autofree char *target = temp_file("target", "kept", -1);
    g_autofree char *link = g_build_filename(temp_dir(), "link", NULL);
    g_autofree char *text = NULL;
    g_autofree char *kept = NULL;
    g_autoptr(ToolRun) run = NULL;

    run = run_tool(log, "symbolize", "-k", kallsyms, "-o", path, "-", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, "");
    text = read_file(path);
    g_assert_cmpstr(text, ==, want);

    g_clear_pointer(&run, tool_run_free);
    run = run_tool("", "symbolize", "-k", kallsyms, "-o", path, "-", NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err,
                    "out exists already; use --force to replace it\n");
    g_clear_pointer(&text, g_free);
    text = read_file(path);
    g_assert_cmpstr(text, ==, want);

    g_clear_pointer(&run, tool_run_free);
    run = run_tool("", "symbolize", "-k", kallsyms, "-o", path, "-f", "-",
                   NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_clear_pointer(&text, g_free);
    text = read_file(path);
    g_assert_cmpstr(text, ==, "");

    /* A symbolic link, like /dev/stdout, is not replaced, nor is its target. */
    g_assert_cmpint(symlink(target, link), ==, 0);
    g_clear_pointer(&run, tool_run_free);
    run = run_tool(log, "symbolize", "-k", kallsyms, "-o", link, "-", NULL);
    g_assert_cmpint(run->status, ==, 2);
    g_clear_pointer(&run, tool_run_free);
    run = run_tool(log, "symbolize", "-k", kallsyms, "-o", link, "-f", "-",
                   NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "is not a regular file");
    kept = read_file(target);
    g_assert_cmpstr(kept, ==, "kept");
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    assert_no_rest(path);
    assert_no_rest(link);
}

/* After a failure there is no new file, and the old one is kept. */
static void test_output_fails(void)
{
    g_autofree char *damaged = g_strnfill(70000, 'R');
    g_autofree char *path = temp_file("old", "kept", -1);
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = NULL;

    run = run_tool(damaged, "symbolize", "-k", kallsyms, "-o", path, "-f", "-",
                   NULL);
    g_assert_cmpint(run->status, ==, 2);
    text = read_file(path);
    g_assert_cmpstr(text, ==, "kept");
    assert_no_rest(path);
    g_clear_pointer(&run, tool_run_free);
    run = run_tool("", "symbolize", "-k", kallsyms, "-o",
                   "/nonexistent/dir/file", "-", NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "/nonexistent/dir/file: can not create: No such "
                    "file or directory\n");
}

static void test_usage(void)
{
    static const struct {
        const char *args[8];
        const char *err;
    } uses[] = {
        { { "-k", "x" }, "one LOG is needed" },
        { { "-k", "x", "a", "b" }, "one LOG is needed" },
        { { "-" }, "a source of names is needed: --kallsyms, --vmlinux, "
          "--system-map, --modules or --map" },
        { { "-d", "/", "-k", "x", "-" }, "--module-dir needs --modules" },
        { { "-K", "0", "-k", "x", "-" }, "--kaslr-offset needs" },
        { { "-j", "-k", "x", "-" }, "--json needs --summary" },
        { { "-f", "-k", "x", "-" }, "--force needs --output" },
        { { "-o", "x.zst", "-k", "x", "-" }, "--output writes plain text" },
        { { "--nonsense" }, "Unknown option" },
        { { "-k", "/nonexistent/file", "-" }, "/nonexistent/file: can not "
          "open: No such file or directory\n" },
        { { "-k", "/", "-" }, "/ is not a file\n" },
        { { "-k", "/dev/zero", "-" }, "/dev/zero is not a file\n" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(uses); i++) {
        const char *args[10] = { "symbolize" };
        g_autoptr(ToolRun) run = NULL;

        memcpy(args + 1, uses[i].args, sizeof(uses[i].args));
        run = run_toolv("", args);
        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
        assert_contains(run->err, uses[i].err);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    kallsyms = temp_file("kallsyms", KALLSYMS, -1);
    g_test_add_func("/symbolize/lines", test_lines);
    g_test_add_func("/symbolize/backtrace", test_backtrace);
    g_test_add_func("/symbolize/long-backtrace", test_long_backtrace);
    g_test_add_func("/symbolize/hostile-names", test_hostile_names);
    g_test_add_func("/symbolize/check", test_check);
    g_test_add_func("/symbolize/parts", test_parts);
    g_test_add_func("/symbolize/complaints", test_complaints);
    g_test_add_func("/symbolize/formats", test_formats);
    g_test_add_func("/symbolize/summary", test_summary);
    g_test_add_func("/symbolize/output", test_output);
    g_test_add_func("/symbolize/output-fails", test_output_fails);
    g_test_add_func("/symbolize/usage", test_usage);
    status = g_test_run();
    g_free(kallsyms);
    temp_clean();
    return status;
}
