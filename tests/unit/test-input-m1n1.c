/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, lines of m1n1's hypervisor
 */
#include "input-lines.h"

#include <string.h>

#define R MMT_ENTRY_READ
#define W MMT_ENTRY_WRITE

static const InputLine accesses[] = {
    {
        "[cpu0] [0xfffffe00124bf5c0] MMIO: R.4   0x204d14000 (sgx, offset 0xd14000) = 0x0",
      R, 4, "sgx", "reg", 0xd14000, 0, NO_TIME, 1, 0xfffffe00124bf5c0 },
    {
        "[cpu1] MMIO: W.4   0x24acaffd8 (aop[2], offset 0xaffd8) = 0x53544b47 // start of bootargs",
      W, 4, "aop", "reg2", 0xaffd8, 0x53544b47, NO_TIME, 2 },
    { "MMIO: R.4   0x23c500010 (dptx-phy[1], offset 0x10) = 0x0", R, 4,
      "dptx-phy", "reg1", 0x10, 0, NO_TIME },
    { "MMIO: W.8 + 0x23c500000 (dptx-phy[1], offset 0x00) = 0x123456789abcdef0",
      W, 8, "dptx-phy", "reg1", 0, 0x123456789abcdef0, NO_TIME },
    {
        "# [cpu11] [0x0000000000000010] MMIO: R.1   0x23c500003 (dptx-phy[1], offset 0x03) = 0xff",
      R, 1, "dptx-phy", "reg1", 3, 0xff, NO_TIME, 12, 0x10 },
    {
        "[cpu0][0xfffffe00124bf5c0] MMIO: R.2   0x204d14000 (sgx, offset 0xd14000) = 0xbeef",
      R, 2, "sgx", "reg", 0xd14000, 0xbeef, NO_TIME, 1, 0xfffffe00124bf5c0 },
    { "[0x1234][cpu3] MMIO: R.4   0x1000 (a[b], c[], offset 0x0) = 0x1", R, 4,
      "a[b], c[]", "reg", 0, 1, NO_TIME, 4, 0x1234 },
    { "[cpu0] [ANETracer@/arm-io/ane] MMIO: R.4   0x26b874008 = 0x5", R, 4, "",
      "mem", 0x26b874008, 5, NO_TIME, 1 },
};

static const char *const skipped[] = {
    "[cpu0] [ANETracer@/arm-io/ane] MMIO: R.4   CTRL.STATUS = Status(READY=1)",
};

static const char *const foreign[] = {
    "TTY> Hello",
    "[cpu0] Pass: mrs x13, ACC_CFG_EL1 = d (ACC_CFG_EL1)",
    "[cpu0",
    "[]",
    "# PT[28e080000:28e080100] -> ASYNC. PrintTracer",
    "MMIO: X.4   0x23c500010 (dptx-phy[1], offset 0x10) = 0x0",
    "MMIO",
    "p.read32(0x204d14000 + 0x10)",
};

static const char *const damaged[] = {
    "MMIO: R.",
    "MMIO: R.3   0x23c500010 (dptx-phy[1], offset 0x10) = 0x0",
    "MMIO: R.16  0x23c500010 (dptx-phy[1], offset 0x10) = 0x0",
    "MMIO: R.4   0x23c500010 (dptx-phy[1], offset 0x10) = 0x0 x",
    "MMIO: R.4   0x23c500010 (dptx-phy[1], offset 0x10) = ",
    "MMIO: R.4   0x23c500010 (dptx-phy[1], offset 0x10)",
    "MMIO: R.4   0x23c500010 (dptx-phy[1]) = 0x0",
    "MMIO: R.4   0x23c500010 (dptx-phy[1], offset 16) = 0x0",
    "MMIO: R.4   0x = 0x0",
};

static void test_accesses(void)
{
    MmtInput input = { .regions = mmt_regions_new() };
    const MmtRegion *region;
    MmtEntry entry;

    input_check_lines(mmt_input_m1n1, &input, accesses,
                      G_N_ELEMENTS(accesses));
    /* the region's address is known from the first access on */
    input_parse(mmt_input_m1n1, &input, accesses[1].line,
                strlen(accesses[1].line), &entry);
    region = mmt_regions_get(input.regions, entry.region);
    g_assert_cmphex(region->base, ==, 0x24ac00000);
    g_assert_false(region->synthetic);
    mmt_regions_free(input.regions);
}

static void test_others(void)
{
    input_check_results(mmt_input_m1n1, MMT_INPUT_SKIP, skipped,
                        G_N_ELEMENTS(skipped));
    input_check_results(mmt_input_m1n1, MMT_INPUT_FOREIGN, foreign,
                        G_N_ELEMENTS(foreign));
    input_check_results(mmt_input_m1n1, MMT_INPUT_DAMAGED, damaged,
                        G_N_ELEMENTS(damaged));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input-m1n1/accesses", test_accesses);
    g_test_add_func("/input-m1n1/others", test_others);
    return g_test_run();
}
