/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: rules-ng-ng XML, as envytools and Mesa have it */
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "libregdb/text.h"
#include "regdb-files.h"
#include "regdb-text.h"

/* @chip: variant of the first set; NULL: not known */
static RegDbView *view_on(const RegDb *db, const char *domain,
                          const char *chip)
{
    uint32_t variants[8];
    uint32_t i;

    memset(variants, 0xff, sizeof(variants));
    for (i = 0; chip && i < db->varsets[0]->n; i++) {
        if (!strcmp(db->varsets[0]->names[i], chip)) {
            variants[0] = i;
        }
    }
    g_assert_true(!chip || variants[0] != REGDB_ANY_VARIANT);
    return regdb_view_new(db, regdb_domain(db, domain), variants);
}

/* Names of all registers on a chip, one after the other */
static bool add_name(const RegDbMatch *match, void *opaque)
{
    g_string_append_printf(opaque, "%s%s", ((GString *)opaque)->len ? " " : "",
                           match->name);
    return true;
}

static char *names_on(const RegDb *db, const char *domain, const char *chip)
{
    g_autoptr(RegDbView) view = view_on(db, domain, chip);
    GString *names = g_string_new(NULL);

    regdb_view_each(view, NULL, add_name, names);
    return g_string_free(names, FALSE);
}

static char *value_on(const RegDb *db, const char *domain, const char *chip,
                      uint64_t offset, uint64_t value)
{
    g_autoptr(RegDbView) view = view_on(db, domain, chip);
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ_WRITE);
    GString *text = g_string_new(NULL);

    g_assert_nonnull(reg);
    regdb_put_value(view, reg->type, value, reg->bits, &regdb_no_colors, text);
    return g_string_free(text, FALSE);
}

#define assert_names_on(db, domain, chip, expected) \
    do { \
        g_autofree char *names_ = names_on(db, domain, chip); \
        g_assert_cmpstr(names_, ==, expected); \
    } while (0)

#define assert_value_on(db, domain, chip, offset, value, expected) \
    do { \
        g_autofree char *value_ = value_on(db, domain, chip, offset, value); \
        g_assert_cmpstr(value_, ==, expected); \
    } while (0)

static void test_domains(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='A' bare='yes'><brief> the\n first </brief>\n"
        "  <reg32 offset='0' name='R'/>\n"
        "</domain>\n"
        "<domain name='B' width='32' size='0x40'>\n"
        "  <reg32 offset='1' name='R'/><reg64 offset='2' name='Q'/>\n"
        "</domain>\n"
        "<domain name='A' bare='1' size='0x100'>\n"
        "  <reg8 offset='4' name='S' access='r'/>\n"
        "  <reg16 offset='6' name='T' access='w'/>\n"
        "  <reg64 offset='8' name='U' access='rw'/>\n"
        "</domain>\n", "");
    const RegDbDomain *a = regdb_domain(db, "A");

    g_assert_cmpstr(db->format, ==, "rnndb");
    g_assert_cmpuint(db->n_registers, ==, 6);
    g_assert_cmpuint(a->size, ==, 0x100);
    g_assert_cmpstr(a->brief, ==, "the first");
    assert_list(db, "A", "0x0 32 rw R\n0x4 8 r S\n0x6 16 w T\n0x8 64 rw U\n");
    assert_list(db, "B", "0x4 32 rw R\n0x8 64 rw Q\n");
}

