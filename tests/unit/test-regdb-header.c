/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: C headers */
#include <glib/gstdio.h>

#include "regdb-text.h"

/* A list that is one by its numbers, then what a test adds */
#define LIST \
    "#define X_CTRL    0x00000 /* Control - RW */\n" \
    "#define X_STATUS  0x00008 /* Status - RO */\n" \
    "#define X_MODE    0x0000c // how it works\n" \
    "#define X_CMD     0x00010 /* Command\n\t\t * of the host -WO */\n" \
    "#define X_RING    0x00100\n"

static void test_registers(void)
{
    g_autoptr(RegDb) db = regdb_text_load("chip-x.h",
        "#ifndef X_H\n#define X_H\n" LIST
        "#define X_ALIAS X_CTRL\n"
        "#define X_CTRL 0x00004\n"
        "#define X_ODD 0x011\n"
        "#if 0\n#define X_NOT 0x00014\n#else\n#define X_ELSE 0x00018\n#endif\n"
        "#define X_SOME_WORDS(a, b) ((a) + 0x20 + (b))\n"
        "#define X_TEXT \"0x0001c /* not a comment\"\n"
        "#define X_LAST (0x00200)\n"
        "#endif\n", "");

    g_assert_nonnull(db);
    g_assert_cmpstr(db->format, ==, "header");
    assert_list(db, "CHIP_X",
                "0x0 32 rw X_CTRL\n"
                "0x8 32 r X_STATUS\n"
                "0xc 32 rw X_MODE\n"
                "0x10 32 w X_CMD\n"
                "0x100 32 rw X_RING\n"
                "0x18 32 rw X_ELSE\n"
                "0x200 32 rw X_LAST\n");
    g_assert_cmpstr(db->domains[0]->elements[2]->brief, ==, "how it works");
    g_assert_cmpstr(db->domains[0]->elements[3]->brief, ==,
                    "Command of the host -WO");
    g_assert_cmpstr(db->note, ==,
                    "of 13 defines, 7 are registers, 0 fields, 0 values, 0 say where those are; 6 are left out");
}

static void test_sums(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.h",
        "#define BASE (0x1000)\n"
        "#define A (BASE + 0x00)\n"
        "#define B (BASE+0x4)\n"
        "#define C (BASE + 2 * 4)\n"
        "#define D (BASE + (0x18 >> 1))\n"
        "#define E ((u32)BASE + (1 << 4))\n"
        "#define ARRAY(i) (BASE + 0x100 + (i) * 0x20)\n"
        "#define OTHER(i) (ARRAY(i) + 4)\n"
        "#define FEW(n) ((n) < 3 ? (0x200 + ((n) * 8)) : (0x800 + (n) * 8))\n"
        "#define END (BASE + 0x180)\n"
        "#define LOOP (LOOP + 4)\n"
        "#define ZERO (BASE / 0)\n"
        "#define OVER (BASE + 99999999999999999999)\n"
        "#define OPEN (BASE + (4\n", "");

    assert_list(db, "X",
                "0x1000 32 rw A\n"
                "0x1004 32 rw B\n"
                "0x1008 32 rw C\n"
                "0x100c 32 rw D\n"
                "0x1010 32 rw E\n"
                "0x1180 32 rw END\n"
                "0x1100 32 rw ARRAY[*] 4+0x20\n"
                "0x1104 32 rw OTHER[*] 0+0x20\n"
                "0x200 32 rw FEW[*] 3+0x8\n");
    assert_name(db, "X", 0x1144, "OTHER[0x2]");
    assert_name(db, "X", 0x1180, "END");
}

static void test_fields(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.h", LIST
        "#define X_CTRL_EN 0x00000001\n"
        "#define X_CTRL_RST BIT(31) /* reset */\n"
        "#define X_CTRL_SHORT 0x2\n"
        "#define X_CTRL_SPEED_MASK 0x000000c0\n"
        "#define X_CTRL_SPEED_SHIFT 6\n"
        "#define X_CTRL_SPEED_10 0x00000000\n"
        "#define X_CTRL_SPEED_100 0x00000040\n"
        "#define X_CTRL_SPEED_1000 0x00000080\n"
        /* flags in a mask are fields */
        "#define X_CTRL_TYPES_MASK 0x00000f00\n"
        "#define X_CTRL_TYPES_A 0x00000100\n"
        "#define X_CTRL_TYPES_B 0x00000200\n"
        "#define X_CTRL_TYPES_C 0x00000400\n"
        /* contradictions, and the same bits twice */
        "#define X_CTRL_LOOP_MAC 0x00010000\n"
        "#define X_CTRL_LOOP_PHY 0x00030000\n"
        "#define X_CTRL_SAME 0x00000001\n"
        "#define X_CTRL_HOLES 0x00500000\n"
        "#define X_CTRL_KIND_3 0x0c000000\n"
        "#define X_MODE_LEVEL GENMASK(5, 4)\n"
        "#define X_MODE_LEVEL_LOW 1\n"
        "#define X_MODE_LEVEL_HIGH 2\n"
        "#define X_MODE_COUNT_MASK 0xf\n"
        "#define X_MODE_COUNT_SHIFT 8\n"
        "#define X_CMD_OP(x) (((x) >> 4) & 0x7)\n"
        "#define X_CMD_SET(x) (((x) & 7) << 4)\n"
        "#define   X_STATUS_UP 0x1\n"
        "#define X_STATUS_ALL (X_STATUS_UP | (1 << 1))\n", "");

    assert_value(db, "X", 0, 0x80000681,
                 "{ EN | RST | SPEED = 1000 | TYPES_B | TYPES_C }");
    assert_value(db, "X", 0xc, 0x320,
                 "{ LEVEL = HIGH | COUNT = 0x3 }");
    assert_value(db, "X", 0x10, 0x57, "{ OP = 0x5 | 0x7 }");
    assert_value(db, "X", 0x8, 0x3, "{ ALL = 0x3 }");
}

