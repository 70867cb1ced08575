/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace report
 *
 * The page's data is read again (report-page.h), and compared with the log and
 * with what 'vfio-trace stat' counts.  What browsers make of it is tested in
 * tests/report.
 */
#include <glib.h>
#include <string.h>

#include "report-check.h"
#include "report-page.h"
#include "run-tool.h"

/* --- a small log --------------------------------------------------------- */

static const char small[] = REPORT_HEAD
    "W 4 1.500000 1 0xfeb80000 0x4000000 0x0 0\n"
    "MARK 1.600000 load </script><script>alert(1)</script>\n"
    "R 4 1.700000 1 0xfeb80008 0x1 0x0 0\n"
    "R 4 1.700001 1 0xfeb80008 0x1 0x0 0\n"
    "R 4 1.700002 1 0xfeb80008 0x3 0x0 0\n"
    "R 2 1.800000 2 0xfebc0010 0x5 0x0 0\n"
    "MARK 1.900000 vfio-trace: guest-mark origin=isa port=mark0 "
    "text=<img src=x onerror=alert(2)>\n"
    "MARK 2.000000 vfio-trace: reset device=gpu kind=flr\n"
    "W 1 2.100000 2 0xfebc3fff 0xff 0x0 0\n";

static void test_small(void)
{
    g_autoptr(Page) page = report_page("small.mmt", small, NULL, NULL);
    JsonObject *log = page_log(page, 0);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) accesses = page_accesses(page, log, lines);
    const PageAccess *last = &g_array_index(accesses, PageAccess, 5);

    report_check_counts(log, "small.mmt");
    report_check_sums(page, log);
    g_assert_cmpint(page_int(log, "accesses"), ==, 6);
    g_assert_cmpstr(json_object_get_string_member(log, "axis"), ==, "time");
    g_assert_cmpstr(json_object_get_string_member(log, "start"), ==,
                    "1000000000");
    g_assert_cmpint(page_int(log, "end"), ==, 1100000000);
    g_assert_cmpint(page_int(log, "lines"), ==, 14);
    g_assert_cmpuint(last->t, ==, 1100000000);
    g_assert_cmpuint(last->line, ==, 14);
    g_assert_cmpuint(last->op, ==, 1);
    g_assert_cmpuint(last->width, ==, 1);
    g_assert_cmpuint(last->cpu, ==, 0xffff);
    g_assert_cmphex(last->offset, ==, 0x3fff);
    g_assert_cmphex(last->value, ==, 0xff);
    g_assert_cmpuint(last->latency, ==, UINT32_MAX);
    g_assert_cmpuint(lines->len, ==, 6);
    g_assert_cmpstr(lines->pdata[5], ==,
                    "W 1 2.100000 2 0xfebc3fff 0xff 0x0 0");
}

/* --- marks --------------------------------------------------------------- */

static void check_mark(JsonArray *items, guint i, const char *kind,
                       const char *text, int64_t line)
{
    JsonObject *mark = json_array_get_object_element(items, i);

    g_assert_cmpstr(json_object_get_string_member(mark, "kind"), ==, kind);
    g_assert_cmpstr(json_object_get_string_member(mark, "text"), ==, text);
    g_assert_cmpint(page_int(mark, "line"), ==, line);
}

/* Nothing of a log is on the page but in base64. */
static void test_hostile(void)
{
    g_autoptr(Page) page = report_page("<b>zebra.mmt", small, NULL, NULL);
    g_autoptr(JsonNode) node = page_json(page, page_log(page, 0), "marks");
    JsonObject *marks = json_node_get_object(node);
    JsonArray *items = json_object_get_array_member(marks, "items");

    g_assert_null(strstr(page->text, "alert(1)"));
    g_assert_null(strstr(page->text, "alert(2)"));
    g_assert_null(strstr(page->text, "zebra"));
    g_assert_cmpint(page_int(marks, "left-out"), ==, 0);
    g_assert_cmpuint(json_array_get_length(items), ==, 4);
    check_mark(items, 0, "tracer", "log format=1 qemu=10.0.0", 3);
    check_mark(items, 1, "user", "load </script><script>alert(1)</script>", 7);
    check_mark(items, 2, "guest", "<img src=x onerror=alert(2)>", 12);
    check_mark(items, 3, "tracer", "reset device=gpu kind=flr", 13);
}

