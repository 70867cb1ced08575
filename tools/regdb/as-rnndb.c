/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb convert: rules-ng-ng XML, which loads as the same model
 *
 * Types with a name are at the top; those without are where they are used.  A
 * condition on several sets of variants is written as stripes around the
 * element; fields and values have no such stripes, and are left out then.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "libregdb/hash.h"
#include "tools/regdb/regdb.h"

/*
 * Fields and values that are written, each time: many fields may share an enum
 * of many values that has no name
 */
#define CONTENT_MAX (16u << 20)

/**
 * struct Xml: a database that is written
 * @part: what of it
 * @names: names of the enums and bitsets that are written
 * @named: RegDbType that has a name by which it is found
 * @chains: RegDbType that need a <spectype>: number of it, plus 1
 * @queue: the same, in the order of their numbers
 * @n_content: fields and values so far
 */
typedef struct Xml {
    RegdbPart *part;
    GHashTable *names;
    GHashTable *named;
    GHashTable *chains;
    GPtrArray *queue;
    uint64_t n_content;
} Xml;

static const char *const kinds[] = {
    [REGDB_HEX] = "hex",
    [REGDB_UINT] = "uint",
    [REGDB_INT] = "int",
    [REGDB_BOOLEAN] = "boolean",
    [REGDB_FLOAT] = "float",
    [REGDB_FIXED] = "fixed",
    [REGDB_UFIXED] = "ufixed",
    [REGDB_ENUM] = "enum",
    [REGDB_BITSET] = "bitset",
};

static void put(const Xml *xml, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void put(const Xml *xml, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vfprintf(xml->part->out, format, ap);
    va_end(ap);
}

static void put_indent(const Xml *xml, unsigned depth)
{
    put(xml, "%*s", 2 * (int)depth, "");
}

/* U+FFFE and U+FFFF are no characters of XML, however they are written. */
static char *escape(const char *text)
{
    static const char *const bad[] = { "\xef\xbf\xbe", "\xef\xbf\xbf" };
    char *escaped = g_markup_escape_text(text, -1);
    size_t i;
    char *p;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        for (p = strstr(escaped, bad[i]); p; p = strstr(p, bad[i])) {
            *p = '?';
            memmove(p + 1, p + 3, strlen(p + 3) + 1);
        }
    }
    return escaped;
}

static void put_text(const Xml *xml, const char *name, const char *text)
{
    g_autofree char *escaped = escape(text);

    put(xml, " %s=\"%s\"", name, escaped);
}

static void put_brief(const Xml *xml, unsigned depth, const char *brief)
{
    g_autofree char *escaped = brief ? escape(brief) : NULL;

    if (brief) {
        put_indent(xml, depth);
        put(xml, "<brief>%s</brief>\n", escaped);
    }
}

/* --- conditions --------------------------------------------------------- */

static bool is_decided(const Xml *xml, const RegDbCondition *when)
{
    return xml->part->variants[when->varset->number] != REGDB_ANY_VARIANT;
}

static bool holds(const Xml *xml, const RegDbCondition *when)
{
    for (; when; when = when->next) {
        uint32_t variant = xml->part->variants[when->varset->number];

        if (variant != REGDB_ANY_VARIANT &&
            !(when->bits[variant / 64] >> variant % 64 & 1)) {
            return false;
        }
    }
    return true;
}

/* The first condition at or behind @when that depends on the chip */
static const RegDbCondition *undecided(const Xml *xml,
                                       const RegDbCondition *when)
{
    while (when && is_decided(xml, when)) {
        when = when->next;
    }
    return when;
}

static unsigned count_undecided(const Xml *xml, const RegDbCondition *when)
{
    unsigned n = 0;

    for (when = undecided(xml, when); when;
         when = undecided(xml, when->next)) {
        n++;
    }
    return n;
}

/* Of several variants with one name, the first one is meant by it. */
static bool is_first(const RegDbVarset *set, uint32_t variant)
{
    uint32_t i;

    for (i = 0; i < variant; i++) {
        if (!strcmp(set->names[i], set->names[variant])) {
            return false;
        }
    }
    return true;
}

/* Where rules-ng-ng lists variants, these characters are no part of a name. */
static char *variant_name(const Xml *xml, const RegDbVarset *set,
                          uint32_t variant)
{
    char *name = g_strdup(set->names[variant]);

    /* the database's own enum is written as it is */
    return g_hash_table_contains(xml->names, set->name) ? name :
           g_strdelimit(name, " ,:-", '_');
}

