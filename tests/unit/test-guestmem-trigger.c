/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Triggers: when the engine looks, and at what
 */
#include "fake-memory.h"

#include <string.h>

#include "libguestmem/glob.h"

static FakeMemory *new_memory(const char *text)
{
    FakeMemory *m = fake_memory_new(0, 0x100000);

    fake_memory_add(m, text);
    return m;
}

static void w(FakeMemory *m, uint64_t offset, uint64_t value)
{
    gmem_engine_write(m->engine, 0, offset, 4, value);
}

/* --- accesses ------------------------------------------------------------ */

static void test_conditions(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A bar0:0:4 rw\n"
                   "register B bar0:4:4 rw\n"
                   "snapshot S {\n  at value\n  len 1\n"
                   "  on write A when (value & 0xf) == B\n"
                   "  on read B when value > 2\n}\n");

    w(m, 0, 0x12);                              /* B is not known */
    fake_memory_is(m, "");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 1);
    g_assert_cmpuint(fake_memory_count(m, 0).triggers, ==, 0);
    gmem_engine_read(m->engine, 0, 4, 4, 2);
    w(m, 0, 0x13);
    fake_memory_is(m, "");
    w(m, 0, 0x12);
    fake_memory_is(m, "snapshot S @12 len 1 00\n");
    gmem_engine_read(m->engine, 0, 4, 4, 3);
    fake_memory_is(m, "snapshot S @3 len 1 00\n");
    gmem_engine_read(m->engine, 0, 0, 4, 0x13);
    fake_memory_is(m, "");
}

static void where(FakeMemory *m, const GmemOut *out)
{
    g_string_append_printf(m->log, "%d %d:%x ", (int)out->on, out->bar,
                           (unsigned)out->offset);
}

/* The trigger of each thing */
static void test_where(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A[0..3] bar2:0x10:4 rw stride 8\n"
                   "snapshot S {\n  at trigger\n  len 1\n"
                   "  on write A[2]\n  on read A\n  on irq\n"
                   "  on marker \"go*\"\n}\n");

    m->on_out = where;
    gmem_engine_write(m->engine, 2, 0x20, 4, 0);
    gmem_engine_write(m->engine, 2, 0x18, 4, 0);
    gmem_engine_read(m->engine, 2, 0x1c, 8, 0);
    gmem_engine_read(m->engine, 2, 0x18, 4, 0);
    gmem_engine_irq(m->engine, 3);
    gmem_engine_marker(m->engine, "gone");
    gmem_engine_marker(m->engine, "ago");
    g_assert_true(gmem_engine_request(m->engine, "S"));
    fake_memory_is(m, "0 2:20 snapshot S @0 len 1 00\n"
                      "1 2:20 snapshot S @1 len 1 00\n"
                      "1 2:18 snapshot S @1 len 1 00\n"
                      "2 -1:0 snapshot S @2 len 1 00\n"
                      "3 -1:0 snapshot S @3 len 1 00\n"
                      "4 -1:0 snapshot S @4 len 1 00\n");
}

/* --- instances ----------------------------------------------------------- */

#define TEMPLATE(triggers) \
    "register A[0..9] bar0:0x100:4\n" \
    "register B bar0:0x200:4 rw\n" \
    "snapshot S[2..7] {\n  at n * 16\n  len 1\n" triggers "}\n"

static void test_instances(void)
{
    g_autoptr(FakeMemory) m =
        new_memory(TEMPLATE("on write A\n"
                            "on write B when n != 4 instance value / 2\n"));

    w(m, 0x100 + 2 * 4, 0);
    w(m, 0x100 + 7 * 4, 0);
    w(m, 0x100 + 1 * 4, 0);                     /* no such instance */
    w(m, 0x100 + 8 * 4, 0);
    fake_memory_is(m, "snapshot S[2] @20 len 1 00\n"
                      "snapshot S[7] @70 len 1 00\n");
    w(m, 0x200, 7);
    w(m, 0x200, 8);                             /* the condition */
    w(m, 0x200, 16);                            /* no such instance */
    w(m, 0x200, 0xffffffff);
    fake_memory_is(m, "snapshot S[3] @30 len 1 00\n");
}

/* Without a register, or one that is no array: all that are in use */
static void test_all_in_use(void)
{
    g_autoptr(FakeMemory) m =
        new_memory(TEMPLATE("on write A\non irq when value == 3 && n > 2\n"
                            "on read B\n"));

    gmem_engine_irq(m->engine, 3);
    fake_memory_is(m, "");
    w(m, 0x100 + 4 * 4, 0);
    w(m, 0x100 + 2 * 4, 0);
    w(m, 0x100 + 7 * 4, 0);
    g_string_truncate(m->log, 0);
    gmem_engine_irq(m->engine, 3);
    fake_memory_is(m, "snapshot S[4] @40 len 1 00\n"
                      "snapshot S[7] @70 len 1 00\n");
    gmem_engine_irq(m->engine, 2);
    fake_memory_is(m, "");
    gmem_engine_read(m->engine, 0, 0x200, 4, 0);
    fake_memory_is(m, "snapshot S[4] @40 len 1 00\n"
                      "snapshot S[2] @20 len 1 00\n"
                      "snapshot S[7] @70 len 1 00\n");
}

