/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, QEMU's trace events
 */
#include "input-lines.h"

#include <string.h>

#define R MMT_ENTRY_READ
#define W MMT_ENTRY_WRITE

/* 2026-06-26T17:11:34Z */
#define THEN 1782493894000000000ull

static const InputLine accesses[] = {
    /* no time */
    { "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x12345678", R, 4,
      "0000:01:00.0", "bar0", 0x100, 0x12345678, NO_TIME },
    { "vfio_region_write  (0000:01:00.0:region0+0x104, 0x1, 4)", W, 4,
      "0000:01:00.0", "bar0", 0x104, 1, NO_TIME },
    { "vfio_region_write (0000:01:00.0:region5+0x0, 0xff, 1)", W, 1,
      "0000:01:00.0", "bar5", 0, 0xff, NO_TIME },
    { "vfio_region_read  (0000:01:00.0:region6+0xfffe, 2) = 0xaa55", R, 2,
      "0000:01:00.0", "rom", 0xfffe, 0xaa55, NO_TIME },
    {
        "vfio_region_read  (0000:01:00.0:region2+0x123456789abcdef0, 8) = 0xfedcba9876543210",
      R, 8, "0000:01:00.0", "bar2", 0x123456789abcdef0, 0xfedcba9876543210,
      NO_TIME },
    { "vfio_region_read  (0000:01:00.0:region7+0x4, 2) = 0x7", R, 2,
      "0000:01:00.0", "config", 4, 7, NO_TIME },
    { "vfio_region_read  (0000:01:00.0:region9+0x4, 4) = 0x7", R, 4,
      "0000:01:00.0", "region9", 4, 7, NO_TIME },
    /* a device's name may be anything */
    { "vfio_region_read  (a:region0+x, b:region1+0x10, 4) = 0x0", R, 4,
      "a:region0+x, b", "bar1", 0x10, 0, NO_TIME },
    {
        "vfio_region_read  (6fd96dd2-2e4c-4e3f-8d3f-5a5e0f2c1a11:region0+0x8, 4) = 0x9 ",
      R, 4, "6fd96dd2-2e4c-4e3f-8d3f-5a5e0f2c1a11", "bar0", 8, 9, NO_TIME },
    /* only the bytes of the access count */
    { "vfio_region_read  (0000:01:00.0:region0+0x1, 1) = 0xffffffa5", R, 1,
      "0000:01:00.0", "bar0", 1, 0xa5, NO_TIME },
    /* legacy VGA */
    { "vfio_region_write  (0000:01:00.0:region8+0xa0010, 0x41, 1)", W, 1,
      "0000:01:00.0", "vga-memory", 0x10, 0x41, NO_TIME },
    { "vfio_vga_write  (0x3c4, 0x2, 1)", W, 1, "", "vga-3c0", 4, 2, NO_TIME },
    { "vfio_vga_read  (0x3ba, 1) = 0xff", R, 1, "", "vga-3b0", 0xa, 0xff,
      NO_TIME },
    { "vfio_vga_read  (0xbffff, 1) = 0x20", R, 1, "", "vga-memory", 0x1ffff,
      0x20, NO_TIME },
    { "vfio_vga_read  (0xc0000, 1) = 0x20", R, 1, "", "vga", 0xc0000, 0x20,
      NO_TIME },
    /* config space */
    { "vfio_pci_read_config  (0000:01:00.0, @0x3d, len=0x1) 0x1", R, 1,
      "0000:01:00.0", "config", 0x3d, 1, NO_TIME },
    { "vfio_pci_read_config  (0000:01:00.0, @0x9, len=0x3) 0x30000", R, 3,
      "0000:01:00.0", "config", 9, 0x30000, NO_TIME },
    { "vfio_pci_write_config  (0000:01:00.0, @0x10, 0xffffffff, len=0x4)", W, 4,
      "0000:01:00.0", "config", 0x10, 0xffffffff, NO_TIME },
    /* any region of QEMU's memory */
    {
        "memory_region_ops_write cpu 0 mr 0x55d0c0ffee00 addr 0xfebc0008 value 0x80 size 4 name 'e1000-mmio'",
      W, 4, "", "e1000-mmio", 0xfebc0008, 0x80, NO_TIME, 1 },
    {
        "memory_region_ops_read cpu -1 mr (nil) addr 0x3f8 value 0x0 size 1 name 'it's' name'",
      R, 1, "", "it's' name", 0x3f8, 0, NO_TIME },
    { "memory_region_ops_read cpu 12 mr 0x1 addr 0x10 value 0x1 size 2", R, 2,
      "", "memory", 0x10, 1, NO_TIME, 13 },
    { "memory_region_ops_read cpu 0 mr 0x1 addr 0x10 value 0x1 size 2 name ''",
      R, 2, "", "memory", 0x10, 1, NO_TIME, 1 },
    /* times */
    {
        "2026-06-26T17:11:34.642419Z vfio_region_read  (0000:09:00.0:region0+0x8000, 4) = 0x4061973",
      R, 4, "0000:09:00.0", "bar0", 0x8000, 0x4061973, THEN + 642419000 },
    {
        "2026-06-26T17:11:34Z vfio_region_read  (0000:09:00.0:region0+0x4, 4) = 0x0",
      R, 4, "0000:09:00.0", "bar0", 4, 0, THEN },
    {
        "2026-06-26T17:11:34.000000001Z vfio_region_read  (0000:09:00.0:region0+0x4, 4) = 0x0",
      R, 4, "0000:09:00.0", "bar0", 4, 0, THEN + 1 },
    {
        "2026-06-26T17:11:34.5+00:00 vfio_pci_read_config  (0000:09:00.0, @0x4, len=0x2) 0x2",
      R, 2, "0000:09:00.0", "config", 4, 2, THEN + 500000000 },
    {
        "2026-06-26T19:41:34.1+02:30 vfio_region_write  (0000:09:00.0:region0+0x4, 0x0, 4)",
      W, 4, "0000:09:00.0", "bar0", 4, 0, THEN + 100000000 },
    {
        "2026-06-26T09:11:34.1-0800 vfio_region_write  (0000:09:00.0:region0+0x4, 0x0, 4)",
      W, 4, "0000:09:00.0", "bar0", 4, 0, THEN + 100000000 },
    { "2024-02-29T23:59:60.000000Z vfio_vga_read  (0x3c0, 1) = 0x0", R, 1, "",
      "vga-3c0", 0, 0, 1709251200000000000 },
    { "2000-03-01T00:00:00.000000Z vfio_vga_read  (0x3c0, 1) = 0x0", R, 1, "",
      "vga-3c0", 0, 0, 951868800000000000 },
    { "1970-01-01T00:00:00.000000Z vfio_vga_read  (0x3c0, 1) = 0x0", R, 1, "",
      "vga-3c0", 0, 0, 0 },
    {
        "4242@1720420596.603820:vfio_region_read  (0000:04:00.1:region2+0x0, 4) = 0x1",
      R, 4, "0000:04:00.1", "bar2", 0, 1, 1720420596603820000 },
    { "1@0.000001:vfio_pci_write_config  (0000:04:00.1, @0x4, 0x406, len=0x2)",
      W, 2, "0000:04:00.1", "config", 4, 0x406, 1000 },
};