static void add_name(const Xml *xml, GString *names, const char *before,
                     const RegDbVarset *set, uint32_t variant)
{
    g_autofree char *name = variant_name(xml, set, variant);

    g_string_append_printf(names, "%s%s", before, name);
}

/* Variants from @first up to but without @end: "A", "A-C" or "A:D" */
static void add_range(const Xml *xml, GString *names, const RegDbVarset *set,
                      uint32_t first, uint32_t end)
{
    add_name(xml, names, names->len ? " " : "", set, first);
    if (end == first + 1) {
        return;
    }
    if (is_first(set, end - 1)) {
        add_name(xml, names, "-", set, end - 1);
    } else if (end == set->n) {
        g_string_append(names, "-");
    } else {
        add_name(xml, names, ":", set, end);
    }
}

static void put_variants(const Xml *xml, const RegDbCondition *when)
{
    g_autoptr(GString) names = NULL;
    uint32_t i;
    uint32_t first = 0;

    when = undecided(xml, when);
    if (!when) {
        return;
    }
    names = g_string_new(NULL);
    for (i = 0; i <= when->varset->n; i++) {
        if (i < when->varset->n && when->bits[i / 64] >> i % 64 & 1) {
            continue;
        }
        if (first < i) {
            add_range(xml, names, when->varset, first, i);
        }
        first = i + 1;
    }
    put_text(xml, "varset", when->varset->name);
    put_text(xml, "variants", names->str);
}

/* Is it there, and can its condition be written?  If not, it is counted. */
static bool is_written(Xml *xml, const RegDbCondition *when)
{
    if (!holds(xml, when)) {
        return false;
    }
    if (count_undecided(xml, when) > 1) {
        xml->part->lost++;
        return false;
    }
    return true;
}

/* --- types -------------------------------------------------------------- */

static bool is_word(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!strcmp(kinds[i], name)) {
            return true;
        }
    }
    return false;
}

/*
 * Of two types with one name, only the first one is found by it; and none whose
 * name has a space, behind which type= has another type.
 */
static void take_named(Xml *xml, const RegDbType *const *types, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        if (!is_word(types[i]->name) && !strchr(types[i]->name, ' ') &&
            g_hash_table_add(xml->names, (void *)types[i]->name)) {
            g_hash_table_add(xml->named, (void *)types[i]);
        }
    }
}

/* A type that shifts or adds, on which another one is based */
static bool is_chain(const RegDbType *type)
{
    return type->kind == REGDB_NAMED || type->shr || type->add || type->radix;
}

static unsigned chain_number(Xml *xml, const RegDbType *type)
{
    void *number = g_hash_table_lookup(xml->chains, type);

    if (!number) {
        g_ptr_array_add(xml->queue, (void *)type);
        number = GUINT_TO_POINTER(xml->queue->len);
        g_hash_table_insert(xml->chains, (void *)type, number);
    }
    return GPOINTER_TO_UINT(number);
}

/* Return: the type whose content is to be written, or NULL */
static const RegDbType *put_type(Xml *xml, const RegDbType *type)
{
    const RegDbType *of = type->kind == REGDB_NAMED ? type->base : type;
    const RegDbType *content = NULL;

    if (of != type && is_chain(of)) {
        put(xml, " type=\"SPECTYPE_%u\"", chain_number(xml, of));
    } else if (g_hash_table_contains(xml->named, of)) {
        put_text(xml, "type", of->name);
    } else {
        put(xml, " type=\"%s\"", kinds[of->kind]);
        content = of->n_values || of->n_fields ? of : NULL;
    }
    if (type->radix) {
        put(xml, " radix=\"%u\"", type->radix);
    }
    if (type->shr) {
        put(xml, " shr=\"%u\"", type->shr);
    }
    if (type->add) {
        put(xml, " add=\"0x%" PRIx64 "\"", type->add);
    }
    return content;
}

static void put_content(Xml *xml, unsigned depth, const RegDbType *type);

/* Ends a tag that was begun, with what is in it */
static void put_end(Xml *xml, unsigned depth, const char *tag,
                    const char *brief, const RegDbType *content)
{
    if (!brief && !content) {
        put(xml, "/>\n");
        return;
    }
    put(xml, ">\n");
    put_brief(xml, depth + 1, brief);
    if (content) {
        put_content(xml, depth + 1, content);
    }
    put_indent(xml, depth);
    put(xml, "</%s>\n", tag);
}