static void test_repeated(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D'>\n"
        "  <reg32 offset='0' name='R' length='4'/>\n"
        "  <reg32 offset='0x20' name='S' length='4' stride='8'/>\n"
        "  <array offset='0x100' name='A' stride='0x40' length='2'>\n"
        "    <reg32 offset='0' name='R'/>\n"
        "    <stripe offset='8' stride='8' length='2'>\n"
        "      <reg32 offset='0' name='LOW'/><reg32 offset='4' name='HIGH'/>\n"
        "    </stripe>\n"
        "    <stripe name='IN' offset='0x20'>\n"
        "      <reg32 offset='4' name='R'/>\n"
        "    </stripe>\n"
        "  </array>\n"
        "  <array offset='0x200' name='ONE' stride='0x10'/>\n"
        "  <array offset='0x300' stride='8' length='2'>\n"
        "    <reg32 offset='0' name='MESA'/>\n"
        "  </array>\n"
        "  <reg32 offset='0x1000' name='END' length='0'/>\n"
        "</domain>\n", "");

    assert_name(db, "D", 8, "R[0x2]");
    assert_name(db, "D", 0x24, "-");
    assert_name(db, "D", 0x38, "S[0x3]");
    assert_name(db, "D", 0x100, "A[0].R");
    assert_name(db, "D", 0x154, "A[0x1].HIGH[0x1]");
    assert_name(db, "D", 0x164, "A[0x1].IN.R");
    assert_name(db, "D", 0x168, "A[0x1]+0x28");
    assert_name(db, "D", 0x204, "ONE+0x4");
    assert_name(db, "D", 0x308, "MESA[0x1]");
    assert_name(db, "D", 0x30c, "-");
    assert_name(db, "D", 0x12340, "END[0x44d0]");
}

static void test_groups(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D'>\n"
        "  <reg32 offset='0x30' name='FIRST'/>\n"
        "  <use-group name='g'/>\n"
        "  <stripe offset='0x100' name='S'><use-group ref='h'/></stripe>\n"
        "</domain>\n"
        "<group name='g'>\n"
        "  <reg32 offset='0' name='G'/><use-group name='h'/>\n"
        "</group>\n"
        "<group name='h'><reg32 offset='4' name='H' type='later'/></group>\n"
        "<group name='h'><reg32 offset='8' name='I'/></group>\n"
        "<enum name='later'><value name='LATER' value='7'/></enum>\n", "");

    assert_list(db, "D",
                "0x30 32 rw FIRST\n0x0 32 rw G\n0x4 32 rw H\n0x8 32 rw I\n"
                "0x104 32 rw S.H\n0x108 32 rw S.I\n");
    assert_value(db, "D", 0x104, 7, "LATER");
}

static void test_numbers(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<spectype name='length' type='uint' shr='2' add='1'/>\n"
        "<domain name='D'>\n"
        "  <reg32 offset='0x00' name='A'/>\n"
        "  <reg32 offset='0x04' name='B' type='uint'/>\n"
        "  <reg16 offset='0x08' name='C' type='int'/>\n"
        "  <reg32 offset='0x0c' name='D' type='float'/>\n"
        "  <reg32 offset='0x10' name='E' type='boolean'/>\n"
        "  <reg32 offset='0x14' name='F' type='fixed' radix='4' min='0'\n"
        "         max='9' align='2'/>\n"
        "  <reg32 offset='0x18' name='G' type='ufixed' radix='4'/>\n"
        "  <reg32 offset='0x1c' name='H' type='hex' shr='8' add='1'/>\n"
        "  <reg32 offset='0x20' name='I' type='uint' add='-1'/>\n"
        "  <reg32 offset='0x24' name='J' type='length'/>\n"
        "  <reg32 offset='0x28' name='K' type='length' shr='4'/>\n"
        "  <reg32 offset='0x2c' name='L' type='address'/>\n"
        "  <reg32 offset='0x30' name='M' type='a3xx_regid'/>\n"
        "  <reg32 offset='0x34' name='N' type='D'/>\n"
        "  <reg32 offset='0x38' name='O' type='uint hex'/>\n"
        "</domain>\n", "");

    assert_value(db, "D", 0x00, 16, "0x10");
    assert_value(db, "D", 0x04, 16, "16");
    assert_value(db, "D", 0x08, 0xffff, "-1");
    assert_value(db, "D", 0x0c, 0x3fc00000, "1.500000");
    assert_value(db, "D", 0x10, 1, "TRUE");
    assert_value(db, "D", 0x14, 0xfffffff8, "-0.500000 (fffffff8)");
    assert_value(db, "D", 0x18, 0x18, "1.500000 (00000018)");
    assert_value(db, "D", 0x1c, 0x12, "0x1201");
    assert_value(db, "D", 0x20, 5, "4");
    assert_value(db, "D", 0x24, 3, "13");
    assert_value(db, "D", 0x28, 1, "65");
    assert_value(db, "D", 0x2c, 0x40, "0x40");
    assert_value(db, "D", 0x30, 0x16, "{ REG = 5 | COMP = z }");
    assert_value(db, "D", 0x34, 0x40, "0x40");
    assert_value(db, "D", 0x38, 0x40, "64");
}

