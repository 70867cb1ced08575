/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: faults in rules-ng-ng XML, and limits that a hostile one meets */
#include <inttypes.h>
#include <string.h>

#include "regdb-files.h"
#include "regdb-text.h"

static const struct Wrong {
    const char *content;
    const char *message;        /* without "db.xml:" */
} wrongs[] = {
    { "<domain name='D' color='red'/>\n",
      "2: <domain> has no attribute 'color': it is ignored\n" },
    { "<domain name='D'><group2><reg32/></group2></domain>\n",
      "2: unknown element <group2>: it is ignored\n" },
    { "<domain name='D'><value name='V'/></domain>\n",
      "2: <value> is not allowed in <domain>: it is ignored\n" },
    { "<bitset name='B'><value name='V'/></bitset>\n",
      "2: <value> is not allowed in <bitset>: it is ignored\n" },
    { "<reg32 name='R' offset='0'/>\n",
      "2: <reg32> is not allowed in <database>: it is ignored\n" },
    { "<domain/>\n", "2: <domain> has no name: it is ignored\n" },
    { "<domain name=''/>\n", "2: <domain> has no name: it is ignored\n" },
    { "<domain name='D' width='12'/>\n",
      "2: the domain 'D' is left out: width=\"12\" is unknown\n" },
    { "<domain name='D'><reg32 offset='zz' name='R'/></domain>\n",
      "2: offset=\"zz\" of <reg32>: not a number: write 16 or 0x10, for example\n" },
    { "<domain name='D'><reg32 offset='0x10000000000000000' name='R'/></domain>\n",
      "2: offset=\"0x10000000000000000\" of <reg32>: not a number: write 16 or 0x10, for example\n"
    },
    { "<domain name='D'><reg32 offset='0' name='R' access='x'/></domain>\n",
      "2: access=\"x\" of <reg32>: not r, w or rw\n" },
    { "<domain name='D'><reg32 name='R'/></domain>\n",
      "2: 'R' is left out: a register has no offset\n" },
    { "<domain name='D' width='32'><reg8 name='R' offset='0'/></domain>\n",
      "2: 'R' is left out: a register is smaller than the units of the domain\n" },
    { "<domain name='D'><stripe length='2'/></domain>\n",
      "2: '<stripe>' is left out: an element is repeated, but has no stride\n" },
    { "<domain name='D'><array name='A' offset='0' length='2'/></domain>\n",
      "2: 'A' is left out: an array has no stride\n" },
    { "<domain name='D'><array name='A' offsets='1,2'/></domain>\n",
      "2: 'A' is left out: an array has no stride\n" },
    { "<domain name='D'><stripe length='0x10000000000' stride='4'/></domain>\n",
      "2: '<stripe>' is left out: an element is repeated more than 16777216 times\n" },
    { "<domain name='D'><stripe length='2' stride='0x1000000000000'/></domain>\n",
      "2: '<stripe>' is left out: an element reaches beyond 2^48\n" },
    { "<domain name='D'><reg32 name='R' offset='0xffffffffffffffff'/></domain>\n",
      "2: 'R' is left out: an element reaches beyond 2^48\n" },
    { "<domain name='D'><array name='A' offsets='1,x' stride='1'/></domain>\n",
      "2: offsets=\"x\" of <array>: not a number: write 16 or 0x10, for example\n" },
    { "<domain name='D'><reg32 name='R' offset='0' low='8' high='4'/></domain>\n",
      "2: <reg32 name=\"R\"> has no bits 8 to 4: they are ignored\n" },
    { "<domain name='D'><reg32 name='R' offset='0' pos='40'/></domain>\n",
      "2: <reg32 name=\"R\"> has no bits 40 to 40: they are ignored\n" },
    { "<bitset name='B'><bitfield name='F' low='0'/></bitset>\n",
      "2: <bitfield name=\"F\"> needs pos, or high and low, with high not below low: it is left out\n"
    },
    { "<bitset name='B'><bitfield name='F' pos='64'/></bitset>\n",
      "2: pos=\"64\" of <bitfield>: not a bit, 0 to 63\n" },
    { "<bitset name='B'><bitfield name='F' pos='1' shr='64'/></bitset>\n",
      "2: shr=\"64\" of <bitfield>: not a bit, 0 to 63\n" },
    { "<bitset name='B' inline='maybe'/>\n",
      "2: inline=\"maybe\" of <bitset>: not yes, no, true, false, 1 or 0\n" },
    { "<domain name='D'><reg32 name='R' offset='0' type='nope'/></domain>\n",
      "2: unknown type 'nope': it is taken for hex\n" },
    { "<domain name='D'><use-group name='nope'/></domain>\n",
      "2: there is no group 'nope'\n" },
    { "<domain name='D'><use-group name='g'/><use-group name='g'/></domain>\n"
      "<group name='g'><use-group name='h'/></group>\n"
      "<group name='h'>\n<use-group name='g'/></group>\n",
      "5: the group 'g' uses itself\n" },
    { "<domain name='D'><reg32 name='R' offset='0' variants='A'/></domain>\n",
      "2: variants=\"A\", but neither varset nor prefix names an enum\n" },
    { "<domain name='D' varset='v'><reg32 name='R' offset='0' variants='A'/>"
      "<reg32 name='S' offset='4' variants='B'/></domain>\n",
      "2: variants=\"A\": there is no enum 'v': what depends on it is taken to exist always\n"
    },
    { "<enum name='v'><value name='B'/></enum><domain name='D' varset='v'>\n"
      "<reg32 name='R' offset='0' variants='A-'/></domain>\n",
      "3: variants=\"A-\": the enum 'v' has no value 'A'\n" },
    { "<enum name='E'/>\n<enum name='E' bare='yes'/>\n",
      "3: <enum name=\"E\"> has other attributes than the first one with that name, in line 2: those count\n"
    },
    { "<domain name='D' size='4'/>\n<domain name='D' size='8'/>\n",
      "3: <domain name=\"D\"> has other attributes than the first one with that name, in line 2: those count\n"
    },
    { "<spectype name='S' type='uint'/>\n<spectype name='S' type='hex'/>\n",
      "3: <spectype name=\"S\"> is there already: this one is ignored\n" },
    { "<bitset name='B'><bitfield name='F' pos='0' type='B'/></bitset>\n",
      "2: type=\"B\": the bitset contains itself\n" },
    { "<bitset name='B'><bitfield name='F' pos='0' type='C'/></bitset>\n"
      "<bitset name='C'><bitfield name='F' pos='0' type='B'/></bitset>\n",
      "3: type=\"B\": the bitset contains itself\n" },
    { "<spectype name='S' type='T'/><spectype name='T' type='S'/>\n"
      "<domain name='D'><reg32 name='R' offset='0' type='S'/></domain>\n",
      "2: type=\"S\": the type contains itself\n" },
};

