/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: output of vfio-trace diff
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "run-tool.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 b feb80000 feba0000 c001 febc0000 0 0 feb40000 " \
    "20000 20000 20 4000 0 0 40000 e1000e\n" \
    "MAP 1.000000 1 0xfeb80000 0xffffc90000100000 0x20000 0x0 0\n"

/*
 * "R4 8 1" is a read of 4 bytes at offset 8 with the value 1, both in hex;
 * "#probe" is a mark.  The first one is in line 4.
 */
static void add_access(GString *text, const char *access, unsigned n)
{
    g_auto(GStrv) words = g_strsplit(access, " ", 3);

    if (access[0] == '#') {
        g_string_append_printf(text, "MARK 2.%06u %s\n", n, access + 1);
        return;
    }
    g_string_append_printf(text, "%c %c 2.%06u 1 0x%" G_GINT64_MODIFIER
                           "x 0x%s 0x0 0\n", words[0][0], words[0][1], n,
                           0xfeb80000 + g_ascii_strtoull(words[1], NULL, 16),
                           words[2]);
}

static char *file_of(const char *name, const char *const *accesses)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    unsigned i;

    for (i = 0; accesses[i]; i++) {
        add_access(text, accesses[i], i);
    }
    return temp_file(name, text->str, -1);
}

#define LOG(name, ...) \
    file_of(name, (const char *const[]) { __VA_ARGS__, NULL })

#define DIFF(status, ...) \
    run_verb("diff", status, (const char *const[]) { __VA_ARGS__, NULL })

/* The output without its first two lines, the names of the logs */
static const char *body_of(const ToolRun *run)
{
    const char *at = strchr(run->out, '\n');

    g_assert_true(g_str_has_prefix(run->out, "--- A "));
    g_assert_true(g_str_has_prefix(at + 1, "+++ B "));
    return strchr(at + 1, '\n') + 1;
}

static void test_same(void)
{
    g_autofree char *a = LOG("same-a", "W4 100 1", "R4 8 0", "R4 8 1",
                             "W4 104 2");
    g_autofree char *b = LOG("same-b", "W4 100 1", "R4 8 0", "R4 8 0",
                             "R4 8 1", "W4 104 2");
    g_autoptr(ToolRun) run = DIFF(0, a, b);

    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpstr(run->err, ==, "");
}

static void test_text(void)
{
    g_autofree char *a = LOG("text-a", "W4 10 1", "W4 14 1", "W4 18 1",
                             "W4 1c 1", "W4 20 5", "R4 30 7", "W4 24 1",
                             "W4 28 1");
    g_autofree char *b = LOG("text-b", "W4 10 1", "W4 14 1", "W4 18 1",
                             "W4 1c 1", "W4 20 6", "R4 30 9", "W4 24 1",
                             "W4 40 1", "W4 44 2", "W4 28 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", a, b);

    g_assert_cmpstr(body_of(run), ==,
        "@@ A 5-11, B 5-13: only in B, other values @@\n"
        "   5  5  W4 bar0+0x14 x3 step 0x4 = 0x1\n"
        "!  8  8  W4 bar0+0x20 = 0x5 -> 0x6\n"
        "   9  9  R4 bar0+0x30 = 0x7 (B: 0x9)\n"
        "  10 10  W4 bar0+0x24 = 0x1\n"
        "+    11  W4 bar0+0x40 = 0x1\n"
        "+    12  W4 bar0+0x44 = 0x2\n"
        "  11 13  W4 bar0+0x28 = 0x1\n"
        "# 2 differences: 1 sequence only in B (2 accesses), "
        "1 other value\n");
}

static void test_phase(void)
{
    g_autofree char *a = LOG("phase-a", "W4 10 1", "#open", "W4 14 1",
                             "W4 18 1");
    g_autofree char *b = LOG("phase-b", "W4 10 1", "#open", "W4 14 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", a, b);

    g_assert_cmpstr(body_of(run), ==,
        "@@ A 4-7, B 4-6, phase open: only in A @@\n"
        "  4 4  W4 bar0+0x10 = 0x1\n"
        "  6 6  W4 bar0+0x14 = 0x1\n"
        "- 7    W4 bar0+0x18 = 0x1\n"
        "# 1 difference: 1 sequence only in A (1 access)\n");
}

#define DATABASE \
    "<database xmlns=\"http://nouveau.freedesktop.org/\">" \
    "<domain name=\"T\" bare=\"yes\" size=\"0x1000\">" \
    "<reg32 offset=\"0x0\" name=\"CTRL\">" \
    "<bitfield name=\"SLU\" pos=\"6\"/><bitfield name=\"RST\" pos=\"26\"/>" \
    "</reg32>" \
    "<reg32 offset=\"0x10\" name=\"EECD\"><bitfield name=\"CS\" pos=\"1\"/>" \
    "</reg32>" \
    "</domain></database>\n"

