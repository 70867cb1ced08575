/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, ftrace events
 */
#include "input-lines.h"

#include <string.h>

#define R MMT_ENTRY_READ
#define W MMT_ENTRY_WRITE

static const InputLine accesses[] = {
    {
        "rwmmio_write: foo_write+0x160/0x1e0 width=32 val=0xa0d5d addr=0xfffffbfffdbff700",
      W, 4, "", "virtual", 0xfffffbfffdbff700, 0xa0d5d, NO_TIME },
    {
        "rwmmio_post_read: foo+0x1/0x2 [mod] -> bar+0x3/0x4 [mod] width=8 val=0 addr=0xffff800008000010",
      R, 1, "", "virtual", 0xffff800008000010, 0, NO_TIME },
    {
        "rwmmio_post_read: foo -> bar width=64 val=0x123456789abcdef0 addr=0xffff800008000010",
      R, 8, "", "virtual", 0xffff800008000010, 0x123456789abcdef0, NO_TIME },
    { "kvm_mmio: mmio read len 4 gpa 0xd0000000 val 0x74726976", R, 4, "",
      "guest-physical", 0xd0000000, 0x74726976, NO_TIME },
    { "kvm_mmio: mmio write len 8 gpa 0xfe000000 val 0x1", W, 8, "",
      "guest-physical", 0xfe000000, 1, NO_TIME },
    { "amdgpu_device_wreg: 0x1638, 0x0000504a, 0x00104114", W, 4, "1002:1638",
      "registers", 4 * 0x504a, 0x104114, NO_TIME },
    { "amdgpu_device_rreg: 0x1638, 0xffffffff, 0x00000000", R, 4, "1002:1638",
      "registers", 4 * 0xffffffffull, 0, NO_TIME },
    { "amdgpu_mm_rreg: 0x67df, 0x00000001, 0xffffffff", R, 4, "1002:67df",
      "registers", 4, 0xffffffff, NO_TIME },
    { "iwlwifi_dev_iowrite32: [0000:00:14.3] write io[0x24] = 0xc04000d)", W, 4,
      "0000:00:14.3", "io", 0x24, 0xc04000d, NO_TIME },
    { "iwlwifi_dev_iowrite8: [0000:00:14.3] write io[0] = 0)", W, 1,
      "0000:00:14.3", "io", 0, 0, NO_TIME },
    {
        "iwlwifi_dev_iowrite64: [0000:00:14.3] write io[64] = 18446744073709551615)",
      W, 8, "0000:00:14.3", "io", 64, UINT64_MAX, NO_TIME },
    { "iwlwifi_dev_iowrite_prph32: [0000:00:14.3] write PRPH[0xa05c44] = 0x1)",
      W, 4, "0000:00:14.3", "prph", 0xa05c44, 1, NO_TIME },
    { "iwlwifi_dev_ioread_prph32: [0000:00:14.3] read PRPH[0xa05c44] = 0x1", R,
      4, "0000:00:14.3", "prph", 0xa05c44, 1, NO_TIME },
    { "iwlwifi_dev_ioread32: [0000:00:14.3] read io[0x24] = 0x8040008", R, 4,
      "0000:00:14.3", "io", 0x24, 0x8040008, NO_TIME },
    /* ftrace's file "trace", and trace_pipe */
    {
        "   kworker/u64:4-5436    [009] d..3.  1210.114202: amdgpu_device_wreg: 0x1638, 0x0000504a, 0x00104114",
      W, 4, "1002:1638", "registers", 4 * 0x504a, 0x104114, 1210114202000, 10 },
    {
        "          <idle>-0       [001] d.H1.  1210.124673: amdgpu_device_wreg: 0x1638, 0x00005023, 0x00111100",
      W, 4, "1002:1638", "registers", 4 * 0x5023, 0x111100, 1210124673000, 2 },
    {
        "            bash-12      (     12) [000] ...1     5.000001: kvm_mmio: mmio write len 1 gpa 0x10 val 0x2",
      W, 1, "", "guest-physical", 0x10, 2, 5000001000, 1 },
    {
        "          <idle>-0       (-------) [003] d.h1     5.000001: kvm_mmio: mmio write len 1 gpa 0x10 val 0x2",
      W, 1, "", "guest-physical", 0x10, 2, 5000001000, 4 },
    /* a task's name is what it likes to be */
    {
        " a [1] b-7 [2] x: kvm_mmio: -99 [255] d..1. 1.5: kvm_mmio: mmio read len 2 gpa 0x10 val 0x2",
      R, 2, "", "guest-physical", 0x10, 2, 1500000000, 256 },
    /* trace-cmd report */
    {
        " CPU 0/KVM-4321  [005]  8123.456789012: kvm_mmio:             mmio read len 4 gpa 0xfebc0008 val 0x80080783",
      R, 4, "", "guest-physical", 0xfebc0008, 0x80080783, 8123456789012, 6 },
    {
        "     qemu-99    [000] d..1.    12.000000: kvm_mmio:             mmio read len 4 gpa 0x8 val 0x7",
      R, 4, "", "guest-physical", 8, 7, 12000000000, 1 },
    /* a clock that counts events */
    {
        "     qemu-99    [000] d..1. 1234: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
      R, 4, "", "guest-physical", 8, 7, NO_TIME, 1 },
};

