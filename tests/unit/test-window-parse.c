/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the windows of vfio-trace window
 */
#include <glib.h>
#include <string.h>

#include "tools/control/window-parse.h"

static const struct {
    const char *text;
    const char *region;
    bool whole;
    uint64_t offset;
    uint64_t length;
    const char *direction;
} good[] = {
    { "0", "bar0", true, 0, 0, "both" },
    { "bar3", "bar3", true, 0, 0, "both" },
    { "5:r", "bar5", true, 0, 0, "read" },
    { "rom:w", "rom", true, 0, 0, "write" },
    { "config:rw", "config", true, 0, 0, "both" },
    { "config:4:2", "config", false, 4, 2, "both" },
    { "1:0:1", "bar1", false, 0, 1, "both" },
    { "1:0x1000:4K:w", "bar1", false, 0x1000, 4096, "write" },
    { "1:0XfF:16m:r", "bar1", false, 255, 16 << 20, "read" },
    { "2:1G:3T", "bar2", false, 1ull << 30, 3ull << 40, "both" },
    { "vga-3c0:5:1", "vga-3c0", false, 5, 1, "both" },
    { "0:0x7fffffffffffffff:9223372036854775807", "bar0", false, INT64_MAX,
      INT64_MAX, "both" },
};

static const struct {
    const char *text;
    const char *error;
} bad[] = {
    { "6", "'6': BAR is '6'; 0 to 5, rom, vga, vga-memory, vga-3b0, vga-3c0 "
      "or config expected" },
    { "all", "'all': BAR is 'all'" },
    { "0:1", "'0:1' is not REGION" },
    { "0:1:r", "'0:1:r' is not REGION" },
    { "0:r:w", "'0:r:w' is not REGION" },
    { "0:wr", "'0:wr' is not REGION" },
    { "0:1:2:3", "'0:1:2:3' is not REGION" },
    { "0:1:2:r:w", "'0:1:2:r:w' is not REGION" },
    { "0::4", "'0::4': OFFSET is ''; a number like 4096, 0x1000 or 4K "
      "expected" },
    { "0:1:8388608T", "LEN is '8388608T'" },
};

static void test_good(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        WindowSpec window;
        bool ok = window_parse(good[i].text, &window, &error);

        g_assert_no_error(error);
        g_assert_true(ok);
        g_assert_cmpstr(window.regions[0], ==, good[i].region);
        g_assert_null(window.regions[1]);
        g_assert_cmpint(window.whole, ==, good[i].whole);
        g_assert_cmpuint(window.offset, ==, good[i].offset);
        g_assert_cmpuint(window.length, ==, good[i].length);
        g_assert_cmpstr(window.direction, ==, good[i].direction);
    }
}

static void test_vga(void)
{
    WindowSpec window;

    g_assert_true(window_parse("vga:w", &window, NULL));
    g_assert_true(window.whole);
    g_assert_cmpstr(window.regions[0], ==, "vga-memory");
    g_assert_cmpstr(window.regions[1], ==, "vga-3b0");
    g_assert_cmpstr(window.regions[2], ==, "vga-3c0");
    g_assert_null(window.regions[3]);
    g_assert_cmpstr(window.direction, ==, "write");
}

static void test_bad(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        WindowSpec window;

        g_test_message("%s", bad[i].text);
        g_assert_false(window_parse(bad[i].text, &window, &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, bad[i].error));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/window-parse/good", test_good);
    g_test_add_func("/window-parse/vga", test_vga);
    g_test_add_func("/window-parse/bad", test_bad);
    return g_test_run();
}