/* Control characters and bytes that are no UTF-8 */
static void test_bytes(void)
{
    g_autoptr(Page) page = report_page("bytes.mmt", REPORT_HEAD
        "MARK 1.600000 \x1b[31m\xff\xe2\x80\xae\n"
        "W 4 1.700000 1 0xfeb80000 0x1 0x0 0\n", NULL, NULL);
    g_autoptr(JsonNode) node = page_json(page, page_log(page, 0), "marks");
    JsonArray *items = json_object_get_array_member(
        json_node_get_object(node), "items");
    const char *text = json_object_get_string_member(
        json_array_get_object_element(items, 1), "text");

    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_null(strchr(text, '\x1b'));
}

static void test_many_marks(void)
{
    g_autoptr(GString) text = g_string_new(REPORT_HEAD);
    g_autoptr(Page) page = NULL;
    g_autoptr(JsonNode) marks = NULL;
    g_autoptr(JsonNode) phases = NULL;
    JsonArray *list;
    unsigned i;

    for (i = 0; i < 21000; i++) {
        g_string_append_printf(text, "MARK 2.%06u mark %u\n", i, i);
        g_string_append_printf(text, "R 4 2.%06u 1 0xfeb80000 0x1 0x0 0\n", i);
    }
    page = report_page("marks.mmt", text->str, NULL, NULL);
    report_check_counts(page_log(page, 0), "marks.mmt");
    report_check_sums(page, page_log(page, 0));
    marks = page_json(page, page_log(page, 0), "marks");
    g_assert_cmpint(page_int(json_node_get_object(marks), "left-out"), ==,
                    1000);
    phases = page_json(page, page_log(page, 0), "phases");
    list = json_node_get_array(phases);
    g_assert_cmpuint(json_array_get_length(list), ==, 256);
    g_assert_true(json_object_get_boolean_member(
        json_array_get_object_element(list, 255), "further"));
}

/* Long marks of a guest, in which nothing comes twice, and one of the user */
static void test_loud_guest(void)
{
    g_autoptr(GString) text = g_string_new(REPORT_HEAD);
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    g_autoptr(Page) page = NULL;
    g_autoptr(JsonNode) marks = NULL;
    JsonArray *items;
    JsonObject *last;
    unsigned i, k;

    for (i = 0; i < 4000; i++) {
        g_string_append_printf(text, "R 4 2.%06u 1 0xfeb80000 0x1 0x0 0\n", i);
        g_string_append_printf(text, "MARK 2.%06u vfio-trace: guest-mark "
                               "origin=isa port=m0 text=", i);
        for (k = 0; k < 900; k++) {
            g_string_append_c(text, g_rand_int_range(rand, '0', '['));
        }
        g_string_append_c(text, '\n');
    }
    g_string_append(text, "MARK 3.000000 of the user\n");
    page = report_page("loud.mmt", text->str, "--max-size=3M", NULL);
    g_assert_cmpint(page_int(page_log(page, 0), "left-out"), ==, 0);
    marks = page_json(page, page_log(page, 0), "marks");
    items = json_object_get_array_member(json_node_get_object(marks), "items");
    g_assert_cmpint(json_array_get_length(items), >, 2000);
    g_assert_cmpint(json_array_get_length(items) +
                    page_int(json_node_get_object(marks), "left-out"), ==,
                    4002);
    last = json_array_get_object_element(items,
                                         json_array_get_length(items) - 1);
    g_assert_cmpstr(json_object_get_string_member(last, "kind"), ==, "user");
}

