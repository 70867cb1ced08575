/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: libmmiotrace, aligned accesses in the place of one that is not */
#include "libmmiotrace/aligned.h"

#include <glib.h>

/* All bytes, in their order, in aligned accesses */
static void test_all(void)
{
    uint64_t at;
    unsigned size;

    for (at = 0; at < 16; at++) {
        for (size = 1; size <= 8; size++) {
            unsigned parts = 0;
            unsigned done, n;

            for (done = 0; done < size; done += n) {
                n = mmt_aligned_first(at + done, size - done);
                g_assert_true(n == 1 || n == 2 || n == 4 || n == 8);
                g_assert_cmpuint((at + done) % n, ==, 0);
                parts++;
            }
            g_assert_cmpuint(done, ==, size);
            g_assert_cmpuint(parts, <=, 4);
            if (!(size & (size - 1)) && at % size == 0) {
                g_assert_cmpuint(parts, ==, 1);
            }
        }
    }
}

/* As few as possible: the middle of an unaligned access is one. */
static void test_few(void)
{
    static const struct {
        uint64_t at;
        unsigned size;
        unsigned n[5];
    } cases[] = {
        { 0x1000, 8, { 8 } }, { 0x1001, 8, { 1, 2, 4, 1 } },
        { 0x1002, 8, { 2, 4, 2 } }, { 0x1004, 8, { 4, 4 } },
        { 0x1005, 8, { 1, 2, 4, 1 } }, { 0x1001, 4, { 1, 2, 1 } },
        { 0x1002, 4, { 2, 2 } }, { 0x1003, 2, { 1, 1 } },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const unsigned *n = cases[i].n;
        unsigned done;

        for (done = 0; done < cases[i].size; done += *n++) {
            g_assert_cmpuint(mmt_aligned_first(cases[i].at + done,
                                               cases[i].size - done),
                             ==, *n);
        }
        g_assert_cmpuint(*n, ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/aligned/all", test_all);
    g_test_add_func("/aligned/few", test_few);
    return g_test_run();
}
