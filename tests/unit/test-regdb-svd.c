/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: CMSIS SVD */
#include <string.h>

#include "regdb-text.h"

#define DEVICE_BEGIN \
    "<?xml version=\"1.0\"?>\n" \
    "<device schemaVersion=\"1.3\"><name>CHIP</name>" \
    "<description>A\n chip </description>" \
    "<width>32</width><size>32</size><peripherals>\n"
#define DEVICE_END "</peripherals></device>\n"

#define PERIPHERAL(name, base, content) \
    "<peripheral><name>" name "</name><baseAddress>" base "</baseAddress>" \
    content "</peripheral>\n"
#define REGISTER(name, offset, content) \
    "<register><name>" name "</name><addressOffset>" offset \
    "</addressOffset>" content "</register>\n"
#define FIELD(name, range, content) \
    "<field><name>" name "</name><bitRange>" range "</bitRange>" content \
    "</field>"
#define VALUE(name, value) \
    "<enumeratedValue><name>" name "</name><value>" value \
    "</value></enumeratedValue>"
#define BLOCK(offset, size) \
    "<addressBlock><offset>" offset "</offset><size>" size "</size>" \
    "<usage>registers</usage></addressBlock>"

static RegDb *load(const char *text, const char *faults)
{
    return regdb_text_load("chip.svd", text, faults);
}

static void test_peripherals(void)
{
    g_autoptr(RegDb) db = load(DEVICE_BEGIN
        PERIPHERAL("UART0", "0x40000000", BLOCK("0", "0x100")
            "<registers>"
            REGISTER("DR", "0x0", "")
            REGISTER("FR", "0x18", "<access>read-only</access>"
                     "<size>16</size>")
            "</registers>")
        "<peripheral derivedFrom=\"UART0\"><name>UART1</name>"
        "<baseAddress>0x40001000</baseAddress></peripheral>\n"
        "<peripheral derivedFrom=\"UART1\"><name>UART2</name>"
        "<baseAddress>0x40002000</baseAddress><access>write-only</access>"
        "<registers>" REGISTER("FR", "0x20", "") "</registers></peripheral>\n"
        /* shares its bytes with the next one */
        PERIPHERAL("A", "0x1000", BLOCK("0", "1k") "<registers>"
                   REGISTER("R", "0", "") "</registers>")
        PERIPHERAL("B", "0x1100", BLOCK("0", "16") "<registers>"
                   REGISTER("R", "0", "") "</registers>")
        DEVICE_END, "");

    g_assert_nonnull(db);
    g_assert_cmpstr(db->format, ==, "svd");
    g_assert_cmpuint(db->n_domains, ==, 1);
    g_assert_cmpstr(db->domains[0]->brief, ==, "A chip");
    assert_list(db, "CHIP",
                "0x40000000 32 rw UART0.DR\n"
                "0x40000018 16 r UART0.FR\n"
                "0x40001000 32 rw UART1.DR\n"
                "0x40001018 16 r UART1.FR\n"
                "0x40002020 32 w UART2.FR\n"
                "0x40002000 32 w UART2.DR\n"
                "0x1000 32 rw A.R\n"
                "0x1100 32 rw B.R\n");
    assert_name(db, "CHIP", 0x40000044, "UART0+0x44");
    assert_name(db, "CHIP", 0x40000100, "-");
    assert_name(db, "CHIP", 0x40002018, "UART2+0x18");
    assert_name(db, "CHIP", 0x1100, "B.R");
    assert_name(db, "CHIP", 0x1004, "-");
}