static void test_events(void)
{
    g_autoptr(Page) page = report_page("events.mmt", REPORT_HEAD
        "R 4 1.100000 1 0xfeb80000 0x1 0x0 0 cpu=1 latency=700\n"
        "MARK 1.200000 vfio-trace: vm state=paused reason=io-error\n"
        "MARK 1.400000 vfio-trace: vm state=running paused-ns=200000000\n"
        "MARK 1.500000 vfio-trace: irq device=gpu msix vector=3\n"
        "MARK 1.600000 vfio-trace: irq device=nic intx=B level=1\n"
        "W 4 1.700000 1 0xfeb80000 0x1 0x0 0 cpu=2 latency=?\n"
        "MARK 1.800000 vfio-trace: vm state=paused reason=paused\n"
        "R 4 1.900000 1 0xfeb80000 0x1 0x0 0 cpu=- latency=4294967295\n",
        NULL, NULL);
    JsonObject *log = page_log(page, 0);
    JsonObject *irqs = json_object_get_object_member(log, "irqs");
    JsonObject *latency = json_object_get_object_member(log, "latency");
    g_autoptr(GArray) accesses = page_accesses(page, log, NULL);
    g_autoptr(JsonNode) pauses = page_json(page, log, "pauses");
    JsonArray *list = json_node_get_array(pauses);
    g_autofree double *vector = page_numbers(page, irqs, "vector", NULL);
    g_autofree double *device = page_numbers(page, irqs, "device", NULL);
    g_autofree double *kind = page_numbers(page, irqs, "kind", NULL);
    g_autofree double *reads = page_numbers(page, latency, "reads", NULL);

    report_check_sums(page, log);
    g_assert_cmpuint(json_array_get_length(list), ==, 2);
    g_assert_cmpint(page_total(list, "from"), ==, 200000000 + 800000000);
    g_assert_cmpint(page_total(list, "to"), ==, 400000000 + 900000000);
    g_assert_cmpint(page_int(irqs, "n"), ==, 2);
    g_assert_cmpfloat(vector[0], ==, 3);
    g_assert_cmpfloat(vector[1], ==, 1);
    g_assert_cmpfloat(device[1], ==, 1);
    g_assert_cmpfloat(kind[0], ==, 2);
    g_assert_cmpfloat(kind[1], ==, 0);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 0).latency, ==, 700);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 0).cpu, ==, 1);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 1).latency, ==,
                     UINT32_MAX);
    /* 500 to 1000 ns, and the last bucket */
    g_assert_cmpfloat(reads[2], ==, 1);
    g_assert_cmpfloat(reads[25], ==, 1);
    g_assert_cmpfloat(page_sum(page, latency, "writes"), ==, 0);
}

/* --- polls --------------------------------------------------------------- */

/* Interrupts of more devices than have lanes */
static void test_many_devices(void)
{
    g_autoptr(GString) text = g_string_new(REPORT_HEAD);
    g_autoptr(Page) page = NULL;
    JsonObject *log, *irqs, *last = NULL;
    JsonArray *names, *lanes;
    unsigned i, n = 0;

    for (i = 0; i < 140; i++) {
        g_string_append_printf(text, "MARK 2.%06u vfio-trace: irq device=d%u "
                               "msix vector=0\n", i, i % 70);
    }
    page = report_page("devices.mmt", text->str, NULL, NULL);
    log = page_log(page, 0);
    irqs = json_object_get_object_member(log, "irqs");
    names = json_object_get_array_member(irqs, "devices");
    g_assert_cmpuint(json_array_get_length(names), ==, 64);
    g_assert_cmpstr(json_array_get_string_element(names, 62), ==, "d62");
    g_assert_cmpstr(json_array_get_string_element(names, 63), ==,
                    "of other devices");
    lanes = json_object_get_array_member(log, "lanes");
    for (i = 0; i < json_array_get_length(lanes); i++) {
        JsonObject *lane = json_array_get_object_element(lanes, i);

        if (!strcmp(json_object_get_string_member(lane, "kind"), "irq")) {
            last = lane;
            n++;
        }
    }
    g_assert_cmpuint(n, ==, 64);
    g_assert_cmpstr(json_object_get_string_member(last, "device"), ==,
                    "of other devices");
}

