/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace cat --as, and cat with a selection
 */
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "lspci-log.h"
#include "run-tool.h"
#include "tools/convert/out.h"

static const char qemu[] =
    "2026-11-28T10:00:00.000001Z vfio_region_setup Device 0000:01:00.0, "
    "region 0 \"0000:01:00.0 BAR 0\", flags: 0x7, offset: 0x0, size: 0x10000\n"
    "2026-11-28T10:00:00.000010Z vfio_region_read  (0000:01:00.0:region0+0x100,"
    " 4) = 0x12345678\n"
    "other: a line of libvirt's\n"
    "2026-11-28T10:00:00.000020Z vfio_region_write  (0000:01:00.0:region0+0x104"
    ", 0xff, 1)\n"
    "2026-11-28T10:00:00.000015Z vfio_region_write  (0000:01:00.0:region2+"
    "0x123456789, 0xffffffffffffffff, 8)\n"
    "2026-11-28T10:00:00.000030Z vfio_pci_read_config  (0000:01:00.0, @0x0, "
    "len=0x4) 0x10d38086\n"
    "2026-11-28T10:00:00.000031Z vfio_pci_write_config  (0000:01:00.0, @0x4, "
    "0x6, len=0x2)\n"
    "2026-11-28T10:00:00.000032Z vfio_region_read  (dev 2:region8+0x3c5, 1) = "
    "0x3\n"
    "2026-11-28T10:00:00.000033Z memory_region_ops_read cpu 3 mr 0x5581 addr "
    "0xfee00020 value 0x0 size 4 name 'an apic'\n"
    "2026-11-28T10:00:00.000034Z vfio_region_read  (0000:01:00.0:region0+"
    "0xfffffffffffffff0, 8) = 0x1\n";

static const char qemu_untimed[] =
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x1\n"
    "vfio_region_write  (0000:01:00.0:region0+0x100, 0x1, 4)\n";

static const char ftrace[] =
    "# tracer: nop\n"
    "qemu-99 [009] d..3. 1210.114202123: kvm_mmio: mmio read len 4 gpa "
    "0xfe000014 val 0x1\n"
    "qemu-99 [010] d..3. 1210.114202456: kvm_mmio: mmio write len 8 gpa "
    "0xffffffffff000014 val 0x123456789abcdef0\n"
    "qemu-99 [010] d..3. 1210.114203: tracing_mark_write: vfio-trace: end\n"
    "qemu-99 [010] d..3. 1210.114204: tracing_mark_write: phase two\n"
    "qemu-99 [001] d..3. 1210.114205: amdgpu_device_wreg: 0x1638, 0x504a, "
    "0x00104114\n"
    "qemu-99 [001] d..3. 1210.114206: iwlwifi_dev_ioread32: [0000:02:00.0] "
    "read io[0x24] = 0x8000000\n";

static const char m1n1[] =
    "[cpu0] [0xfffffe00124bf5c0] MMIO: R.4   0x204d14000 (sgx, offset "
    "0xd14000) = 0x0\n"
    "[cpu1] [0xfffffe00124bf5c8] MMIO: W.8   0x23d2b0000 (a b%[3], offset "
    "0x10) = 0x1122334455667788\n"
    "[cpu1] MMIO: W.2   0x23d2b0020 = 0x7788\n";

static const char kernel[] =
    "# tracer: mmiotrace\n"
    "#\n"
    "# entries-in-buffer/entries-written: 4/4   #P:8\n"
    "MAP 1.000000 1 0xfeb80000 0xffffc90000100000 0x20000 0x0 0\n"
    "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
    "W 4 1.000002 2 0xfec00000 0x4000000 0x0 0\n"
    "UNKNOWN 1.000003 1 0xfeb80010 0f,b6,00 0xffffffff81000000 0\n"
    "MARK 1.000004 a mark\n";

