/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace redact
 *
 * A secret is put into a log in every way that is known.  The output must not
 * have it, and the rest of the log must be as it was.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "run-tool.h"
#include "tools/common/outfile.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 1b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n" \
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 " \
    "addr=0xfeb80000 len=0x20000 state=trapped\n" \
    "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"

/* The secret of most tests is the MAC address 02:a1:b2:c3:d4:e5. */
#define MAC "--mac=02:a1:b2:c3:d4:e5"

static char *output_path(const char *name)
{
    char *path = g_build_filename(temp_dir(), name, NULL);

    g_unlink(path);
    return path;
}

/* Redact a log; return the output, which must pass vfio-trace check */
static char *redact(const char *log, const char *a, const char *b,
                    const char *c)
{
    g_autofree char *in = temp_file("in.mmt", log, -1);
    g_autofree char *out = output_path("out.mmt");
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out, a, b, c,
                                      NULL);
    g_autoptr(ToolRun) check = NULL;
    char *text = NULL;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    check = run_tool(NULL, "check", out, NULL);
    g_test_message("%s", check->out);
    g_assert_cmpint(check->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    return text;
}

/* A way in which the secret can be there, and what must not be left of it */
static const struct {
    const char *name;
    const char *lines;
    const char *gone[8];
} ways[] = {
    { "ral-rah",
      "R 4 1.000001 1 0xfeb85400 0xc3b2a102 0x0 0\n"
      "R 4 1.000002 1 0xfeb85404 0x8000e5d4 0x0 0\n",
      { "c3b2a102", "e5d4" } },
    { "rah-first",
      "W 4 1.000001 1 0xfeb85404 0x8000e5d4 0x0 0\n"
      "W 4 1.000002 1 0xfeb85400 0xc3b2a102 0x0 0\n",
      { "c3b2a102", "e5d4" } },
    { "eerd",
      "R 4 1.000001 1 0xfeb80014 0x1 0x0 0\n"
      "R 4 1.000002 1 0xfeb80014 0xa1020002 0x0 0\n"
      "W 4 1.000003 1 0xfeb80014 0x5 0x0 0\n"
      "R 4 1.000004 1 0xfeb80014 0x5 0x0 0\n"
      "R 4 1.000005 1 0xfeb80014 0xc3b20006 0x0 0\n"
      "R 4 1.000006 1 0xfeb80014 0xc3b20006 0x0 0\n"
      "R 4 1.000007 1 0xfeb80014 0xe5d4000a 0x0 0\n",
      { "a102", "c3b2", "e5d4" } },
    { "bytes of a port",
      "W 1 1.000001 1 0xfeb86000 0x2 0x0 0\n"
      "W 1 1.000002 1 0xfeb86000 0xa1 0x0 0\n"
      "W 1 1.000003 1 0xfeb86000 0xb2 0x0 0\n"
      "W 1 1.000004 1 0xfeb86000 0xc3 0x0 0\n"
      "W 1 1.000005 1 0xfeb86000 0xd4 0x0 0\n"
      "W 1 1.000006 1 0xfeb86000 0xe5 0x0 0\n",
      { "0xa1 ", "0xb2 ", "0xc3 ", "0xd4 ", "0xe5 " } },
    { "a byte in each register, backwards",
      "W 4 1.000001 1 0xfeb86000 0xe5 0x0 0\n"
      "W 4 1.000002 1 0xfeb86004 0xd4 0x0 0\n"
      "W 4 1.000003 1 0xfeb86008 0xc3 0x0 0\n"
      "W 4 1.000004 1 0xfeb8600c 0xb2 0x0 0\n"
      "W 4 1.000005 1 0xfeb86010 0xa1 0x0 0\n"
      "W 4 1.000006 1 0xfeb86014 0x2 0x0 0\n",
      { "0xa1 ", "0xb2 ", "0xc3 ", "0xd4 ", "0xe5 " } },
    { "big-endian words, the last one first",
      "W 4 1.000001 1 0xfeb86008 0xd4e5 0x0 0\n"
      "W 4 1.000002 1 0xfeb86004 0xb2c3 0x0 0\n"
      "W 4 1.000003 1 0xfeb86000 0x2a1 0x0 0\n",
      { "d4e5", "b2c3", "0x2a1 " } },
    { "in eight bytes, shifted",
      "W 8 1.000001 1 0xfeb86000 0x150d961ea728 0x0 0\n"
      "W 8 1.000002 1 0xfeb86010 0xe5d4c3b2a102 0x0 0\n"
      "W 8 1.000003 1 0xfeb86020 0x2a1b2c3d4e50000 0x0 0\n",
      { "150d961ea728", "e5d4c3b2a102", "2a1b2c3d4e5" } },
    { "across two words of a port",
      "W 4 1.000001 1 0xfeb86000 0xa1022211 0x0 0\n"
      "W 4 1.000002 1 0xfeb86000 0xe5d4c3b2 0x0 0\n",
      { "a102", "e5d4c3b2" } },
    { "program counter",
      "R 4 1.000001 1 0xfeb80000 0x1 0x2a1b2c3d4e5 0\n",
      { "2a1b2c3d4e5" } },
    { "text of a user",
      "MARK 1.000001 it is 02:A1:b2:c3:d4:E5, or 02a1.b2c3.d4e5, or "
      "02/a1/b2/c3/d4/e5, or {0x02, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5}, or "
      "e5d4c3b2a102, or 2893512168677\n",
      { "02:A1", "02/a1", "02a1", "d4:E5", "d4e5", "e5d4", "2893512168677" } },
    { "text of a guest, and an IPv6 address",
      "MARK 1.000001 vfio-trace: guest-mark origin=isa port=p0 "
      "text=fe80::00a1:b2ff:fec3:d4e5 has 02-a1-b2-c3-d4-e5\n",
      { "00a1:b2ff:fec3:d4e5", "02-a1-b2" } },
    { "an instruction",
      "UNKNOWN 1.000001 1 0xfeb80000 c7,00,02 0x10 0\n"
      "MARK 1.000002 vfio-trace: stepped map=1 pc=0x10 "
      "bytes=c70002a1b2c3d4e5\n",
      { "02a1b2c3d4e5" } },
};

