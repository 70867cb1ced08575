/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: get accesses back from folded items (see unfold.h)
 */
#include "unfold.h"

#include "tools/analysis/fold-values.h"

/**
 * struct Cursor: how far repetitions and values of a node were used
 * @i: number of the FoldCount
 * @used: how many times it was used
 * @values: number of values
 */
typedef struct Cursor {
    uint32_t i;
    uint64_t used;
    uint64_t values;
} Cursor;

/**
 * struct Unfolding: an item at work
 * @first: its nodes
 * @cursors: for each node
 * @rounds: numbers of the rounds of the blocks around the current node
 * @depth: number of these blocks
 * @accesses: the result
 */
typedef struct Unfolding {
    const FoldNode *first;
    Cursor *cursors;
    uint64_t rounds[FOLD_DEPTH_MAX];
    unsigned depth;
    GArray *accesses;
} Unfolding;

static uint64_t next_count(const FoldNode *node, Cursor *cursor)
{
    FoldCount count;

    g_assert_cmpuint(cursor->i, <, node->counts.n);
    count = fold_count(&node->counts, cursor->i);
    if (++cursor->used == count.times) {
        cursor->i++;
        cursor->used = 0;
    }
    return count.count;
}

static void set_value(const FoldValues *values, uint64_t i, Unfolded *access)
{
    uint64_t list[FOLD_LIST_MAX];

    if (values->counting) {
        access->kept = true;
        access->value = values->first + i * values->step;
    } else if (fold_list(values, list) == values->n) {
        access->kept = true;
        access->value = list[i];
    }
}

static void unfold_leaf(Unfolding *u, const FoldNode *node, Cursor *cursor)
{
    uint64_t i, n = next_count(node, cursor);
    uint64_t offset = node->offset;
    unsigned k;

    g_assert_cmpuint(node->n_strides, ==, u->depth);
    for (k = 0; k < u->depth; k++) {
        offset += node->stride[k] * u->rounds[u->depth - 1 - k];
    }
    for (i = 0; i < n; i++) {
        Unfolded access = { .kind = node->kind, .width = node->width,
                            .region = node->region, .offset = offset };

        set_value(&node->values, cursor->values++, &access);
        g_array_append_val(u->accesses, access);
    }
}

static void unfold_node(Unfolding *u, const FoldNode *node)
{
    Cursor *cursor = &u->cursors[node - u->first];
    uint64_t round, rounds;
    uint32_t i;

    if (node->kind != FOLD_BLOCK) {
        unfold_leaf(u, node, cursor);
        return;
    }
    rounds = next_count(node, cursor);
    for (round = 0; round < rounds; round++) {
        u->rounds[u->depth++] = round;
        for (i = 1; i < node->nodes; i += node[i].nodes) {
            unfold_node(u, node + i);
        }
        u->depth--;
    }
}

void unfold(const FoldItem *item, GArray *accesses)
{
    g_autofree Cursor *cursors = g_new0(Cursor, item->n);
    Unfolding u = { .first = item->nodes, .cursors = cursors,
                    .accesses = accesses };
    guint before = accesses->len;
    uint32_t i;

    unfold_node(&u, item->nodes);
    g_assert_cmpuint(accesses->len - before, ==, item->accesses);
    for (i = 0; i < item->n; i++) {
        g_assert_cmpuint(cursors[i].i, ==, item->nodes[i].counts.n);
        g_assert_cmpuint(cursors[i].values, ==,
                         item->nodes[i].kind == FOLD_BLOCK ? 0 :
                         item->nodes[i].values.n);
    }
}

bool unfold_equals(const GArray *accesses, const GArray *entries)
{
    guint i;

    if (accesses->len != entries->len) {
        return false;
    }
    for (i = 0; i < entries->len; i++) {
        const MmtEntry *entry = &g_array_index(entries, MmtEntry, i);
        const Unfolded *access = &g_array_index(accesses, Unfolded, i);

        if (access->kind != entry->kind || access->width != entry->width ||
            access->region != entry->region ||
            access->offset != entry->offset ||
            (access->kept && access->value != entry->value)) {
            return false;
        }
    }
    return true;
}
