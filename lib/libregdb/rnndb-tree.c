/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: domains and what is in them, in rules-ng-ng (rnndb-internal.h) */
#include <inttypes.h>
#include <string.h>

#include "libregdb/rnndb-internal.h"

/**
 * struct Tree: a domain that is built
 * @rnn: the database
 * @domain: the domain
 * @n_groups: groups around what is built, that use each other
 */
typedef struct Tree {
    RegDbRnn *rnn;
    RegDbDomain *domain;
    unsigned n_groups;
} Tree;

/* Where in a domain something is built */
typedef struct Place {
    RegDbElement *parent;
    const RegDbRnnScope *scope;
    unsigned depth;
} Place;

static bool tree_add_all(Tree *tree, const RegDbRnnNode *of, Place place);

/* Return: why an element can't be taken; NULL if it can */
static const char *tree_wrong(const Tree *tree, const RegDbElement *element)
{
    if (element->kind == REGDB_REGISTER &&
        element->bits < tree->domain->unit) {
        return "a register is smaller than the units of the domain";
    }
    if (element->kind == REGDB_ARRAY && !element->stride) {
        return "an array has no stride";
    }
    return regdb_build_wrong(element);
}

/*
 * A register that is one field (Mesa), which has no name of its own.  A type
 * with fields says more.
 */
static const RegDbType *tree_one_field(RegDbRnn *rnn, RegDbRnnNode *node,
                                       const RegDbType *type)
{
    RegDbField field = {
        .name = "VALUE", .low = node->low, .high = node->high, .type = type,
    };
    RegDbType *bitset;

    if (!(node->given & REGDB_RNN_HAS_HIGH)) {
        field.high = node->bits - 1;
    }
    if (field.low > field.high || field.high >= node->bits) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_PLACE,
                       "<reg%u name=\"%s\"> has no bits %u to %u: they are ignored",
                       node->bits, node->name, field.low, field.high);
        return type;
    }
    bitset = regdb_build_type(rnn->build, REGDB_BITSET);
    return bitset && regdb_build_field(rnn->build, bitset, &field) ? bitset :
           regdb_rnn_full(rnn, node);
}

static bool tree_has_fields(const RegDbType *type)
{
    while (type->kind == REGDB_NAMED) {
        type = type->base;
    }
    return type->kind == REGDB_BITSET;
}

static const RegDbType *tree_type(RegDbRnn *rnn, RegDbRnnNode *node,
                                  const RegDbRnnScope *scope)
{
    unsigned given = node->given & (REGDB_RNN_HAS_LOW | REGDB_RNN_HAS_HIGH);
    uint64_t highest = node->bits - 1;
    uint64_t high = node->given & REGDB_RNN_HAS_HIGH ? node->high : highest;
    bool one_field = given && (node->low || high != highest);
    unsigned bits = one_field && high >= node->low ? high - node->low + 1 :
                    node->bits;
    const RegDbType *type = regdb_rnn_type(rnn, node, scope, bits);

    return type && one_field && !tree_has_fields(type) ?
           tree_one_field(rnn, node, type) : type;
}

/* The element of a node, without its type */
static RegDbElement tree_element(const Tree *tree, const RegDbRnnNode *node,
                                 const RegDbRnnScope *scope)
{
    RegDbElement element = {
        .kind = node->tag == REGDB_RNN_REGISTER ? REGDB_REGISTER :
                /* Mesa has arrays without a name */
                node->tag == REGDB_RNN_ARRAY && node->name ? REGDB_ARRAY :
                REGDB_STRIPE,
        .access = node->access,
        .bits = node->bits,
        .name = node->name,
        .brief = node->brief,
        .offset = node->offset,
        .length = node->length,
        .stride = node->stride,
        .when = node->variants ? scope->own : NULL,
    };

    if (element.kind == REGDB_REGISTER && element.length != 1 &&
        !element.stride) {
        element.stride = element.bits / tree->domain->unit;
    }
    if (node->offsets) {
        element.offsets = node->offsets;
        element.length = node->n_offsets;
    }
    return element;
}