static void test_polls(void)
{
    g_autoptr(GString) text = g_string_new(REPORT_HEAD);
    g_autoptr(Page) page = NULL;
    g_autoptr(JsonNode) node = NULL;
    JsonObject *poll;
    JsonArray *items;
    unsigned i;

    g_string_append(text, "W 4 1.000001 1 0xfeb80000 0x1 0x0 0\n");
    for (i = 0; i < 100; i++) {
        g_string_append_printf(text, "R 4 1.%06u 1 0xfeb80008 0x%x 0x0 0\n",
                               1000 + i, i == 99 ? 0x83 : 0x3);
    }
    g_string_append(text, "W 4 2.000000 1 0xfeb80000 0x0 0x0 0\n");
    page = report_page("polls.mmt", text->str, NULL, NULL);
    report_check_sums(page, page_log(page, 0));
    node = page_json(page, page_log(page, 0), "polls");
    items = json_object_get_array_member(json_node_get_object(node), "items");
    g_assert_cmpuint(json_array_get_length(items), ==, 1);
    poll = json_array_get_object_element(items, 0);
    g_assert_cmpstr(json_object_get_string_member(poll, "offset"), ==, "0x8");
    g_assert_cmpstr(json_object_get_string_member(poll, "mask"), ==, "0x80");
    g_assert_cmpstr(json_object_get_string_member(poll, "value"), ==, "0x80");
    g_assert_cmpint(page_int(poll, "reads"), ==, 100);
    g_assert_cmpint(page_int(poll, "longest"), ==, 99000);
    g_assert_cmpint(page_int(poll, "from"), ==, 1000000);
    g_assert_cmpint(page_int(poll, "line"), ==, 7);
    g_assert_cmpint(page_int(poll, "last-line"), ==, 106);
}

/* --- memory -------------------------------------------------------------- */

static void test_memory(void)
{
    static const char bytes[] = "descriptor 0";
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256,
                                                         bytes, -1);
    g_autoptr(GString) text = g_string_new(REPORT_HEAD
        "W 4 1.100000 1 0xfeb83818 0x1 0x0 0\n");
    g_autoptr(Page) page = NULL;
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(GBytes) block = NULL;
    JsonObject *memory;
    JsonObject *thing;
    const char *p;

    g_string_append_printf(text,
        "MARK 1.100000 vfio-trace: snapshot device=gpu map=1 addr=0xfeb83818 "
        "at=0x1000 len=%zu sha256=%s\n"
        "MARK 1.100000 vfio-trace: snapshot-data at=0x1000 ",
        strlen(bytes), sum);
    for (p = bytes; *p; p++) {
        g_string_append_printf(text, "%02x", *p);
    }
    g_string_append(text, "\nR 4 1.200000 1 0xfeb80000 0x1 0x0 0\n");
    page = report_page("memory.mmt", text->str, NULL, NULL);
    memory = json_object_get_object_member(page_log(page, 0), "memory");
    node = page_json(page, memory, "things");
    thing = json_array_get_object_element(json_node_get_array(node), 0);
    g_assert_cmpstr(json_object_get_string_member(thing, "kind"), ==,
                    "snapshot");
    g_assert_cmpstr(json_object_get_string_member(thing, "at"), ==, "0x1000");
    g_assert_cmpint(page_int(thing, "t"), ==, 100000000);
    g_assert_cmpint(page_int(thing, "length"), ==, strlen(bytes));
    block = page_bytes(page, json_object_get_object_member(memory, "bytes"),
                       "bytes");
    g_assert_cmpmem(g_bytes_get_data(block, NULL), g_bytes_get_size(block),
                    bytes, strlen(bytes));
}

