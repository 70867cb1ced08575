/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: enums and bitsets in rules-ng-ng (see rnndb-internal.h)
 *
 * One that is not "inline" is one type, and its variants are looked at where it
 * stands.  One that is "inline" is copied to each register and field that names
 * it, where its variants depend on the prefix and varset of that place.  Copies
 * that can't differ are one type.
 */
#include <string.h>

#include "libregdb/rnndb-internal.h"

/* The copy of an inline enum or bitset in a place */
typedef struct ListCopy {
    const RegDbRnnNode *list;
    const RegDbRnnScope *scope;
    const RegDbType *type;
} ListCopy;

/* Of a type: fields that it and those in it have, and their depth */
typedef struct ListWeight {
    unsigned fields;
    unsigned depth;
} ListWeight;

static guint list_hash(gconstpointer p)
{
    const ListCopy *copy = p;
    uint64_t hash = (uintptr_t)copy->list;

    hash = hash * 0x9e3779b97f4a7c15ull + (uintptr_t)copy->scope;
    return hash * 0x9e3779b97f4a7c15ull >> 32;
}

static gboolean list_equal(gconstpointer a, gconstpointer b)
{
    const ListCopy *x = a, *y = b;

    return x->list == y->list && x->scope == y->scope;
}

void regdb_rnn_lists_begin(RegDbRnn *rnn)
{
    rnn->copies = g_hash_table_new_full(list_hash, list_equal, g_free, NULL);
    rnn->weights = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void regdb_rnn_lists_end(RegDbRnn *rnn)
{
    g_hash_table_unref(rnn->copies);
    g_hash_table_unref(rnn->weights);
}

static ListWeight list_weight(const RegDbRnn *rnn, const RegDbType *type)
{
    const ListWeight *weight;

    while (type->kind == REGDB_NAMED) {
        type = type->base;
    }
    weight = g_hash_table_lookup(rnn->weights, type);
    return weight ? *weight : (ListWeight) { 1, 0 };
}

static void list_weigh(RegDbRnn *rnn, const RegDbType *type, ListWeight weight)
{
    ListWeight *kept = g_new(ListWeight, 1);

    *kept = weight;
    g_hash_table_replace(rnn->weights, (void *)type, kept);
}

/* Conditions of a field or value: @whole: those of what it is in, too */
static const RegDbCondition *list_when(RegDbRnn *rnn,
                                       const RegDbRnnScope *scope,
                                       const RegDbRnnNode *node, bool whole)
{
    return whole ? regdb_rnn_scope_all(rnn, scope) :
           node->variants ? scope->own : NULL;
}

static bool list_add_value(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *node,
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
    value.when = list_when(rnn, scope, node, whole);
    return regdb_build_value(rnn->build, type, &value) ||
           regdb_rnn_full(rnn, node);
}

/* Is there room for a field's type in a bitset?  If so, it is counted. */
static bool list_fits(RegDbRnn *rnn, RegDbType *bitset, const RegDbType *type)
{
    ListWeight all = list_weight(rnn, bitset);
    ListWeight one = list_weight(rnn, type);

    if (one.depth + 1 > REGDB_RNN_TYPES_MAX ||
        all.fields + one.fields > REGDB_RNN_FIELDS_MAX) {
        return false;
    }
    all.fields += one.fields;
    all.depth = MAX(all.depth, one.depth + 1);
    list_weigh(rnn, bitset, all);
    return true;
}

static bool list_add_field(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *node,
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
    if (!list_fits(rnn, type, field.type)) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "<bitfield name=\"%s\">: with its type, the bitset has more than 1024 fields, or they are nested more than 16 deep: it is left out",
                       node->name);
        return true;
    }
    field.when = list_when(rnn, scope, node, whole);
    return regdb_build_field(rnn->build, type, &field) ||
           regdb_rnn_full(rnn, node);
}

static bool list_add_list(RegDbRnn *rnn, RegDbType *type, RegDbRnnNode *list,
                          const RegDbRnnScope *scope, bool whole)
{
    RegDbRnnNode *node;
    bool done = true;

    for (node = list->first; node && done; node = node->next) {
        rnn->n_visits++;
        if (node->tag == REGDB_RNN_VALUE && type->kind == REGDB_ENUM) {
            done = list_add_value(rnn, type, node, scope, whole);
        } else if (node->tag == REGDB_RNN_BITFIELD &&
                   type->kind == REGDB_BITSET) {
            done = list_add_field(rnn, type, node, scope, whole);
        }
    }
    return done;
}

bool regdb_rnn_has(const RegDbRnnNode *node, RegDbRnnTag tag)
{
    return node->holds >> tag & 1;
}

/* The enum or bitset that a node's type names */
RegDbRnnNode *regdb_rnn_list(const RegDbRnn *rnn, const RegDbRnnNode *node)
{
    RegDbRnnNode *list = regdb_rnn_find(rnn, REGDB_RNN_ENUM, node->type);

    return list ?: regdb_rnn_find(rnn, REGDB_RNN_BITSET, node->type);
}

/*
 * May copies of a list in different places differ?  One that contains itself,
 * and what is nested too deep, is refused elsewhere.
 */