static void test_wrong(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        g_autofree char *message = g_strconcat("db.xml:", wrongs[i].message,
                                               NULL);
        g_autoptr(RegDb) db = regdb_files_xml(wrongs[i].content, message);

        g_assert_nonnull(db);
    }
}

/* What is wrong is left out, the rest is there. */
static void test_left_out(void)
{
    g_autoptr(RegDb) db = regdb_files_xml(
        "<domain name='D'>\n"
        "  <reg32 offset='x' name='A'><enum name='e'>"
        "<value name='V' value='1'/></enum></reg32>\n"
        "  <unknown><reg32 offset='0' name='U'/></unknown>\n"
        "  <reg32 offset='4' name='B'><bitfield name='F' pos='99'/>"
        "<bitfield name='G' pos='1'/></reg32>\n"
        "</domain>\n",
        "db.xml:3: offset=\"x\" of <reg32>: not a number: write 16 or 0x10, for example\n"
        "db.xml:4: unknown element <unknown>: it is ignored\n"
        "db.xml:5: pos=\"99\" of <bitfield>: not a bit, 0 to 63\n");

    assert_list(db, "D", "0x4 32 rw B\n");
    assert_value(db, "D", 4, 2, "{ G }");
}

static const struct Refused {
    const char *text;
    const char *message;        /* of "x.xml" */
} refused[] = {
    { "<database><domain name='D'>", "1: invalid XML: *" },
    { "<database>\n<domain name=D/></database>", "2: invalid XML: *" },
    { "<!DOCTYPE database [<!ENTITY a 'b'>]>\n<database>&a;</database>",
      "1: the document has a type declaration (<!DOCTYPE>), which is refused: entities may be in it"
    },
    { "<!DOCTYPE database SYSTEM '/dev/stdin'><database/>",
      "1: the document has a type declaration (<!DOCTYPE>), which is refused: entities may be in it"
    },
    { "<database>&nbsp;</database>", "1: invalid XML: *" },
    { "<database/><database/>", "1: invalid XML: *" },
};

static void test_refused(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *faults = g_strconcat(refused[i].message, "\n*", NULL);

        g_assert_null(regdb_text_load("x.xml", refused[i].text, faults));
    }
    regdb_files_put("db.xml", "<device/>");
    g_assert_null(regdb_files_load("db.xml", "rnndb",
                                   "db.xml:1: the root element is <device>, not <database>\n"
                                   ));
}