static void test_fields(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D'>\n"
        "  <reg32 offset='0x00' name='A'>\n"
        "    <bitfield pos='0' name='GO'/>\n"
        "    <bitfield low='4' high='7' name='MODE'>\n"
        "      <value value='1' name='FAST'><brief>not slow</brief></value>\n"
        "      <value name='UNKNOWN'/>\n"
        "    </bitfield>\n"
        "    <bitfield low='8' high='11' name='N' type='uint' shr='1'/>\n"
        "    <bitfield low='12' high='15' name='IN'>\n"
        "      <bitfield pos='0' name='X'/>\n"
        "    </bitfield>\n"
        "  </reg32>\n"
        "  <reg32 offset='0x04' name='B' type='bits'/>\n"
        "  <reg32 offset='0x08' name='C' type='inline_bits'>\n"
        "    <bitfield pos='31' name='OWN'/>\n"
        "  </reg32>\n"
        "  <reg32 offset='0x0c' name='E'><value value='2' name='TWO'/></reg32>\n"
        "  <reg32 offset='0x10' name='F' type='inline_enum' shr='4'>\n"
        "    <value value='0' name='NONE'/>\n"
        "  </reg32>\n"
        "  <reg32 offset='0x14' name='G' type='bitfield' shr='1'>\n"
        "    <bitfield pos='1' name='SHIFTED'/>\n"
        "  </reg32>\n"
        "  <reg32 offset='0x18' name='H' type='enum'/>\n"
        "</domain>\n"
        "<bitset name='bits'><bitfield pos='1' name='ONE'/></bitset>\n"
        "<bitset name='inline_bits' inline='yes'>\n"
        "  <bitfield low='0' high='1' name='B' type='inline_enum'/>\n"
        "</bitset>\n"
        "<bitset name='bits'><bitfield pos='2' name='TWO'/></bitset>\n"
        "<enum name='inline_enum' inline='true'>\n"
        "  <value value='1' name='FIRST'/><value value='16' name='SIXTEEN'/>\n"
        "</enum>\n", "");

    assert_value(db, "D", 0x00, 0x1311, "{ GO | MODE = FAST | N = 6 | IN = { X } }");
    assert_value(db, "D", 0x00, 0x10020,
                 "{ MODE = 0x2 | N = 0 | IN = { 0 } | 0x10000 }");
    assert_value(db, "D", 0x04, 6, "{ ONE | TWO }");
    assert_value(db, "D", 0x08, 0x80000001, "{ OWN | B = FIRST }");
    assert_value(db, "D", 0x0c, 2, "TWO");
    assert_value(db, "D", 0x10, 1, "SIXTEEN");
    assert_value(db, "D", 0x14, 1, "{ SHIFTED }");
    assert_value(db, "D", 0x18, 5, "0x5");
    g_assert_cmpuint(db->n_enums, ==, 1);
    g_assert_cmpuint(db->n_bitsets, ==, 2);
}

/* What Mesa has besides */
static void test_mesa(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D' width='32'>\n"
        "  <array offsets='0x10,0x20, 0x24' name='O' length='2' stride='4'\n"
        "         index='e'>\n"
        "    <reg32 offset='1' name='R'/>\n"
        "  </array>\n"
        "  <array doffsets='a->b[0],c()' name='GONE' length='2' stride='4'>\n"
        "    <reg32 offset='1' name='R'/>\n"
        "    <enum name='e'><value name='V' value='1'/></enum>\n"
        "  </array>\n"
        "  <reg32 offset='0' name='F' low='4' high='7' type='e' usage='cmd'/>\n"
        "  <reg32 offset='1' name='G' high='7' type='int'/>\n"
        "  <reg32 offset='2' name='H' low='0' high='31' type='uint'/>\n"
        "  <reg32 offset='3' name='I' pos='2'/>\n"
        "  <reg32 offset='4' name='J' low='0' high='2'>\n"
        "    <bitfield pos='1' name='B' type='e' addvariant='yes'/>\n"
        "  </reg32>\n"
        "</domain>\n", "");

    assert_name(db, "D", 4 * 0x11, "O[0].R");
    assert_name(db, "D", 4 * 0x21, "O[0x1].R");
    assert_name(db, "D", 4 * 0x25, "O[0x2].R");
    assert_name(db, "D", 4 * 0x15, "-");
    assert_list(db, "D", "0x44 32 rw O[*].R 3+0x0\n0x0 32 rw F\n0x4 32 rw G\n"
                "0x8 32 rw H\n0xc 32 rw I\n0x10 32 rw J\n");
    assert_value(db, "D", 0, 0x110, "{ VALUE = V | 0x100 }");
    assert_value(db, "D", 4, 0xff, "{ VALUE = -1 }");
    assert_value(db, "D", 8, 0xff, "255");
    assert_value(db, "D", 12, 4, "{ VALUE }");
    assert_value(db, "D", 16, 2, "{ B = V }");
}

