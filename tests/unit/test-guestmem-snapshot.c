/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: snapshot=, as a rings file of one statement */
#include <glib.h>

#include "libguestmem/parse.h"

static const struct {
    const char *text;
    int bar;
    uint64_t offset;
    uint64_t len;
    uint64_t mask;
    bool by_register;
    uint64_t reg;
} good[] = {
    { "0:0x80:1000", 0, 0x80, 1000, UINT64_MAX, false, 0 },
    { "5:4K:64K:0xfffffff0", 5, 4096, 65536, 0xfffffff0, false, 0 },
    { "0:0x3818:128@0x3800", 0, 0x3818, 128, UINT64_MAX, true, 0x3800 },
    { "1:0:1:0@0xff", 1, 0, 1, 0, true, 0xff },
    { "0:1.5K:0.5k", 0, 1536, 512, UINT64_MAX, false, 0 },
    { "2:0x100000000000000:1", 2, 1ULL << 56, 1, UINT64_MAX, false, 0 },
};

static void assert_register(const GmemFile *file, unsigned i, int bar,
                            uint64_t offset)
{
    const GmemRegister *reg = &g_array_index(file->reg, GmemRegister, i);

    g_assert_cmpint(reg->bar, ==, bar);
    g_assert_cmphex(reg->offset, ==, offset);
    g_assert_cmpuint(reg->offset_expr.n, ==, 0);
    g_assert_cmpuint(reg->width, ==, 8);
    g_assert_true(reg->writes && !reg->reads && !reg->is_array);
    g_assert_cmpuint(reg->field->len, ==, 0);
}

/* The address: `value` or the second register, and the mask */
static void assert_address(const GmemExpr *expr, bool by_register,
                           uint64_t mask)
{
    const GmemOp *op = expr->op;
    unsigned n = expr->n;

    g_assert_cmpuint(n, ==, by_register ? 4 : 3);
    if (by_register) {
        g_assert_cmpuint(op[0].code, ==, GMEM_OP_NUMBER);
        g_assert_cmpuint(op[0].number, ==, 0);
        g_assert_cmpuint(op[1].code, ==, GMEM_OP_REGISTER);
        g_assert_cmpuint(op[1].a, ==, 1);
    } else {
        g_assert_cmpuint(op[0].code, ==, GMEM_OP_VARIABLE);
        g_assert_cmpuint(op[0].a, ==, GMEM_VAR_VALUE);
    }
    g_assert_cmpuint(op[n - 2].code, ==, GMEM_OP_NUMBER);
    g_assert_cmphex(op[n - 2].number, ==, mask);
    g_assert_cmpuint(op[n - 1].code, ==, GMEM_OP_AND);
}

static void test_good(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = gmem_parse_snapshot(good[i].text, &error);
        const GmemStatement *s;
        const GmemTrigger *trigger;

        g_test_message("%s", good[i].text);
        g_assert_no_error(error);
        g_assert_cmpstr(file->name, ==, good[i].text);
        g_assert_cmpuint(file->reg->len, ==, 1 + good[i].by_register);
        assert_register(file, 0, good[i].bar, good[i].offset);
        if (good[i].by_register) {
            assert_register(file, 1, good[i].bar, good[i].reg);
        }
        g_assert_cmpuint(file->statement->len, ==, 1);
        s = (const GmemStatement *)file->statement->data;
        g_assert_cmpuint(s->kind, ==, GMEM_SNAPSHOT);
        g_assert_cmpstr(s->name, ==, good[i].text);
        g_assert_false(s->is_array);
        assert_address(&s->base, good[i].by_register, good[i].mask);
        g_assert_cmpuint(s->len.n, ==, 1);
        g_assert_cmpuint(s->len.op[0].number, ==, good[i].len);
        g_assert_cmpuint(s->trigger->len, ==, 1);
        trigger = (const GmemTrigger *)s->trigger->data;
        g_assert_cmpuint(trigger->kind, ==, GMEM_ON_WRITE);
        g_assert_cmpuint(trigger->reg, ==, 0);
        g_assert_cmpuint(trigger->when.n, ==, 0);
        /* one snapshot must always fit */
        g_assert_cmpuint(file->per_trigger, >=, GMEM_SNAPSHOT_MAX);
    }
}

static const struct {
    const char *text;
    const char *error;
} bad[] = {
    { "", "snapshot: '' is not BAR:OFFSET:LEN[:MASK][@REGISTER]" },
    { "@", "snapshot: '@' is not BAR:OFFSET:LEN[:MASK][@REGISTER]" },
    { "0:0", "snapshot: '0:0' is not BAR:OFFSET:LEN[:MASK][@REGISTER]" },
    { "0:0:4:1:1", "snapshot: '0:0:4:1:1' is not BAR:OFFSET:LEN[:MASK][@REGISTER]" },
    { "0:0:4:1:1:1:1",
      "snapshot: '0:0:4:1:1:1:1' is not BAR:OFFSET:LEN[:MASK][@REGISTER]",
    },
    { "6:0:4", "snapshot: '6:0:4': BAR is 6; 0 to 5 expected" },
    { "bar0:0:4",
      "snapshot: 'bar0:0:4': BAR is 'bar0'; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:x:4",
      "snapshot: '0:x:4': OFFSET is 'x'; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:0x100000000000001:4",
      "snapshot: '0:0x100000000000001:4': OFFSET is '0x100000000000001'; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:0:", "snapshot: '0:0:': LEN is ''; a number like 4096, 0x1000 or 4K expected" },
    { "0:0:0", "snapshot: '0:0:0': LEN is 0; 1 to 64K expected" },
    { "0:0:65537", "snapshot: '0:0:65537': LEN is 65537; 1 to 64K expected" },
    { "0:0:4:-1",
      "snapshot: '0:0:4:-1': MASK is '-1'; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:0:4@",
      "snapshot: '0:0:4@': REGISTER is ''; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:0:4@1@2",
      "snapshot: '0:0:4@1@2': REGISTER is '1@2'; a number like 4096, 0x1000 or 4K expected",
    },
    { "0:0:4@0xffffffffffffffff",
      "snapshot: '0:0:4@0xffffffffffffffff': REGISTER is '0xffffffffffffffff'; a number like",
    },
};

static void test_bad(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = gmem_parse_snapshot(bad[i].text, &error);

        g_test_message("%s", bad[i].text);
        g_assert_null(file);
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, bad[i].error)) {
            g_assert_cmpstr(error->message, ==, bad[i].error);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-snapshot/good", test_good);
    g_test_add_func("/guestmem-snapshot/bad", test_bad);
    return g_test_run();
}