static const char ours[] =
    "VERSION 20070824\n"
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0 extra=cpu+ns\n"
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 vfio-pci\n"
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 "
    "type=vfio-pci-trace addresses=host\n"
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 "
    "addr=0xfeb80000 len=0x20000 state=trapped\n"
    "MARK 1.000000 vfio-trace: coverage device=dut0 config map=2 addr=0x0 "
    "len=0x1000 state=trapped\n"
    "MAP 1.000001 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
    "R 4 1.000002 1 0xfeb80008 0x80080783 0x0 0 cpu=1 ns=1.000002000\n"
    "MARK 1.000003 link, \"up\"\n"
    "W 2 1.000004 1 0xfeb8000c 0x783 0xffffffff81000000 0 cpu=- "
    "ns=1.000004999\n"
    "MARK 1.000005 vfio-trace: config R width=2 map=2 offset=0x0 value=0x8086 "
    "cpu=0 ns=1.000005000\n"
    "MARK 1.000006 vfio-trace: end\n";

/* The registers, values and processors of all accesses, one on each line */
static char *accesses(const char *path)
{
    char *message = NULL;
    g_autoptr(MmtTrace) trace = mmt_trace_open(path, &message);
    GString *text = g_string_new(NULL);
    const MmtEntry *entries;
    size_t n;
    size_t i;

    g_assert_cmpstr(message, ==, NULL);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            const MmtEntry *e = &entries[i];
            const MmtRegion *region;

            if (e->kind > MMT_ENTRY_UNKNOWN) {
                continue;
            }
            region = mmt_trace_region(trace, e->region);
            g_string_append_printf(text, "%u %s|%s+0x%" PRIx64 " %u 0x%" PRIx64
                                   " %d 0x%" PRIx64 "\n", e->kind,
                                   region->device, region->name, e->offset,
                                   e->width, e->value, (int)e->cpu, e->pc);
        }
    }
    g_assert_cmpstr(mmt_trace_error(trace), ==, NULL);
    return g_string_free(text, FALSE);
}

/* The text as mmiotrace, which "check" finds without fault */
static char *as_mmiotrace(const char *text, const char *faults)
{
    g_autofree char *path = temp_file("in", text, -1);
    g_autofree char *back = NULL;
    g_autofree char *before = accesses(path);
    g_autofree char *after = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", "--as", "mmiotrace", path,
                                      NULL);
    g_autoptr(ToolRun) check = run_tool(run->out, "check", "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(check->out, faults);
    back = temp_file("out.mmt", run->out, -1);
    after = accesses(back);
    g_assert_cmpstr(after, ==, before);
    return g_steal_pointer(&run->out);
}

/* A PCI domain of more than 16 bits, as behind Intel's VMD */
static void test_domain(void)
{
    g_autofree char *text = as_mmiotrace(
        "2026-11-28T10:00:00.000001Z vfio_region_read  "
        "(10000:01:1f.0:region0+0x100, 4) = 0x12345678\n", " 0 faults\n");

    assert_contains(text, "\nPCIDEV 01f8 ");
    assert_contains(text, " host=10000:01:1f.0 ");
}

static void test_qemu(void)
{
    g_autofree char *text = as_mmiotrace(qemu, " 0 faults\n");

    g_assert_true(g_str_has_prefix(text, "VERSION 20070824\nMARK "));
    assert_contains(text, " vfio-trace: converted from=qemu\n"
                    "PCIDEV 0100 808610d3 0 ");
    assert_contains(text, " vfio-trace: device id=0000:01:00.0 "
                    "host=0000:01:00.0 type=unknown addresses=synthetic\n");
    /* the size is known, and not known */
    assert_contains(text, " bar=0 map=1 addr=0x10000000000 len=0x10000 ");
    assert_contains(text, " bar=2 map=2 addr=0x10100000000 len=0x200000000 ");
    assert_contains(text, "vfio-trace: config W width=2 map=3 offset=0x4 "
                    "value=0x6\n");
    assert_contains(text, " device=dev%202 vga=0x3c0 map=4 addr=0x3c0 len=0x20 "
                    "state=trapped\n");
    assert_contains(text, " device=- space=an%20apic map=5 addr=0x0 "
                    "len=0x100000000 state=trapped\n");
    assert_contains(text, " 0x0 0x0 0 cpu=3\n");
    /* the time before was later */
    assert_contains(text, "W 8 1795860000.000020 2 0x10223456789 "
                    "0xffffffffffffffff 0x0 0\n");
}