static bool list_depends(const RegDbRnn *rnn, RegDbRnnNode *list,
                         unsigned depth)
{
    RegDbRnnNode *node, *of;

    if (list->depends || depth >= REGDB_RNN_DEPTH_MAX) {
        return list->depends != 1;
    }
    list->depends = 1;
    for (node = list->first; node; node = node->next) {
        of = regdb_rnn_list(rnn, node);
        if (node->variants ||
            (of && of->is_inline && list_depends(rnn, of, depth + 1)) ||
            (node->first && list_depends(rnn, node, depth + 1))) {
            list->depends = 2;
            return true;
        }
    }
    return false;
}

/* An enum or bitset of its own, of a register's or field's content */
const RegDbType *regdb_rnn_list_own(RegDbRnn *rnn, RegDbRnnNode *node,
                                    const RegDbRnnScope *scope,
                                    RegDbKind kind)
{
    RegDbType *type = regdb_build_type(rnn->build, kind);

    if (!type) {
        return regdb_rnn_full(rnn, node);
    }
    return list_add_list(rnn, type, node, scope, false) ? type : NULL;
}

/* The type of an enum or bitset, in a place; NULL at a limit */
static const RegDbType *list_make(RegDbRnn *rnn, RegDbRnnNode *list,
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
    done = list_add_list(rnn, type, list, scope, whole);
    list->active = false;
    return done ? type : NULL;
}

/* The one type of an enum or bitset that all use, and that has its name */
static const RegDbType *list_shared(RegDbRnn *rnn, RegDbRnnNode *list)
{
    const RegDbRnnScope *scope = rnn->root;
    RegDbType *type;

    if (list->built) {
        return list->built;
    }
    if (!list->is_inline) {
        scope = regdb_rnn_scope(rnn, rnn->root, list);
    }
    type = scope ? (RegDbType *)list_make(rnn, list, scope, !list->is_inline) :
           NULL;
    if (type && !regdb_build_name_type(rnn->build, type, list->name)) {
        return regdb_rnn_full(rnn, list);
    }
    list->built = type;
    return type;
}

static const RegDbType *list_copy(RegDbRnn *rnn, RegDbRnnNode *list,
                                  const RegDbRnnScope *scope)
{
    ListCopy key = { .list = list, .scope = scope };
    ListCopy *found = g_hash_table_lookup(rnn->copies, &key);
    RegDbType *type;

    if (found) {
        return found->type;
    }
    type = (RegDbType *)list_make(rnn, list, scope, false);
    if (type) {
        type->name = regdb_build_string(rnn->build, list->name, -1);
        key.type = type;
        found = g_new(ListCopy, 1);
        *found = key;
        g_hash_table_add(rnn->copies, found);
    }
    return type;
}

/* A copy of an inline list, and what the element itself has besides */
static const RegDbType *list_joined(RegDbRnn *rnn, RegDbRnnNode *node,
                                    RegDbRnnNode *list,
                                    const RegDbRnnScope *scope)
{
    RegDbKind kind = list->tag == REGDB_RNN_ENUM ? REGDB_ENUM : REGDB_BITSET;
    RegDbType *type = (RegDbType *)regdb_rnn_list_own(rnn, node, scope, kind);

    list->active = true;
    if (type && !list_add_list(rnn, type, list, scope, false)) {
        type = NULL;
    }
    list->active = false;
    return type;
}

const RegDbType *regdb_rnn_list_type(RegDbRnn *rnn, RegDbRnnNode *node,
                                     RegDbRnnNode *list,
                                     const RegDbRnnScope *scope)
{
    bool is_enum = list->tag == REGDB_RNN_ENUM;

    if (list->active) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_TYPE,
                       "type=\"%.40s\": the bitset contains itself",
                       node->type);
        return regdb_rnn_type_hex(rnn, node);
    }
    if (list->is_inline &&
        regdb_rnn_has(node, is_enum ? REGDB_RNN_VALUE : REGDB_RNN_BITFIELD)) {
        return list_joined(rnn, node, list, scope);
    }
    return list->is_inline && list_depends(rnn, list, 0) ?
           list_copy(rnn, list, scope) : list_shared(rnn, list);
}

static bool list_build_all(RegDbRnn *rnn, RegDbRnnTag tag, bool quiet)
{
    const GPtrArray *order = rnn->order[tag];
    unsigned i;

    rnn->quiet = quiet;
    for (i = 0; i < order->len; i++) {
        RegDbRnnNode *list = g_ptr_array_index(order, i);

        if ((list->is_inline && list_depends(rnn, list, 0)) == quiet &&
            !list_shared(rnn, list)) {
            return false;
        }
    }
    return true;
}

bool regdb_rnn_build_types(RegDbRnn *rnn)
{
    /* in no place, the variants of an inline one may be of no set */
    return list_build_all(rnn, REGDB_RNN_ENUM, false) &&
           list_build_all(rnn, REGDB_RNN_BITSET, false) &&
           list_build_all(rnn, REGDB_RNN_ENUM, true) &&
           list_build_all(rnn, REGDB_RNN_BITSET, true);
}