/* Chips in this order, one of them without a number */
#define CHIPS \
    "<enum name='chip' bare='yes'>\n" \
    "<value name='A' value='10'/><value name='B' value='11'/>\n" \
    "<value name='C'/><value name='D' value='13'/><value name='E'/>\n" \
    "</enum>\n"

static void test_ranges(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        CHIPS
        "<domain name='X' prefix='chip'>\n"
        "  <reg32 offset='0' name='all'/>\n"
        "  <reg32 offset='4' name='one' variants='C'/>\n"
        "  <reg32 offset='8' name='from' variants='C-'/>\n"
        "  <reg32 offset='12' name='before' variants=':C'/>\n"
        "  <reg32 offset='16' name='to' variants='-C'/>\n"
        "  <reg32 offset='20' name='open' variants='B:D'/>\n"
        "  <reg32 offset='24' name='closed' variants='B-D'/>\n"
        "  <reg32 offset='28' name='two' variants=' A  D: '/>\n"
        "  <reg32 offset='32' name='comma' variants='A,C-D'/>\n"
        "  <reg32 offset='36' name='never' variants='D:C'/>\n"
        "  <reg32 offset='40' name='no' variants=''/>\n"
        "</domain>\n", "");
    const RegDbVarset *chips = regdb_varset(db, "chip");

    g_assert_cmpuint(chips->n, ==, 5);
    g_assert_cmpuint(chips->values[1], ==, 11);
    g_assert_false(chips->has_value[2]);
    assert_names_on(db, "X", "A", "all before to two comma");
    assert_names_on(db, "X", "B", "all before to open closed");
    assert_names_on(db, "X", "C", "all one from to open closed comma");
    assert_names_on(db, "X", "D", "all from closed two comma");
    assert_names_on(db, "X", "E", "all from two");
    assert_names_on(db, "X", NULL,
                    "all one from before to open closed two comma");
}

/* Prefix, varset and variants of what is around */
static void test_inheritance(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        CHIPS
        "<enum name='mode'><value name='M'/><value name='N'/></enum>\n"
        "<domain name='X' varset='chip'>\n"
        "  <stripe name='s' variants='B-D'>\n"
        "    <reg32 offset='0' name='both' variants='D-'/>\n"
        "    <reg32 offset='4' name='never' variants='E'/>\n"
        "    <reg32 offset='8' name='other' varset='mode' variants='N'/>\n"
        "    <stripe prefix='mode'>\n"
        "      <reg32 offset='12' name='prefixed' variants='M'/>\n"
        "      <reg32 offset='16' name='own' varset='chip' variants='C'/>\n"
        "      <stripe prefix='none'>\n"
        "        <reg32 offset='20' name='mine' varset='chip' variants='B'/>\n"
        "      </stripe>\n"
        "    </stripe>\n"
        "    <stripe prefix='whatever'>\n"
        "      <reg32 offset='24' name='unknown' variants='D'/>\n"
        "    </stripe>\n"
        "  </stripe>\n"
        "</domain>\n"
        "<domain name='Y' prefix='chip' variants='A'>\n"
        "  <reg32 offset='0' name='y'/>\n"
        "</domain>\n", "");

    assert_names_on(db, "X", "A", "");
    assert_names_on(db, "X", "B", "s.other s.prefixed s.mine");
    assert_names_on(db, "X", "C", "s.other s.prefixed s.own");
    assert_names_on(db, "X", "D", "s.both s.other s.prefixed s.unknown");
    assert_names_on(db, "Y", "A", "y");
    assert_names_on(db, "Y", "B", "");
    g_assert_cmpuint(db->n_varsets, ==, 2);
}