static void test_names(void)
{
    g_autofree char *db = temp_file("names.xml", DATABASE, -1);
    g_autofree char *a = LOG("names-a", "W4 0 40", "R4 10 1", "W4 100 2");
    g_autofree char *b = LOG("names-b", "W4 0 4000040", "R4 10 3",
                             "W4 100 2", "W4 0 40");
    g_autoptr(ToolRun) run = DIFF(1, "--db", db, a, b);

    assert_contains(run->out,
                    "W4 bar0+0x0 CTRL = 0x40 -> 0x4000040  +RST\n");
    assert_contains(run->out, "R4 bar0+0x10 EECD = 0x1 (B: 0x3  +CS)\n");
    /* of what one log has, the meaning */
    assert_contains(run->out, "W4 bar0+0x0 CTRL = 0x40 { SLU }\n");
}

/* A clock that is read, and a written value that follows from it */
static void test_source(void)
{
    g_autofree char *a = LOG("source-a", "R4 200 1000", "W4 204 1064",
                             "W4 300 1", "W4 304 1", "W4 204 1064");
    g_autofree char *b = LOG("source-b", "R4 200 5000", "W4 204 5064",
                             "W4 300 1", "W4 304 1", "W4 204 5064");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", a, b);
    g_autofree char *c = LOG("source-c", "R4 200 1000", "W4 204 1064");
    g_autofree char *d = LOG("source-d", "R4 200 1000", "W4 204 1065");
    g_autoptr(ToolRun) other = DIFF(1, "--no-db", c, d);

    assert_contains(run->out, "= 0x1064 -> 0x5064; in both what was read "
                    "from bar0+0x200, plus 0x64\n");
    assert_contains(run->out, "= 0x1064 -> 0x5064; in both what was written "
                    "to bar0+0x204\n");
    /* what was read is the same: it does not explain the difference */
    assert_contains(other->out, "W4 bar0+0x204 = 0x1064 -> 0x1065\n");
}

/* Addresses of a table that has moved: every other word differs */
static char *table_log(const char *name, unsigned base)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    unsigned i;

    for (i = 0; i < 20; i++) {
        g_autofree char *access = g_strdup_printf("W4 %x %x", 0x100 + i * 4,
                                                  i % 2 ? 0 : base + i * 0x800);

        add_access(text, access, i);
    }
    return temp_file(name, text->str, -1);
}

static void test_run(void)
{
    g_autofree char *a = table_log("run-a", 0x1000);
    g_autofree char *b = table_log("run-b", 0x9000);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", a, b);

    g_assert_cmpstr(body_of(run), ==,
        "@@ A 4-23, B 4-23: other values @@\n"
        "!  4  4  W4 bar0+0x100 x20 step 0x4: 10 of 20 differ, by 0x8000: "
        "+0x100 0x1000 -> 0x9000, ..., +0x148 0xa000 -> 0x12000\n"
        "# 10 differences: 10 other values\n");
}

static void test_ignore(void)
{
    g_autofree char *a = LOG("ignore-a", "W4 10 1", "W4 100 1", "W4 104 1",
                             "W4 20 1");
    g_autofree char *b = LOG("ignore-b", "W4 10 1", "W4 100 2", "W4 104 1",
                             "W4 108 1", "W4 20 1");
    g_autoptr(ToolRun) reg = DIFF(1, "--no-db", "-i", "bar0+0x100", a, b);
    g_autoptr(ToolRun) glob = DIFF(0, "--no-db", "-i", "bar0+0x10?", a, b);
    g_autoptr(ToolRun) range = DIFF(0, "--no-db", "-i", "0:0x100:0x10", a, b);
    g_autoptr(ToolRun) all = DIFF(1, "--no-db", "-i", "1", a, b);
    g_autoptr(ToolRun) none = DIFF(2, "-i", "", a, b);

    assert_contains(reg->out, "+   7  W4 bar0+0x108 = 0x1\n");
    assert_contains(reg->out, "# 1 difference: 1 sequence only in B (1 access)"
                    "; 1 ignored (bar0+0x100, 1 register)\n");
    g_assert_null(strstr(reg->out, "!"));
    g_assert_cmpstr(body_of(glob), ==, "# 0 differences; 2 ignored "
                    "(bar0+0x10?, 2 registers)\n");
    g_assert_cmpstr(body_of(range), ==, "# 0 differences; 2 ignored "
                    "(0:0x100:0x10, 2 registers)\n");
    assert_contains(all->out, "# 2 differences: ");
    assert_contains(none->err, "--ignore ''");
}

