/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: types in rules-ng-ng (see rnndb-internal.h)
 *
 * An enum or bitset that is not "inline" is one type, and its variants are
 * looked at where it stands.  One that is "inline" is copied to each register
 * and field that names it, where its values' variants depend on the prefix and
 * varset of that place.  Copies that can't differ are one type.
 */
#include <string.h>

#include "libregdb/rnndb-internal.h"

/* Types and fields in each other, while they are built */
#define DEPTH_MAX 128

/* Spectypes that a spectype names: so many text.c goes through */
#define SPECTYPES_MAX 6

/* What type= may name, besides enums, bitsets and spectypes */
typedef enum TypeWord {
    TYPE_NUMBER,            /* TypeKnown.kind */
    TYPE_FIELDS,            /* the fields in the element */
    TYPE_VALUES,            /* the values in the element */
    TYPE_SHADER_REGISTER,
} TypeWord;

static const struct TypeKnown {
    const char *name;
    TypeWord word;
    RegDbKind kind;
} type_known[] = {
    { "hex", TYPE_NUMBER, REGDB_HEX },
    { "uint", TYPE_NUMBER, REGDB_UINT },
    { "int", TYPE_NUMBER, REGDB_INT },
    { "boolean", TYPE_NUMBER, REGDB_BOOLEAN },
    { "float", TYPE_NUMBER, REGDB_FLOAT },
    { "fixed", TYPE_NUMBER, REGDB_FIXED },
    { "ufixed", TYPE_NUMBER, REGDB_UFIXED },
    { "bitfield", TYPE_FIELDS, REGDB_BITSET },
    { "bitset", TYPE_FIELDS, REGDB_BITSET },
    { "enum", TYPE_VALUES, REGDB_ENUM },
    /* Mesa's */
    { "address", TYPE_NUMBER, REGDB_HEX },
    { "waddress", TYPE_NUMBER, REGDB_HEX },
    { "a3xx_regid", TYPE_SHADER_REGISTER, REGDB_BITSET },
};

/* A type of a copy: its key */
typedef struct TypeKey {
    const void *of;
    const RegDbRnnScope *scope;
    RegDbKind kind;
    uint64_t shr;
    uint64_t radix;
    uint64_t add;
    const RegDbType *type;
} TypeKey;

/* Of a type: fields that it and those in it have, and their depth */
typedef struct TypeWeight {
    unsigned fields;
    unsigned depth;
} TypeWeight;

static guint type_hash(gconstpointer p)
{
    const TypeKey *key = p;
    const uint64_t words[] = {
        (uintptr_t)key->of, (uintptr_t)key->scope, key->kind, key->shr,
        key->radix, key->add,
    };
    uint64_t hash = 0;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 32;
    }
    return hash;
}

static gboolean type_equal(gconstpointer a, gconstpointer b)
{
    const TypeKey *x = a, *y = b;

    return x->of == y->of && x->scope == y->scope && x->kind == y->kind &&
           x->shr == y->shr && x->radix == y->radix && x->add == y->add;
}