static void test_ways(void)
{
    size_t i, k;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *log = g_strconcat(HEAD, ways[i].lines, NULL);
        g_autofree char *out = NULL;

        g_test_message("%s", ways[i].name);
        out = redact(log, MAC, "--seed=1", NULL);
        g_assert_true(g_str_has_prefix(out, HEAD));
        for (k = 0; ways[i].gone[k]; k++) {
            /* the test itself */
            g_assert_nonnull(strstr(log + strlen(HEAD), ways[i].gone[k]));
            g_assert_null(strstr(out + strlen(HEAD), ways[i].gone[k]));
        }
    }
}

/* What is no secret stays, byte for byte. */
static void test_rest(void)
{
    static const char log[] = HEAD
        "R 4 1.000001 1 0xfeb80008 0x80080783 0xffffffffc03b81f4 0\n"
        "W 4 1.000002 1 0xfeb85400 0xc3b2 0x0 0\n"
        "R 4 1.000003 1 0xfeb85400 0x0 0x0 0\n"
        "W 1 1.000004 1 0xfeb86000 0xe5 0x0 0\n"
        "W 1 1.000005 1 0xfeb86000 0xa1 0x0 0\n"
        "MARK 1.000006 a1 b2 c3 d4 e5\n"
        "UNMAP 1.000007 1 0x0 0\n";
    g_autofree char *out = redact(log, MAC, NULL, NULL);

    g_assert_cmpstr(out, ==, log);
}

/* The same secret has the same replacement in every form. */
static void test_consistent(void)
{
    static const char log[] = HEAD
        "R 4 1.000001 1 0xfeb85400 0xc3b2a102 0x0 0\n"
        "R 4 1.000002 1 0xfeb85404 0x8000e5d4 0x0 0\n"
        "MARK 1.000003 02a1b2c3d4e5\n";
    g_autofree char *a = redact(log, MAC, "--seed=x", NULL);
    g_autofree char *b = redact(log, "--mac", "--seed=x", NULL);
    g_autofree char *c = redact(log, MAC, "--seed=y", NULL);
    guint64 low, high;
    const char *mark = strstr(a, "MARK 1.000003 ");
    g_autofree char *want = NULL;

    g_assert_cmpstr(a, ==, b);
    g_assert_cmpstr(a, !=, c);
    low = g_ascii_strtoull(strstr(a, "85400 0x") + 8, NULL, 16);
    high = g_ascii_strtoull(strstr(a, "85404 0x") + 8, NULL, 16);
    g_assert_cmpuint(high >> 16, ==, 0x8000);
    want = g_strdup_printf("MARK 1.000003 %08x%04x\n",
                           GUINT32_SWAP_LE_BE((guint32)low),
                           GUINT16_SWAP_LE_BE((guint16)high));
    g_assert_true(g_str_has_prefix(mark, want));
    /* an address of one device, and none that a vendor has given */
    g_assert_cmpuint(low & 3, ==, 2);
}

