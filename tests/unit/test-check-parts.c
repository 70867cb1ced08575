/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace check and compare with compressed logs and parts
 */
#include "libmmiotrace/parts.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "run-tool.h"
#include "zstd-frames.h"

#define VERSION "VERSION 20070824\n"
#define PCIDEV \
    "PCIDEV 0028 808610d3 17 f0080000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
#define MAP "MAP 1.000000 5 0xf0080000 0x0 0x20000 0x0 0\n"
#define LOG_MARK "MARK 1.000000 vfio-trace: log format=1 qemu=10.0\n"
#define W(time, value) "W 4 " time " 5 0xf0080008 " value " 0x0 0\n"
#define END "MARK 9.000000 vfio-trace: end\n"

#define FIRST VERSION PCIDEV MAP LOG_MARK W("2.000000", "0x1")
#define CONTINUES "MARK 2.000000 vfio-trace: part 1 continues in part 2\n"
/* Repeated lines are older than the mark before them. */
#define HEADER \
    VERSION "MARK 2.000000 vfio-trace: part 2 begins\n" PCIDEV MAP \
    "MARK 2.000000 vfio-trace: part 2 header ends\n"
#define SECOND W("3.000000", "0x2") END

static void write_file(const char *name, bool compress, const char *text)
{
    g_autoptr(GByteArray) file = g_byte_array_new();

    if (compress) {
        add_frame(file, text, -1);
    } else {
        g_byte_array_append(file, (const guint8 *)text, strlen(text));
    }
    g_free(temp_file(name, (const char *)file->data, file->len));
}

/* A log of two parts. */
static char *write_parts(bool compress, const char *first, const char *second)
{
    const char *name = compress ? "p.zst" : "p.mmt";
    g_autofree char *next = mmt_part_name(name, 1);

    write_file(name, compress, first);
    write_file(next, compress, second);
    return g_build_filename(temp_dir(), name, NULL);
}

/* Faults are reported with the part's name and line; @n of them. */
static void assert_faults(const char *log, unsigned n, const char *where,
                          const char *what)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "check", "--complete", log, NULL);
    g_autofree char *count = g_strdup_printf(", %u fault", n);
    g_autofree char *expected = NULL;

    expected = g_strdup_printf("%s/%s: %s", temp_dir(), where, what);
    g_assert_cmpstr(run->err, ==, "");
    if (n) {
        assert_contains(run->out, expected);
    }
    assert_contains(run->out, count);
    g_assert_cmpint(run->status, ==, n ? 1 : 0);
}

static void test_whole(void)
{
    int compress;

    for (compress = 0; compress < 2; compress++) {
        g_autofree char *log = write_parts(compress, FIRST CONTINUES,
                                           HEADER SECOND);
        g_autofree char *second = mmt_part_name(log, 1);
        g_autoptr(ToolRun) run = NULL;

        assert_faults(log, 0, NULL, NULL);
        /* Each part alone, too. */
        assert_faults(second, 0, NULL, NULL);
        run = run_tool(NULL, "check", log, NULL);
        assert_contains(run->out, ": 7 lines: 0 R, 2 W,");
    }
}

static void test_places(void)
{
    static const struct {
        const char *first;
        const char *second;
        unsigned faults;
        const char *where;
        const char *what;
    } cases[] = {
        { FIRST CONTINUES, HEADER W("3.000000", "nonsense") SECOND,
          1, "p.mmt.1:6:27", "value: " },
        { VERSION "x\n" PCIDEV MAP CONTINUES, HEADER SECOND,
          1, "p.mmt:2:1", "" },
        { FIRST CONTINUES, HEADER W("3.000000", "0x2") "MARK 2.5 x\n" END,
          1, "p.mmt.1:7:8", "time: " },
        { FIRST CONTINUES,
          HEADER W("3.000000", "0x2") "MARK 2.500000 x\n" END,
          1, "p.mmt.1:7:6", "time goes back by 0.500000 s, to before line 6\n" },
    };
    g_autofree char *earlier = NULL;
    g_autofree char *log = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        log = write_parts(false, cases[i].first, cases[i].second);
        assert_faults(log, cases[i].faults, cases[i].where, cases[i].what);
        g_clear_pointer(&log, g_free);
    }

    /* The other line is in another file. */
    log = write_parts(false, FIRST CONTINUES,
                      HEADER W("1.500000", "0x2") END);
    earlier = g_strdup_printf("time goes back by 0.500000 s, to before line 5 "
                              "of %s", log);
    assert_faults(log, 1, "p.mmt.1:6:5", earlier);
}