/* A register of addresses, and a counter, which profile recognizes */
static char *classes_log(const char *name, uint64_t base, unsigned start)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    unsigned i;

    for (i = 0; i < 40; i++) {
        g_autofree char *address = g_strdup_printf(
            "W4 3800 %" G_GINT64_MODIFIER "x", base + i * 0x3000 % 0x70000);
        g_autofree char *high = g_strdup_printf("W4 3804 %x", 0);
        g_autofree char *count = g_strdup_printf("R4 200 %x",
                                                 start + i * 0x111);
        g_autofree char *alarm = g_strdup_printf(
            "W4 208 %x", start + i * 0x111 + 0x1000);

        add_access(text, address, i * 4);
        add_access(text, high, i * 4 + 1);
        add_access(text, count, i * 4 + 2);
        add_access(text, alarm, i * 4 + 3);
    }
    return temp_file(name, text->str, -1);
}

static void test_classes(void)
{
    g_autofree char *a = classes_log("classes-a", 0x11200000, 0x1000);
    g_autofree char *b = classes_log("classes-b", 0x2d400000, 0x7000);
    g_autoptr(ToolRun) dma = DIFF(1, "--no-db", "-i", "dma", a, b);
    g_autoptr(ToolRun) all = DIFF(0, "--no-db", "-i", "dma", "-i", "time", a,
                                  b);

    assert_contains(dma->out, "# 40 differences: 40 other values; "
                    "40 ignored (dma, 1 register)\n");
    g_assert_cmpstr(body_of(all), ==,
                    "# 0 differences; 40 ignored (dma, 1 register); "
                    "40 ignored (time, 1 register)\n");
}

/* Registers of an array, and one that differs many times */
static void test_repeats(void)
{
    g_autoptr(GString) a = g_string_new(HEAD);
    g_autoptr(GString) b = g_string_new(HEAD);
    g_autofree char *path_a = NULL;
    g_autofree char *path_b = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) full = NULL;
    unsigned i, k;

    for (i = 0; i < 20; i++) {
        for (k = 0; k < 12; k++) {
            g_autofree char *other = g_strdup_printf(
                "W4 %x %x", 0x1000 + k * 0x40 + i * 4, k);

            add_access(a, other, i);
            add_access(b, other, i);
        }
        add_access(a, "W4 100 1", i);
        add_access(b, "W4 100 2", i);
    }
    path_a = temp_file("repeats-a", a->str, -1);
    path_b = temp_file("repeats-b", b->str, -1);
    run = DIFF(1, "--no-db", path_a, path_b);
    full = DIFF(1, "--no-db", "--full", path_a, path_b);
    assert_contains(run->out, "more like this: W4 bar0+0x100: other value; "
                    "A ");
    assert_contains(run->out, "# 20 differences: 20 other values\n");
    g_assert_null(strstr(full->out, "more like this"));
    g_assert_cmpuint(strlen(run->out), <, strlen(full->out));
}

static void test_lines(void)
{
    g_autoptr(GString) a = g_string_new(HEAD);
    g_autoptr(GString) b = g_string_new(HEAD);
    g_autofree char *path_a = NULL;
    g_autofree char *path_b = NULL;
    g_autoptr(ToolRun) few = NULL;
    g_autoptr(ToolRun) all = NULL;
    unsigned i;

    add_access(a, "W4 10 1", 0);
    add_access(b, "W4 10 1", 0);
    for (i = 0; i < 50; i++) {
        g_autofree char *other = g_strdup_printf("W4 %x %x", i * i * 4 + 0x40,
                                                 i);

        add_access(b, other, i);
    }
    path_a = temp_file("lines-a", a->str, -1);
    path_b = temp_file("lines-b", b->str, -1);
    few = DIFF(1, "--no-db", "-l", "10", path_a, path_b);
    all = DIFF(1, "--no-db", "-l", "0", path_a, path_b);
    assert_contains(few->out, ". ... 41 lines more, 41 with '+' (--lines)\n");
    /* the last one is there */
    assert_contains(few->out, "W4 bar0+0x25c4 = 0x31\n");
    g_assert_null(strstr(all->out, "more"));
}

static void test_summary(void)
{
    g_autofree char *a = LOG("summary-a", "#x", "W4 10 1", "W4 14 1",
                             "W4 18 1");
    g_autofree char *b = LOG("summary-b", "#x", "W4 10 1", "W4 14 2",
                             "W4 18 1", "W4 1c 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--summary", a, b);

    g_assert_cmpstr(run->out, ==,
        "phase  register      A  B  only-A  only-B  values  other  line-A"
        "  line-B\n"
        "x      W4 bar0+0x14  1  1       -       -       1      -       6"
        "       6\n"
        "x      W4 bar0+0x1c  0  1       -       1       -      -       7"
        "       8\n"
        "# 2 differences: 1 sequence only in B (1 access), 1 other value\n");
}