/* A byte that the secret has, too, is not replaced beside it. */
static void test_beside(void)
{
    static const char log[] = HEAD
        "W 4 1.000001 1 0xfeb85400 0x12005452 0x0 0\n"
        "W 4 1.000002 1 0xfeb85404 0x80005634 0x0 0\n";
    g_autofree char *out = redact(log, "--mac=52:54:00:12:34:56", NULL, NULL);
    guint64 high = g_ascii_strtoull(strstr(out, "85404 0x") + 8, NULL, 16);

    g_assert_cmphex(high >> 16, ==, 0x8000);
    g_assert_cmphex(high & 0xff, !=, 0x34);
    g_assert_cmphex(high >> 8 & 0xff, !=, 0x56);
}

static char *hex_of(const char *bytes, size_t n)
{
    GString *text = g_string_new(NULL);
    size_t i;

    for (i = 0; i < n; i++) {
        g_string_append_printf(text, "%02x", (unsigned char)bytes[i]);
    }
    return g_string_free(text, FALSE);
}

/* A snapshot with a secret across its marks, and an access between them */
static char *snapshot_log(const char *memory, size_t n)
{
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                       (const guchar *)memory,
                                                       n);
    g_autofree char *a = hex_of(memory, 384);
    g_autofree char *b = hex_of(memory + 384, n - 384);

    return g_strdup_printf(HEAD
        "W 4 1.000001 1 0xfeb83818 0x1 0x0 0\n"
        "MARK 1.000002 vfio-trace: snapshot device=dut0 map=1 "
        "addr=0xfeb83818 at=0x1000 len=%zu sha256=%s\n"
        "MARK 1.000003 vfio-trace: snapshot-data at=0x1000 %s\n"
        "R 4 1.000004 1 0xfeb80008 0x1 0x0 0\n"
        "MARK 1.000005 vfio-trace: snapshot-data at=0x1180 %s\n"
        "R 4 1.000006 1 0xfeb80008 0x2 0x0 0\n", n, sum, a, b);
}

static void test_snapshot(void)
{
    char memory[400] = "S/N: JX-4711-A";
    g_autofree char *log = NULL;
    g_autofree char *some = NULL;
    g_autofree char *all = NULL;
    size_t i;

    memcpy(memory + 381, "\x02\xa1\xb2\xc3\xd4\xe5", 6);
    for (i = 0; i < 9; i++) {
        /* UTF-16 */
        memory[100 + 2 * i] = "JX-4711-A"[i];
    }
    log = snapshot_log(memory, sizeof(memory));
    some = redact(log, MAC, "--secret=JX-4711-A", NULL);
    g_assert_cmpuint(strlen(some), ==, strlen(log));
    g_assert_null(strstr(some, "02a1b2"));
    g_assert_null(strstr(some, "c3d4e5"));
    /* what is left of the text, and the access in its place */
    g_assert_nonnull(strstr(some, " 532f4e3a20"));
    g_assert_null(strstr(some, "4a582d34373131"));
    g_assert_null(strstr(some, "4a0058002d003400"));
    g_assert_nonnull(strstr(some, "\nR 4 1.000004 1 0xfeb80008 0x1 0x0 0\n"));
    all = redact(log, "--snapshots", NULL, NULL);
    g_assert_null(strstr(all, "532f4e"));
    g_assert_null(strstr(all, "00000000"));
}

static void test_registers(void)
{
    static const char log[] = HEAD
        "W 4 1.000001 1 0xfeb80100 0x1234 0x0 0\n"
        "W 4 1.000002 1 0xfeb80104 0x1234 0x0 0\n"
        "W 4 1.000003 1 0xfeb80108 0x1234 0x0 0\n"
        "W 8 1.000004 1 0xfeb800fc 0x123455555555 0x0 0\n"
        "R 4 1.000005 1 0xfeb80008 0x80 0x0 0\n";
    g_autofree char *range = redact(log, "--register=0:0x100:8", NULL, NULL);
    g_autofree char *name = redact(log, "--register=STATUS", NULL, NULL);
    guint64 a = g_ascii_strtoull(strstr(range, "80100 0x") + 8, NULL, 16);
    guint64 b = g_ascii_strtoull(strstr(range, "80104 0x") + 8, NULL, 16);
    guint64 c = g_ascii_strtoull(strstr(range, "80108 0x") + 8, NULL, 16);
    guint64 d = g_ascii_strtoull(strstr(range, "800fc 0x") + 8, NULL, 16);

    g_assert_cmphex(a, !=, 0x1234);
    g_assert_cmphex(a, ==, b);
    g_assert_cmphex(c, ==, 0x1234);
    g_assert_cmphex((guint32)d, ==, 0x55555555);
    g_assert_cmphex(d >> 32, !=, 0x1234);
    g_assert_nonnull(strstr(range, "80008 0x80 "));
    g_assert_null(strstr(name, "80008 0x80 "));
    g_assert_nonnull(strstr(name, "80100 0x1234 "));
}