/* Of fields and values; inline ones depend on where they are. */
static void test_variants_of_types(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        CHIPS
        "<enum name='kind'><value name='D'/></enum>\n"
        "<bitset name='bits' varset='chip'>\n"
        "  <bitfield pos='0' name='OLD' variants=':C'/>\n"
        "  <bitfield pos='0' name='NEW' variants='C-'/>\n"
        "</bitset>\n"
        "<bitset name='late' prefix='chip' variants='D-'>\n"
        "  <bitfield pos='0' name='L'/>\n"
        "</bitset>\n"
        "<bitset name='inl' inline='yes'>\n"
        "  <bitfield low='0' high='3' name='F' type='vals'/>\n"
        "  <bitfield pos='4' name='G' variants='D'/>\n"
        "</bitset>\n"
        "<enum name='vals' inline='yes'>\n"
        "  <value name='THEN' value='1' variants='D'/>\n"
        "  <value name='ELSE' value='1'/>\n"
        "</enum>\n"
        "<domain name='X' prefix='chip'>\n"
        "  <reg32 offset='0' name='a' type='bits'/>\n"
        "  <reg32 offset='4' name='b' type='inl'/>\n"
        "  <reg32 offset='8' name='c' type='inl' varset='kind'/>\n"
        "  <reg32 offset='12' name='d' type='inl' variants='A'/>\n"
        "  <reg32 offset='16' name='e' type='late'/>\n"
        "</domain>\n", "");
    uint32_t i, n = 0;

    assert_value_on(db, "X", "B", 0, 1, "{ OLD }");
    assert_value_on(db, "X", "C", 0, 1, "{ NEW }");
    assert_value_on(db, "X", "D", 4, 0x11, "{ F = THEN | G }");
    assert_value_on(db, "X", "E", 4, 0x11, "{ F = ELSE | 0x10 }");
    /* the prefix counts, as a field has no varset of its own */
    assert_value_on(db, "X", "A", 8, 0x11, "{ F = ELSE | 0x10 }");
    assert_value_on(db, "X", "A", 12, 0x11, "{ F = ELSE | 0x10 }");
    assert_value_on(db, "X", "A", 16, 1, "{ 0x1 }");
    assert_value_on(db, "X", "E", 16, 1, "{ L }");
    for (i = 0; i < db->n_bitsets; i++) {
        n += !strcmp(db->bitsets[i]->name, "inl");
    }
    g_assert_cmpuint(n, ==, 1);
}

static void test_briefs(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D'>\n"
        "  <reg32 offset='0' name='A'><doc>It <b>does</b>\n that. And more."
        "</doc></reg32>\n"
        "  <reg32 offset='4' name='B'><doc>long</doc><brief>short</brief>\n"
        "    <doc>longer</doc></reg32>\n"
        "  <reg32 offset='8' name='C'><doc> <ul><li>a &lt; b &amp; c</li></ul>"
        "</doc></reg32>\n"
        "  <reg32 offset='12' name='D'><brief/></reg32>\n"
        "</domain>\n", "");
    RegDbElement *const *elements = regdb_domain(db, "D")->elements;

    g_assert_cmpstr(elements[0]->brief, ==, "It does that.");
    g_assert_cmpstr(elements[1]->brief, ==, "short");
    g_assert_cmpstr(elements[2]->brief, ==, "a < b & c");
    g_assert_null(elements[3]->brief);
}

static void test_copyright(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<copyright year='2010'>\n"
        "  <license>free</license>\n"
        "  <author name='A' email='a@b'><nick name='x'/>wrote it</author>\n"
        "</copyright>\n"
        "<domain name='D'/>\n", "");

    g_assert_nonnull(regdb_domain(db, "D"));
}

#define IMPORT(file) "<database><import file='" file "'/></database>\n"

