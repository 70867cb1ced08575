/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: lists of ranges */
#include <string.h>

#include "regdb-text.h"

static void test_list(void)
{
    g_autoptr(RegDb) db = regdb_text_load("list",
        "# device 0000:01:00.0 8086:10d3\n"
        "\n"
        "0:0x0 CTRL rw\r\n"
        "bar0:0x8:4 STATUS r # what the link does\n"
        "0:4K:8\tTDBA   w\n"
        "0:0x1000:1 OVERLAP\n"
        "BAR5:0x20:0x40 MSIX\n"
        "config:4:2 COMMAND#1\n"
        "vga_memory:0:1M FRAME\n", "");

    g_assert_nonnull(db);
    g_assert_cmpstr(db->format, ==, "ranges");
    g_assert_cmpuint(db->n_domains, ==, 4);
    assert_list(db, "BAR0",
                "0x0 32 rw CTRL\n"
                "0x8 32 r STATUS\n"
                "0x1000 64 w TDBA\n"
                "0x1000 8 rw OVERLAP\n");
    g_assert_cmpstr(regdb_domain(db, "BAR0")->elements[1]->brief, ==,
                    "what the link does");
    assert_list(db, "CONFIG", "0x4 16 rw COMMAND#1\n");
    assert_name(db, "BAR5", 0x1f, "-");
    assert_name(db, "BAR5", 0x24, "MSIX+0x4");
    assert_name(db, "BAR5", 0x60, "-");
    assert_name(db, "VGA-MEMORY", 0xfffff, "FRAME+0xfffff");
}

static void test_faults(void)
{
    g_autoptr(RegDb) db = regdb_text_load("list",
        "0:0 GOOD\n"
        "0:0:0 EMPTY\n"
        "6:0 SIX\n"
        "0:zz:4 NUMBER\n"
        "0:0x1000000000000 FAR\n"
        "0:0xffffffffffff:2 REACHES\n"
        "0:4\n"
        "0:4 NAME x\n"
        "0:4 NAME r more\n"
        "0 NAME\n"
        "0:0:4:r NAME\n",
        "2: '0:0:0': LEN is 0, or the range ends beyond 2^48\n"
        "3: '6:0': BAR is '6'; 0 to 5, bar0 to bar5, rom, config or the name of a region expected\n"
        "4: '0:zz:4': OFFSET is 'zz'; a number like 4096, 0x1000 or 4K expected\n"
        "5: '0:0x1000000000000': OFFSET is '0x1000000000000'; a number like 4096, 0x1000 or 4K expected\n"
        "6: '0:0xffffffffffff:2': LEN is 0, or the range ends beyond 2^48\n"
        "7: the name is missing: BAR:OFFSET[:LEN] NAME [r|w|rw] expected\n"
        "8: behind the name, r, w, rw or a comment with # expected\n"
        "9: too many words: BAR:OFFSET[:LEN] NAME [r|w|rw] expected\n"
        "10: '0' is not BAR:OFFSET[:LEN]\n"
        "11: '0:0:4:r' is not BAR:OFFSET[:LEN]\n");

    g_assert_nonnull(db);
    assert_list(db, "BAR0", "0x0 32 rw GOOD\n");
}

/* From 0 to the last address */
static void test_all(void)
{
    g_autoptr(RegDb) db = regdb_text_load("list",
                                          "0:0x100 CTRL\n"
                                          "0:0:0x1000000000000 ALL\n", "");

    g_assert_nonnull(db);
    assert_name(db, "BAR0", 0x100, "CTRL");
    assert_name(db, "BAR0", 0x104, "ALL+0x104");
}

static void test_long(void)
{
    g_autofree char *name = g_strnfill(256, 'n');
    g_autofree char *more = g_strnfill(5000, 'x');
    g_autofree char *text = g_strdup_printf("0:0 %s\n0:4 %s\n", name, more);
    g_autoptr(RegDb) db = regdb_text_load("list", text,
        "1: the name is longer than 255 bytes\n"
        "2: the line is longer than 4096 bytes\n"
        "there is no register in it\n");

    g_assert_null(db);
}

static void test_other(void)
{
    g_autoptr(RegDb) words = regdb_text_load("list", "to whom it: may\n",
        "is in no known format of register databases; 'vfio-trace regdb check --help' lists them\n");
    g_autoptr(RegDb) nothing = regdb_text_load("list", "# nothing\n",
        "is in no known format of register databases; 'vfio-trace regdb check --help' lists them\n");

    g_assert_null(words);
    g_assert_null(nothing);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-ranges/list", test_list);
    g_test_add_func("/regdb-ranges/faults", test_faults);
    g_test_add_func("/regdb-ranges/all", test_all);
    g_test_add_func("/regdb-ranges/long", test_long);
    g_test_add_func("/regdb-ranges/other", test_other);
    return g_test_run();
}