void regdb_rnn_types_begin(RegDbRnn *rnn)
{
    rnn->types = g_hash_table_new_full(type_hash, type_equal, g_free, NULL);
    rnn->weights = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void regdb_rnn_types_end(RegDbRnn *rnn)
{
    g_hash_table_unref(rnn->types);
    g_hash_table_unref(rnn->weights);
}

static void type_keep(RegDbRnn *rnn, const TypeKey *key, const RegDbType *type)
{
    TypeKey *kept = g_new(TypeKey, 1);

    *kept = *key;
    kept->type = type;
    g_hash_table_add(rnn->types, kept);
}

static TypeWeight type_weight(const RegDbRnn *rnn, const RegDbType *type)
{
    const TypeWeight *weight = g_hash_table_lookup(rnn->weights, type);

    return weight ? *weight : (TypeWeight) { 1, 0 };
}

static void type_weigh(RegDbRnn *rnn, const RegDbType *type, TypeWeight weight)
{
    TypeWeight *kept = g_new(TypeWeight, 1);

    *kept = weight;
    g_hash_table_replace(rnn->weights, (void *)type, kept);
}

/* A number, or another type with a shift or a sum */
static const RegDbType *type_plain(RegDbRnn *rnn, const RegDbRnnNode *node,
                                   RegDbKind kind, const RegDbType *base)
{
    TypeKey key = {
        .of = base, .kind = kind, .shr = node->shr, .add = node->add,
        .radix = kind == REGDB_FIXED || kind == REGDB_UFIXED ? node->radix : 0,
    };
    const TypeKey *found = g_hash_table_lookup(rnn->types, &key);
    RegDbType *type;

    if (found) {
        return found->type;
    }
    type = regdb_build_type(rnn->build, kind);
    if (!type) {
        return regdb_rnn_full(rnn, node);
    }
    type->shr = key.shr;
    type->radix = key.radix;
    type->add = key.add;
    type->base = base;
    if (base) {
        TypeWeight weight = type_weight(rnn, base);

        weight.depth++;
        type_weigh(rnn, type, weight);
    }
    type_keep(rnn, &key, type);
    return type;
}

static const RegDbType *type_shifted(RegDbRnn *rnn, const RegDbRnnNode *node,
                                     const RegDbType *base)
{
    return !base || (!node->shr && !node->add) ? base :
           type_plain(rnn, node, REGDB_NAMED, base);
}

static const RegDbType *type_hex(RegDbRnn *rnn, const RegDbRnnNode *node)
{
    return type_plain(rnn, node, REGDB_HEX, NULL);
}

/* Conditions of a field or value: @whole: those of what it is in, too */
static const RegDbCondition *type_when(RegDbRnn *rnn,
                                       const RegDbRnnScope *scope,
                                       const RegDbRnnNode *node, bool whole)
{
    return whole ? regdb_rnn_scope_all(rnn, scope) :
           node->variants ? scope->own : NULL;
}

static bool type_add_value(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *node,
                           const RegDbRnnScope *parent, bool whole)
{
    const RegDbRnnScope *scope = regdb_rnn_scope(rnn, parent, node);
    RegDbValue value = {
        .name = node->name,
        .brief = node->brief,
        .value = node->value,
        .known = node->given & REGDB_RNN_HAS_VALUE,
    };

    if (!scope) {
        return false;
    }
    if (scope->dead) {
        return true;
    }
    value.when = type_when(rnn, scope, node, whole);
    return regdb_build_value(rnn->build, type, &value) ||
           regdb_rnn_full(rnn, node);
}

/* Is there room for a field's type in a bitset?  If so, it is counted. */
static bool type_fits(RegDbRnn *rnn, RegDbType *bitset, const RegDbType *type)
{
    TypeWeight all = type_weight(rnn, bitset);
    TypeWeight one = type_weight(rnn, type);

    if (one.depth + 1 > REGDB_RNN_TYPES_MAX ||
        all.fields + one.fields > REGDB_RNN_FIELDS_MAX) {
        return false;
    }
    all.fields += one.fields;
    all.depth = MAX(all.depth, one.depth + 1);
    type_weigh(rnn, bitset, all);
    return true;
}

static bool type_add_field(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *node,
                           const RegDbRnnScope *parent, bool whole)
{
    const RegDbRnnScope *scope = regdb_rnn_scope(rnn, parent, node);
    RegDbField field = {
        .name = node->name,
        .brief = node->brief,
        .low = node->low,
        .high = node->high,
    };
    uint8_t given = REGDB_RNN_HAS_LOW | REGDB_RNN_HAS_HIGH;

    if (!scope) {
        return false;
    }
    if (scope->dead) {
        return true;
    }
    if ((node->given & given) != given || node->high < node->low) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_PLACE,
                       "<bitfield name=\"%s\"> needs pos, or high and low, with high not below low: it is left out",
                       node->name);
        return true;
    }
    field.type = regdb_rnn_type(rnn, node, scope, field.high - field.low + 1);
    if (!field.type) {
        return false;
    }
    if (!type_fits(rnn, type, field.type)) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "<bitfield name=\"%s\">: with its type, the bitset has more than 1024 fields, or they are nested more than 16 deep: it is left out",
                       node->name);
        return true;
    }
    field.when = type_when(rnn, scope, node, whole);
    return regdb_build_field(rnn->build, type, &field) ||
           regdb_rnn_full(rnn, node);
}