static void test_untimed(void)
{
    g_autofree char *text = as_mmiotrace(qemu_untimed, " 0 faults\n");

    assert_contains(text, "MARK 0.000001 vfio-trace: converted from=qemu "
                    "times=none\n");
    assert_contains(text, "\nR 4 0.000001 1 0x10000000100 0x1 0x0 0\n");
    assert_contains(text, "\nW 4 0.000002 1 0x10000000100 0x1 0x0 0\n");
}

static void test_ftrace(void)
{
    g_autofree char *text = as_mmiotrace(ftrace, " 0 faults\n");

    assert_contains(text, "\nR 4 1210.114202 1 0xfe000014 0x1 0x0 0 cpu=9 "
                    "ns=1210.114202123\n");
    assert_contains(text, "\nUNMAP 1210.114202 1 0x0 0\n"
                    "MAP 1210.114202 1 0x0 0x0 0xffffffffffffffff 0x0 0\n");
    /* text of others is no mark of the tracer */
    assert_contains(text, "\nMARK 1210.114203 mark: vfio-trace: end\n");
    assert_contains(text, "\nMARK 1210.114204 phase two\n");
    assert_contains(text, "\nPCIDEV ffff 10021638 0 ");
    assert_contains(text, " id=1002:1638 host=none type=unknown ");
    assert_contains(text, " device=0000:02:00.0 space=io ");
}

static void test_m1n1(void)
{
    g_autofree char *text = as_mmiotrace(m1n1, " 0 faults\n");

    assert_contains(text, "R 4 0.000001 1 0x204d14000 0x0 0xfffffe00124bf5c0 0 "
                    "cpu=0\n");
    assert_contains(text, " device=a%20b%25 space=reg3 map=2 ");
}

static void test_kernel(void)
{
    g_autofree char *text = as_mmiotrace(kernel, " 0 faults\n");
    const char *lines = strstr(kernel, "MAP ");

    g_assert_true(g_str_has_prefix(text, "VERSION 20070824\nMARK 1.000000 "
                                   "vfio-trace: converted from=mmiotrace\n"));
    assert_contains(text, lines);
}

/* The domain stays, also one of five digits. */
static void test_domains(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "vfio_region_read  (0000:89:00.0:region0+0x100, 4) = 0x1\n"
        "vfio_region_read  (0001:89:00.0:region0+0x104, 4) = 0x2\n"
        "vfio_region_read  (10000:01:00.0:region0+0x108, 4) = 0x3\n",
        "cat", "--as", "mmiotrace", "-", NULL);
    g_autofree char *path = temp_file("domains.mmt", run->out, -1);
    g_autofree char *text = accesses(path);

    assert_contains(run->out, "\nPCIDEV 0100 00000000 ");
    assert_contains(run->out, " host=10000:01:00.0 ");
    assert_contains(text, "|bar0+0x100 4 0x1 ");
    g_clear_pointer(&text, g_free);
    text = g_strdup(run->out);
    g_clear_pointer(&run, tool_run_free);
    run = run_tool(text, "stat", "--by", "device", "-", NULL);
    assert_contains(run->out, "\n0000:89:00.0       1 ");
    assert_contains(run->out, "\n0001:89:00.0       1 ");
    assert_contains(run->out, "\n10000:01:00.0      1 ");
}

/* Old logs of the kernel have lines of lspci. */
static void test_lspci(void)
{
    static const char log[] = LSPCI_LOG;
    g_autofree char *text = as_mmiotrace(log, " 0 faults\n");
    g_autoptr(ToolRun) cat = run_tool(log, "cat", "-", NULL);
    g_autoptr(ToolRun) csv = run_tool(log, "cat", "--as", "csv", "-", NULL);
    g_autoptr(ToolRun) jsonl = run_tool(log, "cat", "--as", "jsonl", "-", NULL);
    g_autoptr(ToolRun) cut = run_tool(log, "cat", "--from", "#8", "-", NULL);

    g_assert_cmpstr(text, ==, log);
    g_assert_cmpstr(cat->out, ==, log);
    g_assert_cmpstr(cat->err, ==, "");
    assert_contains(csv->out, "2,,LSPCI,,,,,,,,,start,LSPCI 01:00.0 VGA");
    assert_contains(jsonl->out, "{\"line\": 2, \"op\": \"LSPCI\", ");
    assert_contains(cut->out, "\nLSPCI \tFlags: bus master\n");
}