#define CONFIG(op, width, offset, value) \
    "MARK 1.000003 vfio-trace: config " op " width=" width " map=2 offset=" \
    offset " value=" value "\n"

/* Vital product data, behind the second capability: "SN\x0612345..." */
static void test_vpd(void)
{
    static const char log[] =
        "VERSION 20070824\n"
        "PCIDEV 0028 808610d3 1b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
        "MARK 1.000000 vfio-trace: device id=nic host=0000:00:05.0 "
        "type=vfio-pci-trace addresses=host\n"
        "MARK 1.000000 vfio-trace: coverage device=nic config map=2 "
        "addr=0x0 len=0x1000 state=trapped\n"
        "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
        CONFIG("R", "1", "0x34", "0x50")
        CONFIG("R", "2", "0x50", "0x6001")
        CONFIG("R", "4", "0x44", "0x3")
        CONFIG("R", "4", "0x48", "0x11223344")
        CONFIG("R", "2", "0x60", "0x3")
        CONFIG("W", "2", "0x62", "0x20")
        CONFIG("R", "2", "0x62", "0x8020")
        CONFIG("R", "4", "0x64", "0x31064e53")
        CONFIG("R", "2", "0x66", "0x3332")
        CONFIG("R", "1", "0x67", "0x35")
        "R 4 1.000004 1 0xfeb80064 0x31064e53 0x0 0\n";
    g_autofree char *out = redact(log, "--serials", "--seed=1", NULL);

    g_assert_null(strstr(out, "offset=0x64 value=0x31064e53"));
    g_assert_null(strstr(out, "offset=0x66 value=0x3332"));
    g_assert_null(strstr(out, "offset=0x67 value=0x35"));
    assert_contains(out, "offset=0x64 value=0x");
    assert_contains(out, CONFIG("R", "2", "0x62", "0x8020"));
    assert_contains(out, CONFIG("R", "2", "0x60", "0x3"));
    assert_contains(out, CONFIG("R", "4", "0x48", "0x11223344"));
    assert_contains(out, "0xfeb80064 0x31064e53 ");
}

static void test_all(void)
{
    static const char log[] =
        "VERSION 20070824\n"
        "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n"
        "MARK 1.000000 vfio-trace: clock monotonic=1.000000000 "
        "realtime=1790000000.123456789\n"
        "PCIDEV 0028 808610d3 1b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
        "MARK 1.000000 vfio-trace: device id=johns-card host=0000:00:05.0 "
        "type=vfio-pci-trace addresses=host\n"
        "MARK 1.000000 vfio-trace: coverage device=johns-card bar=0 map=1 "
        "addr=0xfeb80000 len=0x20000 state=trapped\n"
        "MARK 1.000000 vfio-trace: coverage device=johns-card config map=2 "
        "addr=0x0 len=0x1000 state=trapped\n"
        "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
        "R 4 1.000001 1 0xfeb85400 0xc3b2a102 0x0 0\n"
        "R 4 1.000002 1 0xfeb85404 0x8000e5d4 0x0 0\n"
        "MARK 1.000003 vfio-trace: config R width=4 map=2 offset=0x100 "
        "value=0x10003\n"
        "MARK 1.000004 vfio-trace: config R width=4 map=2 offset=0x104 "
        "value=0x99887766\n"
        "MARK 1.000005 vfio-trace: config R width=4 map=2 offset=0x108 "
        "value=0x55443322\n"
        "MARK 1.000006 John logs in\n"
        "MARK 1.000007 vfio-trace: guest-mark origin=isa port=johns-port "
        "text=John logs in\n";
    g_autofree char *out = redact(log, "--all", "--seed=1", NULL);
    const char *a = strstr(out, "MARK 1.000006 ");
    const char *b = strstr(out, "text=");
    size_t n;

    g_assert_null(strcasestr(out, "john"));
    g_assert_null(strstr(out, "1790000000"));
    g_assert_nonnull(strstr(out, "realtime=946684800.123456789\n"));
    g_assert_null(strstr(out, "c3b2a102"));
    g_assert_null(strstr(out, "e5d4"));
    g_assert_null(strstr(out, "99887766"));
    g_assert_null(strstr(out, "55443322"));
    /* phases of the same name still have one name */
    a += strlen("MARK 1.000006 ");
    b += strlen("text=");
    n = strcspn(a, "\n");
    g_assert_cmpuint(n, ==, strcspn(b, "\n"));
    g_assert_true(!strncmp(a, b, n));
}

