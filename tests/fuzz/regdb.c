/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: what is true of every register database (see regdb.h)
 */
#include "regdb.h"

#include <string.h>

#include "fuzz.h"
#include "libmmiotrace/printable.h"
#include "libregdb/build.h"
#include "libregdb/load.h"
#include "libregdb/text.h"

/* Registers of a domain that are looked up */
#define LOOKUPS 500

/**
 * struct Lookups: registers that are looked up
 * @view: the view
 * @left: how many more
 */
typedef struct Lookups {
    RegDbView *view;
    unsigned left;
} Lookups;

static void check_text(const char *text)
{
    const char *p;

    fuzz_check(g_utf8_validate(text, -1, NULL), "not UTF-8");
    for (p = text; *p; p = g_utf8_next_char(p)) {
        fuzz_check(mmt_char_is_printable(g_utf8_get_char(p)),
                   "not printable: %s", text);
    }
}

static void check_name(const char *name)
{
    fuzz_check(name, "no name");
    fuzz_check(strlen(name) <= REGDB_NAME_MAX, "%s", name);
    check_text(name);
}

static void check_messages(const RegDbMessages *messages, const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    unsigned i;

    fuzz_check(messages->lines->len == MIN(messages->n, REGDB_MESSAGES_MAX),
               "%u of %u", messages->lines->len, messages->n);
    for (i = 0; i < messages->lines->len; i++) {
        const char *line = messages->lines->pdata[i];

        check_text(line);
        fuzz_check(g_str_has_prefix(line, directory), "no file: %s", line);
    }
}

static void check_when(const RegDb *db, const RegDbCondition *when)
{
    for (; when; when = when->next) {
        fuzz_check(db->varsets[when->varset->number] == when->varset,
                   "a set of another database");
    }
}

static void check_type(const RegDb *db, const RegDbType *type)
{
    uint32_t i;

    fuzz_check(type->kind <= REGDB_NAMED, "kind %d", type->kind);
    fuzz_check(type->shr < 64 && type->radix < 64, "%u %u", type->shr,
               type->radix);
    fuzz_check(!type->base == (type->kind != REGDB_NAMED), "kind %d",
               type->kind);
    for (i = 0; i < type->n_values; i++) {
        check_name(type->values[i].name);
        check_when(db, type->values[i].when);
    }
    for (i = 0; i < type->n_fields; i++) {
        const RegDbField *field = &type->fields[i];

        check_name(field->name);
        fuzz_check(field->low <= field->high && field->high < 64, "%u-%u",
                   field->low, field->high);
        fuzz_check(field->type, "a field without a type");
        check_when(db, field->when);
    }
}

static void check_element(const RegDb *db, const RegDbElement *element,
                          unsigned depth)
{
    uint32_t i;

    fuzz_check(depth < REGDB_DEPTH_MAX, "%u", depth);
    if (element->name || element->kind != REGDB_STRIPE) {
        check_name(element->name);
    }
    fuzz_check(element->offset < REGDB_ADDRESS_MAX, "%s", element->name);
    check_when(db, element->when);
    if (element->kind == REGDB_REGISTER) {
        fuzz_check(element->bits >= 8 && element->bits <= 64, "%u",
                   element->bits);
        fuzz_check(element->type && !element->n_children, "%s", element->name);
        check_type(db, element->type);
    }
    for (i = 0; i < element->n_children; i++) {
        check_element(db, element->children[i], depth + 1);
    }
}

static bool check_lookup(const RegDbMatch *match, void *opaque)
{
    Lookups *lookups = opaque;
    g_autoptr(GString) text = g_string_new(NULL);
    RegDbPart parts[REGDB_PARTS_MAX];
    unsigned n;

    check_text(match->name);
    if (match->element->kind != REGDB_REGISTER) {
        return true;
    }
    n = regdb_view_parts(lookups->view, match->offset,
                         MAX(match->element->bits / 8, 1), REGDB_READ, parts);
    fuzz_check(n >= 1 && n <= REGDB_PARTS_MAX, "%u parts", n);
    regdb_put_part(lookups->view, &parts[0], 0x123456789abcdef0,
                   &regdb_no_colors, text);
    check_text(text->str);
    return --lookups->left;
}

static void check_domain(const RegDb *db, const RegDbDomain *domain)
{
    Lookups lookups = { .left = LOOKUPS };
    uint32_t i;

    check_name(domain->name);
    for (i = 0; i < domain->n_elements; i++) {
        check_element(db, domain->elements[i], 0);
    }
    lookups.view = regdb_view_new(db, domain, NULL);
    regdb_view_each(lookups.view, NULL, check_lookup, &lookups);
    regdb_view_free(lookups.view);
}

void regdb_check_file(const char *path, const char *format)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDb) db = regdb_load(path, format, messages);
    uint32_t i;

    check_messages(messages, path);
    fuzz_check(db || messages->n, "not loaded, without a message");
    for (i = 0; db && i < db->n_domains; i++) {
        check_domain(db, db->domains[i]);
    }
    for (i = 0; db && i < db->n_enums; i++) {
        check_type(db, db->enums[i]);
    }
}