/* Relative to the database's directory, which may be above the first file */
static void test_imports(void)
{
    g_autoptr(RegDb) db = NULL;

    regdb_files_put("gpu/all.xml",
                    "<database>\n"
                    "<domain name='D'><reg32 offset='0' name='A'/></domain>\n"
                    "<import file='gpu/more.xml'/><import file='top.xml'/>\n"
                    "<domain name='D'><reg32 offset='12' name='D'/></domain>\n"
                    "</database>\n");
    regdb_files_put("gpu/more.xml",
                    "<database>\n"
                    "<import file='gpu/all.xml'/><import file='./gpu/more.xml'/>"
                    "<domain name='D'>\n<import file='top.xml'/>\n"
                    "  <reg32 offset='8' name='C'/><wrong/></domain>\n"
                    "</database>\n");
    regdb_files_put("top.xml",
                    "<database>\n"
                    "<domain name='D'><reg32 offset='4' name='B'/></domain>\n"
                    "</database>\n");
    db = regdb_files_load("gpu/all.xml", NULL,
                          "gpu/more.xml:4: unknown element <wrong>: it is ignored\n");
    assert_list(db, "D", "0x0 32 rw A\n0x4 32 rw B\n0x8 32 rw C\n0xc 32 rw D\n");
}

/* What is above a database in /tmp can be anybody's. */
static void test_above(void)
{
    g_autofree char *dir = g_dir_make_tmp("regdb-XXXXXX", NULL);
    g_autofree char *mine = g_build_filename(dir, "mine", NULL);
    g_autofree char *db = g_build_filename(mine, "db.xml", NULL);
    g_autofree char *theirs = g_build_filename(dir, "theirs.xml", NULL);
    unsigned faults[2];
    unsigned i;

    g_assert_cmpint(g_mkdir(mine, 0700), ==, 0);
    g_assert_true(g_file_set_contents(db,
                                      "<database><import file='theirs.xml'/></database>",
                                      -1, NULL));
    g_assert_true(g_file_set_contents(theirs, "<database/>", -1, NULL));
    for (i = 0; i < 2; i++) {
        g_autoptr(RegDbMessages) messages = regdb_messages_new();

        g_assert_cmpint(g_chmod(dir, i ? 01777 : 0700), ==, 0);
        regdb_free(regdb_load(db, NULL, messages));
        faults[i] = messages->n;
    }
    g_assert_cmpuint(faults[0], ==, 0);
    g_assert_cmpuint(faults[1], ==, 1);
    g_unlink(db);
    g_unlink(theirs);
    g_rmdir(mine);
    g_rmdir(dir);
}

/* A file of ours, which the database lacks */
static void test_shared(void)
{
    g_autoptr(RegDb) db = NULL;
    g_autofree char *dir = g_dir_make_tmp("regdb-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "chips-of-ours.xml", NULL);

    g_assert_true(g_file_set_contents(file, "<database>" CHIPS "</database>",
                                      -1, NULL));
    g_setenv("VFIO_TRACE_REGDB_PATH", dir, TRUE);
    regdb_files_put("db.xml",
                    "<database><import file='chips-of-ours.xml'/>\n"
                    "<domain name='D' prefix='chip'>\n"
                    "  <reg32 offset='0' name='R' variants='B'/></domain>\n"
                    "<import file='sub/chips-of-ours.xml'/></database>\n");
    db = regdb_files_load("db.xml", NULL,
                          "db.xml:4: sub/chips-of-ours.xml can't be opened: No such file or directory\n");
    g_unsetenv("VFIO_TRACE_REGDB_PATH");
    g_remove(file);
    g_rmdir(dir);
    assert_names_on(db, "D", "B", "R");
    assert_names_on(db, "D", "C", "");
}

static void test_imports_refused(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<import file='/etc/passwd.xml'/>\n"
        "<import file='../up.xml'/>\n"
        "<import file='regdb-none/../../up.xml'/>\n"
        "<import file='none.xml'/>\n"
        "<import file='none.xml'/>\n"
        "<import/>\n"
        "<import file=''/>\n"
        "<domain name='D'/>\n",
        "db.xml:2: /etc/passwd.xml can't be opened: it leads out of the database's directory\n"
        "db.xml:3: ../up.xml can't be opened: it leads out of the database's directory\n"
        "db.xml:4: regdb-none/../../up.xml can't be opened: No such file or directory\n"
        "db.xml:5: none.xml can't be opened: No such file or directory\n"
        "db.xml:7: <import> has no file: it is ignored\n"
        "db.xml:8:  can't be opened: No such file or directory\n");

    g_assert_nonnull(regdb_domain(db, "D"));
}