static void test_qemu(void)
{
    static const char log[] =
        "-device vfio-pci,host=01:00.0 -netdev tap,mac=02:a1:b2:c3:d4:e5\n"
        "vfio_region_write  (0000:01:00.0:region0+0x5400, 0xc3b2a102, 4)\n"
        "vfio_region_write  (0000:01:00.0:region0+0x5404, 0x8000e5d4, 4)\n"
        "1234@5.000001:vfio_region_read  (0000:01:00.0:region0+0x6000, 8) = "
        "0xe5d4c3b2a102\n"
        "vfio_pci_read_config  (0000:01:00.0, @0x10, len=0x4) 0xc3b2a102\n"
        "vfio_pci_write_config  (0000:01:00.0, @0x14, 0xc3b2a102, len=0x4)\n"
        "vfio_region_read  (0000:01:00.0:region0+0x8, 4) = 0x80080783\n";
    g_autofree char *in = temp_file("qemu.log", log, -1);
    g_autofree char *path = output_path("qemu.out.gz");
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", path, MAC,
                                      "--report", "--seed=1", NULL);
    g_autoptr(ToolRun) cat = run_tool(NULL, "cat", path, NULL);
    g_auto(GStrv) lines = g_strsplit(cat->out, "\n", -1);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "of other programs: 1\n");
    g_assert_null(strstr(run->out, "a1"));
    g_assert_null(strstr(cat->out, "c3b2a102"));
    g_assert_null(strstr(cat->out, "e5d4"));
    g_assert_cmpuint(g_strv_length(lines), ==, 8);
    g_assert_cmpstr(lines[0], ==, "# redacted");
    g_assert_true(g_str_has_prefix(lines[1], "vfio_region_write  "
                                   "(0000:01:00.0:region0+0x5400, 0x"));
    g_assert_cmpstr(lines[6], ==,
                    "vfio_region_read  (0000:01:00.0:region0+0x8, 4) = "
                    "0x80080783");
}

/* The secret is where it can not be replaced: there is no output. */
static void assert_refused(const char *log, const char *secret,
                           const char *why)
{
    g_autofree char *in = temp_file("refused.mmt", log, -1);
    g_autofree char *out = output_path("refused.out");
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out, secret,
                                      NULL);

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, why);
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