static void put_value(Xml *xml, unsigned depth, const RegDbValue *value)
{
    if (!is_written(xml, value->when)) {
        return;
    }
    put_indent(xml, depth);
    put(xml, "<value");
    if (value->known) {
        put(xml, " value=\"0x%" PRIx64 "\"", value->value);
    }
    put_text(xml, "name", value->name);
    put_variants(xml, value->when);
    put_end(xml, depth, "value", value->brief, NULL);
}

static void put_field(Xml *xml, unsigned depth, const RegDbField *field)
{
    const RegDbType *content;

    if (!is_written(xml, field->when)) {
        return;
    }
    put_indent(xml, depth);
    put(xml, "<bitfield low=\"%u\" high=\"%u\"", field->low, field->high);
    put_text(xml, "name", field->name);
    content = put_type(xml, field->type);
    put_variants(xml, field->when);
    put_end(xml, depth, "bitfield", field->brief, content);
}

static void put_content(Xml *xml, unsigned depth, const RegDbType *type)
{
    uint32_t i;

    xml->n_content += type->n_values + type->n_fields;
    if (xml->n_content > CONTENT_MAX) {
        xml->part->lost++;
        return;
    }
    for (i = 0; i < type->n_values; i++) {
        put_value(xml, depth, &type->values[i]);
    }
    for (i = 0; i < type->n_fields; i++) {
        put_field(xml, depth, &type->fields[i]);
    }
}

static int compare_names(const void *a, const void *b)
{
    const RegDbType *const *x = a;
    const RegDbType *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* By name: their order means nothing, and depends on the loader. */
static void put_lists(Xml *xml, const char *tag,
                      const RegDbType *const *types, uint32_t n)
{
    g_autofree const RegDbType **sorted = g_memdup2(types, n * sizeof(*types));
    uint32_t i;

    if (n) {
        qsort(sorted, n, sizeof(*sorted), compare_names);
    }
    for (i = 0; i < n; i++) {
        if (!g_hash_table_contains(xml->named, sorted[i])) {
            continue;
        }
        put(xml, "  <%s", tag);
        put_text(xml, "name", sorted[i]->name);
        put(xml, ">\n");
        put_content(xml, 2, sorted[i]);
        put(xml, "  </%s>\n", tag);
    }
}

/* The set of an enum that has another name, or none */
static void put_varset(Xml *xml, const RegDbVarset *varset)
{
    uint32_t i;

    put(xml, "  <enum");
    put_text(xml, "name", varset->name);
    put(xml, ">\n");
    for (i = 0; i < varset->n; i++) {
        g_autofree char *name = variant_name(xml, varset, i);

        put(xml, "    <value");
        if (varset->has_value[i]) {
            put(xml, " value=\"0x%" PRIx64 "\"", varset->values[i]);
        }
        put_text(xml, "name", name);
        put(xml, "/>\n");
    }
    put(xml, "  </enum>\n");
}

static void put_types(Xml *xml)
{
    const RegDb *db = xml->part->db;
    uint32_t i;

    take_named(xml, db->enums, db->n_enums);
    take_named(xml, db->bitsets, db->n_bitsets);
    put_lists(xml, "enum", db->enums, db->n_enums);
    for (i = 0; i < db->n_varsets; i++) {
        if (!g_hash_table_contains(xml->names, db->varsets[i]->name)) {
            put_varset(xml, db->varsets[i]);
        }
    }
    put_lists(xml, "bitset", db->bitsets, db->n_bitsets);
}

/* More may be found while one is written. */
static void put_chains(Xml *xml)
{
    guint i;

    for (i = 0; i < xml->queue->len; i++) {
        const RegDbType *content;

        put(xml, "  <spectype name=\"SPECTYPE_%u\"", i + 1);
        content = put_type(xml, xml->queue->pdata[i]);
        put_end(xml, 1, "spectype", NULL, content);
    }
}

/* --- elements ----------------------------------------------------------- */

static void put_elements(Xml *xml, unsigned depth,
                         RegDbElement *const *elements, uint32_t n);

static void put_place(const Xml *xml, const RegDbElement *element)
{
    uint32_t i;

    if (element->name) {
        put_text(xml, "name", element->name);
    }
    if (element->offsets) {
        put(xml, " offsets=\"");
        for (i = 0; i < element->length; i++) {
            put(xml, "%s0x%" PRIx64, i ? "," : "", element->offsets[i]);
        }
        put(xml, "\"");
    } else {
        put(xml, " offset=\"0x%" PRIx64 "\"", element->offset);
    }
    if (element->length != 1 && !element->offsets) {
        put(xml, " length=\"%" PRIu64 "\"", element->length);
    }
    if (element->stride) {
        put(xml, " stride=\"0x%" PRIx64 "\"", element->stride);
    }
}

static void put_register(Xml *xml, unsigned depth, const RegDbElement *reg)
{
    static const char *const access[] = { "r", "r", "w", "rw" };
    unsigned bits = reg->bits <= 8 ? 8 : reg->bits <= 16 ? 16 :
                    reg->bits <= 32 ? 32 : 64;
    g_autofree char *tag = g_strdup_printf("reg%u", bits);
    const RegDbType *content;

    put_indent(xml, depth);
    put(xml, "<%s", tag);
    put_place(xml, reg);
    if (reg->access != REGDB_READ_WRITE) {
        put(xml, " access=\"%s\"", access[reg->access & 3]);
    }
    content = put_type(xml, reg->type);
    put_variants(xml, reg->when);
    put_end(xml, depth, tag, reg->brief, content);
}

static void put_group(Xml *xml, unsigned depth, const RegDbElement *group)
{
    const char *tag = group->kind == REGDB_ARRAY ? "array" : "stripe";

    put_indent(xml, depth);
    put(xml, "<%s", tag);
    put_place(xml, group);
    put_variants(xml, group->when);
    if (!group->n_children && !group->brief) {
        put(xml, "/>\n");
        return;
    }
    put(xml, ">\n");
    put_brief(xml, depth + 1, group->brief);
    put_elements(xml, depth + 1, group->children, group->n_children);
    put_indent(xml, depth);
    put(xml, "</%s>\n", tag);
}

/* A stripe for each condition but the first one */
static unsigned put_wrappers(const Xml *xml, unsigned depth,
                             const RegDbCondition *when)
{
    unsigned n = 0;

    when = undecided(xml, when);
    while (when && (when = undecided(xml, when->next))) {
        put_indent(xml, depth + n);
        put(xml, "<stripe");
        put_variants(xml, when);
        put(xml, ">\n");
        n++;
    }
    return n;
}

static void put_element(Xml *xml, unsigned depth, const RegDbElement *element)
{
    unsigned wrappers;
    unsigned i;

    if (!holds(xml, element->when)) {
        return;
    }
    if (element->kind == REGDB_REGISTER && element->offsets) {
        /* no loader makes one: rules-ng-ng has offsets of groups only */
        xml->part->lost++;
        return;
    }
    wrappers = put_wrappers(xml, depth, element->when);
    if (element->kind == REGDB_REGISTER) {
        put_register(xml, depth + wrappers, element);
    } else {
        put_group(xml, depth + wrappers, element);
    }
    for (i = wrappers; i > 0; i--) {
        put_indent(xml, depth + i - 1);
        put(xml, "</stripe>\n");
    }
}

static void put_elements(Xml *xml, unsigned depth,
                         RegDbElement *const *elements, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        put_element(xml, depth, elements[i]);
    }
}