static const char *const skipped[] = {
    "vfio_mdev  (0000:04:00.0) is_mdev 0",
    "vfio_intx_enable  (0000:06:00.0)",
    "vfio_device_reset_handler ",
    "vfio_device_reset_handler",
    "vfio_region_mmap Region 0000:04:00.0 BAR 0 mmaps[0] [0x0 - 0x3fffff]",
    "vfio_region_setup Device 0000:04:00.0, region 0",
    "vfio_trace_window name=gpu",
    "4242@1720420596.603844:vfio_attach_device  (0000:04:00.0) group 9",
    "2026-06-26T17:11:34.642419Z vfio_listener_region_skip SKIPPING region_add 0xa0000 - 0xbffff",
};

static const char *const foreign[] = {
    "-trace 'enable=vfio_region_*' \\",
    "2026-07-03 04:48:26.124+0000: starting up libvirt version: 12.0.0",
    "2026-07-03T04:48:26.124Z qemu-system-x86_64: terminating on signal 15",
    "LC_ALL=C \\",
    "  size: 0x1000, offset: 0x70000000000, flags: 0x3",
    "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0",
    "xvfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "vfio_",
    "vfio-pci",
    "vfio_region_read: x",
    "12",
    "2026-06-26T17:11:34.642419Z",
    "2026-06-26T17:11:34.642419Z ",
    "2026-02-30T17:11:34.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "2025-02-29T17:11:34.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "2026-13-01T17:11:34.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "2026-06-26T24:11:34.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "2026-06-26T17:11:61.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "9999-06-26T17:11:34.642419Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "2026-06-26T17:11:34.6424190000Z vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "1@99999999999999.1:vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0",
};

