/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: databases of umr */
#include <string.h>

#include "regdb-files.h"

static void check_refused(const char *name, const char *messages)
{
    g_assert_null(regdb_files_load(name, "umr", messages));
}

static void check_text(const RegDb *db, const char *domain, const char *text)
{
    g_autofree char *got = regdb_files_text(db, domain);

    g_assert_cmpstr(got, ==, text);
}

/* A chip with a table of bases, two instances of a block, all spaces */
static void test_chip(void)
{
    g_autoptr(RegDb) db = NULL;

    regdb_files_put("toy.asic", "toy toy.soc15 3 3 2 0\n"
                    "gfx1 GC 0 ip/gc.reg\n"
                    "vcn1 VCN 0 ip/vcn.reg\n"
                    "vcn1 VCN 1 ip/vcn.reg\n");
    regdb_files_put("toy.soc15", "VCN\n"
                    "\t0x00000010 0x00000000\n"
                    "\t0x00000020 0x00000000\n"
                    "\t0x00000000 0x00000000\n"
                    "GC\n"
                    "\t0x00002000 0x0000a000\n");
    regdb_files_put("ip/gc.reg", "6\n"
                    "mmSTATUS 0 0x4 2 0 0\n\tBUSY 0 0\n\tLEVEL 4 7\n"
                    "mmBASE 0 0x10 1 1 1\n\tADDR 8 39\n"
                    "ixDIDT 1 0x80 0 0 4294967295\n"
                    "ixSMC 2 0xc0000004 0 0 4294967295\n"
                    "cfgID 3 0x2 0 0 4294967295\n"
                    "smnCTL 4 0x11180044 0 0 4294967295\n");
    regdb_files_put("ip/vcn.reg", "1\nmmVCN 0 0x1 0 0 0\n");
    db = regdb_files_load("toy.asic", NULL, "");
    g_assert_cmpstr(db->format, ==, "umr");
    g_assert_cmpuint(db->n_registers, ==, 8);
    g_assert_cmpstr(regdb_domain(db, "MMIO")->brief, ==, "registers in BAR 5");
    check_text(db, "MMIO", "gfx1.mmSTATUS 0x8010 32\n"
               "  BUSY 0-0\n  LEVEL 4-7\n"
               "gfx1.mmBASE 0x28040 64\n  ADDR 8-39\n"
               "vcn1.mmVCN 0x44 32\n"
               "vcn1{1}.mmVCN 0x84 32\n");
    check_text(db, "DIDT", "gfx1.ixDIDT 0x200 32\n");
    check_text(db, "SMC", "gfx1.ixSMC 0x300000010 32\n");
    check_text(db, "PCIE", "gfx1.cfgID 0x8 32\n");
    check_text(db, "SMN", "gfx1.smnCTL 0x44600110 32\n");
    regdb_files_end();
}

static void test_old_chip(void)
{
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;

    regdb_files_put("old.asic", "old null 0 1 2 0\r\n\r\n"
                    "gfx600 null 0 gfx.reg\r\n");
    regdb_files_put("gfx.reg", "1\nmmSTATUS 0 0x2004 0 0 4294967295\n");
    db = regdb_files_load("old.asic", NULL, "");
    g_assert_cmpstr(regdb_domain(db, "MMIO")->brief, ==, "registers in BAR 2");
    check_text(db, "MMIO", "gfx600.mmSTATUS 0x8010 32\n");
    view = regdb_view_new(db, regdb_domain(db, "MMIO"), NULL);
    g_assert_cmpstr(regdb_view_find(view, 0x8010, REGDB_READ)->name, ==,
                    "gfx600.mmSTATUS");
    regdb_files_end();
}