static const char *const skipped[] = {
    "# tracer: nop",
    "# tracer: function_graph",
    "rwmmio_read: qcom_geni_serial_poll_bit+0x94/0x138 width=32 addr=0xfffffbfffdbff610",
    "rwmmio_post_write: foo+0x160/0x1e0 width=32 val=0xa0d5d addr=0xfffffbfffdbff700",
    "kvm_mmio: mmio unsatisfied-read len 4 gpa 0xd0000000 val 0x0",
    "     qemu-99    [000] d..1.    12.000000: kvm_exit: reason EPT_MISCONFIG rip 0xffff",
    "     qemu-99    [000] d..1.    12.000000: do_nothing <-nothing",
    "     qemu-99    [000] d..1.    12.000000: ",
};

static const char *const foreign[] = {
    "# tracer: mmiotrace",
    "# tracer: ",
    "# entries-in-buffer/entries-written: 7/9   #P:16",
    "#",
    "cpus=8",
    "version = 6",
    "kvm_page_fault: rip 0xffffffff8134c508 address 0xd0000000 error_code 0x181",
    "print: hello",
    "tracing_mark_write: hello",
    "CPU:2 [LOST]",
    "CPU:2 [LOST 17 EVENTS] x",
    "CPU:x [LOST 17 EVENTS]",
    "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0",
    "kvm_mmio mmio read len 4 gpa 0xd0000000 val 0x74726976",
    "[009] d..3.  1210.114202: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
    " [009] d..3.  1210.114202: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
    "a [009] d..3.  1210.114202: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
    "a-1 [] d..3.  1210.114202: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
    "a-1 [1] d..3.  1210.x: kvm_mmio: mmio read len 4 gpa 0x8 val 0x7",
};

static const char *const damaged[] = {
    "rwmmio_write: foo width=32 val=0xa0d5d",
    "rwmmio_write: foo width=31 val=0xa0d5d addr=0xfffffbfffdbff700",
    "rwmmio_write: foo width=0 val=0xa0d5d addr=0xfffffbfffdbff700",
    "rwmmio_write:",
    "kvm_mmio: mmio",
    "kvm_mmio: mmio peek len 4 gpa 0x8 val 0x7",
    "kvm_mmio: mmio read len 9 gpa 0x8 val 0x7",
    "kvm_mmio: mmio read len 0 gpa 0x8 val 0x7",
    "kvm_mmio: mmio read len 4 gpa 8 val 0x7",
    "amdgpu_device_wreg: 0x11638, 0x0000504a, 0x00104114",
    "amdgpu_device_wreg: 0x1638, 0x10000504a, 0x00104114",
    "amdgpu_device_wreg: 0x1638, 0x0000504a, 0x100104114",
    "amdgpu_device_wreg: 0x1638, 0x0000504a",
    "iwlwifi_dev_ioread32: [0000:00:14.3] write io[0x24] = 0x8040008",
    "iwlwifi_dev_ioread32: [0000:00:14.3 read io[0x24] = 0x8040008",
    "iwlwifi_dev_ioread32: [0000:00:14.3] read xx[0x24] = 0x8040008",
    "iwlwifi_dev_ioread32: [0000:00:14.3] read io[0x24] = 0x8040008))",
    "iwlwifi_dev_ioread32: [0000:00:14.3] read io[0x24] = ",
    "iwlwifi_dev_iowrite64: [0000:00:14.3] write io[64] = 18446744073709551616)",
    "iwlwifi_dev_iowrite64: [0000:00:14.3] write io[64] = 1))",
};

static void test_accesses(void)
{
    MmtInput input = { .regions = mmt_regions_new() };

    input_check_lines(mmt_input_ftrace, &input, accesses,
                      G_N_ELEMENTS(accesses));
    mmt_regions_free(input.regions);
}

static void test_others(void)
{
    input_check_results(mmt_input_ftrace, MMT_INPUT_SKIP, skipped,
                        G_N_ELEMENTS(skipped));
    input_check_results(mmt_input_ftrace, MMT_INPUT_FOREIGN, foreign,
                        G_N_ELEMENTS(foreign));
    input_check_results(mmt_input_ftrace, MMT_INPUT_DAMAGED, damaged,
                        G_N_ELEMENTS(damaged));
}