static bool type_add_list(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *list,
                          const RegDbRnnScope *scope, bool whole)
{
    RegDbRnnNode *node;
    bool done = true;

    for (node = list->first; node && done; node = node->next) {
        if (node->tag == REGDB_RNN_VALUE && type->kind == REGDB_ENUM) {
            done = type_add_value(rnn, type, node, scope, whole);
        } else if (node->tag == REGDB_RNN_BITFIELD &&
                   type->kind == REGDB_BITSET) {
            done = type_add_field(rnn, type, node, scope, whole);
        }
    }
    return done;
}

static bool type_has(const RegDbRnnNode *node, RegDbRnnTag tag)
{
    const RegDbRnnNode *child;

    for (child = node->first; child; child = child->next) {
        if (child->tag == tag) {
            return true;
        }
    }
    return false;
}

/* The enum or bitset that a node's type names */
static RegDbRnnNode *type_list(const RegDbRnn *rnn, const RegDbRnnNode *node)
{
    RegDbRnnNode *list = regdb_rnn_find(rnn, REGDB_RNN_ENUM, node->type);

    return list ?: regdb_rnn_find(rnn, REGDB_RNN_BITSET, node->type);
}

/*
 * May copies of a list in different places differ?  One that contains itself,
 * and what is nested too deep, is refused elsewhere.
 */
static bool type_depends(const RegDbRnn *rnn, RegDbRnnNode *list,
                         unsigned depth)
{
    RegDbRnnNode *node, *of;

    if (list->depends || depth >= DEPTH_MAX) {
        return list->depends != 1;
    }
    list->depends = 1;
    for (node = list->first; node; node = node->next) {
        of = type_list(rnn, node);
        if (node->variants ||
            (of && of->is_inline && type_depends(rnn, of, depth + 1)) ||
            (node->first && type_depends(rnn, node, depth + 1))) {
            list->depends = 2;
            return true;
        }
    }
    return false;
}

/* An enum or bitset of its own, of a register's or field's content */
static const RegDbType *type_own(RegDbRnn *rnn, RegDbRnnNode *node,
                                 const RegDbRnnScope *scope, RegDbKind kind)
{
    RegDbType *type = regdb_build_type(rnn->build, kind);

    if (!type) {
        return regdb_rnn_full(rnn, node);
    }
    return type_add_list(rnn, type, node, scope, false) ? type : NULL;
}

/* What a node names, in a place; NULL after a message: it contains itself. */
static const RegDbType *type_make(RegDbRnn *rnn, RegDbRnnNode *list,
                                  const RegDbRnnScope *scope, bool whole)
{
    RegDbType *type = regdb_build_type(rnn->build,
                                       list->tag == REGDB_RNN_ENUM ?
                                       REGDB_ENUM : REGDB_BITSET);
    bool done;

    if (!type) {
        return regdb_rnn_full(rnn, list);
    }
    list->active = true;
    done = type_add_list(rnn, type, list, scope, whole);
    list->active = false;
    return done ? type : NULL;
}

/* The one type of an enum or bitset that all use, and that has its name */
static const RegDbType *type_shared(RegDbRnn *rnn, RegDbRnnNode *list)
{
    const RegDbRnnScope *scope = rnn->root;
    RegDbType *type;

    if (list->built) {
        return list->built;
    }
    if (!list->is_inline) {
        scope = regdb_rnn_scope(rnn, rnn->root, list);
    }
    type = scope ? (RegDbType *)type_make(rnn, list, scope, !list->is_inline) :
           NULL;
    if (type && !regdb_build_name_type(rnn->build, type, list->name)) {
        return regdb_rnn_full(rnn, list);
    }
    list->built = type;
    return type;
}

