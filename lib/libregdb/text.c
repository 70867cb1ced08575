/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: text of values (see text.h) */
#include "libregdb/text.h"

#include <inttypes.h>
#include <string.h>

#include "libregdb/view-internal.h"

const RegDbColors regdb_no_colors = { "", "", "", "", "", "" };

/* Types that are named by other types: deeper ones are printed as numbers */
#define NAMED_MAX 8

static uint64_t text_mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static uint64_t text_field_mask(const RegDbField *field)
{
    return text_mask(field->high - field->low + 1) << field->low;
}

/* What the type of a value is, and the value, after shifts and names */
static const RegDbType *text_resolve(const RegDbType *type, uint64_t *value)
{
    unsigned depth;

    for (depth = 0; type && depth < NAMED_MAX; depth++) {
        *value = (*value << type->shr) + type->add;
        if (type->kind != REGDB_NAMED) {
            return type;
        }
        type = type->base;
    }
    return NULL;
}

/* Bits of a value, after shifts */
static uint64_t text_shift(const RegDbType *type, uint64_t mask)
{
    unsigned depth;

    for (depth = 0; type && depth < NAMED_MAX; depth++) {
        mask <<= type->shr;
        type = type->kind == REGDB_NAMED ? type->base : NULL;
    }
    return mask;
}

/*
 * As text_resolve(): the value has so many bits, the highest of which is a
 * sign's if the type says so, whatever is shifted and added.
 */
static const RegDbType *text_resolve_bits(const RegDbType *type,
                                          uint64_t *value, unsigned bits)
{
    uint64_t extended = *value;
    const RegDbType *own = text_resolve(type, value);

    if (own && (own->kind == REGDB_INT || own->kind == REGDB_FIXED) &&
        extended >> (bits - 1) & 1) {
        *value = extended | ~text_mask(bits);
        text_resolve(type, value);
    }
    return own;
}

static const char *text_find_value(const RegDbView *view,
                                   const RegDbType *type, uint64_t value)
{
    const RegDbValue *found = regdb_view_value(view, type, value);

    return found ? found->name : NULL;
}

const char *regdb_value_name(const RegDbView *view, const RegDbType *type,
                             uint64_t value)
{
    type = text_resolve(type, &value);
    return type && type->kind == REGDB_ENUM ?
           text_find_value(view, type, value) : NULL;
}

/* Most often, there is none. */
static void text_color(const char *color, GString *text)
{
    if (*color) {
        g_string_append(text, color);
    }
}

