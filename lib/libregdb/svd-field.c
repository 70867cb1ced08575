/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: CMSIS SVD, fields of registers and their values */
#include "libregdb/svd-internal.h"

#include <stdio.h>
#include <string.h>

/* Bits of a value that may be anything: so many of them become 2^N values. */
#define SVD_ANY_BITS_MAX 6

static uint64_t svd_mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static const RegDbType *svd_kept(RegDbSvd *svd, const xmlNode *node,
                                 unsigned bits)
{
    const RegDbSvdType *kept = g_hash_table_lookup(svd->types, node);

    return kept && kept->bits == bits ? kept->type : NULL;
}

static void svd_keep(RegDbSvd *svd, const xmlNode *node, unsigned bits,
                     const RegDbType *type)
{
    RegDbSvdType *kept = g_new(RegDbSvdType, 1);

    *kept = (RegDbSvdType) { .bits = bits, .type = type };
    g_hash_table_insert(svd->types, (void *)node, kept);
}

/* --- values ------------------------------------------------------------- */

/**
 * struct SvdValue: a value, some of whose bits may be anything
 * @value: the others
 * @any: those
 */
typedef struct SvdValue {
    uint64_t value;
    uint64_t any;
} SvdValue;

/* Digits and 'x'; of base 2 or 16 */
static bool svd_digits(const char *text, unsigned shift, SvdValue *value)
{
    uint64_t digit_mask = svd_mask(shift);

    *value = (SvdValue) { 0 };
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        bool any = *text == 'x' || *text == 'X';
        int digit = any ? 0 : g_ascii_xdigit_value(*text);

        if (digit < 0 || digit > (int)digit_mask ||
            (value->value | value->any) >> (64 - shift)) {
            return false;
        }
        value->value = value->value << shift | digit;
        value->any = value->any << shift | (any ? digit_mask : 0);
    }
    return true;
}

static bool svd_value(const char *text, SvdValue *value)
{
    text += *text == '+';
    if (*text == '#') {
        return svd_digits(text + 1, 1, value);
    }
    if (!g_ascii_strncasecmp(text, "0b", 2)) {
        return svd_digits(text + 2, 1, value);
    }
    if (!g_ascii_strncasecmp(text, "0x", 2)) {
        return svd_digits(text + 2, 4, value);
    }
    value->any = 0;
    return regdb_svd_number(text, &value->value);
}

/* The values that something was added to have @old already. */
static bool svd_join(RegDbSvd *svd, RegDbValue *old, const char *name)
{
    g_autofree char *joined = NULL;

    if (!strcmp(old->name, name) ||
        strlen(old->name) + strlen(name) + 1 > REGDB_NAME_MAX) {
        return true;
    }
    joined = g_strdup_printf("%s/%s", old->name, name);
    old->name = regdb_build_string(svd->build, joined, -1);
    return old->name;
}

/**
 * struct SvdEnum: an enum that is being made
 * @svd: the document
 * @type: the enum
 * @bits: width of its values
 * @before: so many values are of another <enumeratedValues>
 */
typedef struct SvdEnum {
    RegDbSvd *svd;
    RegDbType *type;
    unsigned bits;
    uint32_t before;
} SvdEnum;

/* A value that means one thing when read and another when written has both. */
static bool svd_add_value(SvdEnum *to, const RegDbValue *value)
{
    uint32_t i;

    for (i = 0; i < to->before && regdb_svd_step(to->svd); i++) {
        if (to->type->values[i].value == value->value) {
            return svd_join(to->svd, (RegDbValue *)&to->type->values[i],
                            value->name);
        }
    }
    return regdb_build_value(to->svd->build, to->type, value);
}

static bool svd_add_values(SvdEnum *to, RegDbValue *value, uint64_t any)
{
    uint64_t fixed = value->value;
    uint64_t part = 0;

    do {
        value->value = fixed | part;
        if (!svd_add_value(to, value)) {
            return false;
        }
        part = (part - any) & any;
    } while (part);
    return true;
}

static char *svd_value_name(const RegDbSvdItem *item)
{
    char *name = regdb_svd_text(item, "name");

    if (name && strlen(name) > REGDB_NAME_MAX) {
        g_clear_pointer(&name, g_free);
    }
    return name;
}

