/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace redact on entries of rings and on watches
 *
 * Each output must pass 'vfio-trace check': lengths and sums fit.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "run-tool.h"
#include "libguestmem/line-sum.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 1b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n" \
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 " \
    "addr=0xfeb80000 len=0x20000 state=trapped\n" \
    "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
#define MARK "MARK 1.000001 vfio-trace: "
#define END  "MARK 9.000000 vfio-trace: end\n"
#define SECRET "--secret=JX-4711-A"

/* Redact a log; return the output, which must pass vfio-trace check */
static char *redact(const char *log, const char *a, const char *b)
{
    g_autofree char *in = temp_file("in.mmt", log, -1);
    g_autofree char *out = g_build_filename(temp_dir(), "out.mmt", NULL);
    g_autoptr(ToolRun) run = NULL, check = NULL;
    char *text = NULL;

    g_unlink(out);
    run = run_tool(NULL, "redact", in, "-o", out, a, b, NULL);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    check = run_tool(NULL, "check", out, NULL);
    g_test_message("%s", check->out);
    g_assert_cmpint(check->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    return text;
}

static void put_hex(GString *log, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    size_t i;

    for (i = 0; i < n; i++) {
        g_string_append_printf(log, "%02x", p[i]);
    }
    g_string_append_c(log, '\n');
}

/* --- entries ------------------------------------------------------------- */

/* In an entry, over its marks, in data, over its marks */
static char *entry_log(void)
{
    GString *log = g_string_new(HEAD MARK "ring device=dut0 ring=SQ[0] "
                                "base=0x1000 count=4 entry=300\n"
                                MARK "entry device=dut0 ring=SQ[0] index=1 "
                                "at=0x112c len=300 ");
    char entry[300] = "S/N: JX-4711-A";
    char data[300] = "";

    memcpy(entry + 250, "JX-4711-A", 9);
    memcpy(data + 253, "JX-4711-A", 9);
    put_hex(log, entry, 256);
    g_string_append(log, MARK "snapshot-data at=0x122c ");
    put_hex(log, entry + 256, 44);
    g_string_append(log, MARK "data device=dut0 ring=SQ[0] index=1 "
                    "name=prp1 at=0x3000 len=300 of=4096 ");
    put_hex(log, data, 256);
    g_string_append(log, "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
                    MARK "snapshot-data at=0x3100 ");
    put_hex(log, data + 256, 44);
    g_string_append(log, END);
    return g_string_free(log, FALSE);
}

static void test_entry(void)
{
    g_autofree char *log = entry_log();
    g_autofree char *some = redact(log, SECRET, NULL);
    g_autofree char *all = redact(log, "--snapshots", NULL);

    g_assert_cmpuint(strlen(some), ==, strlen(log));
    g_assert_nonnull(strstr(log, "4a582d34373131"));
    g_assert_null(strstr(some, "4a582d34"));
    g_assert_null(strstr(some, "37312d41"));
    g_assert_null(strstr(some, "4a582d\n"));
    g_assert_null(strstr(some, " 343731312d41"));
    g_assert_nonnull(strstr(some, " 532f4e3a20"));
    g_assert_nonnull(strstr(some, "ring=SQ[0] index=1 at=0x112c len=300 "));
    g_assert_nonnull(strstr(some, "name=prp1 at=0x3000 len=300 of=4096 "));
    g_assert_null(strstr(all, "532f4e"));
    g_assert_null(strstr(all, "00000000"));
}

/* Names of devices are the same in all marks. */
static void test_names(void)
{
    g_autofree char *log = entry_log();
    g_autofree char *out = redact(log, "--names", NULL);

    g_assert_null(strstr(out, "dut0"));
    g_assert_nonnull(strstr(out, "entry device=name-1 ring=SQ[0]"));
    g_assert_nonnull(strstr(out, "data device=name-1 ring=SQ[0]"));
}

/* What is no mark of memory any more does not get through. */
static void test_broken(void)
{
    static const char *const lines[] = {
        "entry device=dut0 ring=R index=0 at=0x0 len=9 4a582d343731312d4",
        "entry device=dut0 ring=R index=0 at=0x0 len=2 4a582d343731312d41",
        "entry device=dut0 ring=R index=0 at=0x0 len=9 00 4a582d343731312d41",
        "entry device=dut0 ring=R index=0 at=0x0 4a582d343731312d41 len=9",
        "data device=dut0 ring=R index=0 name=x at=0x0 len=9 of=9 "
        "4a582d343731312d41zz",
        "watch-data at=0x0 4a582d343731312d41",
        "watch device=dut0 watch=W on=irq at=0x0 len=9 lines=1 sum=0x0 "
        "state=first 4a582d343731312d41",
        "snapshot-data at=0x0 4a582d343731312d41",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *log = g_strconcat(HEAD MARK, lines[i], "\n", NULL);
        g_autofree char *in = temp_file("in.mmt", log, -1);
        g_autofree char *out = g_build_filename(temp_dir(), "out", NULL);
        g_autofree char *text = NULL;
        g_autoptr(ToolRun) run = NULL;

        g_unlink(out);
        run = run_tool(NULL, "redact", in, "-o", out, SECRET, NULL);
        g_test_message("%s: %s", lines[i], run->err);
        if (run->status == 0) {
            g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
            g_assert_null(strstr(text, "4a582d3437"));
        }
    }
}

/* --- watches ------------------------------------------------------------- */

#define LEN 200

/* A look: the lines from @first up to before @end */
static void put_look(GString *log, const char *memory, const char *state,
                     unsigned first, unsigned end)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < 4; i++) {
        sum += gmem_line_sum(i, (const uint8_t *)memory + i * 64,
                             MIN(64, LEN - i * 64));
    }
    g_string_append_printf(log, MARK "watch device=dut0 watch=BOX on=write "
                           "at=0x4000 len=%d lines=%u sum=0x%" PRIx64
                           " state=%s\n", LEN, end - first, sum, state);
    for (i = first; i < end; i++) {
        g_string_append_printf(log, MARK "watch-data at=0x%x ",
                               0x4000 + i * 64);
        put_hex(log, memory + i * 64, MIN(64, LEN - i * 64));
    }
}