/* Values come at the rate of accesses: printf() would take most of the time. */
static void text_digits(uint64_t value, unsigned base, GString *text)
{
    char digits[20];
    char *p = digits + sizeof(digits);

    do {
        *--p = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    g_string_append_len(text, p, digits + sizeof(digits) - p);
}

static void text_hex(uint64_t value, const RegDbColors *colors, GString *text)
{
    text_color(colors->number, text);
    if (value) {
        g_string_append_len(text, "0x", 2);
    }
    text_digits(value, 16, text);
    text_color(colors->reset, text);
}

static void text_name(const char *name, const char *color,
                      const RegDbColors *colors, GString *text)
{
    text_color(color, text);
    g_string_append(text, name);
    text_color(colors->reset, text);
}

static void text_uint(uint64_t value, const RegDbColors *colors, GString *text)
{
    text_color(colors->number, text);
    text_digits(value, 10, text);
    text_color(colors->reset, text);
}

static void text_int(uint64_t value, const RegDbColors *colors, GString *text)
{
    bool negative = value >> 63;

    text_color(colors->number, text);
    g_string_append(text, negative ? "-" : "");
    text_digits(negative ? -value : value, 10, text);
    text_color(colors->reset, text);
}

/* IEEE 754, binary16 */
static double text_half(uint16_t value)
{
    int exponent = value >> 10 & 0x1f;
    double fraction = value & 0x3ff;
    double result;

    if (exponent == 0x1f) {
        result = fraction ? __builtin_nan("") : __builtin_inf();
    } else if (exponent) {
        result = __builtin_ldexp(fraction + 1024, exponent - 25);
    } else {
        result = __builtin_ldexp(fraction, -24);
    }
    return value & 0x8000 ? -result : result;
}

static bool text_real(uint64_t value, unsigned bits, double *real)
{
    float single;
    uint32_t low = value;

    switch (bits) {
    case 64:
        memcpy(real, &value, sizeof(*real));
        return true;
    case 32:
        memcpy(&single, &low, sizeof(single));
        *real = single;
        return true;
    case 16:
        *real = text_half(value);
        return true;
    default:
        return false;
    }
}

static void text_float(uint64_t value, unsigned bits, const RegDbColors *colors,
                       GString *text)
{
    char number[400];
    double real;

    if (!text_real(value, bits, &real)) {
        text_hex(value, colors, text);
        return;
    }
    /* the locale must not decide on the decimal point */
    g_string_append_printf(text, "%s%s%s", colors->number,
                           g_ascii_formatd(number, sizeof(number), "%f", real),
                           colors->reset);
}

static void text_fixed(const RegDbType *type, uint64_t value, unsigned bits,
                       const RegDbColors *colors, GString *text)
{
    bool negative = type->kind == REGDB_FIXED && value >> 63;
    uint64_t size = negative ? -value : value;
    char number[64];

    g_string_append_printf(text, "%s%s%s%s (%08" PRIx64 ")", colors->number,
                           negative ? "-" : "",
                           g_ascii_formatd(number, sizeof(number), "%f",
                                           __builtin_ldexp(size,
                                                           -type->radix)),
                           colors->reset,
                           negative ? value & text_mask(bits) : value);
}

static void text_number(const RegDbType *type, uint64_t value, unsigned bits,
                        const RegDbColors *colors, GString *text)
{
    switch (type->kind) {
    case REGDB_UINT:
        text_uint(value, colors, text);
        break;
    case REGDB_INT:
        text_int(value, colors, text);
        break;
    case REGDB_FLOAT:
        text_float(value, bits, colors, text);
        break;
    case REGDB_FIXED:
    case REGDB_UFIXED:
        text_fixed(type, value, bits, colors, text);
        break;
    default:
        text_hex(value, colors, text);
        break;
    }
}

/**
 * struct Fields: a text of fields is made
 * @view: the view
 * @colors: colours
 * @text: the text
 * @mask: bits that count
 * @empty: no field was appended yet
 */
typedef struct Fields {
    const RegDbView *view;
    const RegDbColors *colors;
    GString *text;
    uint64_t mask;
    bool empty;
} Fields;

static bool text_is_flag(const RegDbField *field, uint64_t value)
{
    /* a boolean may have a shift, and more than one bit */
    uint64_t v = value;
    const RegDbType *type = text_resolve(field->type, &v);

    return type == field->type && type->kind == REGDB_BOOLEAN && value <= 1;
}

void regdb_put_field(const RegDbView *view, const RegDbField *field,
                     uint64_t value, uint64_t mask, const RegDbColors *colors,
                     GString *text)
{
    uint64_t v = value;
    const RegDbType *type = text_resolve(field->type, &v);

    if (text_field_mask(field) & ~mask && type && type->kind != REGDB_HEX) {
        text_hex(value, colors, text);
    } else {
        regdb_put_value(view, field->type, value, field->high - field->low + 1,
                        colors, text);
    }
}

static void text_take_field(const RegDbField *field, uint64_t value,
                            const char *name, void *opaque)
{
    Fields *fields = opaque;
    const RegDbColors *colors = fields->colors;
    bool flag = field && text_is_flag(field, value);

    (void)name;
    if (flag && !value) {
        return;
    }
    g_string_append(fields->text, fields->empty ? "" : " | ");
    fields->empty = false;
    if (!field) {
        text_color(colors->error, fields->text);
        g_string_append_len(fields->text, "0x", 2);
        text_digits(value, 16, fields->text);
        text_color(colors->reset, fields->text);
        return;
    }
    text_name(field->name, flag ? colors->flag : colors->field, colors,
              fields->text);
    if (!flag) {
        g_string_append(fields->text, " = ");
        regdb_put_field(fields->view, field, value, fields->mask, colors,
                        fields->text);
    }
}

/* The functions here take no names: looking them up takes time. */
static bool text_each(const RegDbView *view, const RegDbType *type,
                      uint64_t value, uint64_t mask, bool names,
                      RegDbFieldTaken *taken, void *opaque)
{
    uint64_t known = 0;
    uint32_t i;

    for (i = 0; i < type->n_fields; i++) {
        const RegDbField *field = &type->fields[i];
        uint64_t bits = text_field_mask(field);
        uint64_t v = (value & bits) >> field->low;
        bool named = names && !(bits & ~mask);

        if (!(bits & mask) || !regdb_view_holds(view, field->when)) {
            continue;
        }
        known |= bits;
        taken(field, v, named ? regdb_value_name(view, field->type, v) : NULL,
              opaque);
    }
    if (value & mask & ~known) {
        taken(NULL, value & mask & ~known, NULL, opaque);
    }
    return true;
}

bool regdb_each_field(const RegDbView *view, const RegDbType *type,
                      uint64_t value, uint64_t mask, RegDbFieldTaken *taken,
                      void *opaque)
{
    mask = text_shift(type, mask);
    type = text_resolve(type, &value);
    return type && type->kind == REGDB_BITSET &&
           text_each(view, type, value, mask, true, taken, opaque);
}

static void text_bitset(const RegDbView *view, const RegDbType *type,
                        uint64_t value, uint64_t mask,
                        const RegDbColors *colors, GString *text)
{
    Fields fields = { .view = view, .colors = colors, .text = text,
                      .mask = mask, .empty = true };

    g_string_append(text, "{ ");
    text_each(view, type, value, mask, false, text_take_field, &fields);
    if (fields.empty) {
        g_string_append_printf(text, "%s0%s", colors->number, colors->reset);
    }
    g_string_append(text, " }");
}

void regdb_put_value(const RegDbView *view, const RegDbType *type,
                     uint64_t value, unsigned bits, const RegDbColors *colors,
                     GString *text)
{
    const char *name;

    bits = CLAMP(bits, 1, 64);
    type = text_resolve_bits(type, &value, bits);
    if (!type) {
        text_hex(value, colors, text);
        return;
    }
    switch (type->kind) {
    case REGDB_ENUM:
        name = text_find_value(view, type, value);
        if (name) {
            text_name(name, colors->value, colors, text);
        } else {
            text_hex(value, colors, text);
        }
        break;
    case REGDB_BITSET:
        text_bitset(view, type, value, UINT64_MAX, colors, text);
        break;
    case REGDB_BOOLEAN:
        if (value <= 1) {
            text_name(value ? "TRUE" : "FALSE", colors->value, colors, text);
        } else {
            text_number(type, value, bits, colors, text);
        }
        break;
    default:
        text_number(type, value, bits, colors, text);
        break;
    }
}

void regdb_put_part(const RegDbView *view, const RegDbPart *part,
                    uint64_t value, const RegDbColors *colors, GString *text)
{
    const RegDbRegister *reg = part->reg;
    uint64_t bits = value >> part->shift & text_mask(part->bits);
    uint64_t whole = bits << part->low;
    const RegDbType *type = reg ? text_resolve(reg->type, &whole) : NULL;

    if (!reg || part->bits >= reg->bits) {
        regdb_put_value(view, reg ? reg->type : NULL, bits,
                        part->bits, colors, text);
    } else if (type && type->kind == REGDB_BITSET) {
        text_bitset(view, type, whole,
                    text_shift(reg->type, text_mask(part->bits) << part->low),
                    colors, text);
    } else {
        text_hex(bits, colors, text);
    }
}

/**
 * struct Change: the text of a change is made
 * @before: the value before
 * @end: length of the text before this register's changes
 */
typedef struct Change {
    const RegDbView *view;
    const RegDbColors *colors;
    GString *text;
    uint64_t before;
    uint64_t mask;
    size_t begin;
} Change;

static void text_take_change(const RegDbField *field, uint64_t value,
                             const char *name, void *opaque)
{
    Change *change = opaque;
    const RegDbColors *colors = change->colors;
    unsigned bits = field->high - field->low + 1;
    uint64_t old = change->before >> field->low & text_mask(bits);

    (void)name;
    if (old == value) {
        return;
    }
    g_string_append(change->text,
                    change->text->len > change->begin ? " " : "");
    if (text_is_flag(field, value) && old <= 1) {
        text_color(colors->flag, change->text);
        g_string_append_c(change->text, value ? '+' : '-');
        g_string_append(change->text, field->name);
        text_color(colors->reset, change->text);
        return;
    }
    text_name(field->name, colors->field, colors, change->text);
    g_string_append_c(change->text, ' ');
    regdb_put_field(change->view, field, old, change->mask, colors,
                    change->text);
    g_string_append(change->text, " -> ");
    regdb_put_field(change->view, field, value, change->mask, colors,
                    change->text);
}

/* Bits that no field has are compared as one number. */
static void text_take_changes(const RegDbField *field, uint64_t value,
                              const char *name, void *opaque)
{
    if (field) {
        text_take_change(field, value, name, opaque);
    }
}

static uint64_t text_unknown(const RegDbView *view, const RegDbType *type)
{
    uint64_t known = 0;
    uint32_t i;

    for (i = 0; i < type->n_fields; i++) {
        if (regdb_view_holds(view, type->fields[i].when)) {
            known |= text_field_mask(&type->fields[i]);
        }
    }
    return ~known;
}

static void text_bitset_change(Change *change, const RegDbType *type,
                               uint64_t after)
{
    uint64_t moved = (change->before ^ after) & change->mask;
    uint64_t unknown;

    text_each(change->view, type, after, moved, false, text_take_changes,
              change);
    unknown = text_unknown(change->view, type) & change->mask;
    if (moved & unknown) {
        g_string_append(change->text,
                        change->text->len > change->begin ? " " : "");
        text_hex(change->before & unknown, change->colors, change->text);
        g_string_append(change->text, " -> ");
        text_hex(after & unknown, change->colors, change->text);
    }
}

bool regdb_put_change(const RegDbView *view, const RegDbType *type,
                      unsigned bits, uint64_t before, uint64_t after,
                      uint64_t mask, const RegDbColors *colors, GString *text)
{
    Change change = { .view = view, .colors = colors, .text = text,
                      .begin = text->len };
    uint64_t moved = after & mask;
    const RegDbType *own;

    before &= mask;
    if (before == moved) {
        return false;
    }
    change.before = before;
    own = text_resolve(type, &change.before);
    after = moved;
    text_resolve(type, &after);
    change.mask = text_shift(type, mask);
    if (own && own->kind == REGDB_BITSET) {
        text_bitset_change(&change, own, after);
        return text->len > change.begin;
    }
    regdb_put_value(view, type, before, bits, colors, text);
    g_string_append(text, " -> ");
    regdb_put_value(view, type, moved, bits, colors, text);
    return true;
}