/* --- time ---------------------------------------------------------------- */

/* Without times, lines take their place. */
static void test_lines(void)
{
    g_autoptr(Page) page = report_page("lines.txt",
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0\n"
        "vfio_region_write  (0000:01:00.0:region0+0x104, 0x1, 4)\n"
        "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n",
        NULL, NULL);
    JsonObject *log = page_log(page, 0);
    g_autoptr(GArray) accesses = page_accesses(page, log, NULL);

    report_check_sums(page, log);
    g_assert_cmpstr(json_object_get_string_member(log, "axis"), ==, "line");
    g_assert_cmpuint(accesses->len, ==, 3);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 2).t, ==, 2);
    g_assert_cmphex(g_array_index(accesses, PageAccess, 1).offset, ==, 0x104);
}

static void test_back(void)
{
    g_autoptr(Page) page = report_page("back.mmt", REPORT_HEAD
        "R 4 1.500000 1 0xfeb80000 0x1 0x0 0\n"
        "R 4 1.400000 1 0xfeb80000 0x1 0x0 0\n"
        "MARK 0.000000 Lost 7 events.\n"
        "R 4 1.600000 1 0xfeb80000 0x1 0x0 0\n", NULL, NULL);
    JsonObject *log = page_log(page, 0);
    g_autoptr(GArray) accesses = page_accesses(page, log, NULL);

    report_check_counts(log, "back.mmt");
    report_check_sums(page, log);
    g_assert_cmpint(page_int(log, "clamped"), ==, 1);
    g_assert_cmpint(page_int(log, "lost"), ==, 7);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 1).t, ==, 500000000);
    g_assert_cmpuint(g_array_index(accesses, PageAccess, 2).t, ==, 600000000);
}

static void test_empty(void)
{
    g_autoptr(Page) page = report_page("empty.mmt", REPORT_HEAD, NULL, NULL);
    JsonObject *log = page_log(page, 0);

    report_check_sums(page, log);
    g_assert_cmpint(page_int(log, "accesses"), ==, 0);
    g_assert_cmpint(page_int(log, "single"), ==, 0);
}

static void test_selection(void)
{
    g_autoptr(Page) page = report_page("small.mmt", small, "--range", "1");
    JsonObject *log = page_log(page, 0);

    report_check_sums(page, log);
    g_assert_true(json_object_get_boolean_member(log, "selected"));
    g_assert_cmpint(page_int(log, "accesses"), ==, 2);
}

/* --- two logs ------------------------------------------------------------ */

static void test_two(void)
{
    static const char old_text[] = REPORT_HEAD
        "W 4 1.100000 1 0xfeb80000 0x1 0x0 0\n"
        "W 4 1.200000 1 0xfeb80004 0x5 0x0 0\n"
        "R 4 1.300000 1 0xfeb80008 0x1 0x0 0\n";
    static const char new_text[] = REPORT_HEAD
        "W 4 1.100000 1 0xfeb80000 0x1 0x0 0\n"
        "W 4 1.200000 1 0xfeb80004 0x7 0x0 0\n"
        "R 4 1.300000 1 0xfeb80008 0x1 0x0 0\n";
    g_autofree char *a = temp_file("old.mmt", old_text, -1);
    g_autofree char *b = temp_file("new.mmt", new_text, -1);
    g_autofree char *out = g_build_filename(temp_dir(), "two.html", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "report", "--no-db", a, b, "-o",
                                      out, NULL);
    g_autoptr(Page) page = NULL;
    g_autoptr(JsonNode) diff = NULL;
    JsonObject *hunk;
    JsonArray *hunks;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    page = page_read(out);
    report_check_sums(page, page_log(page, 0));
    report_check_sums(page, page_log(page, 1));
    g_assert_cmpstr(json_object_get_string_member(page_log(page, 1), "name"),
                    ==, b);
    diff = page_json(page, json_node_get_object(page->index), "diff");
    hunks = json_object_get_array_member(json_node_get_object(diff), "hunks");
    g_assert_cmpuint(json_array_get_length(hunks), ==, 1);
    hunk = json_array_get_object_element(hunks, 0);
    g_assert_cmpstr(json_object_get_string_member(hunk, "kind"), ==, "value");
    g_assert_cmpint(page_int(json_object_get_object_member(hunk, "a"), "line"),
                    ==, 7);
}