/* Return: false at a limit */
static bool svd_take_value(SvdEnum *to, const xmlNode *node)
{
    const RegDbSvdItem item = { .node = { node }, .n = 1 };
    g_autofree char *text = regdb_svd_text(&item, "value");
    g_autofree char *name = svd_value_name(&item);
    g_autofree char *brief = regdb_svd_brief(&item);
    RegDbValue value = { .name = name, .brief = brief, .known = true };
    SvdValue parsed;

    if (!text) {
        /* isDefault: the name of all other values */
        return true;
    }
    if (!name || !svd_value(text, &parsed)) {
        regdb_source_fault(to->svd->source, regdb_xml_line(node),
                           "an enumeratedValue has no name, or its value '%.100s' is not a number",
                           text);
        return true;
    }
    if ((parsed.value | parsed.any) & ~svd_mask(to->bits)) {
        regdb_source_fault(to->svd->source, regdb_xml_line(node),
                           "value '%.100s' of '%.100s' has more than the %u bits of the field",
                           text, name, to->bits);
        return true;
    }
    if (__builtin_popcountll(parsed.any) > SVD_ANY_BITS_MAX) {
        return true;
    }
    value.value = parsed.value;
    return svd_add_values(to, &value, parsed.any);
}

static bool svd_take_values(SvdEnum *to, const xmlNode *values)
{
    const xmlNode *node;

    to->before = to->type->n_values;
    for (node = regdb_xml_first(values); node; node = regdb_xml_next(node)) {
        if (regdb_xml_is(node, "enumeratedValue") &&
            (!regdb_svd_step(to->svd) || !svd_take_value(to, node))) {
            return false;
        }
    }
    return true;
}

/* --- types of fields ---------------------------------------------------- */

#define SVD_SETS_MAX 2

/* The <enumeratedValues> of a field: for reading and for writing */
static unsigned svd_sets(RegDbSvd *svd, const RegDbSvdItem *field,
                         const xmlNode **set)
{
    const xmlNode *node = regdb_svd_child(field, "enumeratedValues");
    unsigned n = 0;

    for (; node && n < SVD_SETS_MAX; node = regdb_xml_next(node)) {
        if (regdb_xml_is(node, "enumeratedValues")) {
            const xmlNode *values = regdb_svd_values(svd, node);

            if (values) {
                set[n++] = values;
            }
        }
    }
    return n;
}

static const RegDbType *svd_enum(RegDbSvd *svd, const xmlNode *const *set,
                                 unsigned n, unsigned bits)
{
    const RegDbType *kept = n == 1 ? svd_kept(svd, set[0], bits) : NULL;
    SvdEnum to = { .svd = svd, .bits = bits };
    unsigned i;

    if (kept) {
        return kept;
    }
    to.type = regdb_build_type(svd->build, REGDB_ENUM);
    for (i = 0; i < n && to.type; i++) {
        if (!svd_take_values(&to, set[i])) {
            return NULL;
        }
    }
    if (n == 1 && to.type) {
        svd_keep(svd, set[0], bits, to.type);
    }
    return to.type;
}

static const RegDbType *svd_field_type(RegDbSvd *svd,
                                       const RegDbSvdItem *field,
                                       unsigned bits)
{
    const xmlNode *set[SVD_SETS_MAX];
    unsigned n = svd_sets(svd, field, set);

    return n ? svd_enum(svd, set, n, bits) :
           regdb_build_type(svd->build, bits == 1 ? REGDB_BOOLEAN : REGDB_HEX);
}

/* --- fields ------------------------------------------------------------- */

static bool svd_bit_range(const RegDbSvdItem *field, uint64_t *low,
                          uint64_t *high)
{
    g_autofree char *text = regdb_svd_text(field, "bitRange");
    unsigned h;
    unsigned l;
    int end = 0;

    if (!text || (sscanf(text, "[%4u : %4u ]%n", &h, &l, &end) < 2) ||
        !end || text[end]) {
        return false;
    }
    *low = l;
    *high = h;
    return true;
}

/* Each of the three ways to say it that the first item that says it uses */
static bool svd_bits_of(RegDbSvd *svd, const RegDbSvdItem *field, uint64_t *low,
                        uint64_t *high)
{
    uint64_t width = 1;

    if (svd_bit_range(field, low, high)) {
        return true;
    }
    if (regdb_svd_get(svd, field, "bitOffset", low)) {
        regdb_svd_get(svd, field, "bitWidth", &width);
        if (!width || width > 64 || *low > 64) {
            return false;
        }
        *high = *low + width - 1;
        return true;
    }
    return regdb_svd_get(svd, field, "lsb", low) &&
           regdb_svd_get(svd, field, "msb", high);
}

static bool svd_bits(RegDbSvd *svd, const RegDbSvdItem *field, uint64_t *low,
                     uint64_t *high)
{
    unsigned i;

    for (i = 0; i < field->n; i++) {
        const RegDbSvdItem own = { .node = { field->node[i] }, .n = 1 };

        if (svd_bits_of(svd, &own, low, high)) {
            return true;
        }
    }
    return false;
}

