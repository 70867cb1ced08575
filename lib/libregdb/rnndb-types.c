/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: types in rules-ng-ng (see rnndb-internal.h) */
#include <string.h>

#include "libregdb/rnndb-internal.h"

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

/* A number, or a type that shifts another one: its key */
typedef struct TypeKey {
    const void *of;
    RegDbKind kind;
    uint64_t shr;
    uint64_t radix;
    uint64_t add;
    const RegDbType *type;
} TypeKey;

static guint type_hash(gconstpointer p)
{
    const TypeKey *key = p;
    const uint64_t words[] = {
        (uintptr_t)key->of, key->kind, key->shr, key->radix, key->add,
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

    return x->of == y->of && x->kind == y->kind && x->shr == y->shr &&
           x->radix == y->radix && x->add == y->add;
}

void regdb_rnn_types_begin(RegDbRnn *rnn)
{
    rnn->types = g_hash_table_new_full(type_hash, type_equal, g_free, NULL);
    regdb_rnn_lists_begin(rnn);
}

void regdb_rnn_types_end(RegDbRnn *rnn)
{
    g_hash_table_unref(rnn->types);
    regdb_rnn_lists_end(rnn);
}

static void type_keep(RegDbRnn *rnn, const TypeKey *key, const RegDbType *type)
{
    TypeKey *kept = g_new(TypeKey, 1);

    *kept = *key;
    kept->type = type;
    g_hash_table_add(rnn->types, kept);
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
    type_keep(rnn, &key, type);
    return type;
}

static const RegDbType *type_shifted(RegDbRnn *rnn, const RegDbRnnNode *node,
                                     const RegDbType *base)
{
    return !base || (!node->shr && !node->add) ? base :
           type_plain(rnn, node, REGDB_NAMED, base);
}

const RegDbType *regdb_rnn_type_hex(RegDbRnn *rnn, const RegDbRnnNode *node)
{
    return type_plain(rnn, node, REGDB_HEX, NULL);
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
        return regdb_rnn_type_hex(rnn, node);
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
        return type_shifted(rnn, node,
                            regdb_rnn_list_own(rnn, node, scope, known->kind));
    }
    /* the format has it: an offset in that domain */
    if (!regdb_rnn_find(rnn, REGDB_RNN_DOMAIN, node->type)) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "unknown type '%.40s': it is taken for hex",
                       node->type);
    }
    return regdb_rnn_type_hex(rnn, node);
}

static const RegDbType *type_of_content(RegDbRnn *rnn, RegDbRnnNode *node,
                                        const RegDbRnnScope *scope,
                                        unsigned bits)
{
    RegDbKind kind = regdb_rnn_has(node, REGDB_RNN_BITFIELD) ? REGDB_BITSET :
                     regdb_rnn_has(node, REGDB_RNN_VALUE) ? REGDB_ENUM :
                     bits == 1 ? REGDB_BOOLEAN : REGDB_HEX;

    return kind == REGDB_BITSET || kind == REGDB_ENUM ?
           type_shifted(rnn, node, regdb_rnn_list_own(rnn, node, scope, kind)) :
           type_plain(rnn, node, kind, NULL);
}

static const RegDbType *type_find(RegDbRnn *rnn, RegDbRnnNode *node,
                                  const RegDbRnnScope *scope, unsigned bits)
{
    RegDbRnnNode *list = regdb_rnn_list(rnn, node);
    RegDbRnnNode *spectype = regdb_rnn_find(rnn, REGDB_RNN_SPECTYPE,
                                            node->type);

    if (!node->type) {
        return type_of_content(rnn, node, scope, bits);
    }
    if (list) {
        return type_shifted(rnn, node,
                            regdb_rnn_list_type(rnn, node, list, scope));
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

    if (rnn->n_types >= REGDB_RNN_DEPTH_MAX) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "types are nested more than 128 deep");
        return regdb_rnn_type_hex(rnn, node);
    }
    rnn->n_types++;
    type = type_find(rnn, node, scope, bits);
    rnn->n_types--;
    return type;
}