static const char *const damaged[] = {
    "vfio_region_read ",
    "vfio_region_read  (",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x0 x",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0xG",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 4) = 0x10000000000000000",
    "vfio_region_read  (0000:01:00.0:region0+0x, 4) = 0x0",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 3) = 0x0",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 16) = 0x0",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 0) = 0x0",
    "vfio_region_read  (0000:01:00.0:region+0x100, 4) = 0x0",
    "vfio_region_read  (0000:01:00.0:region0-0x100, 4) = 0x0",
    "vfio_region_read  (0000:01:00.0:region4294967296+0x100, 4) = 0x0",
    "vfio_region_read  (0000:01:00.0:region0+0x100, 0x0, 4)",
    "vfio_region_write  (0000:01:00.0:region0+0x100, 4) = 0x0",
    "vfio_region_write  (0000:01:00.0:region0+0x100, 0x0, 4",
    "vfio_region_write  (0000:01:00.0:region0+0x100, 0x0, 4))",
    "vfio_pci_read_config  (0000:01:00.0, @0x3d, len=0x5) 0x1",
    "vfio_pci_read_config  (0000:01:00.0, @0x3d) 0x1",
    "vfio_pci_write_config  (0000:01:00.0, @0x3d, len=0x1) 0x1",
    "vfio_vga_read  (0x3ba) = 0xff",
    "memory_region_ops_read cpu 12 mr 0x1 addr 0x10 value 0x1 size 2 name",
    "memory_region_ops_read cpu 12 mr 0x1 addr 0x10 value 0x1 size 2 name '",
    "memory_region_ops_read cpu 12 mr 0x1 addr 0x10 value 0x1 size 3 name 'a'",
    "memory_region_ops_read cpu 12 mr 0x1 addr 0x10 value 0x1 size 42",
    "memory_region_ops_read cpu -2 mr 0x1 addr 0x10 value 0x1 size 2",
};

static void test_accesses(void)
{
    MmtInput input = { .regions = mmt_regions_new() };

    input_check_lines(mmt_input_qemu, &input, accesses,
                      G_N_ELEMENTS(accesses));
    mmt_regions_free(input.regions);
}

static void test_others(void)
{
    input_check_results(mmt_input_qemu, MMT_INPUT_SKIP, skipped,
                        G_N_ELEMENTS(skipped));
    input_check_results(mmt_input_qemu, MMT_INPUT_FOREIGN, foreign,
                        G_N_ELEMENTS(foreign));
    input_check_results(mmt_input_qemu, MMT_INPUT_DAMAGED, damaged,
                        G_N_ELEMENTS(damaged));
}

/* Parse @line, which is no access, or one of @device's config space. */
static const MmtRegion *config_after(MmtInput *input, const char *line,
                                     const char *device)
{
    MmtEntry entry;

    input_parse(mmt_input_qemu, input, line, strlen(line), &entry);
    return mmt_regions_get(input->regions,
                           mmt_regions_find(input->regions, device,
                                            strlen(device), MMT_REGION_CONFIG,
                                            NULL, 0));
}