/* A mark is the tracer's only if it has one of its names. */
static void test_like_tracer(void)
{
    static const char log[] = HEAD
        "MARK 1.000001 vfio-trace: pass phrase of John Doe\n";
    static const char inside[] = HEAD
        "MARK 1.000001 vfio-trace: start device=dut0 John Doe\n";
    g_autofree char *in = temp_file("like.mmt", log, -1);
    g_autofree char *out = output_path("like.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) all = run_tool(NULL, "redact", in, "-o", out, "--marks",
                                      NULL);

    g_assert_cmpint(all->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_null(strstr(text, "pass phrase"));
    assert_refused(inside, "--secret=John Doe", "is still there, in line 7");
}

/* What is no key of a mark's may be anything. */
static void test_like_key(void)
{
    g_autofree char *in = temp_file("key.mmt", HEAD
        "MARK 1.000001 vfio-trace: guest-mark aJX-4711-Ab=isa text=x\n"
        "MARK 1.000001 vfio-trace: guest-mark origin=isa 02 a1 b2 c3 d4 e5\n",
        -1);
    g_autofree char *out = output_path("key.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out,
                                      "--secret=JX-4711-A", MAC, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_null(strstr(text, "4711"));
    g_assert_null(strstr(text, "a1 b2"));
    assert_refused(HEAD "MARK 1.000001 vfio-trace: rings aJX-4711-Ab=c 0\n",
                   "--secret=JX-4711-A", "is still there, in line 7");
}

/* Keys of a guest's mark remain, whatever the secret is. */
static void test_secret_key(void)
{
    g_autofree char *out = redact(HEAD
        "MARK 1.000001 vfio-trace: guest-mark origin=isa port=m0 text=my port\n",
        "--secret=port", NULL, NULL);

    assert_contains(out, "guest-mark origin=isa port=");
    g_assert_null(strstr(out, "my port"));
}

/* "0x" begins a number only if no digit is before it. */
static void test_before_x(void)
{
    g_autofree char *out = redact(HEAD "MARK 1.000001 02a1b2c3d4e0x86\n",
                                  "--mac=02:a1:b2:c3:d4:e0", NULL, NULL);

    g_assert_null(strstr(out, "02a1b2c3d4e0"));
}

/* A snapshot's address is not replaced: no output */
static void test_snapshot_address(void)
{
    assert_refused(HEAD "MARK 1.000001 vfio-trace: snapshot-data "
                   "at=0x2a1b2c3d4e5 0000\n",
                   MAC, "is still there, in line 7");
}

/* An address that is given and told by the log is told by the log. */
static void test_given_and_told(void)
{
    g_autofree char *out = redact(HEAD
        "R 4 1.000001 1 0xfeb85400 0xc3b2a102 0x0 0\n"
        "R 4 1.000002 1 0xfeb85404 0x8000e5d4 0x0 0\n",
        "--secret=02:a1:b2:c3:d4:e5", "--mac", NULL);

    g_assert_null(strstr(out, "c3b2a102"));
}

/* A secret of two words, in lines whose words are looked at one by one */
static void test_words(void)
{
    static const char log[] =
        "memory_region_ops_read cpu 0 mr 0x1 addr 0x10 value 0x1 size 4 "
        "name 'John Doe'\n";
    g_autofree char *in = temp_file("words.txt", log, -1);
    g_autofree char *out = output_path("words.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out,
                                      "--secret=John Doe", NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_cmpuint(strlen(text), ==, strlen(log));
    g_assert_null(strstr(text, "John"));
    g_assert_null(strstr(text, "Doe"));
}

/* A name that is not printable: the line keeps what is before its value */
static void test_odd_name(void)
{
    static const char log[] =
        "vfio_region_read  (a\x91z:region0+0x8, 4) = 0x2a1\n";
    g_autofree char *in = temp_file("odd.txt", log, -1);
    g_autofree char *out = output_path("odd.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out, MAC,
                                      NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, log);
}

/* Times are no secrets, whatever their digits are. */
static void test_times(void)
{
    static const char log[] = HEAD
        "R 4 12.345678 1 0xfeb80008 0x1 0x0 0\n"
        "MAP 12.345678 2 0xfeb90000 0xfeb90000 0x1000 0x0 0\n"
        "UNMAP 12.345678 2 0x0 0\n";
    g_autofree char *out = redact(log, "--secret=0x12345678", NULL, NULL);

    g_assert_cmpstr(out, ==, log);
}

/* Letters that are not in ASCII are other bytes in UTF-16. */
static void test_wide(void)
{
    static const char name[] = "J\xc3\xbcrgen \xf0\x9f\x98\x80 X1";
    g_autofree gunichar2 *wide = g_utf8_to_utf16(name, -1, NULL, NULL, NULL);
    /* on the command line it would depend on the locale */
    g_autofree char *secret = temp_file("wide", name, -1);
    g_autofree char *option = g_strconcat("--secret=@", secret, NULL);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    g_autofree char *log = NULL;
    g_autofree char *out = NULL;
    char memory[400] = "";
    const char *hex;
    size_t i;

    for (i = 0; wide[i]; i++) {
        memory[100 + 2 * i] = wide[i];
        memory[101 + 2 * i] = wide[i] >> 8;
    }
    log = snapshot_log(memory, sizeof(memory));
    out = redact(log, option, "--seed=1", NULL);
    g_assert_cmpuint(strlen(out), ==, strlen(log));
    a = hex_of(memory + 104, 10);   /* "rgen " */
    b = hex_of(memory + 120, 4);    /* "X1" */
    g_assert_nonnull(strstr(log, a));
    g_assert_null(strstr(out, a));
    g_assert_nonnull(strstr(log, b));
    g_assert_null(strstr(out, b));
    /* other letters, and what is no letter stays */
    hex = out + (strstr(log, a) - log);
    g_assert_true(g_str_has_prefix(hex + 2, "00"));
    g_assert_true(!strncmp(hex + 16, "20003dd800de2000", 16));
}

static void test_refused(void)
{
    static const char log[] = HEAD
        "MAP 1.000001 2 0x2a1b2c3d4000 0x0 0x1000 0x0 0\n"
        "W 4 1.000002 2 0x2a1b2c3d4e50 0x1 0x0 0\n";
    g_autofree char *in = temp_file("address.mmt", log, -1);
    g_autofree char *out = output_path("address.out");
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out, MAC,
                                      NULL);

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "secret 1 (MAC address) is still there, in line 8");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_assert_null(strstr(run->err, "a1"));
}

/* Damaged lines may have anything: they are left out. */
static void test_damaged(void)
{
    static const char log[] = HEAD
        "W 4 1.000001 1 0xfeb86000 0xc3b2a1020xe5d4\n"
        "W 4 1.000002 1 0xfeb86000 0x1 0x0 0\n"
        "W 4 1.000003 1 0xfeb86000 0xc3b2a1 0x0 0";
    g_autofree char *in = temp_file("damaged.mmt", log, -1);
    g_autofree char *out = output_path("damaged.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out, MAC,
                                      NULL);

    g_assert_cmpint(run->status, ==, 1);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, HEAD
                    "# redacted\n"
                    "W 4 1.000002 1 0xfeb86000 0x1 0x0 0\n"
                    "# redacted\n");
}