static void test_watch(void)
{
    g_autoptr(GString) log = g_string_new(HEAD);
    g_autofree char *some = NULL, *all = NULL, *none = NULL;
    char memory[LEN] = "Hello";

    /* over the second and the third line, all at once */
    memcpy(memory + 124, "JX-4711-A", 9);
    put_look(log, memory, "first", 0, 4);
    memset(memory + 124, 0, 9);
    put_look(log, memory, "changed", 1, 3);
    /* one line, and later the other one */
    memcpy(memory + 60, "JX-4", 4);
    put_look(log, memory, "changed", 0, 1);
    memcpy(memory + 64, "711-A", 5);
    put_look(log, memory, "changed", 1, 2);
    memset(memory + 60, 0, 10);
    put_look(log, memory, "changed", 0, 2);
    put_look(log, memory, "same", 0, 0);
    g_string_append(log, END);
    some = redact(log->str, SECRET, NULL);
    g_assert_nonnull(strstr(log->str, "4a582d34\n"));
    g_assert_nonnull(strstr(log->str, " 3731312d41"));
    g_assert_nonnull(strstr(some, "48656c6c6f"));
    /* the first half was written before it was known to be one */
    g_assert_null(strstr(some, " 3731312d41"));
    g_assert_null(strstr(some, " 343731312d41"));
    all = redact(log->str, "--snapshots", NULL);
    g_assert_null(strstr(all, "48656c6c6f"));
    g_assert_null(strstr(all, "00000000"));
    none = redact(log->str, "--secret=absent", NULL);
    g_assert_cmpstr(none, ==, log->str);
}

/* What came before is not known: the sum of the rest stays in the sum. */
static void test_watch_later(void)
{
    g_autoptr(GString) log = g_string_new("VERSION 20070824\n"
                                          MARK "part 2 begins\n"
                                          MARK "part 2 header ends\n");
    g_autofree char *out = NULL;
    char memory[LEN] = "Hello";

    put_look(log, memory, "same", 0, 0);
    memcpy(memory + 10, "JX-4711-A", 9);
    put_look(log, memory, "changed", 0, 1);
    put_look(log, memory, "first", 0, 4);
    put_look(log, memory, "same", 0, 0);
    g_string_append(log, END);
    out = redact(log->str, SECRET, NULL);
    g_assert_null(strstr(out, "4a582d3437"));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/redact-memory/entry", test_entry);
    g_test_add_func("/redact-memory/names", test_names);
    g_test_add_func("/redact-memory/broken", test_broken);
    g_test_add_func("/redact-memory/watch", test_watch);
    g_test_add_func("/redact-memory/watch-later", test_watch_later);
    status = g_test_run();
    temp_clean();
    return status;
}