/* IDs come from config space, or from the events of emulated ones. */
static void test_ids(void)
{
    static const struct {
        const char *line;
        const char *device;
        uint16_t vendor;
        uint16_t id;
    } steps[] = {
        { "vfio_pci_read_config  (a, @0x0, len=0x1) 0x86", "a", 0, 0 },
        { "vfio_pci_read_config  (a, @0x0, len=0x4) 0xffffffff", "a", 0, 0 },
        { "vfio_pci_read_config  (a, @0x0, len=0x4) 0x10d38086", "a", 0x8086,
          0x10d3 },
        { "vfio_pci_read_config  (b, @0x0, len=0x2) 0x10de", "b", 0x10de, 0 },
        { "vfio_pci_read_config  (b, @0x2, len=0x2) 0x2206", "b", 0x10de,
          0x2206 },
        { "vfio_pci_read_config  (b, @0x1, len=0x2) 0x1234", "b", 0x10de,
          0x2206 },
        { "vfio_pci_emulated_vendor_id c 0x1002", "c", 0x1002, 0 },
        { "vfio_pci_emulated_device_id c 0x1638", "c", 0x1002, 0x1638 },
        { "vfio_pci_emulated_device_id c 0x11638", "c", 0x1002, 0x1638 },
    };
    MmtInput input = { .regions = mmt_regions_new() };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(steps); i++) {
        const MmtRegion *region = config_after(&input, steps[i].line,
                                               steps[i].device);

        g_test_message("%s", steps[i].line);
        g_assert_cmphex(region->vendor, ==, steps[i].vendor);
        g_assert_cmphex(region->device_id, ==, steps[i].id);
    }
    mmt_regions_free(input.regions);
}

static void test_sizes(void)
{
    static const char line[] =
        "vfio_region_setup Device a, region 1 \"a BAR 1\", flags: 0x7, "
        "offset: 0x10000000000, size: 0x4000";
    MmtInput input = { .regions = mmt_regions_new() };
    const MmtRegion *region;
    MmtEntry entry;

    g_assert_cmpint(input_parse(mmt_input_qemu, &input, line, strlen(line),
                                &entry), ==, MMT_INPUT_SKIP);
    g_assert_cmpuint(mmt_regions_count(input.regions), ==, 1);
    region = mmt_regions_get(input.regions, 0);
    g_assert_cmpstr(region->device, ==, "a");
    g_assert_cmpstr(region->name, ==, "bar1");
    g_assert_cmphex(region->size, ==, 0x4000);
    mmt_regions_free(input.regions);
}

/* More devices than are remembered, in turn */
static void test_many_devices(void)
{
    MmtInput input = { .regions = mmt_regions_new() };
    unsigned i;

    for (i = 0; i < 200; i++) {
        g_autofree char *device = g_strdup_printf("device-%u", i * 7 % 20);
        g_autofree char *line =
            g_strdup_printf("vfio_region_read  (%s:region%u+0x%x, 4) = 0x%x",
                            device, i % 2, i, i);
        const MmtRegion *region;
        MmtEntry entry;

        g_assert_cmpint(input_parse(mmt_input_qemu, &input, line, strlen(line),
                                    &entry), ==, MMT_INPUT_ENTRY);
        region = mmt_regions_get(input.regions, entry.region);
        g_assert_cmpstr(region->device, ==, device);
        g_assert_cmpint(region->number, ==, i % 2);
        g_assert_cmphex(entry.offset, ==, i);
    }
    mmt_regions_free(input.regions);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input-qemu/accesses", test_accesses);
    g_test_add_func("/input-qemu/others", test_others);
    g_test_add_func("/input-qemu/ids", test_ids);
    g_test_add_func("/input-qemu/sizes", test_sizes);
    g_test_add_func("/input-qemu/many-devices", test_many_devices);
    return g_test_run();
}