/* An access to a region that the first part has unmapped. */
static void test_unmapped(void)
{
    g_autofree char *log = NULL;
    g_autofree char *what = NULL;

    log = write_parts(false, FIRST "UNMAP 2.000000 5 0x0 0\n" CONTINUES,
                      VERSION "MARK 2.000000 vfio-trace: part 2 begins\n"
                      PCIDEV "MARK 2.000000 vfio-trace: part 2 header ends\n"
                      SECOND);
    what = g_strdup_printf("map 5 is not mapped since line 6 of %s, and", log);
    assert_faults(log, 1, "p.mmt.1:5:14", what);
}

static void test_missing(void)
{
    g_autofree char *log = write_parts(false, FIRST CONTINUES, "");
    g_autofree char *second = mmt_part_name(log, 1);
    g_autoptr(ToolRun) run = NULL;

    unlink(second);
    run = run_tool(NULL, "check", log, NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "p.mmt continues in another file: ");
    assert_contains(run->err, "p.mmt.1: can not open");
}

/* A growing log may end within a frame: a note, not a fault. */
static void test_truncated(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *log = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) json = NULL;
    g_autoptr(JsonNode) node = NULL;
    JsonObject *object;

    add_frame(file, FIRST, -1);
    add_frame(file, SECOND, -1);
    log = temp_file("cut.zst", (const char *)file->data, file->len - 20);
    run = run_tool(NULL, "check", log, NULL);
    assert_contains(run->out, "cut.zst: note: ends within a compressed frame");
    assert_faults(log, 2, "cut.zst:5:1", "no end mark");

    json = run_tool(NULL, "check", "--json", "--complete", log, NULL);
    node = json_from_string(json->out, NULL);
    object = json_node_get_object(node);
    g_assert_true(json_object_get_boolean_member(object, "truncated"));
    object = json_array_get_object_element(
        json_object_get_array_member(object, "faults"), 1);
    g_assert_cmpstr(json_object_get_string_member(object, "file"), ==, log);
    g_assert_cmpint(json_object_get_int_member(object, "line"), ==, 5);
}

static void test_compare(void)
{
    g_autofree char *oracle = temp_file("oracle.mmt", VERSION PCIDEV MAP
                                        W("2.000000", "0x1")
                                        W("3.000000", "0x2"), -1);
    g_autofree char *wrong = temp_file("wrong.mmt", VERSION PCIDEV MAP
                                       W("2.000000", "0x1")
                                       W("3.000000", "0x3"), -1);
    int compress;

    for (compress = 0; compress < 2; compress++) {
        g_autofree char *log = write_parts(compress, FIRST CONTINUES,
                                           HEADER SECOND);
        g_autoptr(ToolRun) same = run_tool(NULL, "compare", oracle, log, NULL);
        g_autoptr(ToolRun) not = run_tool(NULL, "compare", wrong, log, NULL);

        assert_contains(same->out, "oracle 2 accesses, log 2: 0 missing, 0 "
                        "different");
        g_assert_cmpint(same->status, ==, 0);
        g_assert_cmpint(not->status, ==, 1);
        /* Line 6 of the concatenated text. */
        assert_contains(not->out, " 6 ");
        assert_contains(not->out, "is in 2 parts; line numbers are those of "
                        "'vfio-trace cat'");
    }
}

static void test_compare_truncated(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *log = NULL;
    g_autoptr(ToolRun) run = NULL;

    add_frame(file, FIRST, -1);
    add_frame(file, SECOND, -1);
    log = temp_file("cut.zst", (const char *)file->data, file->len - 20);
    run = run_tool(FIRST, "compare", "-", log, NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->out, "cut.zst ends within a compressed frame: it is "
                    "cut off");
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check-parts/whole", test_whole);
    g_test_add_func("/check-parts/places", test_places);
    g_test_add_func("/check-parts/unmapped", test_unmapped);
    g_test_add_func("/check-parts/missing", test_missing);
    g_test_add_func("/check-parts/truncated", test_truncated);
    g_test_add_func("/check-parts/compare", test_compare);
    g_test_add_func("/check-parts/compare-truncated", test_compare_truncated);
    result = g_test_run();
    temp_clean();
    return result;
}