static const RegDbType *type_copy(RegDbRnn *rnn, RegDbRnnNode *list,
                                  const RegDbRnnScope *scope)
{
    TypeKey key = { .of = list, .scope = scope };
    const TypeKey *found = g_hash_table_lookup(rnn->types, &key);
    RegDbType *type;

    if (found) {
        return found->type;
    }
    type = (RegDbType *)type_make(rnn, list, scope, false);
    if (type) {
        type->name = regdb_build_string(rnn->build, list->name, -1);
        type_keep(rnn, &key, type);
    }
    return type;
}

/* A copy of an inline list, and what the element itself has besides */
static const RegDbType *type_joined(RegDbRnn *rnn, RegDbRnnNode *node,
                                    RegDbRnnNode *list,
                                    const RegDbRnnScope *scope)
{
    RegDbType *type = (RegDbType *)type_own(rnn, node, scope,
                                            list->tag == REGDB_RNN_ENUM ?
                                            REGDB_ENUM : REGDB_BITSET);

    list->active = true;
    if (type && !type_add_list(rnn, type, list, scope, false)) {
        type = NULL;
    }
    list->active = false;
    return type;
}

static const RegDbType *type_of_list(RegDbRnn *rnn, RegDbRnnNode *node,
                                     RegDbRnnNode *list,
                                     const RegDbRnnScope *scope)
{
    bool is_enum = list->tag == REGDB_RNN_ENUM;

    if (list->active) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "type=\"%.40s\": the bitset contains itself",
                       node->type);
        return type_hex(rnn, node);
    }
    if (list->is_inline &&
        type_has(node, is_enum ? REGDB_RNN_VALUE : REGDB_RNN_BITFIELD)) {
        return type_joined(rnn, node, list, scope);
    }
    return list->is_inline && type_depends(rnn, list, 0) ?
           type_copy(rnn, list, scope) : type_shared(rnn, list);
}

static const RegDbType *type_of_spectype(RegDbRnn *rnn, RegDbRnnNode *node,
                                         RegDbRnnNode *spectype, unsigned bits)
{
    const RegDbType *type;

    if (spectype->active || rnn->n_spectypes >= SPECTYPES_MAX) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE, spectype->active ?
                       "type=\"%.40s\": the type contains itself" :
                       "type=\"%.40s\": more than 6 types name each other",
                       node->type);
        return type_hex(rnn, node);
    }
    spectype->active = true;
    rnn->n_spectypes++;
    type = regdb_rnn_type(rnn, spectype, rnn->root, bits);
    rnn->n_spectypes--;
    spectype->active = false;
    return type;
}

/*
 * Mesa's a3xx_regid: number of a register of a shader, times four, plus a
 * component
 */
static const RegDbType *type_shader_register(RegDbRnn *rnn,
                                             const RegDbRnnNode *node)
{
    static const char *const names[] = { "x", "y", "z", "w" };
    TypeKey key = { .of = names };
    const TypeKey *found = g_hash_table_lookup(rnn->types, &key);
    const RegDbRnnNode plain = { 0 };
    RegDbField reg = { .name = "REG", .low = 2, .high = 63 };
    RegDbField component = { .name = "COMP", .low = 0, .high = 1 };
    RegDbType *type, *values;
    unsigned i;

    if (found) {
        return found->type;
    }
    type = regdb_build_type(rnn->build, REGDB_BITSET);
    values = regdb_build_type(rnn->build, REGDB_ENUM);
    reg.type = type_plain(rnn, &plain, REGDB_UINT, NULL);
    component.type = values;
    for (i = 0; i < G_N_ELEMENTS(names) && values; i++) {
        RegDbValue value = { .name = names[i], .value = i, .known = true };

        if (!regdb_build_value(rnn->build, values, &value)) {
            values = NULL;
        }
    }
    if (!type || !values || !reg.type ||
        !regdb_build_field(rnn->build, type, &reg) ||
        !regdb_build_field(rnn->build, type, &component)) {
        return regdb_rnn_full(rnn, node);
    }
    type_keep(rnn, &key, type);
    return type;
}