/* The first one counts, and says that there is another one. */
static void test_aliases(void)
{
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    const RegDbRegister *reg;

    regdb_files_put("x.asic", "x null 3 2 2 0\na null 0 a.reg\n"
                    "b null 0 b.reg\n");
    regdb_files_put("a.reg", "2\nmmA 0 0x4 0 0 4294967295\n"
                    "mmOTHER 0 0x5 0 0 4294967295\n");
    regdb_files_put("b.reg", "2\nmmB 0 0x4 0 0 4294967295\n"
                    "mmC 0 0x4 0 0 4294967295\n");
    db = regdb_files_load("x.asic", NULL, "");
    g_assert_cmpuint(db->n_registers, ==, 4);
    view = regdb_view_new(db, regdb_domain(db, "MMIO"), NULL);
    reg = regdb_view_find(view, 0x10, REGDB_READ);
    g_assert_cmpstr(reg->name, ==, "a.mmA");
    g_assert_cmpstr(reg->brief, ==, "also b.mmB");
    g_assert_null(regdb_view_find(view, 0x14, REGDB_READ)->brief);
    regdb_files_end();
}

/* Without a chip, it is not known where a base is. */
static void test_block_alone(void)
{
    g_autoptr(RegDb) db = NULL;

    regdb_files_put("gc.reg", "4\n"
                    "mmA 0 0x4 0 0 0\n"
                    "mmB 0 0x4 0 0 1\n"
                    "mmC 0 0x4 0 0 4294967295\n"
                    "ixD 2 0x4 0 0 4294967295\n");
    db = regdb_files_load("gc.reg", NULL, "");
    check_text(db, "BASE0", "mmA 0x10 32\n");
    check_text(db, "BASE1", "mmB 0x10 32\n");
    check_text(db, "MMIO", "mmC 0x10 32\n");
    check_text(db, "SMC", "ixD 0x10 32\n");
    regdb_files_end();
}

/* Faults in a ".reg" file: what is wrong is left out. */
static const struct {
    const char *reg;
    const char *messages;
    const char *text;
} blocks[] = {
    { "634\nmmA 0 0x0 0 0 0\n",
      "ip/x.reg:1: the file says 634 registers, there are 1\n",
      "x.mmA 0x40 32\n" },
    { "4294967295\nmmA 0 0x0 4294967295 0 0\n",
      "ip/x.reg:2: mmA: the line says 4294967295 fields, there are 0\n"
      "ip/x.reg:1: the file says 4294967295 registers, there are 1\n",
      "x.mmA 0x40 32\n" },
    { "2\nmmA 0 0x0 2 0 0\n\tF 0 0\nmmB 0 0x1 0 0 0\n\tG 1 1\n",
      "ip/x.reg:2: mmA: the line says 2 fields, there are 1\n"
      "ip/x.reg:4: mmB: the line says 0 fields, there are 1\n",
      "x.mmA 0x40 32\n  F 0-0\nx.mmB 0x44 32\n  G 1-1\n" },
    { "1\nmmA 0 0x0 5 0 0\n\tA 3 2\n\tB 0 32\n\tC 0 999999999999\n\tD -1 0\n"
      "\tE 0 31\n",
      "ip/x.reg:3: mmA.A: its bits are not two numbers from 0 to 31, the lower one first\n"
      "ip/x.reg:4: mmA.B: its bits are not two numbers from 0 to 31, the lower one first\n"
      "ip/x.reg:5: mmA.C: its bits are not two numbers from 0 to 31, the lower one first\n"
      "ip/x.reg:6: mmA.D: its bits are not two numbers from 0 to 31, the lower one first\n",
      "x.mmA 0x40 32\n  E 0-31\n" },
    { "1\nmmA 0 0x0 1 1 0\n\tA 0 64\n",
      "ip/x.reg:3: mmA.A: its bits are not two numbers from 0 to 63, the lower one first\n",
      "x.mmA 0x40 64\n" },
    { "5\nmmA 5 0x0 0 0 0\nmmB 0 x 0 0 0\nmmC 0 0x1000000000000 0 0 0\n"
      "mmD 0 0x0 0 2 0\nmmE 0 0x0 0 0 -1\n",
      "ip/x.reg:2: mmA: its type is not 0 to 4\n"
      "ip/x.reg:3: mmB: its offset is not a number below 2^48\n"
      "ip/x.reg:4: mmC: its offset is not a number below 2^48\n"
      "ip/x.reg:5: mmD: whether it has 64 bits is not 0 or 1\n"
      "ip/x.reg:6: mmE: its base is not a number below 2^32\n", "" },
    { "3\nmmA 0 0x0 0 0 2\nmmB 0 0x0 0 0 4294967295\n"
      "mmC 0 0xffffffffffff 1 0 0\n\tF 0 0\n",
      "ip/x.reg:2: mmA: its base is number 2, but 'x' has 2\n"
      "ip/x.reg:3: mmB: its base is number 4294967295, but 'x' has 2\n"
      "ip/x.reg:4: mmC: its address is not below 2^48\n", "" },
    { "1\n\tF 0 0\nmmA 0 0x0 nine 0 0\nwhat?\n",
      "ip/x.reg:2: a field before the first register\n"
      "ip/x.reg:3: mmA: its number of fields is not a number below 2^32\n"
      "ip/x.reg:4: neither a register (name, type, offset, number of fields, 64 bits or not, base) nor a field (name, first and last bit)\n",
      "" },
    { "", "ip/x.reg: the first line is not the number of registers\n", "" },
    { "mmA 0 0x0 0 0 0\n",
      "ip/x.reg:1: the first line is not the number of registers\n", "" },
};

