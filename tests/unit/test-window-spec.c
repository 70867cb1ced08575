/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: libpcidev, grammar of windows */
#include <glib.h>
#include <string.h>

#include "libpcidev/window-spec.h"

static const PciWindowLimits all = {
    .device_wide = true,
    .number_max = UINT64_MAX,
};

static const PciWindowLimits few = {
    .device_wide = false,
    .number_max = INT64_MAX,
};

typedef struct Good {
    const char *text;
    PciWindowRegion region;
    bool whole;
    uint64_t offset;
    uint64_t len;
    PciWindowDirection directions;
} Good;

static const Good good[] = {
    { "0", PCI_WINDOW_BAR0, true, 0, 0, PCI_WINDOW_BOTH },
    { "bar0", PCI_WINDOW_BAR0, true, 0, 0, PCI_WINDOW_BOTH },
    { "bar5:0:4:r", PCI_WINDOW_BAR5, false, 0, 4, PCI_WINDOW_READ },
    { "5:r", PCI_WINDOW_BAR5, true, 0, 0, PCI_WINDOW_READ },
    { "rom:w", PCI_WINDOW_ROM, true, 0, 0, PCI_WINDOW_WRITE },
    { "config:rw", PCI_WINDOW_CONFIG, true, 0, 0, PCI_WINDOW_BOTH },
    { "config:4:2", PCI_WINDOW_CONFIG, false, 4, 2, PCI_WINDOW_BOTH },
    { "vga-memory", PCI_WINDOW_VGA_MEMORY, true, 0, 0, PCI_WINDOW_BOTH },
    { "vga-3b0:w", PCI_WINDOW_VGA_3B0, true, 0, 0, PCI_WINDOW_WRITE },
    { "vga-3c0:5:1", PCI_WINDOW_VGA_3C0, false, 5, 1, PCI_WINDOW_BOTH },
    { "vga:w", PCI_WINDOW_VGA, true, 0, 0, PCI_WINDOW_WRITE },
    { "1:0x1000:4K:w", PCI_WINDOW_BAR1, false, 0x1000, 4096,
      PCI_WINDOW_WRITE },
    { "1:0XfF:16m:rw", PCI_WINDOW_BAR1, false, 255, 16 << 20,
      PCI_WINDOW_BOTH },
    { "0:0x7fffffffffffffff:9223372036854775807", PCI_WINDOW_BAR0, false,
      INT64_MAX, INT64_MAX, PCI_WINDOW_BOTH },
};

/* Valid with device_wide, and 64-bit numbers */
static const Good wide[] = {
    { "all", PCI_WINDOW_ALL, true, 0, 0, PCI_WINDOW_BOTH },
    { "all:r", PCI_WINDOW_ALL, true, 0, 0, PCI_WINDOW_READ },
    { "registers:w", PCI_WINDOW_REGISTERS, true, 0, 0, PCI_WINDOW_WRITE },
    { "0:0xffffffffffffffff:1", PCI_WINDOW_BAR0, false, UINT64_MAX, 1,
      PCI_WINDOW_BOTH },
    { "0:1:18446744073709551615", PCI_WINDOW_BAR0, false, 1, UINT64_MAX,
      PCI_WINDOW_BOTH },
    { "0:8E:8388608T", PCI_WINDOW_BAR0, false, UINT64_C(1) << 63,
      UINT64_C(1) << 63, PCI_WINDOW_BOTH },
};