/**
 * struct SvdFields: fields of a register that are being read
 * @svd: the document
 * @type: the register's type
 * @bits: its width
 */
typedef struct SvdFields {
    RegDbSvd *svd;
    RegDbType *type;
    unsigned bits;
} SvdFields;

/* What a register is derived from has the fields that it does not define. */
static bool svd_field_taken(const SvdFields *to, uint32_t own,
                            const char *name, uint64_t low, uint64_t high)
{
    uint32_t i;

    for (i = 0; i < own && regdb_svd_step(to->svd); i++) {
        const RegDbField *field = &to->type->fields[i];

        if (!strcmp(field->name, name) ||
            (field->low <= high && low <= field->high)) {
            return true;
        }
    }
    return false;
}

static bool svd_put_field(SvdFields *to, const RegDbField *field,
                          const RegDbSvdDim *dim, const char *name,
                          uint32_t own)
{
    uint64_t i;

    for (i = 0; i < dim->n; i++) {
        g_autofree char *full = regdb_svd_dim_name(dim, name, i);
        RegDbField one = *field;
        uint64_t low = field->low + i * dim->increment;
        uint64_t high = field->high + i * dim->increment;

        if (svd_field_taken(to, own, full, low, high)) {
            continue;
        }
        one.name = full;
        one.low = low;
        one.high = high;
        if (!regdb_svd_step(to->svd) ||
            !regdb_build_field(to->svd->build, to->type, &one)) {
            return false;
        }
    }
    return true;
}

/* Return: does the field, with all its repetitions, lie in the register? */
static bool svd_field_fits(const SvdFields *to, uint64_t low, uint64_t high,
                           const RegDbSvdDim *dim)
{
    return low <= high && high < to->bits && dim->n <= 64 &&
           dim->increment <= 64 &&
           high + (dim->n - 1) * dim->increment < to->bits;
}

/* Return: false at a limit */
static bool svd_take_field(SvdFields *to, const xmlNode *node, uint32_t own)
{
    RegDbSvd *svd = to->svd;
    g_autofree char *name = NULL;
    g_autofree char *brief = NULL;
    RegDbSvdItem item;
    RegDbSvdDim dim;
    RegDbField field = { 0 };
    uint64_t low;
    uint64_t high;
    bool ok = true;

    regdb_svd_item(svd, node, &item);
    name = regdb_svd_text(&item, "name");
    if (svd->full) {
        return false;
    }
    if (!name || strlen(name) > REGDB_NAME_MAX / 2 ||
        !svd_bits(svd, &item, &low, &high)) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "field '%.100s' has no valid name, or it does not say which bits it has",
                           name ?: "");
        return true;
    }
    if (!regdb_svd_dim(svd, &item, name, &dim)) {
        return true;
    }
    /* there are no arrays of fields: each has its number */
    dim.listed |= dim.array;
    if (!svd_field_fits(to, low, high, &dim)) {
        regdb_source_fault(svd->source, regdb_xml_line(node),
                           "field '%.100s' is not in the %u bits of its register",
                           name, to->bits);
    } else {
        brief = regdb_svd_brief(&item);
        field.brief = brief;
        field.low = low;
        field.high = high;
        field.type = svd_field_type(svd, &item, high - low + 1);
        ok = field.type && svd_put_field(to, &field, &dim, name, own);
    }
    regdb_svd_dim_clear(&dim);
    return ok;
}

static bool svd_take_fields(SvdFields *to, const RegDbSvdItem *reg)
{
    unsigned i;

    for (i = 0; i < reg->n; i++) {
        const xmlNode *list = regdb_xml_child(reg->node[i], "fields");
        const xmlNode *node = list ? regdb_xml_first(list) : NULL;
        uint32_t own = to->type->n_fields;

        for (; node; node = regdb_xml_next(node)) {
            if (regdb_xml_is(node, "field") &&
                (!regdb_svd_step(to->svd) ||
                 !svd_take_field(to, node, own))) {
                return false;
            }
        }
    }
    return true;
}

const RegDbType *regdb_svd_type(RegDbSvd *svd, const RegDbSvdItem *reg,
                                unsigned bits)
{
    const RegDbType *kept = svd_kept(svd, reg->node[0], bits);
    bool fields = regdb_svd_child(reg, "fields");
    SvdFields to = { .svd = svd, .bits = bits };

    if (kept) {
        return kept;
    }
    to.type = regdb_build_type(svd->build, fields ? REGDB_BITSET : REGDB_HEX);
    if (!to.type || (fields && !svd_take_fields(&to, reg))) {
        return NULL;
    }
    if (fields && !to.type->n_fields) {
        to.type->kind = REGDB_HEX;
    }
    svd_keep(svd, reg->node[0], bits, to.type);
    return to.type;
}