static void test_usage(void)
{
    static const struct {
        const char *args[4];
        const char *err;
    } rows[] = {
        { { "--all" }, "-o FILE is needed" },
        { { "-o", "/nowhere/x" }, "nothing is to be replaced" },
        { { "-o", "/nowhere/x", "--secret=abc" }, "less than 4 bytes" },
        { { "-o", "/nowhere/x", "--secret=0x00000000" }, "are the same" },
        { { "-o", "/nowhere/x", "--secret=0x12345x" }, "hexadecimal digits" },
        { { "-o", "/nowhere/x", "--mac=1:2" }, "six pairs" },
        { { "-o", "/nowhere/x", "--mac=00:00:00:00:00:00" }, "are the same" },
        { { "-o", "/nowhere/x", "--secret=0x000000000000" }, "are the same" },
        { { "-o", "/nowhere/x", "--secret=@/dev/null" }, "has no secret" },
        { { "-o", "/nowhere/x", "--register=9:1" }, "--register: " },
        { { "-o", "/nowhere/x", "--marks", "--op=r" }, "can't be selected" },
        { { "-o", "/nowhere/x", "--marks" }, "/nowhere/x" },
    };
    g_autofree char *in = temp_file("usage.mmt", HEAD, -1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const *a = rows[i].args;
        g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, a[0], a[1], a[2],
                                          a[3], NULL);

        g_assert_cmpint(run->status, ==, 2);
        assert_contains(run->err, rows[i].err);
        g_assert_cmpstr(run->out, ==, "");
    }
}

/* The form of a text in UTF-16 is looked for, or there is an error. */
static void test_many(void)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autofree char *in = temp_file("many.mmt", HEAD, -1);
    g_autofree char *out = output_path("many.out");
    g_autofree char *file = NULL;
    g_autofree char *option = NULL;
    g_autoptr(ToolRun) run = NULL;
    unsigned i;

    g_string_append(lines, "0x0011223344\n");
    for (i = 0; i < 128; i++) {
        g_string_append_printf(lines, "a text %u\n", i);
    }
    file = temp_file("many", lines->str, -1);
    option = g_strconcat("--secret=@", file, NULL);
    run = run_tool(NULL, "redact", in, "-o", out, option, NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "line 129: there are more than 256 secrets");
}

/* All secrets of a file are found, or there is an error. */
static void test_secret_files(void)
{
    static const char zero[] = "pass phrase\0\nother phrase\n";
    g_autofree char *in = temp_file("secret-files.mmt", HEAD
                                    "MARK 1.000001 my pass phrase\n", -1);
    g_autofree char *bom = temp_file("bom", "\xef\xbb\xbfpass phrase\n", -1);
    g_autofree char *bad = temp_file("zero", zero, sizeof(zero) - 1);
    g_autofree char *bom_option = g_strconcat("--secret=@", bom, NULL);
    g_autofree char *bad_option = g_strconcat("--secret=@", bad, NULL);
    g_autofree char *out = output_path("secret-files.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", in, "-o", out,
                                      bad_option, NULL);
    g_autoptr(ToolRun) marked = NULL;

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "is not a text");
    marked = run_tool(NULL, "redact", in, "-o", out, bom_option, NULL);
    g_assert_cmpint(marked->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_null(strstr(text, "phrase"));
}