/* The user says what a kernel's log is of. */
static void test_bar(void)
{
    g_autoptr(ToolRun) run = run_tool(kernel, "cat", "--as", "mmiotrace",
                                      "--pci", "8086:10d3", "--bar",
                                      "0=0xfeb80000:128K", "-", NULL);
    g_autoptr(ToolRun) check = run_tool(run->out, "check", "-", NULL);
    g_autofree char *path = temp_file("bar.mmt", run->out, -1);
    g_autofree char *text = accesses(path);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "\nPCIDEV ffff 808610d3 0 feb80000 0 0 0 0 0 0 "
                    "20000 0 0 0 0 0 0 ");
    assert_contains(check->out, " 0 faults\n");
    assert_contains(text, "0 |bar0+0x8 4 0x1 ");
    assert_contains(text, "1 |mem+0xfec00000 4 0x4000000 ");
}

static void test_ours(void)
{
    g_autofree char *text = as_mmiotrace(ours, " 0 faults\n");
    g_autoptr(ToolRun) mixed = run_tool(
        "VERSION 20070824\r\nanother program\nMARK 1.000000 a\033b\n", "cat",
        "--as", "mmiotrace", "-", NULL);

    g_assert_cmpstr(text, ==, ours);
    g_assert_cmpstr(mixed->out, ==, "VERSION 20070824\nMARK 1.000000 a?b\n");
    assert_contains(mixed->err, "skipped lines without an access: 1");
    assert_contains(mixed->err, "made printable: 1");
}

static void test_lost(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "CPU:1 [LOST 5 EVENTS]\n"
        "q-9 [009] d..3. 1.000002: kvm_mmio: mmio read len 4 gpa 0x14 val 0x1\n"
        "CPU:1 [LOST EVENTS]\n"
        "q-9 [009] d..3. 1.000003: kvm_mmio: mmio read len 3 gpa 0x14 val "
        "0x123456\n", "cat", "--as", "mmiotrace", "-", NULL);

    /* A notice of lost events alone may be of Linux's mmiotrace. */
    assert_contains(run->out, "converted from=ftrace\n"
                    "MARK 0.000000 Lost 5 events.\n");
    assert_contains(run->out, " 4 1.000002 1 0x14 0x1 0x0 0 cpu=9\n"
                    "CPU:0 [LOST EVENTS]\n"
                    "R 2 1.000003 1 0x14 0x3456 0x0 0 cpu=9\n"
                    "R 1 1.000003 1 0x16 0x12 0x0 0 cpu=9\n");
    assert_contains(run->err, "accesses that were split into 4, 2 and 1 "
                    "bytes: 1");
}

static void test_unfit(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "vfio_pci_read_config  (a, @0x1000, len=0x4) 0x1\n"
        "vfio_region_read  (a:region0+0xffffffffffffffff, 1) = 0x1\n"
        "vfio_region_read  (a:region0+0x0, 4) = 0x1\n",
        "cat", "--as", "mmiotrace", "-", NULL);

    assert_contains(run->err, "accesses that mmiotrace can't describe: 2");
    assert_contains(run->out, "R 4 0.000003 ");
}

/* I/O ports are accessed up to four bytes at a time. */
static void test_ports(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "vfio_region_write  (a:region8+0x3c4, 0x1122334455667788, 8)\n",
        "cat", "--as", "mmiotrace", "-", NULL);
    g_autoptr(ToolRun) check = run_tool(run->out, "check", "-", NULL);

    assert_contains(run->out, "W 4 0.000001 1 0x3c4 0x55667788 0x0 0\n"
                    "W 4 0.000001 1 0x3c8 0x11223344 0x0 0\n");
    assert_contains(check->out, " 0 faults\n");
}

