/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: JSON databases of Mesa */
#include <glib/gstdio.h>
#include <string.h>

#include "regdb-files.h"

static void check_refused(const char *name, const char *messages)
{
    g_assert_null(regdb_files_load(name, "mesa", messages));
}

static void check_text(const RegDb *db, const char *domain, const char *text)
{
    g_autofree char *got = regdb_files_text(db, domain);

    g_assert_cmpstr(got, ==, text);
}

static const char database[] =
    "{\n"
    " \"enums\": {\n"
    "  \"Mode\": {\"entries\": [\n"
    "    {\"name\": \"OFF\", \"value\": 0},\n"
    "    {\"name\": \"FAST\", \"value\": 2, \"comment\": \"not slow\"},\n"
    "    {\"name\": \"TOP\", \"value\": 4294967295}\n"
    "  ]}\n"
    " },\n"
    " \"register_mappings\": [\n"
    "  {\"chips\": [\"gfx6\", \"gfx7\"], \"map\": {\"at\": 32784, \"to\": \"mm\"},\n"
    "   \"name\": \"STATUS\", \"type_ref\": \"STATUS\"},\n"
    "  {\"chips\": [\"gfx9\"], \"map\": {\"at\": 32784, \"to\": \"mm\"},\n"
    "   \"name\": \"STATUS9\", \"comment\": \"new\"},\n"
    "  {\"chips\": [\"gfx9\", \"gfx7\", \"gfx6\"],\n"
    "   \"map\": {\"at\": 48, \"to\": \"mm\"}, \"name\": \"ALL\"},\n"
    "  {\"map\": {\"at\": 52, \"to\": \"mm\"}, \"name\": \"ANY\", \"type_ref\": \"WIDE\"},\n"
    "  {\"map\": {\"at\": 60, \"to\": \"mm\"}, \"name\": \"EMPTY\", \"type_ref\": \"EMPTY\"},\n"
    "  {\"chips\": [\"gfx6\"], \"map\": {\"at\": 1041, \"to\": \"pkt3\"}, \"name\": \"WORD1\"},\n"
    "  {\"map\": {\"at\": 7, \"to\": \"other\"}, \"name\": \"O\"}\n"
    " ],\n"
    " \"register_types\": {\n"
    "  \"STATUS\": {\"fields\": [\n"
    "    {\"bits\": [0, 0], \"name\": \"BUSY\"},\n"
    "    {\"bits\": [4, 7], \"name\": \"MODE\", \"enum_ref\": \"Mode\", \"comment\": \"how\"}\n"
    "  ]},\n"
    "  \"WIDE\": {\"fields\": [{\"bits\": [8, 47], \"name\": \"ADDR\"}]},\n"
    "  \"EMPTY\": {\"fields\": []}\n"
    " }\n"
    "}\n";

static void test_database(void)
{
    g_autoptr(RegDb) db = NULL;
    const RegDbField *field;

    regdb_files_put("gfx.json", database);
    db = regdb_files_load("gfx.json", NULL, "");
    g_assert_cmpstr(db->format, ==, "mesa");
    g_assert_cmpuint(db->n_registers, ==, 7);
    g_assert_cmpuint(db->n_enums, ==, 1);
    g_assert_cmpuint(db->n_bitsets, ==, 3);
    check_text(db, "MMIO", "STATUS 0x8010 32\n  BUSY 0-0\n  MODE 4-7\n"
               "STATUS9 0x8010 32\nALL 0x30 32\nANY 0x34 64\n  ADDR 8-47\n"
               "EMPTY 0x3c 32\n");
    check_text(db, "pkt3", "WORD1 0x1044 32\n");
    check_text(db, "other", "O 0x7 32\n");
    g_assert_cmpstr(db->bitsets[0]->name, ==, "STATUS");
    field = &db->bitsets[0]->fields[0];
    g_assert_cmpint(field->type->kind, ==, REGDB_BOOLEAN);
    field = &db->bitsets[0]->fields[1];
    g_assert_cmpstr(field->brief, ==, "how");
    g_assert_true(field->type == db->enums[0]);
    g_assert_cmpuint(field->type->n_values, ==, 3);
    g_assert_cmpstr(field->type->values[1].name, ==, "FAST");
    g_assert_cmpstr(field->type->values[1].brief, ==, "not slow");
    g_assert_cmphex(field->type->values[2].value, ==, 0xffffffff);
    regdb_files_end();
}

static const char *name_on(const RegDb *db, uint32_t chip, uint64_t offset)
{
    RegDbView *view = regdb_view_new(db, regdb_domain(db, "MMIO"), &chip);
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ);
    const char *name = reg ? g_intern_string(reg->name) : NULL;

    regdb_view_free(view);
    return name;
}