static const struct TypeKnown *type_find_known(const char *name)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(type_known); i++) {
        if (!strcmp(type_known[i].name, name)) {
            return &type_known[i];
        }
    }
    return NULL;
}

static const RegDbType *type_of_word(RegDbRnn *rnn, RegDbRnnNode *node,
                                     const RegDbRnnScope *scope)
{
    const struct TypeKnown *known = type_find_known(node->type);

    if (known && known->word == TYPE_NUMBER) {
        return type_plain(rnn, node, known->kind, NULL);
    }
    if (known && known->word == TYPE_SHADER_REGISTER) {
        return type_shifted(rnn, node, type_shader_register(rnn, node));
    }
    if (known) {
        return type_shifted(rnn, node, type_own(rnn, node, scope, known->kind));
    }
    /* the format has it: an offset in that domain */
    if (!regdb_rnn_find(rnn, REGDB_RNN_DOMAIN, node->type)) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "unknown type '%.40s': it is taken for hex",
                       node->type);
    }
    return type_hex(rnn, node);
}

static const RegDbType *type_of_content(RegDbRnn *rnn, RegDbRnnNode *node,
                                        const RegDbRnnScope *scope,
                                        unsigned bits)
{
    RegDbKind kind = type_has(node, REGDB_RNN_BITFIELD) ? REGDB_BITSET :
                     type_has(node, REGDB_RNN_VALUE) ? REGDB_ENUM :
                     bits == 1 ? REGDB_BOOLEAN : REGDB_HEX;

    return kind == REGDB_BITSET || kind == REGDB_ENUM ?
           type_shifted(rnn, node, type_own(rnn, node, scope, kind)) :
           type_plain(rnn, node, kind, NULL);
}

static const RegDbType *type_find(RegDbRnn *rnn, RegDbRnnNode *node,
                                  const RegDbRnnScope *scope, unsigned bits)
{
    RegDbRnnNode *list = type_list(rnn, node);
    RegDbRnnNode *spectype = regdb_rnn_find(rnn, REGDB_RNN_SPECTYPE,
                                            node->type);

    if (!node->type) {
        return type_of_content(rnn, node, scope, bits);
    }
    if (list) {
        return type_shifted(rnn, node, type_of_list(rnn, node, list, scope));
    }
    if (spectype) {
        return type_shifted(rnn, node,
                            type_of_spectype(rnn, node, spectype, bits));
    }
    return type_of_word(rnn, node, scope);
}

const RegDbType *regdb_rnn_type(RegDbRnn *rnn, RegDbRnnNode *node,
                                const RegDbRnnScope *scope, unsigned bits)
{
    const RegDbType *type;

    if (rnn->n_types >= DEPTH_MAX) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "types are nested more than 128 deep");
        return type_hex(rnn, node);
    }
    rnn->n_types++;
    type = type_find(rnn, node, scope, bits);
    rnn->n_types--;
    return type;
}

static bool type_build_all(RegDbRnn *rnn, RegDbRnnTag tag, bool quiet)
{
    const GPtrArray *order = rnn->order[tag];
    unsigned i;

    rnn->quiet = quiet;
    for (i = 0; i < order->len; i++) {
        RegDbRnnNode *list = g_ptr_array_index(order, i);

        if ((list->is_inline && type_depends(rnn, list, 0)) == quiet &&
            !type_shared(rnn, list)) {
            return false;
        }
    }
    return true;
}

bool regdb_rnn_build_types(RegDbRnn *rnn)
{
    /* in no place, the variants of an inline one may be of no set */
    return type_build_all(rnn, REGDB_RNN_ENUM, false) &&
           type_build_all(rnn, REGDB_RNN_BITSET, false) &&
           type_build_all(rnn, REGDB_RNN_ENUM, true) &&
           type_build_all(rnn, REGDB_RNN_BITSET, true);
}