static void put_domain(Xml *xml, const RegDbDomain *domain)
{
    if ((xml->part->domain && xml->part->domain != domain) ||
        !is_written(xml, domain->when)) {
        return;
    }
    put(xml, "  <domain");
    put_text(xml, "name", domain->name);
    put(xml, " bare=\"yes\"");
    if (domain->unit != 8) {
        put(xml, " width=\"%u\"", domain->unit);
    }
    if (domain->size) {
        put(xml, " size=\"0x%" PRIx64 "\"", domain->size);
    }
    put_variants(xml, domain->when);
    put(xml, ">\n");
    put_brief(xml, 2, domain->brief);
    put_elements(xml, 2, domain->elements, domain->n_elements);
    put(xml, "  </domain>\n");
}

void regdb_as_rnndb(RegdbPart *part)
{
    Xml xml = {
        .part = part,
        .names = g_hash_table_new(regdb_hash, g_str_equal),
        .named = g_hash_table_new(NULL, NULL),
        .chains = g_hash_table_new(NULL, NULL),
        .queue = g_ptr_array_new(),
    };
    uint32_t i;

    put(&xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<database xmlns=\"http://nouveau.freedesktop.org/\">\n");
    put_types(&xml);
    for (i = 0; i < part->db->n_domains; i++) {
        put_domain(&xml, part->db->domains[i]);
    }
    put_chains(&xml);
    put(&xml, "</database>\n");
    g_hash_table_unref(xml.names);
    g_hash_table_unref(xml.named);
    g_hash_table_unref(xml.chains);
    g_ptr_array_unref(xml.queue);
}