static void test_chips(void)
{
    g_autoptr(RegDb) db = NULL;
    const RegDbVarset *chips;

    regdb_files_put("gfx.json", database);
    db = regdb_files_load("gfx.json", NULL, "");
    chips = regdb_varset(db, "chips");
    g_assert_nonnull(chips);
    g_assert_cmpuint(chips->n, ==, 3);
    g_assert_cmpstr(chips->names[0], ==, "gfx6");
    g_assert_cmpstr(chips->names[1], ==, "gfx7");
    g_assert_cmpstr(chips->names[2], ==, "gfx9");
    g_assert_cmpstr(name_on(db, 0, 0x8010), ==, "STATUS");
    g_assert_cmpstr(name_on(db, 1, 0x8010), ==, "STATUS");
    g_assert_cmpstr(name_on(db, 2, 0x8010), ==, "STATUS9");
    g_assert_cmpstr(name_on(db, 2, 0x30), ==, "ALL");
    g_assert_cmpstr(name_on(db, 2, 0x34), ==, "ANY");
    regdb_files_end();
}

/* A database of one chip depends on nothing. */
static void test_one_chip(void)
{
    g_autoptr(RegDb) db = NULL;

    regdb_files_put("gfx.json",
                    "{\"register_mappings\": [{\"chips\": [\"gfx6\"], \"map\": {\"at\": 0, \"to\": \"mm\"}, \"name\": \"A\"}]}");
    db = regdb_files_load("gfx.json", NULL, "");
    g_assert_cmpuint(db->n_varsets, ==, 0);
    check_text(db, "MMIO", "A 0x0 32\n");
    regdb_files_end();
}

/* What is wrong is left out; the rest is there. */
static const struct {
    const char *json;
    const char *messages;
    const char *text;
} faults[] = {
    { "{\"enums\": [],\n\"register_types\": 5, \"register_mappings\": []}",
      "x.json:1: enums: not an object\n"
      "x.json:2: register_types: not an object\n", NULL },
    { "{\"enums\": {\"A\": 1,\n\"B\": {},\n\"C\": {\"entries\": [\n7,\n{},\n"
      "{\"name\": \"\"},\n{\"name\": \"X\"},\n{\"name\": \"Y\", \"value\": 1.5},\n"
      "{\"name\": \"Z\", \"value\": \"1\"}]}}, \"register_mappings\": []}",
      "x.json:1: enums.A: not an object with its list\n"
      "x.json:2: enums.B: not an object with its list\n"
      "x.json:4: enums.C.entries[0]: not an object with a 'name' of 1 to 255 bytes\n"
      "x.json:5: enums.C.entries[1]: not an object with a 'name' of 1 to 255 bytes\n"
      "x.json:6: enums.C.entries[2]: not an object with a 'name' of 1 to 255 bytes\n"
      "x.json:7: enums.C.entries[3]: its 'value' is not an integer\n"
      "x.json:8: enums.C.entries[4]: its 'value' is not an integer\n"
      "x.json:9: enums.C.entries[5]: its 'value' is not an integer\n", NULL },
    { "{\"register_types\": {\"T\": {\"fields\": [\n"
      "{\"name\": \"A\", \"bits\": [3, 2]},\n{\"name\": \"B\", \"bits\": [0, 64]},\n"
      "{\"name\": \"C\", \"bits\": [-1, 2]},\n{\"name\": \"D\", \"bits\": [1]},\n"
      "{\"name\": \"E\"},\n{\"name\": \"F\", \"bits\": [\"0\", 1]},\n"
      "{\"name\": \"G\", \"bits\": [0, 1], \"enum_ref\": \"none\"}]}},\n"
      "\"register_mappings\": [{\"name\": \"R\", \"type_ref\": \"T\", \"map\": {\"at\": 0, \"to\": \"mm\"}}]}",
      "x.json:2: register_types.T.fields[0]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:3: register_types.T.fields[1]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:4: register_types.T.fields[2]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:5: register_types.T.fields[3]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:6: register_types.T.fields[4]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:7: register_types.T.fields[5]: its 'bits' are not two numbers from 0 to 63, the lower one first\n"
      "x.json:8: register_types.T.fields[6]: there is no enum 'none'\n",
      "R 0x0 32\n  G 0-1\n" },
    { "{\"register_mappings\": [ 1,\n{\"name\": \"A\"},\n"
      "{\"name\": \"B\", \"map\": {\"at\": 281474976710656, \"to\": \"mm\"}},\n"
      "{\"name\": \"C\", \"map\": {\"at\": -4, \"to\": \"mm\"}},\n"
      "{\"name\": \"D\", \"map\": {\"at\": 4}},\n"
      "{\"name\": \"E\", \"map\": {\"at\": 4, \"to\": \"mm\"}, \"type_ref\": \"none\"},\n"
      "{\"name\": \"E\", \"map\": {\"at\": 4, \"to\": \"mm\"}},\n"
      "{\"name\": \"F\", \"map\": {\"at\": 8, \"to\": \"mm\"}, \"chips\": 5},\n"
      "{\"name\": \"G\", \"map\": {\"at\": 12, \"to\": \"mm\"}, \"chips\": [5, \"a\", \"b\", \"a\"]}]}",
      "x.json:1: register_mappings[0]: not an object with a 'name' of 1 to 255 bytes\n"
      "x.json:2: register_mappings[1]: its 'map' has no space 'to' and address 'at' below 2^48\n"
      "x.json:3: register_mappings[2]: its 'map' has no space 'to' and address 'at' below 2^48\n"
      "x.json:4: register_mappings[3]: its 'map' has no space 'to' and address 'at' below 2^48\n"
      "x.json:5: register_mappings[4]: its 'map' has no space 'to' and address 'at' below 2^48\n"
      "x.json:6: register_mappings[5]: there is no register type 'none'\n"
      "x.json:7: register_mappings[6]: this address has already the name 'E'\n"
      "x.json:8: register_mappings[7]: its 'chips' are not a list\n"
      "x.json:9: register_mappings[8]: a chip is not a name of up to 255 bytes\n",
      "E 0x4 32\nF 0x8 32\nG 0xc 32\n" },
};