static void test_csv(void)
{
    g_autoptr(ToolRun) run = run_tool(ours, "cat", "--as", "csv", "-", NULL);
    g_autoptr(ToolRun) map = run_tool(kernel, "cat", "--as", "csv", "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_str_has_prefix(run->out, "line,time,op,device,region,"
                                   "offset,width,value,address,cpu,pc,phase,"
                                   "text\n2,1.000000000,MARK,,,,,,,,,start,"
                                   "vfio-trace: log "));
    assert_contains(run->out,
        "\n8,1.000002000,R,dut0,bar0,0x8,4,0x80080783,0xfeb80008,1,,start,\n"
        "9,1.000003000,MARK,,,,,,,,,\"link, \"\"up\"\"\",\"link, \"\"up\"\"\"\n"
        "10,1.000004999,W,dut0,bar0,0xc,2,0x783,0xfeb8000c,,0xffffffff81000000,"
        "\"link, \"\"up\"\"\",\n"
        "11,1.000005000,R,dut0,config,0x0,2,0x8086,0x0,0,,\"link, \"\"up\"\"\","
        "\n");
    assert_contains(map->out,
        "\n4,1.000000000,MAP,,mem,,,0x20000,0xfeb80000,,,start,\n"
        "5,1.000001000,R,,mem,0xfeb80008,4,0x1,0xfeb80008,,,start,\n");
    assert_contains(map->out, "\n7,1.000003000,UNKNOWN,,mem,0xfeb80010,,,"
                    "0xfeb80010,,0xffffffff81000000,start,\n");
}

static void test_csv_several(void)
{
    g_autofree char *a = temp_file("a", qemu_untimed, -1);
    g_autofree char *b = temp_file("b", m1n1, -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", "-a", "csv", a, b, NULL);
    g_autoptr(ToolRun) one = run_tool(NULL, "cat", "-a", "mmiotrace", a, b,
                                      NULL);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, 7);
    assert_contains(run->out, "\n1,,R,0000:01:00.0,bar0,0x100,4,0x1,"
                    "0x10000000100,,,start,\n");
    g_assert_cmpint(one->status, ==, 2);
    assert_contains(one->err, "--as mmiotrace takes one LOG");
}

static void test_jsonl(void)
{
    g_autoptr(ToolRun) run = run_tool(ours, "cat", "--as", "jsonl", "-", NULL);
    g_autoptr(ToolRun) evil = run_tool(
        "VERSION 20070824\nMARK 1.000000 \"\\\033\xff\xe2\x80\xae\n", "cat",
        "--as", "jsonl", "-", NULL);

    assert_contains(run->out,
        "\n{\"line\": 8, \"ns\": 1000002000, \"op\": \"R\", \"device\": "
        "\"dut0\", \"region\": \"bar0\", \"offset\": \"0x8\", \"width\": 4, "
        "\"value\": \"0x80080783\", \"address\": \"0xfeb80008\", \"cpu\": 1, "
        "\"phase\": 0, \"phase-name\": \"start\"}\n"
        "{\"line\": 9, \"ns\": 1000003000, \"op\": \"MARK\", \"phase\": 1, "
        "\"phase-name\": \"link, \\\"up\\\"\", \"text\": \"link, "
        "\\\"up\\\"\"}\n");
    assert_contains(evil->out,
                    "\"text\": \"\\\"\\\\\\u001b\xef\xbf\xbd\\u202e\"}\n");
}