/* libxml2 must not convert what an encoding of iconv's makes of it. */
static void test_encodings(void)
{
    static const char *const encodings[] = {
        "UTF-8", "ISO-8859-1", "EUC-JP", "UTF-7", "UTF-16", "nothing",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(encodings); i++) {
        g_autofree char *text = g_strdup_printf(
            "<?xml version='1.0' encoding='%s'?>\n<database>"
            "<domain name='D'><reg32 offset='0' name='%s'/></domain>"
            "</database>", encodings[i], i % 2 ? "\xe4+\xff" : "\xc3\xa4+\xc3\xbf");
        g_autoptr(RegDb) db = regdb_text_load("x.xml", text, "");

        assert_list(db, "D", "0x0 32 rw \xc3\xa4+\xc3\xbf\n");
    }
}

static void test_attributes(void)
{
    g_autoptr(GString) text = g_string_new("<!-- <a ' --><![CDATA[\n< ' ]]>"
                                           "<domain name='D'>\n<array");
    unsigned i;

    for (i = 0; i < 257; i++) {
        g_string_append_printf(text, " a%u='>'", i);
    }
    g_string_append(text, "/></domain>");
    g_assert_null(regdb_files_xml(text->str,
                                  "db.xml:4: an element has more than 256 attributes\n"));
}

/* @text @n times, with the number in the place of each %u */
static char *repeat(const char *text, unsigned n)
{
    GString *all = g_string_new(NULL);
    g_auto(GStrv) part = g_strsplit(text, "%u", -1);
    unsigned i;

    for (i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *one = g_strjoinv(number, part);

        g_string_append(all, one);
    }
    return g_string_free(all, FALSE);
}

static void assert_refused(const char *before, const char *text, unsigned n,
                           const char *after, const char *message)
{
    g_autofree char *many = repeat(text, n);
    g_autofree char *all = g_strconcat(before, many, after, NULL);

    g_assert_null(regdb_files_xml(all, message));
}

/* Each takes minutes, or GiBs, without its limit. */
static void test_too_many(void)
{
    assert_refused("", "<a/>", 2 << 20, "",
                   "db.xml:2: the XML document has more than 2097152 elements, attributes and comments\n");
    assert_refused("", "<a xmlns:n%u='x'/>\n", 65, "",
                   "db.xml:66: the XML document declares more than 64 namespaces\n");
    assert_refused("", "<domain name='d%u'/>\n", 4097, "",
                   "db.xml:4098: the database has more than 4096 domains\n");
    assert_refused("", "<enum name='e%u'><value name='A'/></enum>"
                   "<domain name='d%u' varset='e%u' variants='A'/>\n", 257, "",
                   "db.xml:258: the database has more than 256 sets of variants\n");
    assert_refused("<group name='g0'><reg32 name='r' offset='0'>"
                   "<bitfield name='f' pos='0'/>",
                   "<value name='v' value='1'/>", 8000, "</reg32></group>\n"
                   "<domain name='d'>"
                   "<stripe length='0' stride='4'><use-group name='g2'/></stripe>"
                   "</domain><group name='g1'>"
#define TEN(x) x x x x x x x x x x
                   TEN(TEN("<use-group name='g0'/>"))
                   "</group><group name='g2'>"
                   TEN(TEN("<use-group name='g1'/>"))
                   "</group>",
                   "db.xml:3: groups use each other so often that the database has more than 4 million elements\n");
}

/* A list of variants is looked up in each set that it is used with. */
static void test_many_variants(void)
{
    g_autofree char *words = repeat("A ", 50000);
    g_autofree char *enums = repeat("<enum name='e%u'><value name='A'/></enum>",
                                    100);
    g_autofree char *before = g_strconcat(
        enums, "\n<group name='g'><reg32 name='r' offset='0' variants='",
        words, "'/></group>", NULL);

    assert_refused(before, "<domain name='d%u' varset='e%u'>"
                   "<use-group name='g'/></domain>", 100, "",
                   "db.xml:3: the lists of variants have more than 4194304 words\n");
}

/* Files that are missing are looked for in many places. */
static void test_many_imports(void)
{
    g_autoptr(GString) messages = g_string_new(NULL);
    g_autofree char *text = repeat("<import file='a%u.xml'/>\n", 5000);
    unsigned i;

    for (i = 0; i < REGDB_MESSAGES_MAX; i++) {
        g_string_append_printf(messages,
                               "db.xml:%u: a%u.xml can't be opened: No such file or directory\n",
                               i + 2, i);
    }
    g_assert_null(regdb_files_xml(text, messages->str));
}