/* Fields that stand below their register, with names of their own */
static void test_below(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.h",
        "#define\tCTRL\t\t0x100\n"
        "#define\t\tRESET\t\t(1 << 30)\n"
        "#define\t\tCLK(x)\t\t((x) << 4)\n"
        "#define\t\tCLK_MASK\t(0x7 << 4)\n"
        "#define\t\tLIMIT\t\t0x3\n"
        "#define\tSTAT\t\t0x104\n"
        "#       define UP\t(1 << 0)\n"
        "#define\tAREA\t\t0x108\n"
        "#define\tLAST\t\t0x10c\n", "");

    assert_value(db, "X", 0x100, 0x40000050, "{ RESET | CLK = 0x5 }");
    assert_value(db, "X", 0x104, 1, "{ UP }");
    assert_value(db, "X", 0x108, 1, "0x1");
}

static void test_enums(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.c",
        "enum chip { OLD, NEW = 0x10, };\n"
        "enum x_registers {\n"
        "\tMac0 = 0,\t/* the address */\n"
        "\tMac4 = 4,\n"
        "\tChip = 0x37,\n"
        "#define\tChipReset\t(1 << 4)\n"
        "#define\tChipMax\t0x10\n"
        "\tPoll, Mask = 0x3c, State = 0x3e };\n"
        "enum {\n"
        "  X_REG_CAP = 0x0100, X_REG_CC = 0x0114, /* configuration */\n"
        "  X_REG_S = 0x0118, X_REG_T = 0x011c\n"
        "};\n"
        "enum { X_CC_EN = 1 << 0, X_CC_SHN_SHIFT = 14,\n"
        "  X_CC_SHN_NONE = 0 << X_CC_SHN_SHIFT,\n"
        "  X_CC_SHN_NORMAL = 1 << X_CC_SHN_SHIFT,\n"
        "  X_CC_SHN_MASK = 3 << X_CC_SHN_SHIFT };\n"
        "#define X_CAP_TOP(c) (((c) >> 40) & 0xff)\n", "");

    assert_list(db, "X",
                "0x0 32 rw Mac0\n"
                "0x4 32 rw Mac4\n"
                "0x37 8 rw Chip\n"
                "0x38 32 rw Poll\n"
                "0x3c 16 rw Mask\n"
                "0x3e 16 rw State\n"
                "0x100 64 rw X_REG_CAP\n"
                "0x114 32 rw X_REG_CC\n"
                "0x118 32 rw X_REG_S\n"
                "0x11c 32 rw X_REG_T\n");
    assert_value(db, "X", 0x37, 0x10, "{ ChipReset }");
    assert_value(db, "X", 0x114, 0x4001, "{ EN | SHN = NORMAL }");
    assert_value(db, "X", 0x100, 0x420000000000, "{ TOP = 0x42 }");
    g_assert_cmpstr(db->domains[0]->elements[0]->brief, ==, "the address");
    g_assert_cmpstr(db->domains[0]->elements[7]->brief, ==, "configuration");
}

static void test_mmio(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.h",
        "#define ONE _MMIO(0x44040)\n"
        "#define   ONE_EN REG_BIT(3)\n"
        "#define   ONE_SEL_MASK REG_GENMASK(7, 6)\n"
        "#define   ONE_SEL_B REG_FIELD_PREP(ONE_SEL_MASK, 2)\n"
        "#define MANY(i) _MMIO(0x50000 + (i) * 4)\n", "");

    assert_list(db, "X", "0x44040 32 rw ONE\n0x50000 32 rw MANY[*] 0+0x4\n");
    assert_value(db, "X", 0x44040, 0x88, "{ EN | SEL = B }");
}