static void test_faults(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autoptr(RegDb) db = NULL;

        regdb_files_put("x.json", faults[i].json);
        db = regdb_files_load("x.json", "mesa", faults[i].messages);
        g_assert_nonnull(db);
        if (faults[i].text) {
            check_text(db, "MMIO", faults[i].text);
        }
        regdb_files_end();
    }
}

/* Of these, nothing can be made. */
static const struct {
    const char *json;
    const char *messages;
} refused[] = {
    { "", "x.json:1: the text is not an object\n" },
    { "\n\n[]", "x.json:3: the text is not an object\n" },
    { "{}\n{}", "x.json:1: there is something behind the object\n" },
    { "{}", "x.json: there is no list 'register_mappings'\n" },
    { "{\"register_mappings\": {}}",
      "x.json: there is no list 'register_mappings'\n" },
    { "{\n/* comment */}", "x.json:2: this is not JSON\n" },
    { "{\n\n'a': 1}", "x.json:3: this is not JSON\n" },
    { "{\"a\": \"\xff\"}", "x.json:1: the text is not UTF-8\n" },
    { "{\"a\":\n[[[[[[[[[[[[[[[[[\n]",
      "x.json:2: lists and objects are nested too deep\n" },
};

static void test_refused(void)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        regdb_files_put("x.json", refused[i].json);
        check_refused("x.json", refused[i].messages);
    }
    regdb_files_end();
}

/* JSON-GLib's words are its own; the line is there. */
static void test_syntax(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("regdb-XXXXXX", &path, NULL);
    const char *name;

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_file_set_contents(path,
                                      "{\n \"enums\": {},\n \"a\" 5 }", -1,
                                      NULL));
    g_assert_null(regdb_load(path, "mesa", messages));
    g_assert_cmpuint(messages->n, ==, 1);
    name = messages->lines->pdata[0];
    g_assert_true(g_str_has_prefix(name, path));
    g_assert_true(g_str_has_prefix(name + strlen(path), ":3: "));
    g_assert_null(strstr(name, "<data>"));
    g_close(fd, NULL);
    g_assert_cmpint(g_remove(path), ==, 0);
}

/* More values than any real database has, in little text */
static void test_limits(void)
{
    g_autoptr(GString) text = g_string_new("{\"register_mappings\": [0");
    unsigned i;

    for (i = 0; i < 500000; i++) {
        g_string_append(text, ",0");
    }
    g_string_append(text, "]}");
    regdb_files_put("x.json", text->str);
    check_refused("x.json",
                  "x.json:1: the text has too many values\n");
    g_string_assign(text, "{\"register_mappings\": [], \"enums\": {\n");
    for (i = 0; i < 4097; i++) {
        g_string_append_printf(text, "%s\"E%u\": {\"entries\": []}",
                               i ? ",\n" : "", i);
    }
    g_string_append(text, "}}");
    regdb_files_put("x.json", text->str);
    check_refused("x.json",
                  "x.json:4098: an object has too many members\n");
    g_string_assign(text, "{\"register_mappings\": [");
    g_string_append_printf(text, "%*s]}", 17 << 20, "");
    regdb_files_put("x.json", text->str);
    check_refused("x.json",
                  "x.json: a JSON text has more than 16 MiB\n");
    regdb_files_end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-mesa/database", test_database);
    g_test_add_func("/regdb-mesa/chips", test_chips);
    g_test_add_func("/regdb-mesa/one-chip", test_one_chip);
    g_test_add_func("/regdb-mesa/faults", test_faults);
    g_test_add_func("/regdb-mesa/refused", test_refused);
    g_test_add_func("/regdb-mesa/syntax", test_syntax);
    g_test_add_func("/regdb-mesa/limits", test_limits);
    return g_test_run();
}