static void test_block_faults(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(blocks); i++) {
        g_autoptr(RegDb) db = NULL;

        regdb_files_put("x.asic", "x x.soc15 3 1 2 0\nx X 0 ip/x.reg\n");
        regdb_files_put("x.soc15", "X\n\t0x10 0x20\n");
        regdb_files_put("ip/x.reg", blocks[i].reg);
        db = regdb_files_load("x.asic", NULL, blocks[i].messages);
        g_assert_nonnull(db);
        check_text(db, "MMIO", blocks[i].text);
        regdb_files_end();
    }
}

/* Faults around the blocks; the last one of a chip is good. */
static const struct {
    const char *asic;
    const char *soc15;
    const char *messages;
} chips[] = {
    { "x x.soc15 3 9 2 0\nok X 0 ok.reg\n", "X\n\t0x10\n",
      "x.asic:1: the file says 9 IP blocks, there are 1\n" },
    { "x x.soc15 3 2 2 0\nx Y 0 ok.reg\nok X 0 ok.reg\n", "X\n\t0x10\n",
      "x.asic:2: x.soc15 has no IP 'Y'\n" },
    { "x x.soc15 3 4 2 0\na X 1 ok.reg\nb X 2 ok.reg\nc X 256 ok.reg\n"
      "ok X 0 ok.reg\n", "X\n\t0x10\n\t0x0\nY\n\t0x10\n",
      "x.asic:2: x.soc15 has no bases for instance 1 of 'X'\n"
      "x.asic:3: x.soc15 has no bases for instance 2 of 'X'\n"
      "x.asic:4: not an IP block (name, name in the SOC15 table, instance, file)\n" },
    { "x x.soc15 3 4 2 0\na X 0 none.reg\nb X 0 ../x.reg\nc X 0 /etc/passwd\n"
      "ok X 0 ok.reg\n", "X\n\t0x10\n",
      "x.asic:2: none.reg can't be opened: No such file or directory\n"
      "x.asic:3: ../x.reg can't be opened: it leads out of the database's directory\n"
      "x.asic:4: /etc/passwd can't be opened: it leads out of the database's directory\n",
    },
    { "x x.soc15 3 3 2 0\nok X 0 ok.reg\nok X 0 ok.reg\nok X 0 ok.reg\n",
      "X\n\t0x10\n", "x.asic:4: 'ok{0}' is in the file already\n" },
    { "x x.soc15 3 3 2 0\na X 0 ok.reg 5\nb X\nok X 0 ok.reg\n", "X\n\t0x10\n",
      "x.asic:2: not an IP block (name, name in the SOC15 table, instance, file)\n"
      "x.asic:3: not an IP block (name, name in the SOC15 table, instance, file)\n" },
    { "x x.soc15 3 2 2 0\na Y 0 ok.reg\nok X 0 ok.reg\n",
      "\t0x1\nX\n\t0x10\nX\nY\n\t0x10 y\ntwo words\n",
      "x.soc15:1: bases without the name of an IP before them\n"
      "x.soc15:4: 'X' is in the table already\n"
      "x.soc15:7: neither the name of an IP nor a row of bases (0x...)\n"
      "x.soc15:6: base 1 of the row is not a number\n" },
    { "x null 3 1 2 0\nok null 0 ok.reg\n", "",
      "ok.reg:2: mmA: its base is number 0, but 'ok' has 0\n" },
};