static void test_dim(void)
{
    g_autoptr(RegDb) db = load(DEVICE_BEGIN
        PERIPHERAL("P", "0", "<registers>"
            REGISTER("ARRAY[%s]", "0", "<dim>4</dim>"
                     "<dimIncrement>8</dimIncrement>")
            REGISTER("LIST%s_X", "0x100", "<dim>2</dim>"
                     "<dimIncrement>4</dimIncrement>"
                     "<dimIndex>A,B</dimIndex>")
            REGISTER("RANGE%s", "0x110", "<dim>3</dim>"
                     "<dimIncrement>4</dimIncrement>"
                     "<dimIndex>4-6</dimIndex>")
            REGISTER("FROM1[%s]", "0x120", "<dim>2</dim>"
                     "<dimIncrement>4</dimIncrement>"
                     "<dimIndex>1-2</dimIndex>")
            REGISTER("COUNT%s", "0x130", "<dim>2</dim>"
                     "<dimIncrement>4</dimIncrement>")
            "<register derivedFrom=\"ARRAY[%s]\"><name>MORE[%s]</name>"
            "<addressOffset>0x80</addressOffset></register>"
            "<register derivedFrom=\"ARRAY\"><name>ONE</name>"
            "<addressOffset>0xc0</addressOffset></register>"
            "<cluster><name>CH[%s]</name><addressOffset>0x200</addressOffset>"
            "<dim>0x2</dim><dimIncrement>0x20</dimIncrement>"
            "<size>16</size>"
            REGISTER("CTL", "4", "")
            "<cluster><name>SUB%s</name><addressOffset>8</addressOffset>"
            "<dim>2</dim><dimIncrement>4</dimIncrement>"
            "<dimIndex>L-M</dimIndex>" REGISTER("V", "0", "") "</cluster>"
            "</cluster>"
            REGISTER("WIDE", "0x300", "<size>128</size>")
            "</registers>")
        "<peripheral><name>T%s</name><baseAddress>0x10000</baseAddress>"
        "<dim>2</dim><dimIncrement>0x1000</dimIncrement><prependToName>T_"
        "</prependToName><appendToName>_Z</appendToName><registers>"
        REGISTER("R", "0", "<alternateGroup>HOST</alternateGroup>")
        "</registers></peripheral>"
        DEVICE_END, "");

    assert_list(db, "CHIP",
                "0x0 32 rw P.ARRAY[*] 4+0x8\n"
                "0x100 32 rw P.LISTA_X\n"
                "0x104 32 rw P.LISTB_X\n"
                "0x110 32 rw P.RANGE4\n"
                "0x114 32 rw P.RANGE5\n"
                "0x118 32 rw P.RANGE6\n"
                "0x120 32 rw P.FROM11\n"
                "0x124 32 rw P.FROM12\n"
                "0x130 32 rw P.COUNT0\n"
                "0x134 32 rw P.COUNT1\n"
                "0x80 32 rw P.MORE[*] 4+0x8\n"
                "0xc0 32 rw P.ONE\n"
                "0x204 16 rw P.CH[*].CTL 2+0x20\n"
                "0x208 16 rw P.CH[*].SUBL.V 2+0x20\n"
                "0x20c 16 rw P.CH[*].SUBM.V 2+0x20\n"
                "0x300 32 rw P.WIDE[*] 4+0x4\n"
                "0x10000 32 rw T0.T_R_Z_HOST\n"
                "0x11000 32 rw T1.T_R_Z_HOST\n");
    assert_name(db, "CHIP", 0x22c, "P.CH[0x1].SUBM.V");
}

static void test_fields(void)
{
    g_autoptr(RegDb) db = load(DEVICE_BEGIN
        PERIPHERAL("P", "0", "<registers>"
            REGISTER("R", "0", "<fields>"
                FIELD("EN", "[0:0]", "")
                "<field><name>MODE</name><lsb>1</lsb><msb>2</msb>"
                "<enumeratedValues><name>MODES</name>" VALUE("OFF", "0")
                VALUE("SLOW", "0x1") VALUE("FAST", "#1x") "</enumeratedValues>"
                "</field>"
                "<field><name>CNT</name><bitOffset>4</bitOffset>"
                "<bitWidth>4</bitWidth></field>"
                "<field><name>IRQ%s</name><bitOffset>8</bitOffset><dim>3</dim>"
                "<dimIncrement>2</dimIncrement></field>"
                "<field><name>CMD</name><bitRange>[23:20]</bitRange>"
                "<enumeratedValues><usage>read</usage>" VALUE("IDLE", "0")
                VALUE("BUSY", "1") "</enumeratedValues>"
                "<enumeratedValues><usage>write</usage>" VALUE("START", "1")
                VALUE("STOP", "2")
                "<enumeratedValue><name>other</name><isDefault>true"
                "</isDefault></enumeratedValue></enumeratedValues></field>"
                "</fields>")
            "<register derivedFrom=\"R\"><name>S</name>"
            "<addressOffset>4</addressOffset><fields>"
            FIELD("GO", "[0:0]", "")
            "<field derivedFrom=\"R.MODE\"><name>KIND</name><lsb>4</lsb>"
            "<msb>5</msb></field></fields></register>"
            REGISTER("T", "8", "<fields>"
                FIELD("X", "[1:0]",
                      "<enumeratedValues derivedFrom=\"MODES\"/>")
                FIELD("Y", "[3:2]",
                      "<enumeratedValues derivedFrom=\"R.MODE.MODES\"/>")
                "</fields>")
            "</registers>")
        DEVICE_END, "");

    assert_value(db, "CHIP", 0, 0x00100c4b,
                 "{ EN | MODE = SLOW | CNT = 0x4 | IRQ1 | CMD = BUSY/START | 0x808 }");
    assert_value(db, "CHIP", 0, 0x6, "{ MODE = FAST | CNT = 0 | CMD = IDLE }");
    assert_value(db, "CHIP", 4, 0x00100021,
                 "{ GO | KIND = FAST | MODE = OFF | CMD = BUSY/START }");
    assert_value(db, "CHIP", 8, 0x6, "{ X = FAST | Y = SLOW }");
}