static void test_recognised(void)
{
    static const char *const texts[] = {
        "<database/>", "<database\n/>", "\xef\xbb\xbf<database></database>",
        ("<?xml version='1.0'?>\n<!-- <x> -->\n <!-- --><database\tx:y='z'"
         " xmlns:x='u'></database>"),
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(RegDb) db = regdb_text_load("x", texts[i], "");

        g_assert_cmpstr(db->format, ==, "rnndb");
    }
    g_assert_null(regdb_text_load("x", "<databases/>", "is in no*"));
    g_assert_null(regdb_text_load("x", "<!-- <database>", "*"));
}

static void test_too_deep(void)
{
    g_autoptr(GString) text = g_string_new("<domain name='D'>");
    g_autoptr(RegDb) db = NULL;
    unsigned i;

    for (i = 0; i < 17; i++) {
        g_string_append(text, "<stripe>\n");
    }
    g_string_append(text, "<reg32 offset='0' name='R'/>");
    for (i = 0; i < 17; i++) {
        g_string_append(text, "</stripe>");
    }
    g_string_append(text, "<reg32 offset='4' name='S'/></domain>\n");
    db = regdb_files_xml(text->str,
                         "db.xml:18: '<stripe>' is left out: groups, arrays and stripes are nested more than 16 deep\n");
    assert_list(db, "D", "0x4 32 rw S\n");
}

/* Each group uses the next one twice: 2^30 of the last one */
static void add_groups(GString *text, unsigned n, const char *last)
{
    unsigned i;

    g_string_append(text, "<domain name='D'><use-group name='g0'/></domain>\n");
    for (i = 0; i < n; i++) {
        g_string_append_printf(text, "<group name='g%u'><use-group name='g%u'/>"
                               "<use-group name='g%u'/></group>\n",
                               i, i + 1, i + 1);
    }
    g_string_append_printf(text, "<group name='g%u'>%s</group>\n", n, last);
}

static void test_many_groups(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    add_groups(text, 30, "");
    g_assert_null(regdb_files_xml(text->str,
                                  "db.xml:32: groups use each other so often that the database has more than 4 million elements\n"
                                  ));
    g_string_truncate(text, 0);
    add_groups(text, 33, "<reg32 offset='0' name='R'/>");
    g_assert_null(regdb_files_xml(text->str,
                                  "db.xml:34: the group 'g32' is left out: groups use each other more than 32 deep\n"
                                  "db.xml:34: the group 'g32' is left out: groups use each other more than 32 deep\n"
                                  "db.xml:33: groups use each other so often that the database has more than 4 million elements\n"
                                  ));
}

/* Fields of fields of fields, each of which is printed */
static void test_many_fields(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) messages = g_string_new(NULL);
    g_autoptr(RegDb) db = NULL;
    unsigned i, j;

    for (i = 0; i < 3; i++) {
        g_string_append_printf(text, "<bitset name='b%u'>\n", i);
        for (j = 0; j < 11; j++) {
            g_string_append_printf(text,
                                   "<bitfield low='0' high='63' name='f%u' type='b%u'/>\n",
                                   j, i + 1);
        }
        g_string_append(text, "</bitset>");
    }
    g_string_append(text, "<bitset name='b3'><bitfield name='f' pos='1'/>"
                    "</bitset>\n<domain name='D'>"
                    "<reg32 offset='0' name='R' type='b0'/></domain>");
    for (i = 4; i < 11; i++) {
        g_string_append_printf(messages,
                               "db.xml:%u: <bitfield name=\"f%u\">: with its type, the bitset has more than 1024 fields, or they are nested more than 16 deep: it is left out\n",
                               i + 3, i);
    }
    db = regdb_files_xml(text->str, messages->str);
    g_assert_cmpuint(regdb_domain(db, "D")->elements[0]->type->n_fields, ==,
                     4);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* no file of the machine's */
    g_setenv("VFIO_TRACE_REGDB_PATH", "", TRUE);
    g_test_add_func("/regdb/rnndb/wrong", test_wrong);
    g_test_add_func("/regdb/rnndb/left-out", test_left_out);
    g_test_add_func("/regdb/rnndb/refused", test_refused);
    g_test_add_func("/regdb/rnndb/encodings", test_encodings);
    g_test_add_func("/regdb/rnndb/attributes", test_attributes);
    g_test_add_func("/regdb/rnndb/too-many", test_too_many);
    g_test_add_func("/regdb/rnndb/many-variants", test_many_variants);
    g_test_add_func("/regdb/rnndb/many-imports", test_many_imports);
    g_test_add_func("/regdb/rnndb/recognised", test_recognised);
    g_test_add_func("/regdb/rnndb/too-deep", test_too_deep);
    g_test_add_func("/regdb/rnndb/many-groups", test_many_groups);
    g_test_add_func("/regdb/rnndb/many-fields", test_many_fields);
    status = g_test_run();
    regdb_files_end();
    return status;
}