static void test_amd(void)
{
    g_autofree char *dir = g_dir_make_tmp("regdb-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "gc_1_offset.h", NULL);
    g_autofree char *masks = g_build_filename(dir, "gc_1_sh_mask.h", NULL);
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDb) db = NULL;

    g_assert_true(g_file_set_contents(path,
        "#define mmCNTL 0x1c\n#define mmCNTL_BASE_IDX 1\n"
        "#define regRPTR 0x20\n#define ixDIDT 0x3\n#define smnAT 0x1042\n",
        -1, NULL));
    g_assert_true(g_file_set_contents(masks,
        "#define CNTL__EN__SHIFT 0x0\n#define CNTL__EN_MASK 0x00000001L\n"
        "#define CNTL__SIZE__SHIFT 0x4\n#define CNTL__SIZE_MASK 0x000000F0L\n"
        "#define DIDT__A_MASK 0x3L\n#define NONE__A_MASK 0x3L\n", -1, NULL));
    db = regdb_load(path, NULL, messages);
    g_assert_nonnull(db);
    g_assert_cmpuint(messages->n, ==, 0);
    assert_list(db, "MM_BASE1", "0x70 32 rw CNTL\n");
    assert_list(db, "MM", "0x80 32 rw RPTR\n");
    assert_list(db, "IX", "0xc 32 rw DIDT\n");
    assert_list(db, "SMN", "0x1042 16 rw AT\n");
    assert_value(db, "MM_BASE1", 0x70, 0x31, "{ EN | SIZE = 0x3 }");
    g_remove(path);
    g_remove(masks);
    g_remove(dir);
}

/* Bits, identifiers and the like are no registers. */
static void test_nothing(void)
{
    g_autoptr(RegDb) db = regdb_text_load("x.h",
        "#define ID_A 0x105e\n#define ID_B 0x105f\n#define ID_C 0x1060\n"
        "#define ID_D 0x10a4\n#define ID_E 0x10b9\n"
        "#define S_A 0x04\n#define S_B 0x08\n#define S_C 0x10\n"
        "#define S_D 0x20\n#define S_E 0x40\n"
        "enum { STEP, NEXT, REG_MAX };\n",
        "no register is found: nothing shows which of the 13 defines are registers\n");

    g_assert_null(db);
}

/* Macros that call each other twice, each time */
static void test_many_calls(void)
{
    GString *text = g_string_new("#define M0(x) ((x) + 1)\n");
    g_autoptr(RegDb) db = NULL;
    int i;

    for (i = 1; i < 64; i++) {
        g_string_append_printf(text,
                               "#define M%d(x) (M%d(M%d(x)) + M%d(M%d(x)) + 0x4)\n",
                               i, i - 1, i - 1, i - 1, i - 1);
    }
    g_string_append(text, LIST);
    db = regdb_text_load("x.h", text->str, "*");
    g_string_free(text, TRUE);
}

/* Macros with much white space in them, and registers of the same offset */
static void test_long(void)
{
    g_autofree char *space = g_strnfill(3900, ' ');
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(RegDb) db = NULL;
    unsigned i, j;

    g_string_append_printf(text, "#define M0(x) ((x)%s+ 1)\n", space);
    for (i = 1; i < 7; i++) {
        g_string_append_printf(text, "#define M%u(x) (0", i);
        for (j = 0; j < 20; j++) {
            g_string_append_printf(text, " + M%u(x)", i - 1);
        }
        g_string_append(text, ")\n");
    }
    g_string_append(text, LIST "#define X M6(0) + 0x4\n");
    g_assert_null(regdb_text_load("x.h", text->str,
                                  "the macros call each other so often that it takes too long to evaluate them\n"
                                  ));

    g_string_assign(text, "enum x_regs {\n");
    for (i = 0; i < 20000; i++) {
        g_string_append_printf(text, "A%u = 1,\nB%u = %u,\n", i, i,
                               2 * i + 3);
    }
    g_string_append(text, "C = 1 };\n#define B7_BITS 0x1\n");
    db = regdb_text_load("x.h", text->str, "");
    g_assert_cmpuint(db->n_registers, ==, 40001);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-header/registers", test_registers);
    g_test_add_func("/regdb-header/sums", test_sums);
    g_test_add_func("/regdb-header/fields", test_fields);
    g_test_add_func("/regdb-header/below", test_below);
    g_test_add_func("/regdb-header/enums", test_enums);
    g_test_add_func("/regdb-header/mmio", test_mmio);
    g_test_add_func("/regdb-header/amd", test_amd);
    g_test_add_func("/regdb-header/nothing", test_nothing);
    g_test_add_func("/regdb-header/many-calls", test_many_calls);
    g_test_add_func("/regdb-header/long", test_long);
    return g_test_run();
}