/* A file of another kind is a mistake, not a log with nothing in it. */
static void test_no_trace(void)
{
    g_autofree char *in = temp_file("other.txt", "hello\nworld\n", -1);
    g_autofree char *empty = temp_file("empty.mmt", "", -1);
    g_autofree char *out = output_path("other.out");
    g_autoptr(ToolRun) run = run_tool(NULL, "redact", "--all", in, "-o", out,
                                      NULL);
    g_autoptr(ToolRun) none = run_tool(NULL, "redact", "--marks", empty, "-o",
                                       out, NULL);
    g_autoptr(ToolRun) mac = run_tool(NULL, "redact", "-o", out, "--mac", in,
                                      NULL);

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "no line is one of mmiotrace or QEMU's");
    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "nothing was written");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_assert_cmpint(mac->status, ==, 2);
    assert_contains(mac->err, "one LOG is needed, before --mac");
}

static void test_files(void)
{
    g_autofree char *in = temp_file("files.mmt", HEAD
                                    "MARK 1.000001 my pass phrase\n", -1);
    g_autofree char *secrets = temp_file("secrets", "pass phrase\r\n\n", -1);
    g_autofree char *option = g_strconcat("--secret=@", secrets, NULL);
    g_autofree char *out = output_path("files.out");
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) first = run_tool(NULL, "redact", in, "-o", out, option,
                                        NULL);
    g_autoptr(ToolRun) again = run_tool(NULL, "redact", in, "-o", out, option,
                                        NULL);
    g_autoptr(ToolRun) itself = run_tool(NULL, "redact", in, "-f", "-o", in,
                                         option, NULL);

    g_assert_cmpint(first->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "MARK 1.000001 my "));
    g_assert_null(strstr(text, "pass"));
    g_assert_cmpint(again->status, ==, 2);
    assert_contains(again->err, "exists already");
    g_assert_cmpint(itself->status, ==, 2);
    assert_contains(itself->err, "the output is the trace itself");
}

static mode_t mode_of(FILE *stream)
{
    struct stat st;

    g_assert_cmpint(fstat(fileno(stream), &st), ==, 0);
    return st.st_mode & 07777;
}

/* What is not searched yet is for nobody else; the result is as others are. */
static void test_permissions(void)
{
    g_autofree char *path = output_path("permissions");
    g_autoptr(GError) error = NULL;
    g_autoptr(OutFile) out = NULL;
    mode_t mask = umask(022);
    struct stat st;

    out = outfile_open(path, false, &error);
    g_assert_no_error(error);
    fputs("secret", outfile_stream(out));
    fflush(outfile_stream(out));
    g_assert_cmpint(mode_of(outfile_stream(out)), ==, 0600);
    g_assert_true(outfile_commit(out, &error));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0644);
    umask(mask);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* names of registers: the databases of this project */
    g_setenv("VFIO_TRACE_REGDB_PATH", TEST_MAN_DIR "/../../regdb", TRUE);
    g_test_add_func("/redact/ways", test_ways);
    g_test_add_func("/redact/rest", test_rest);
    g_test_add_func("/redact/consistent", test_consistent);
    g_test_add_func("/redact/beside", test_beside);
    g_test_add_func("/redact/snapshot", test_snapshot);
    g_test_add_func("/redact/registers", test_registers);
    g_test_add_func("/redact/vpd", test_vpd);
    g_test_add_func("/redact/all", test_all);
    g_test_add_func("/redact/qemu", test_qemu);
    g_test_add_func("/redact/refused", test_refused);
    g_test_add_func("/redact/like-tracer", test_like_tracer);
    g_test_add_func("/redact/like-key", test_like_key);
    g_test_add_func("/redact/secret-key", test_secret_key);
    g_test_add_func("/redact/before-x", test_before_x);
    g_test_add_func("/redact/snapshot-address", test_snapshot_address);
    g_test_add_func("/redact/given-and-told", test_given_and_told);
    g_test_add_func("/redact/words", test_words);
    g_test_add_func("/redact/odd-name", test_odd_name);
    g_test_add_func("/redact/times", test_times);
    g_test_add_func("/redact/wide", test_wide);
    g_test_add_func("/redact/many", test_many);
    g_test_add_func("/redact/secret-files", test_secret_files);
    g_test_add_func("/redact/damaged", test_damaged);
    g_test_add_func("/redact/usage", test_usage);
    g_test_add_func("/redact/no-trace", test_no_trace);
    g_test_add_func("/redact/files", test_files);
    g_test_add_func("/redact/permissions", test_permissions);
    status = g_test_run();
    temp_clean();
    return status;
}