/* --- usage --------------------------------------------------------------- */

static void test_usage(void)
{
    g_autofree char *log = temp_file("small.mmt", small, -1);
    g_autofree char *there = temp_file("there.html", "mine", -1);
    g_autofree char *none = g_build_filename(temp_dir(), "none.mmt", NULL);
    g_autofree char *out = g_build_filename(temp_dir(), "usage.html", NULL);
    const struct {
        const char *args[6];
        const char *err;
    } cases[] = {
        { { NULL }, "one LOG is needed" },
        { { log, NULL }, "a page needs a file" },
        { { log, log, log, "-o", out, NULL }, "one LOG is needed" },
        { { "-", "-", "-o", out, NULL }, "standard input can be one" },
        { { log, "-o", there, NULL }, "exists already; use --force" },
        { { log, "-o", out, "--max-size=1M", NULL }, "must be at least 2M" },
        { { log, "-o", out, "--max-size=x", NULL }, "--max-size" },
        { { none, "-o", out, NULL }, "none.mmt" },
        { { log, "-o", log, "--force", NULL }, "is the log itself" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_verb("report", 2, cases[i].args);

        assert_contains(run->err, cases[i].err);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    }
}

/* A page of a log that is cut off says so; one of no log is none. */
static void test_cut(void)
{
    g_autofree char *log = temp_file("cut.mmt", small, strlen(small) - 1);
    g_autofree char *out = g_build_filename(temp_dir(), "cut.html", NULL);
    const char *const args[] = { log, "--no-db", "-o", out, NULL };
    g_autoptr(ToolRun) run = run_verb("report", 1, args);
    g_autoptr(Page) page = page_read(out);

    assert_contains(run->err, "cut off");
    g_assert_true(json_object_get_boolean_member(page_log(page, 0), "cut"));
}

static void test_stdout(void)
{
    g_autoptr(ToolRun) run = run_tool(small, "report", "--no-db", "-", "-o",
                                      "-", NULL);
    g_autofree char *out = temp_file("stdout.html", run->out, -1);
    g_autoptr(Page) page = page_read(out);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(json_object_get_string_member(page_log(page, 0), "name"),
                    ==, "<stdin>");
    report_check_sums(page, page_log(page, 0));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/small", test_small);
    g_test_add_func("/report/hostile", test_hostile);
    g_test_add_func("/report/bytes", test_bytes);
    g_test_add_func("/report/many-marks", test_many_marks);
    g_test_add_func("/report/loud-guest", test_loud_guest);
    g_test_add_func("/report/events", test_events);
    g_test_add_func("/report/many-devices", test_many_devices);
    g_test_add_func("/report/polls", test_polls);
    g_test_add_func("/report/memory", test_memory);
    g_test_add_func("/report/lines", test_lines);
    g_test_add_func("/report/back", test_back);
    g_test_add_func("/report/empty", test_empty);
    g_test_add_func("/report/selection", test_selection);
    g_test_add_func("/report/two", test_two);
    g_test_add_func("/report/usage", test_usage);
    g_test_add_func("/report/cut", test_cut);
    g_test_add_func("/report/stdout", test_stdout);
    status = g_test_run();
    temp_clean();
    return status;
}