static JsonObject *object_of(const char *line, JsonParser *parser)
{
    g_autoptr(GError) error = NULL;

    json_parser_load_from_data(parser, line, -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

static void test_json(void)
{
    g_autofree char *a = LOG("json-a", "W4 10 1", "W4 14 1", "W4 18 1");
    g_autofree char *b = LOG("json-b", "W4 10 1", "W4 14 2", "W4 18 1",
                             "W4 1c 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--json", a, b);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object, *pair;

    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    object = object_of(lines[0], parser);
    g_assert_cmpstr(json_object_get_string_member(object, "type"), ==,
                    "value");
    pair = json_array_get_object_element(
        json_object_get_array_member(object, "pairs"), 0);
    g_assert_cmpstr(json_object_get_string_member(pair, "a"), ==, "0x1");
    g_assert_cmpstr(json_object_get_string_member(pair, "b"), ==, "0x2");
    g_assert_cmpint(json_object_get_int_member(pair, "line_b"), ==, 5);
    object = object_of(lines[1], parser);
    g_assert_cmpstr(json_object_get_string_member(object, "type"), ==,
                    "only-b");
    object = object_of(lines[2], parser);
    g_assert_cmpstr(json_object_get_string_member(object, "type"), ==,
                    "summary");
    g_assert_cmpint(json_object_get_int_member(object, "differences"), ==, 2);
}

static void test_values(void)
{
    g_autofree char *a = LOG("values-a", "W4 10 1", "R4 14 1", "W4 18 1");
    g_autofree char *b = LOG("values-b", "W4 10 1", "R4 14 2", "W4 18 3");
    g_autoptr(ToolRun) all = DIFF(1, "--no-db", "-v", "all", a, b);
    g_autoptr(ToolRun) none = DIFF(0, "--no-db", "-v", "none", a, b);
    g_autoptr(ToolRun) bad = DIFF(2, "-v", "some", a, b);

    assert_contains(all->out, "R4 bar0+0x14 = 0x1 -> 0x2\n");
    assert_contains(all->out, "# 2 differences: 2 other values\n");
    g_assert_cmpstr(none->out, ==, "");
    assert_contains(bad->err, "use writes, all or none");
}

/* What a log says does not reach a terminal as it is. */
static void test_hostile(void)
{
    g_autofree char *a = LOG("hostile-a", "#\033[2Jx", "W4 10 1");
    g_autofree char *b = LOG("hostile-b", "#\033[2Jx", "W4 10 2");
    g_autofree char *empty = temp_file("empty", "", 0);
    g_autofree char *none = temp_file("none", HEAD, -1);
    g_autofree char *text = g_strdup(HEAD "W 4 1.0 1 0xfeb80010 0x1 0x0");
    g_autofree char *cut = temp_file("cut", text, -1);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", a, b);
    g_autoptr(ToolRun) no_log = DIFF(2, a, empty);
    g_autoptr(ToolRun) no_access = DIFF(1, "--no-db", a, none);
    g_autoptr(ToolRun) one = DIFF(2, a);
    g_autoptr(ToolRun) stdin_twice = DIFF(2, "-", "-");
    g_autoptr(ToolRun) missing = DIFF(2, a, "/nonexistent");
    g_autoptr(ToolRun) damaged = DIFF(2, cut, cut);

    g_assert_null(strchr(run->out, '\033'));
    g_assert_cmpstr(no_log->out, ==, "");
    g_assert_cmpstr(no_log->err, !=, "");
    assert_contains(no_access->out, "only in A");
    assert_contains(one->err, "two logs are needed");
    assert_contains(stdin_twice->err, "only one of the logs");
    assert_contains(missing->err, "/nonexistent");
    g_assert_cmpstr(damaged->err, !=, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/diff-verb/same", test_same);
    g_test_add_func("/diff-verb/text", test_text);
    g_test_add_func("/diff-verb/phase", test_phase);
    g_test_add_func("/diff-verb/names", test_names);
    g_test_add_func("/diff-verb/source", test_source);
    g_test_add_func("/diff-verb/run", test_run);
    g_test_add_func("/diff-verb/ignore", test_ignore);
    g_test_add_func("/diff-verb/classes", test_classes);
    g_test_add_func("/diff-verb/repeats", test_repeats);
    g_test_add_func("/diff-verb/lines", test_lines);
    g_test_add_func("/diff-verb/summary", test_summary);
    g_test_add_func("/diff-verb/json", test_json);
    g_test_add_func("/diff-verb/values", test_values);
    g_test_add_func("/diff-verb/hostile", test_hostile);
    return g_test_run();
}