static void test_faults(void)
{
    g_autofree char *text = g_strconcat(DEVICE_BEGIN
        "<peripheral><name>P</name><baseAddress>0</baseAddress><registers>\n"
        "<register><name>NOPLACE</name></register>\n"
        REGISTER("BAD", "zero", "")
        REGISTER("NODIM", "0", "<dim>2</dim>")
        REGISTER("ZERO", "0", "<dim>0</dim><dimIncrement>4</dimIncrement>")
        REGISTER("MANY", "0", "<dim>0x2000000</dim><dimIncrement>4"
                 "</dimIncrement>")
        REGISTER("FAR", "0x1000000000000", "")
        "<register derivedFrom=\"NOBODY\"><name>D</name>"
        "<addressOffset>4</addressOffset></register>\n"
        "<register derivedFrom=\"E2\"><name>E1</name>"
        "<addressOffset>8</addressOffset></register>\n"
        "<register derivedFrom=\"E1\"><name>E2</name>"
        "<addressOffset>12</addressOffset></register>\n"
        REGISTER("F", "16", "<fields>\n"
            FIELD("OUT", "[32:31]", "") "\n"
            FIELD("ODD", "[x]", "") "\n"
            FIELD("BIG", "[0:0]",
                  "<enumeratedValues>\n" VALUE("TWO", "2")
                  "</enumeratedValues>") "\n"
            FIELD("LOST", "[1:1]",
                  "\n<enumeratedValues derivedFrom=\"NONE\"/>") "\n"
            "</fields>")
        REGISTER("INDEX%s", "32", "<dim>2</dim><dimIncrement>4</dimIncrement>"
                 "\n<dimIndex>A,B,C</dimIndex>")
        "<register><addressOffset>4</addressOffset></register>\n"
        "</registers></peripheral>" DEVICE_END, NULL);
    g_autoptr(RegDb) db = load(text,
        "5: register 'NOPLACE' has no addressOffset\n"
        "6: addressOffset 'zero' is not a number\n"
        "6: register 'BAD' has no addressOffset\n"
        "7: 'NODIM' exists several times, but dimIncrement is missing or 0\n"
        "8: 'ZERO' exists 0 times (dim): 1 to 16777216 are allowed\n"
        "9: 'MANY' exists 33554432 times (dim): 1 to 16777216 are allowed\n"
        "10: register 'FAR' is left out: an element reaches beyond 2^48\n"
        "11: derivedFrom 'NOBODY': there is no such register\n"
        "13: derivedFrom 'E1': a circle, or more than 8 elements that are derived from each other\n"
        "12: derivedFrom 'E2': a circle, or more than 8 elements that are derived from each other\n"
        "15: field 'OUT' is not in the 32 bits of its register\n"
        "16: field 'ODD' has no valid name, or it does not say which bits it has\n"
        "18: value '2' of 'TWO' has more than the 1 bits of the field\n"
        "20: derivedFrom 'NONE': there are no such enumeratedValues\n"
        "23: dimIndex 'A,B,C' does not name 2 items; they are numbered\n"
        "24: a register has no name\n");

    assert_list(db, "CHIP",
                "0x4 32 rw P.D\n"
                "0x8 32 rw P.E1\n"
                "0xc 32 rw P.E2\n"
                "0x10 32 rw P.F\n"
                "0x20 32 rw P.INDEX0\n"
                "0x24 32 rw P.INDEX1\n");
}

static void test_xml(void)
{
    g_assert_null(load("<device><peripherals>\n</device>",
        "2: invalid XML: *peripherals*\n"));
    g_assert_null(load("<!DOCTYPE device [\n"
        "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>\n"
        "<device><peripherals>&b;</peripherals></device>",
        "1: the document has a type declaration (<!DOCTYPE>), which is refused: *\n"));
    g_assert_null(load("<x><device><peripherals></peripherals></device></x>",
                       "1: the outermost element is not <device>\n"));
}

