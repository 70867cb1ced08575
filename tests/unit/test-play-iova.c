/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play: addresses for buffers
 */
#include <glib.h>

#include "tools/play/iova.h"

static bool in_ranges(const PlayRange *ranges, size_t n, uint64_t first,
                      uint64_t size)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (first >= ranges[i].first && first + size - 1 <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static void test_iova(void)
{
    static const PlayRange ranges[] = {
        { 0, 0xfedfffff }, { 0xfef00000, 0xfffffffff },
    };
    PlayRange taken[400];
    size_t n;
    PlayIova iova;

    play_iova_init(&iova, ranges, G_N_ELEMENTS(ranges), 4096);
    for (n = 0; n < G_N_ELEMENTS(taken); n++) {
        bool below = n % 2;
        uint64_t size = 4096 << n % 12;
        uint64_t at;
        size_t i;

        g_assert_true(play_iova_take(&iova, size, below, &at));
        g_assert_cmpuint(at % 4096, ==, 0);
        g_assert_true(in_ranges(ranges, G_N_ELEMENTS(ranges), at, size));
        g_assert_true(!below || at + size - 1 <= UINT32_MAX);
        for (i = 0; i < n; i++) {
            g_assert_true(at > taken[i].last + 4096 ||
                          at + size + 4096 <= taken[i].first);
        }
        taken[n] = (PlayRange) { at, at + size - 1 };
    }
    play_iova_clear(&iova);
}

/* Room for one buffer and the pages around it, and none for a second one */
static void test_iova_full(void)
{
    static const PlayRange room = { 0x100000000, 0x100002fff };
    static const PlayRange top = { 0x100000, UINT64_MAX };
    PlayIova iova;
    uint64_t at;

    play_iova_init(&iova, &room, 1, 4096);
    g_assert_false(play_iova_take(&iova, 4096, true, &at));
    g_assert_false(play_iova_take(&iova, 8192, false, &at));
    g_assert_true(play_iova_take(&iova, 4096, false, &at));
    g_assert_cmpuint(at, ==, 0x100001000);
    g_assert_false(play_iova_take(&iova, 4096, false, &at));
    play_iova_clear(&iova);
    play_iova_init(&iova, &top, 1, 4096);
    g_assert_true(play_iova_take(&iova, 1 << 20, false, &at));
    play_iova_clear(&iova);
    /* Without ranges of the kernel's: not where interrupts are */
    play_iova_init(&iova, NULL, 0, 4096);
    g_assert_false(play_iova_take(&iova, UINT64_C(1) << 40, false, &at));
    g_assert_true(play_iova_take(&iova, UINT64_C(1) << 33, false, &at));
    play_iova_clear(&iova);
}

/* Buffers at the addresses that they had in the guest */
static void test_iova_same(void)
{
    static const PlayRange room = { 0x100000, 0x1fffff };
    PlayIova iova;
    uint64_t at;

    play_iova_init(&iova, &room, 1, 4096);
    g_assert_false(play_iova_take_at(&iova, 4096, 0xff000));
    g_assert_false(play_iova_take_at(&iova, 8192, 0x1ff000));
    g_assert_false(play_iova_take_at(&iova, 4096, 0x110800));
    g_assert_false(play_iova_take_at(&iova, 8192, UINT64_MAX - 4095));
    g_assert_true(play_iova_take_at(&iova, 4096, 0x100000));
    g_assert_true(play_iova_take_at(&iova, 4096, 0x1ff000));
    g_assert_false(play_iova_take_at(&iova, 8192, 0x100000));
    /* neighbours, as in a guest */
    g_assert_true(play_iova_take_at(&iova, 8192, 0x101000));
    g_assert_false(play_iova_take_at(&iova, 4096, 0x102000));
    g_assert_true(play_iova_take_at(&iova, 0xfc000, 0x103000));
    g_assert_false(play_iova_take(&iova, 4096, false, &at));
    play_iova_clear(&iova);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play-iova/random", test_iova);
    g_test_add_func("/play-iova/full", test_iova_full);
    g_test_add_func("/play-iova/same", test_iova_same);
    return g_test_run();
}