static const struct {
    const char *text;
    const char *error;
} bad[] = {
    { "", "'' is not REGION[:OFFSET:LEN][:r|w|rw]" },
    { "6", "'6': BAR is '6'; 0 to 5, rom, vga, vga-memory, vga-3b0, vga-3c0" },
    { ":0:4", "':0:4': BAR is ''" },
    { "00", "'00': BAR is '00'" },
    { "0x0", "'0x0': BAR is '0x0'" },
    { "-1", "'-1': BAR is '-1'" },
    { "bar6", "'bar6': BAR is 'bar6'" },
    { "BAR0", "'BAR0': BAR is 'BAR0'" },
    { "bar", "'bar': BAR is 'bar'" },
    { "0 ", "'0 ': BAR is '0 '" },
    { "0+1", "'0+1': BAR is '0+1'" },
    { "ALL", "'ALL': BAR is 'ALL'" },
    { "r", "'r': BAR is 'r'" },
    { "0:", "'0:' is not REGION[:OFFSET:LEN][:r|w|rw]" },
    { "0:1", "'0:1' is not" },
    { "0:1:r", "'0:1:r' is not" },
    { "0:r:w", "'0:r:w' is not" },
    { "0:wr", "'0:wr' is not" },
    { "0:1:2:3", "'0:1:2:3' is not" },
    { "0:1:2:r:w", "'0:1:2:r:w' is not" },
    { "vga:0:4", "'vga:0:4': vga can't have a range" },
    { "0:0:0", "'0:0:0': LEN is 0" },
    { "0:0:0x0", "'0:0:0x0': LEN is 0" },
    { "0:0:0.0K", "'0:0:0.0K': LEN is 0" },
    { "0::4", "'0::4': OFFSET is ''; a number like 4096, 0x1000 or 4K "
      "expected" },
    { "0:-1:4", "'0:-1:4': OFFSET is '-1'" },
    { "0: 1:4", "'0: 1:4': OFFSET is ' 1'" },
    { "0:+1:4", "'0:+1:4': OFFSET is '+1'" },
    { "0:0x:4", "'0:0x:4': OFFSET is '0x'" },
    { "0:0x 1:4", "'0:0x 1:4': OFFSET is '0x 1'" },
    { "0:0x1K:4", "'0:0x1K:4': OFFSET is '0x1K'" },
    { "0:1KK:4", "'0:1KK:4': OFFSET is '1KK'" },
    { "0:K:4", "'0:K:4': OFFSET is 'K'" },
    { "0:.5K:4", "'0:.5K:4': OFFSET is '.5K'" },
    { "0:1:4KB", "'0:1:4KB': LEN is '4KB'" },
    { "0:1:4Q", "'0:1:4Q': LEN is '4Q'" },
    { "0:1:1.5", "'0:1:1.5': LEN is '1.5'" },
    { "0:1:1.5B", "'0:1:1.5B': LEN is '1.5B'" },
    { "0:1:1.5.5K", "'0:1:1.5.5K': LEN is '1.5.5K'" },
    { "0:1:1e3", "'0:1:1e3': LEN is '1e3'" },
    { "0:1:99999999999999999999", "LEN is '99999999999999999999'" },
    { "0:1:0x10000000000000000", "LEN is '0x10000000000000000'" },
    { "0:1:16E", "LEN is '16E'" },
};

/* Invalid without device_wide, and with 63-bit numbers */
static const struct {
    const char *text;
    const char *error;
} bad_few[] = {
    { "all", "'all': BAR is 'all'; 0 to 5, rom, vga, vga-memory, vga-3b0, "
      "vga-3c0 or config expected" },
    { "registers:r", "'registers:r': BAR is 'registers'" },
    { "0:1:0x8000000000000000", "LEN is '0x8000000000000000'" },
    { "0:8388608T:1", "OFFSET is '8388608T'" },
};

#define assert_window(window, wanted) \
    do { \
        g_assert_cmpstr((window)->text, ==, (wanted)->text); \
        g_assert_cmpint((window)->region, ==, (wanted)->region); \
        g_assert_cmpint((window)->whole, ==, (wanted)->whole); \
        g_assert_cmpuint((window)->offset, ==, (wanted)->offset); \
        g_assert_cmpuint((window)->len, ==, (wanted)->len); \
        g_assert_cmpint((window)->directions, ==, (wanted)->directions); \
    } while (0)

#define assert_good(rows, limits) \
    do { \
        for (size_t i_ = 0; i_ < G_N_ELEMENTS(rows); i_++) { \
            g_autoptr(GError) error_ = NULL; \
            g_auto(PciWindow) window_ = { 0 }; \
            bool ok_ = pci_window_parse((rows)[i_].text, limits, &window_, \
                                        &error_); \
            \
            g_assert_no_error(error_); \
            g_assert_true(ok_); \
            assert_window(&window_, &(rows)[i_]); \
        } \
    } while (0)

static void assert_bad(const char *text, const PciWindowLimits *limits,
                       const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_auto(PciWindow) window = { 0 };

    g_test_message("%s", text);
    g_assert_false(pci_window_parse(text, limits, &window, &error));
    g_assert_nonnull(error);
    g_assert_true(error->domain == PCI_WINDOW_ERROR);
    g_assert_nonnull(strstr(error->message, wanted));
}

static void test_good(void)
{
    assert_good(good, &all);
    assert_good(good, &few);
    assert_good(wide, &all);
}

static void test_bad(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_bad(bad[i].text, &all, bad[i].error);
        assert_bad(bad[i].text, &few, bad[i].error);
    }
    for (i = 0; i < G_N_ELEMENTS(bad_few); i++) {
        assert_bad(bad_few[i].text, &few, bad_few[i].error);
    }
    assert_bad("all:0:4", &all, "'all:0:4': all can't have a range");
    assert_bad("nonsense", &all, "'nonsense': BAR is 'nonsense'; 0 to 5, rom, "
               "vga, vga-memory, vga-3b0, vga-3c0, config, all or registers "
               "expected");
}