/* An instance is in use once the register is known that has its address. */
static void test_in_use_by_address(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register BASE[0..7] bar0:0x100:8 w\n"
                   "snapshot S[0..7] {\n  at BASE[n]\n  len 1\n  on irq\n}\n");

    gmem_engine_write(m->engine, 0, 0x100 + 3 * 8, 8, 0x3000);
    gmem_engine_write(m->engine, 0, 0x104 + 5 * 8, 4, 0x1);
    gmem_engine_write(m->engine, 0, 0x100 + 6 * 8, 4, 0x6000);
    gmem_engine_irq(m->engine, 0);
    fake_memory_is(m, "snapshot S[3] @3000 len 1 00\n"
                      "snapshot S[6] @6000 len 1 00\n");
}

/* Too many at once: the others come at the next trigger. */
static void test_loop_bound(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("limit trigger 1M\n"
                   "register A[0..299] bar0:0x1000:4\n"
                   "snapshot S[0..299] {\n  at n\n  len 1\n  on write A\n"
                   "  on irq\n}\n");
    unsigned i;

    for (i = 0; i < 300; i++) {
        w(m, 0x1000 + i * 4, 0);
    }
    g_string_truncate(m->log, 0);
    gmem_engine_irq(m->engine, 0);
    g_assert_true(g_str_has_prefix(m->log->str, "snapshot S[0] @0 len 1 00\n"));
    g_assert_true(g_str_has_suffix(m->log->str,
                                   "snapshot S[255] @ff len 1 00\n"
                                   "cut S left 44 trigger\n"));
    g_string_truncate(m->log, 0);
    gmem_engine_irq(m->engine, 0);
    g_assert_true(g_str_has_prefix(m->log->str,
                                   "snapshot S[256] @100 len 1 00\n"));
    g_assert_nonnull(strstr(m->log->str, "snapshot S[0] "));
}

/* --- requests ------------------------------------------------------------ */

static void test_requests(void)
{
    g_autoptr(FakeMemory) m =
        new_memory(TEMPLATE("on write A\n")
                   "ring R {\n  base 0x1000\n  count 4\n  entry 16\n"
                   "  tail value\n  on write B\n}\n"
                   "watch W[3] {\n  at 0\n  len 64\n  on irq\n}\n");

    g_assert_true(gmem_engine_request(m->engine, "S[5]"));
    fake_memory_is(m, "snapshot S[5] @50 len 1 00\n");
    w(m, 0x100 + 2 * 4, 0);
    g_string_truncate(m->log, 0);
    g_assert_true(gmem_engine_request(m->engine, "S"));
    fake_memory_is(m, "snapshot S[5] @50 len 1 00\n"
                      "snapshot S[2] @20 len 1 00\n");
    g_assert_false(gmem_engine_request(m->engine, "S[8]"));
    g_assert_false(gmem_engine_request(m->engine, "S[1]"));
    g_assert_false(gmem_engine_request(m->engine, "S[]"));
    g_assert_false(gmem_engine_request(m->engine, "S[5"));
    g_assert_false(gmem_engine_request(m->engine, "S[5]x"));
    g_assert_false(gmem_engine_request(m->engine, "S[-5]"));
    g_assert_false(gmem_engine_request(m->engine, "SS"));
    g_assert_false(gmem_engine_request(m->engine, "R[0]"));
    g_assert_false(gmem_engine_request(m->engine, ""));
    g_assert_true(gmem_engine_request(m->engine, "W[3]"));
    g_assert_true(gmem_engine_request(m->engine, "W"));
    fake_memory_is(m, "watch W[3] @0 of 64 lines 1 left 0 first\n"
                      "lines W[3] @0 len 64 00\n"
                      "watch W[3] @0 of 64 lines 0 left 0 same\n");
    /* The last value counts: no entry is new. */
    g_assert_true(gmem_engine_request(m->engine, "R"));
    fake_memory_is(m, "");
    w(m, 0x200, 2);
    g_string_truncate(m->log, 0);
    g_assert_true(gmem_engine_request(m->engine, "R"));
    fake_memory_is(m, "");
}

/* --- patterns ------------------------------------------------------------ */

static void test_globs(void)
{
    static const char *const globs[] = {
        "", "*", "?", "a*", "*a", "a?c", "*?*", "a**b", "*ab*cd*", "??", "a*b*c"
    };
    static const char *const texts[] = {
        "", "a", "b", "ab", "abc", "aXbYc", "xabycd", "xabyabcz", "\xc3\xa4",
        "a\xc3\xa4" "c", "abcb", "aabbcc"
    };
    g_autofree char *text = g_strnfill(100000, 'a');
    unsigned i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(globs); i++) {
        for (k = 0; k < G_N_ELEMENTS(texts); k++) {
            g_assert_cmpint(gmem_glob_match(globs[i], texts[k]), ==,
                            g_pattern_match_simple(globs[i], texts[k]));
        }
    }
    /* It ends soon. */
    g_assert_false(gmem_glob_match("*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-trigger/conditions", test_conditions);
    g_test_add_func("/guestmem-trigger/where", test_where);
    g_test_add_func("/guestmem-trigger/instances", test_instances);
    g_test_add_func("/guestmem-trigger/all-in-use", test_all_in_use);
    g_test_add_func("/guestmem-trigger/in-use-by-address",
                    test_in_use_by_address);
    g_test_add_func("/guestmem-trigger/loop-bound", test_loop_bound);
    g_test_add_func("/guestmem-trigger/requests", test_requests);
    g_test_add_func("/guestmem-trigger/globs", test_globs);
    return g_test_run();
}