static void test_symbolic_link(void)
{
    g_autofree char *dir = g_dir_make_tmp("regdb-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "db.xml", NULL);
    g_autofree char *out = g_build_filename(dir, "out.xml", NULL);
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDb) db = NULL;

    g_assert_true(g_file_set_contents(file, IMPORT("out.xml"), -1, NULL));
    g_assert_cmpint(symlink("/proc/self/cmdline", out), ==, 0);
    db = regdb_load(file, NULL, messages);
    g_remove(out);
    g_remove(file);
    g_rmdir(dir);
    g_assert_cmpuint(messages->n, ==, 1);
    g_assert_true(g_str_has_suffix(messages->lines->pdata[0],
                                   "db.xml:1: out.xml can't be opened: it leads out of the database's directory"
                                   ));
}

static void test_imports_too_deep(void)
{
    unsigned i;

    for (i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("deep%u.xml", i);
        g_autofree char *text =
            g_strdup_printf("<database><import file='deep%u.xml'/></database>",
                            i + 1);

        regdb_files_put(name, text);
    }
    g_assert_null(regdb_files_load("deep0.xml", NULL,
                                   "deep32.xml:1: files import each other more than 32 deep\n"
                                   ));
}

static void test_lines(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(RegDb) db = NULL;
    unsigned i;

    for (i = 0; i < 70000; i++) {
        g_string_append_c(text, '\n');
    }
    g_string_append(text, "<domain name='D'>\n<what/>\n</domain>\n");
    db = regdb_files_xml(text->str,
                         "db.xml:70003: unknown element <what>: it is ignored\n");
    g_assert_nonnull(db);
}

/* Names that no terminal should get, and long ones */
static void test_names(void)
{
    g_autofree char *name = g_strnfill(300, 'x');
    g_autofree char *text = g_strdup_printf(
        "<domain name='D'><reg32 offset='0' name='%s'/>\n"
        "<reg32 offset='4' name='A&#x9b;B'/></domain>\n", name);
    g_autoptr(RegDb) db = regdb_files_xml(text,
                                          "db.xml:2: name=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" of <reg32>: it has more than 255 bytes\n");

    assert_list(db, "D", "0x4 32 rw A?B\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* no file of the machine's */
    g_setenv("VFIO_TRACE_REGDB_PATH", "", TRUE);
    g_test_add_func("/regdb/rnndb/domains", test_domains);
    g_test_add_func("/regdb/rnndb/repeated", test_repeated);
    g_test_add_func("/regdb/rnndb/groups", test_groups);
    g_test_add_func("/regdb/rnndb/numbers", test_numbers);
    g_test_add_func("/regdb/rnndb/fields", test_fields);
    g_test_add_func("/regdb/rnndb/mesa", test_mesa);
    g_test_add_func("/regdb/rnndb/ranges", test_ranges);
    g_test_add_func("/regdb/rnndb/inheritance", test_inheritance);
    g_test_add_func("/regdb/rnndb/variants-of-types", test_variants_of_types);
    g_test_add_func("/regdb/rnndb/briefs", test_briefs);
    g_test_add_func("/regdb/rnndb/copyright", test_copyright);
    g_test_add_func("/regdb/rnndb/imports", test_imports);
    g_test_add_func("/regdb/rnndb/imports-refused", test_imports_refused);
    g_test_add_func("/regdb/rnndb/imports-too-deep", test_imports_too_deep);
    g_test_add_func("/regdb/rnndb/symbolic-link", test_symbolic_link);
    g_test_add_func("/regdb/rnndb/lines", test_lines);
    g_test_add_func("/regdb/rnndb/names", test_names);
    g_test_add_func("/regdb/rnndb/above", test_above);
    g_test_add_func("/regdb/rnndb/shared", test_shared);
    status = g_test_run();
    regdb_files_end();
    return status;
}