static void test_selection(void)
{
    g_autoptr(ToolRun) run = run_tool(ours, "cat", "--op", "w", "-", NULL);
    g_autoptr(ToolRun) check = run_tool(run->out, "check", "-", NULL);
    g_autoptr(ToolRun) other = run_tool(qemu, "cat", "--range", "2", "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_null(strstr(run->out, "\nR "));
    assert_contains(run->out, "\nW 2 1.000004 ");
    assert_contains(run->out, "VERSION 20070824\n");
    assert_contains(run->out, "\nMAP ");
    assert_contains(check->out, " 0 faults\n");
    g_assert_cmpstr(other->out, ==,
        "2026-11-28T10:00:00.000015Z vfio_region_write  (0000:01:00.0:region2+"
        "0x123456789, 0xffffffffffffffff, 8)\n");
}

/* What says what the devices are stays in a log, whatever its time. */
static void test_selection_time(void)
{
    static const char *const formats[] = { "--as=mmiotrace", "--width=2" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(ToolRun) run = run_tool(ours, "cat", formats[i], "--from",
                                          "1.000004", "-", NULL);
        g_autoptr(ToolRun) check = run_tool(run->out, "check", "-", NULL);

        g_assert_true(g_str_has_prefix(run->out, "VERSION 20070824\nMARK "
                                       "1.000000 vfio-trace: log format=1 "));
        g_assert_null(strstr(run->out, "converted"));
        g_assert_null(strstr(run->out, "\nR 4 "));
        assert_contains(run->out, "\nMAP 1.000001 ");
        assert_contains(run->out, "\nW 2 1.000004 ");
        assert_contains(check->out, " 0 faults\n");
    }
}

static void test_cut(void)
{
    static const char *const formats[] = { "csv", "jsonl", "mmiotrace" };
    g_autofree char *text = g_strndup(ours, strlen(ours) - 3);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(ToolRun) run = run_tool(text, "cat", "--as", formats[i], "-",
                                          NULL);
        g_autoptr(ToolRun) foreign = run_tool("a\nb\n", "cat", "--as",
                                              formats[i], "-", NULL);

        g_assert_cmpint(run->status, ==, 1);
        assert_contains(run->err, "its last line is cut off");
        g_assert_cmpint(foreign->status, ==, 2);
        assert_contains(foreign->err, "not a line of 2 is understood");
    }
}

static void test_usage(void)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", "--as", "xml", "-", NULL);

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "--as must be mmiotrace, jsonl or csv");
}

static void assert_number(uint64_t v)
{
    g_autofree char *hex = g_strdup_printf("0x%" PRIx64, v);
    g_autofree char *dec = g_strdup_printf("%" PRIu64, v);
    char buf[32];

    *convert_put_hex(buf, v) = '\0';
    g_assert_cmpstr(buf, ==, hex);
    *convert_put_dec(buf, v) = '\0';
    g_assert_cmpstr(buf, ==, dec);
}

static void test_numbers(void)
{
    ConvertSecond second = { 0 };
    char buf[64];
    unsigned i;

    for (i = 0; i < 64; i++) {
        assert_number(1ull << i);
        assert_number((1ull << i) - 1);
        assert_number(0x0123456789abcdef >> i);
        assert_number(UINT64_MAX >> i);
    }
    *convert_put_time(&second, buf, 1002003004) = '\0';
    g_assert_cmpstr(buf, ==, "1.002003004");
    *convert_put_time(&second, buf, 999999999) = '\0';
    g_assert_cmpstr(buf, ==, "0.999999999");
    *convert_put_time(&second, buf, UINT64_MAX) = '\0';
    g_assert_cmpstr(buf, ==, "18446744073.709551615");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/convert/mmiotrace/qemu", test_qemu);
    g_test_add_func("/convert/domain", test_domain);
    g_test_add_func("/convert/mmiotrace/untimed", test_untimed);
    g_test_add_func("/convert/mmiotrace/ftrace", test_ftrace);
    g_test_add_func("/convert/mmiotrace/m1n1", test_m1n1);
    g_test_add_func("/convert/mmiotrace/kernel", test_kernel);
    g_test_add_func("/convert/mmiotrace/domains", test_domains);
    g_test_add_func("/convert/mmiotrace/lspci", test_lspci);
    g_test_add_func("/convert/mmiotrace/bar", test_bar);
    g_test_add_func("/convert/mmiotrace/ours", test_ours);
    g_test_add_func("/convert/mmiotrace/lost", test_lost);
    g_test_add_func("/convert/mmiotrace/unfit", test_unfit);
    g_test_add_func("/convert/mmiotrace/ports", test_ports);
    g_test_add_func("/convert/csv", test_csv);
    g_test_add_func("/convert/csv/several", test_csv_several);
    g_test_add_func("/convert/jsonl", test_jsonl);
    g_test_add_func("/convert/selection", test_selection);
    g_test_add_func("/convert/selection-time", test_selection_time);
    g_test_add_func("/convert/cut", test_cut);
    g_test_add_func("/convert/usage", test_usage);
    g_test_add_func("/convert/numbers", test_numbers);
    status = g_test_run();
    temp_clean();
    return status;
}