static void test_chip_faults(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(chips); i++) {
        g_autoptr(RegDb) db = NULL;

        regdb_files_put("x.asic", chips[i].asic);
        regdb_files_put("x.soc15", chips[i].soc15);
        regdb_files_put("ok.reg", "1\nmmA 0 0x0 0 0 0\n");
        db = regdb_files_load("x.asic", NULL, chips[i].messages);
        g_assert_nonnull(db);
        regdb_files_end();
    }
}

static void check_neither(void)
{
    check_refused("x.asic",
                  "x.asic:1: neither a chip (name, SOC15 table, family, number of IP blocks) nor the number of an IP block's registers\n");
}

static void test_refused(void)
{
    regdb_files_put("x.asic", "x none.soc15 3 1 2 0\nx X 0 x.reg\n");
    check_refused("x.asic",
                  "x.asic:1: none.soc15 can't be opened: No such file or directory\n");
    regdb_files_put("x.asic", "what is this?\n");
    check_neither();
    regdb_files_put("x.asic", "x null many 1 2 0\n");
    check_neither();
    regdb_files_end();
}

/* A block has more instances and bases than the real ones, but not endless. */
static void test_limits(void)
{
    g_autoptr(GString) row = g_string_new("X\n");
    g_autoptr(GString) asic = g_string_new("x x.soc15 3 5000 2 0\n");
    g_autoptr(RegDb) db = NULL;
    unsigned i;

    for (i = 0; i < 256; i++) {
        g_string_append(row, "\t0x1");
    }
    regdb_files_put("x.soc15", row->str);
    regdb_files_put("x.reg", "1\nmmA 0 0x0 0 0 255\n");
    regdb_files_put("x.asic", "x x.soc15 3 1 2 0\nx X 0 x.reg\n");
    db = regdb_files_load("x.asic", NULL, "");
    check_text(db, "MMIO", "x.mmA 0x4 32\n");
    g_string_append(row, "\t0x1");
    regdb_files_put("x.soc15", row->str);
    regdb_free(regdb_files_load("x.asic", NULL,
                                "x.soc15:2: a row has more than 256 bases\n"));

    g_string_truncate(row, 2);
    g_string_append(row, "\t0x1\n");
    regdb_files_put("x.soc15", row->str);
    regdb_files_put("x.reg", "0\n");
    for (i = 0; i < 5000; i++) {
        g_string_append_printf(asic, "x%u X 0 x.reg\n", i);
    }
    regdb_files_put("x.asic", asic->str);
    check_refused("x.asic",
                  "x.asic:4098: the file has more than 4096 IP blocks\n");
    regdb_files_end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-umr/chip", test_chip);
    g_test_add_func("/regdb-umr/old-chip", test_old_chip);
    g_test_add_func("/regdb-umr/aliases", test_aliases);
    g_test_add_func("/regdb-umr/block-alone", test_block_alone);
    g_test_add_func("/regdb-umr/block-faults", test_block_faults);
    g_test_add_func("/regdb-umr/chip-faults", test_chip_faults);
    g_test_add_func("/regdb-umr/refused", test_refused);
    g_test_add_func("/regdb-umr/limits", test_limits);
    return g_test_run();
}
