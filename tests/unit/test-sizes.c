/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sizes of memory, as people write them
 */
#include "tools/common/sizes.h"

#include <stdint.h>

static void test_good(void)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } sizes[] = {
        { "1", 1ull << 20 },
        { "512", 512ull << 20 },
        { "64K", 64 << 10 },
        { "512M", 512ull << 20 },
        { "8G", 8ull << 30 },
        { "8g", 8ull << 30 },
        { "2T", 2ull << 40 },
        { "8796093022207", 8796093022207ull << 20 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GError) error = NULL;
        uint64_t bytes = 0;

        g_assert_true(size_parse(sizes[i].text, &bytes, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(bytes, ==, sizes[i].bytes);
    }
}

static void test_bad(void)
{
    static const char *const sizes[] = {
        "", "0", "0G", "-1G", "+1G", " 1G", "1 G", "1GG", "1GB", "1E", "0x10",
        "much", "G", "8388608T", "8796093022208", "99999999999999999999",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *message = g_strdup_printf(
            "%s: invalid size: use 8G or 512M, for example", sizes[i]);
        g_autoptr(GError) error = NULL;
        uint64_t bytes = 42;

        g_assert_false(size_parse(sizes[i], &bytes, &error));
        g_assert_cmpstr(error->message, ==, message);
        g_assert_cmpuint(bytes, ==, 42);
    }
}

static void test_text(void)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {
        { 0, "0" },
        { 1000, "1000" },
        { 1024, "1K" },
        { 1025, "1025" },
        { 1536, "1536" },
        { 3ull << 20, "3M" },
        { 1025ull << 10, "1025K" },
        { 4ull << 30, "4G" },
        { 1ull << 63, "8E" },
        { UINT64_MAX, "18446744073709551615" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *text = size_text(sizes[i].bytes);

        g_assert_cmpstr(text, ==, sizes[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sizes/good", test_good);
    g_test_add_func("/sizes/bad", test_bad);
    g_test_add_func("/sizes/text", test_text);
    return g_test_run();
}