static void test_ids(void)
{
    static const char line[] = "amdgpu_device_rreg: 0x1638, 0x1, 0x2";
    MmtInput input = { .regions = mmt_regions_new() };
    const MmtRegion *region;
    MmtEntry entry;

    input_parse(mmt_input_ftrace, &input, line, strlen(line), &entry);
    region = mmt_regions_get(input.regions, entry.region);
    g_assert_cmphex(region->vendor, ==, 0x1002);
    g_assert_cmphex(region->device_id, ==, 0x1638);
    mmt_regions_free(input.regions);
}

static void test_marks(void)
{
    static const struct { const char *line; const char *text; } marks[] = {
        { "   bash-77    [002] .....   30.000001: tracing_mark_write: mode set",
          "mode set" },
        { "   bash-77    [002]    30.000001: print:   tracing_mark_write: a: b",
          "a: b" },
        { "   bash-77    [002] .....    30.000001: tracing_mark_write: ", "" },
    };
    MmtInput input = { .regions = mmt_regions_new() };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_autofree char *text = NULL;
        MmtEntry entry;

        g_assert_cmpint(input_parse(mmt_input_ftrace, &input, marks[i].line,
                                    strlen(marks[i].line), &entry), ==,
                        MMT_INPUT_ENTRY);
        text = g_strndup(input.text, input.text_len);
        g_assert_cmpint(entry.kind, ==, MMT_ENTRY_MARK);
        g_assert_cmpuint(entry.region, ==, MMT_NO_REGION);
        g_assert_cmpuint(entry.ns, ==, 30000001000);
        g_assert_cmpstr(text, ==, marks[i].text);
    }
    mmt_regions_free(input.regions);
}

/* What says that events are missing does not say which format it is. */
static void test_header(void)
{
    static const struct {
        const char *line;
        MmtInputResult result;
        uint64_t lost;
        const char *format;
    } lines[] = {
        { "CPU:2 [LOST 17 EVENTS]", MMT_INPUT_ENTRY, 17, NULL },
        { "# tracer: nop", MMT_INPUT_SKIP, 0, "ftrace" },
        { "#", MMT_INPUT_SKIP, 0, "ftrace" },
        { "# entries-in-buffer/entries-written: 7/9   #P:16", MMT_INPUT_ENTRY,
          2, "ftrace" },
        { "# entries-in-buffer/entries-written: 9/9   #P:16", MMT_INPUT_SKIP, 0,
          "ftrace" },
        { "CPU:2 [LOST 17 EVENTS]", MMT_INPUT_ENTRY, 17, "ftrace" },
    };
    MmtInput input = { .regions = mmt_regions_new() };
    const MmtInputFormat *format = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        MmtEntry entry = { .cpu = MMT_NO_CPU, .region = MMT_NO_REGION };
        char line[128] = "";
        size_t len = strlen(lines[i].line);
        MmtInputResult result;

        memcpy(line, lines[i].line, len);
        result = format ? format->parse(&input, line, len, &entry)
                        : mmt_input_find(&input, line, len, &entry, &format);
        g_assert_cmpint(result, ==, lines[i].result);
        g_assert_cmpstr(format ? format->name : NULL, ==, lines[i].format);
        if (result == MMT_INPUT_ENTRY) {
            g_assert_cmpint(entry.kind, ==, MMT_ENTRY_LOST);
            g_assert_cmpuint(entry.value, ==, lines[i].lost);
        }
    }
    mmt_regions_free(input.regions);
}

static void test_lost(void)
{
    static const struct { const char *line; uint64_t lost; } lines[] = {
        { "CPU:2 [LOST 17 EVENTS]", 17 },
        { "CPU:2 [LOST EVENTS]", UINT64_MAX },
        { "CPU:2 [17 EVENTS DROPPED]", 17 },
        { "CPU:2 [EVENTS DROPPED]", UINT64_MAX },
    };
    MmtInput input = { .regions = mmt_regions_new() };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        MmtEntry entry;

        g_assert_cmpint(input_parse(mmt_input_ftrace, &input, lines[i].line,
                                    strlen(lines[i].line), &entry), ==,
                        MMT_INPUT_ENTRY);
        g_assert_cmpint(entry.kind, ==, MMT_ENTRY_LOST);
        g_assert_cmpuint(entry.value, ==, lines[i].lost);
    }
    mmt_regions_free(input.regions);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input-ftrace/accesses", test_accesses);
    g_test_add_func("/input-ftrace/others", test_others);
    g_test_add_func("/input-ftrace/ids", test_ids);
    g_test_add_func("/input-ftrace/marks", test_marks);
    g_test_add_func("/input-ftrace/lost", test_lost);
    g_test_add_func("/input-ftrace/header", test_header);
    return g_test_run();
}