static void test_list(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) windows = pci_window_list_parse("registers+bar0:4:4:r+0",
                                                      &all, &error);

    g_assert_no_error(error);
    g_assert_nonnull(windows);
    g_assert_cmpuint(windows->len, ==, 3);
    g_assert_cmpint(g_array_index(windows, PciWindow, 0).region, ==,
                    PCI_WINDOW_REGISTERS);
    g_assert_cmpstr(g_array_index(windows, PciWindow, 1).text, ==,
                    "bar0:4:4:r");
    g_assert_cmpuint(g_array_index(windows, PciWindow, 1).offset, ==, 4);
    g_assert_true(g_array_index(windows, PciWindow, 2).whole);
}

static void test_bad_list(void)
{
    static const struct {
        const char *text;
        const char *error;
    } lists[] = {
        { "", "'' is not REGION" },
        { "+", "'' is not REGION" },
        { "0+", "'' is not REGION" },
        { "+0", "'' is not REGION" },
        { "0++0", "'' is not REGION" },
        { "0+1:x:4+6", "'1:x:4': OFFSET is 'x'" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pci_window_list_parse(lists[i].text, &all, &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, lists[i].error));
    }
}

static void test_number(void)
{
    static const struct {
        const char *word;
        uint64_t number;
    } numbers[] = {
        { "0", 0 }, { "010", 10 }, { "7B", 7 }, { "1k", 1 << 10 },
        { "2M", 2 << 20 }, { "3G", UINT64_C(3) << 30 },
        { "3t", UINT64_C(3) << 40 }, { "4P", UINT64_C(4) << 50 },
        { "15E", UINT64_C(15) << 60 }, { "0.5M", 512 << 10 },
        { "1.5K", 1536 }, { "1.0", 1 }, { "0.999K", 1023 },
        { "0.50000000000000000000000000001K", 512 }, { "15.5E",
                                                       UINT64_C(31) << 59 },
        { "0x1E", 0x1e }, { "0xB", 0xb },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(GError) error = NULL;
        uint64_t number;

        g_assert_true(pci_window_number_parse("LEN", numbers[i].word,
                                              UINT64_MAX, &number, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(number, ==, numbers[i].number);
    }
}

/*
 * pci_window_region_word() is the inverse of the parser.
 *
 */
static void test_words(void)
{
    int region;

    for (region = PCI_WINDOW_BAR0; region <= PCI_WINDOW_REGISTERS; region++) {
        g_auto(PciWindow) window = { 0 };

        g_assert_true(pci_window_parse(pci_window_region_word(region), &all,
                                       &window, NULL));
        g_assert_cmpint(window.region, ==, region);
    }
    g_assert_cmpstr(pci_window_region_word(PCI_WINDOW_BAR3), ==, "3");
}

#define MEM(size) { size, true, false }
#define PREF(size) { size, true, true }
#define IO(size) { size, false, false }
#define MIB(n) ((uint64_t)(n) << 20)

/* Real devices: which of their BARs are memory? */
static void test_memory(void)
{
    static const struct {
        const char *device;
        PciWindowBar bars[PCI_WINDOW_BARS];
        unsigned memory;    /* bit n: BAR n */
    } cases[] = {
        { "GeForce", { MEM(MIB(16)), PREF(MIB(256)), {}, PREF(MIB(32)), {},
                       IO(128) }, 1 << 1 | 1 << 3 },
        { "H100", { PREF(MIB(16)), {}, PREF(MIB(131072)), {}, PREF(MIB(32)) },
          1 << 2 | 1 << 4 },
        { "Radeon", { PREF(MIB(256)), {}, PREF(MIB(2)), {}, IO(256),
                      MEM(MIB(1)) }, 1 << 0 },
        { "Arc", { PREF(MIB(16)), {}, PREF(MIB(16384)) }, 1 << 2 },
        { "UHD Graphics", { MEM(MIB(16)), {}, PREF(MIB(256)), {}, IO(64) },
          1 << 2 },
        { "X710", { PREF(MIB(16)), {}, {}, PREF(32768) }, 0 },
        { "ConnectX", { PREF(MIB(32)) }, 0 },
        { "NVMe with a memory buffer", { MEM(16384), {}, {}, {},
                                         PREF(MIB(512)) }, 1 << 4 },
        { "QEMU's VGA", { PREF(MIB(16)), {}, MEM(4096) }, 1 << 0 },
        { "ports and memory", { IO(256), PREF(MIB(8)) }, 0 },
        { "nothing", { {} }, 0 },
    };
    size_t i;
    unsigned n;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].device);
        for (n = 0; n <= PCI_WINDOW_BARS; n++) {
            g_assert_cmpuint(pci_window_is_memory(cases[i].bars, n), ==,
                             cases[i].memory >> n & 1);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/window-spec/good", test_good);
    g_test_add_func("/window-spec/bad", test_bad);
    g_test_add_func("/window-spec/list", test_list);
    g_test_add_func("/window-spec/bad-list", test_bad_list);
    g_test_add_func("/window-spec/number", test_number);
    g_test_add_func("/window-spec/words", test_words);
    g_test_add_func("/window-spec/memory", test_memory);
    return g_test_run();
}