/* A description that is cut within a character, a name with odd ones */
static void test_text(void)
{
    g_autofree char *x = g_strnfill(195, 'x');
    g_autofree char *text = g_strconcat(DEVICE_BEGIN
        "<peripheral><name>a.b c</name><baseAddress>0</baseAddress>"
        "<description>", x, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4</description>"
        "<registers>" REGISTER("A&lt;B", "0", "") "</registers></peripheral>"
        DEVICE_END, NULL);
    g_autoptr(RegDb) db = load(text, "");
    const char *brief = db->domains[0]->elements[0]->brief;

    assert_list(db, "CHIP", "0x0 32 rw a_b_c.A_B\n");
    g_assert_true(g_str_has_suffix(brief, "..."));
    g_assert_cmpuint(strlen(brief), <=, 201);
    g_assert_true(g_utf8_validate(brief, -1, NULL));
}

static void test_depth(void)
{
    GString *text = g_string_new(DEVICE_BEGIN
        "<peripheral><name>P</name><baseAddress>0</baseAddress><registers>\n");
    g_autoptr(RegDb) db = NULL;
    int i;

    for (i = 0; i < 20; i++) {
        g_string_append(text,
                        "<cluster><name>C</name><addressOffset>4</addressOffset>");
    }
    g_string_append(text, REGISTER("R", "0", ""));
    for (i = 0; i < 20; i++) {
        g_string_append(text, "</cluster>");
    }
    g_string_append(text, "</registers></peripheral>" DEVICE_END);
    db = load(text->str,
              "5: cluster 'C' is left out: clusters are nested too deeply\n");
    g_assert_nonnull(db);
    g_string_free(text, TRUE);
}

/* Clusters in lists of clusters in lists: 64^4 elements are asked for. */
static void test_many(void)
{
    GString *text = g_string_new(DEVICE_BEGIN
        "<peripheral><name>P</name><baseAddress>0</baseAddress><registers>\n");
    int i;

    if (!g_test_slow()) {
        g_test_skip("it takes seconds: -m slow");
        g_string_free(text, TRUE);
        return;
    }
    for (i = 0; i < 4; i++) {
        g_string_append_printf(text,
                               "<cluster><name>C%%s</name><addressOffset>0</addressOffset><dim>64</dim><dimIncrement>%d</dimIncrement>",
                               4 << (6 * i));
    }
    g_string_append(text, REGISTER("R", "0", "") "</cluster></cluster>"
                    "</cluster></cluster></registers></peripheral>"
                    DEVICE_END);
    g_assert_null(load(text->str,
                       "5: the database has more than 4 million registers, fields and values\n"
                       ));
    g_string_free(text, TRUE);
}

/* Registers that are derived from one with a long text, or a long list */
static void test_long(void)
{
    static const char *const words[] = { "word ", "<x/>" };
    unsigned i, j;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GString) text = g_string_new(DEVICE_BEGIN
            "<peripheral><name>P</name><baseAddress>0</baseAddress>"
            "<registers><register><name>R</name>");
        g_string_append(text, i ? "" : "<description>");
        for (j = 0; j < 20000; j++) {
            g_string_append(text, words[i]);
        }
        g_string_append(text, i ? "" : "</description>");
        g_string_append(text, "<addressOffset>0</addressOffset></register>");
        for (j = 0; j < 10000; j++) {
            g_string_append_printf(text,
                                   "<register derivedFrom='R'><name>R%u</name></register>",
                                   j);
        }
        g_string_append(text, "</registers></peripheral>" DEVICE_END);
        g_assert_null(load(text->str,
                           "the document refers to itself so often that it takes too long to read\n"
                           ));
    }
}

/* More fields than bits: each is printed with each value */
static void test_many_fields(void)
{
    g_autoptr(GString) text = g_string_new(DEVICE_BEGIN
        "<peripheral><name>P</name><baseAddress>0</baseAddress><registers>"
        "<register><name>R</name><addressOffset>0</addressOffset><fields>\n");
    unsigned i;

    for (i = 0; i < 1025; i++) {
        g_string_append_printf(text, "<field><name>F%u</name>"
                               "<bitRange>[31:0]</bitRange></field>", i);
    }
    g_string_append(text, "</fields></register></registers></peripheral>"
                    DEVICE_END);
    g_assert_null(load(text->str,
                       "*: a bitset has more than 1024 fields\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-svd/peripherals", test_peripherals);
    g_test_add_func("/regdb-svd/dim", test_dim);
    g_test_add_func("/regdb-svd/fields", test_fields);
    g_test_add_func("/regdb-svd/faults", test_faults);
    g_test_add_func("/regdb-svd/xml", test_xml);
    g_test_add_func("/regdb-svd/text", test_text);
    g_test_add_func("/regdb-svd/depth", test_depth);
    g_test_add_func("/regdb-svd/many", test_many);
    g_test_add_func("/regdb-svd/long", test_long);
    g_test_add_func("/regdb-svd/many-fields", test_many_fields);
    return g_test_run();
}