/* Left out: what exists on no chip, what is nowhere, and what is wrong. */
static bool tree_takes(Tree *tree, RegDbRnnNode *node,
                       const RegDbElement *element, const Place *place)
{
    const char *wrong = tree_wrong(tree, element);

    if (node->given & REGDB_RNN_HAS_PLACES && !node->offsets) {
        return false;
    }
    if (!wrong && node->tag == REGDB_RNN_REGISTER &&
        !(node->given & REGDB_RNN_HAS_OFFSET)) {
        wrong = "a register has no offset";
    }
    if (!wrong && place->depth >= REGDB_DEPTH_MAX) {
        wrong = "groups, arrays and stripes are nested more than 16 deep";
    }
    if (wrong) {
        regdb_rnn_tell(tree->rnn, node, REGDB_RNN_TOLD_PLACE, "'%s' is left out: %s",
                       node->name ?: "<stripe>", wrong);
    }
    return !wrong;
}

static bool tree_add_element(Tree *tree, RegDbRnnNode *node, Place place)
{
    const RegDbRnnScope *scope = regdb_rnn_scope(tree->rnn, place.scope, node);
    RegDbElement element, *added;

    if (!scope) {
        return false;
    }
    element = tree_element(tree, node, scope);
    if (scope->dead || !tree_takes(tree, node, &element, &place)) {
        return true;
    }
    if (element.kind == REGDB_REGISTER) {
        element.type = tree_type(tree->rnn, node, scope);
        if (!element.type) {
            return false;
        }
    }
    added = regdb_build_element(tree->rnn->build, tree->domain, place.parent,
                                &element);
    if (!added) {
        regdb_rnn_full(tree->rnn, node);
        return false;
    }
    return element.kind == REGDB_REGISTER ||
           tree_add_all(tree, node, (Place) { added, scope, place.depth + 1 });
}

/* What is in a group is as if it were written where the group is used. */
static bool tree_use_group(Tree *tree, RegDbRnnNode *node, Place place)
{
    RegDbRnnNode *group = regdb_rnn_find(tree->rnn, REGDB_RNN_GROUP,
                                         node->name);
    bool done;

    if (!group || group->active || tree->n_groups >= REGDB_RNN_GROUPS_MAX) {
        regdb_rnn_tell(tree->rnn, node, REGDB_RNN_TOLD_GROUP, !group ?
                       "there is no group '%s'" : group->active ?
                       "the group '%s' uses itself" :
                       "the group '%s' is left out: groups use each other more than 32 deep",
                       node->name);
        return true;
    }
    group->active = true;
    tree->n_groups++;
    done = tree_add_all(tree, group, place);
    tree->n_groups--;
    group->active = false;
    return done;
}

static bool tree_add_all(Tree *tree, const RegDbRnnNode *of, Place place)
{
    RegDbRnnNode *node;
    bool done = true;

    for (node = of->first; node && done; node = node->next) {
        if (tree->rnn->n_visits++ >= REGDB_ITEMS_MAX) {
            regdb_rnn_fault(tree->rnn, node,
                            "groups use each other so often that the database has more than 4 million elements");
            tree->rnn->failed = true;
            return false;
        }
        done = node->tag == REGDB_RNN_USE_GROUP ?
               tree_use_group(tree, node, place) :
               tree_add_element(tree, node, place);
    }
    return done;
}

static bool tree_build_domain(RegDbRnn *rnn, RegDbRnnNode *node)
{
    Tree tree = { .rnn = rnn };
    const RegDbRnnScope *scope = regdb_rnn_scope(rnn, rnn->root, node);
    bool added;

    if (node->width != 8 && node->width != 16 && node->width != 32 &&
        node->width != 64) {
        regdb_rnn_fault(rnn, node,
                        "the domain '%s' is left out: width=\"%" PRIu64 "\" is unknown",
                        node->name, node->width);
        return true;
    }
    tree.domain = regdb_build_domain(rnn->build, node->name, node->width,
                                     &added);
    if (!scope || !tree.domain) {
        regdb_rnn_full(rnn, node);
        return false;
    }
    tree.domain->size = node->size;
    if (node->brief) {
        tree.domain->brief = regdb_build_string(rnn->build, node->brief, -1);
    }
    tree.domain->when = node->variants ? scope->own : NULL;
    return tree_add_all(&tree, node, (Place) { NULL, scope, 0 });
}

bool regdb_rnn_build_domains(RegDbRnn *rnn)
{
    const GPtrArray *order = rnn->order[REGDB_RNN_DOMAIN];
    unsigned i;

    for (i = 0; i < order->len; i++) {
        if (!tree_build_domain(rnn, g_ptr_array_index(order, i))) {
            return false;
        }
    }
    return true;
}
