/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: items that belong together for certain (see align-anchors.h)
 *
 * Theory of operation
 *
 * Of each sequence, runs of some length are hashed, and a table counts how
 * often each of them occurs.  In long sequences, only runs with certain hashes
 * are looked at: both sequences have the same of them.  Longer runs are tried
 * first, since what is unique in the middle of a long run is so by its
 * surroundings, and not by chance.
 *
 * The hash is always the same one, so that the result is, too.  Who makes a log
 * for it gets fewer anchors: where many hashes are alike, runs are left out.
 */
#include "tools/diff/align-anchors.h"

#include <string.h>

/* Runs of each sequence that are looked at, about */
#define RUNS_MAX (1u << 19)

/* Part of a run of equal @weak of which @strong must be equal */
#define STRONG_PART 4

/*
 * Runs shorter than this are unique by chance in noise, as in two tables of
 * random values.  So most of them must agree, and there must be one for so many
 * items.
 */
#define SHORT_RUN 8
#define SHORT_ITEMS 256

/* Slots that are looked at for a run */
#define STEPS_MAX 64

/* Of the hash of a run */
#define FACTOR 0x9e3779b97f4a7c15u

#define NONE UINT32_MAX
#define MANY (UINT32_MAX - 1)

/**
 * struct Kind: a kind of runs
 * @length: items of a run
 * @weak: compare AlignSide.weak
 */
typedef struct Kind {
    unsigned length;
    bool weak;
} Kind;

/* @strong alone finds anchors in noise: the same values twice by chance */
static const Kind kinds[] = {
    { 32, true }, { 24, false }, { 8, true }, { 8, false }, { 3, false },
    { 1, false },
};

/**
 * struct Slot: a run
 * @hash: its hash
 * @a: where it is in the first sequence, or NONE or MANY
 * @b: likewise in the second one
 */
typedef struct Slot {
    uint64_t hash;
    uint32_t a;
    uint32_t b;
} Slot;

/**
 * struct Table: runs of both sequences
 * @slots: open addressing; of a free one, both positions are NONE
 * @mask: number of slots less one
 * @kind: kind of the runs
 * @power: FACTOR to the power of the runs' length
 * @sample: bits of a hash that must be 0
 */
typedef struct Table {
    Slot *slots;
    uint32_t mask;
    const Kind *kind;
    uint64_t power;
    uint64_t sample;
} Table;

static uint64_t finish(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ hash >> 32;
}

static void init_table(Table *table, const Kind *kind, uint32_t n)
{
    uint32_t shift = 0;
    uint32_t size = 64;
    unsigned i;

    while (n >> shift > RUNS_MAX) {
        shift++;
    }
    while (size < 3 * (n >> shift)) {
        size *= 2;
    }
    table->kind = kind;
    table->mask = size - 1;
    table->slots = g_new(Slot, size);
    memset(table->slots, 0xff, (size_t)size * sizeof(Slot));
    table->sample = (1ull << shift) - 1;
    table->power = 1;
    for (i = 0; i < kind->length; i++) {
        table->power *= FACTOR;
    }
}

static void put_run(Table *table, uint64_t hash, uint32_t position,
                    bool second)
{
    uint32_t i = hash >> 24 & table->mask;
    uint32_t *to;
    unsigned steps = 0;

    while (table->slots[i].hash != hash &&
           (table->slots[i].a & table->slots[i].b) != NONE) {
        if (steps++ == STEPS_MAX) {
            return;
        }
        i = (i + 1) & table->mask;
    }
    if ((table->slots[i].a & table->slots[i].b) == NONE) {
        table->slots[i].hash = hash;
    }
    to = second ? &table->slots[i].b : &table->slots[i].a;
    *to = *to == NONE ? position : MANY;
}

static const uint32_t *items_of(const Table *table, const AlignSide *side)
{
    return table->kind->weak ? side->weak : side->strong;
}

static void put_runs(Table *table, const AlignSide *side, bool second)
{
    const uint32_t *items = items_of(table, side);
    uint32_t length = table->kind->length;
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < side->n; i++) {
        sum = sum * FACTOR + items[i] + 1;
        if (i >= length) {
            sum -= (items[i - length] + 1ull) * table->power;
        }
        if (i + 1 >= length) {
            uint64_t hash = finish(sum);

            if (!(hash & table->sample)) {
                put_run(table, hash, i + 1 - length, second);
            }
        }
    }
}

/*
 * Hashes may be equal by chance.  Of runs that are equal by @weak, a part must
 * be so by @strong: else one has what was added to one sequence by chance.
 */
static bool is_same_run(const Table *table, const AlignSide *a, uint32_t i,
                        const AlignSide *b, uint32_t j)
{
    uint32_t length = table->kind->length;
    uint32_t strong = 0;
    uint32_t k;

    for (k = 0; k < length; k++) {
        strong += a->strong[i + k] == b->strong[j + k];
    }
    return strong == length ||
           (table->kind->weak && strong >= length / STRONG_PART &&
            !memcmp(a->weak + i, b->weak + j, length * sizeof(uint32_t)));
}

static int compare_pairs(const void *x, const void *y)
{
    uint32_t a = ((const AlignBlock *)x)->a;
    uint32_t b = ((const AlignBlock *)y)->a;

    return a < b ? -1 : a > b;
}

/* Return: the runs that both sequences have once, in the first one's order */
static GArray *unique_runs(const Table *table, const AlignSide *a,
                           const AlignSide *b)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    uint32_t i;

    for (i = 0; i <= table->mask; i++) {
        const Slot *slot = &table->slots[i];
        AlignBlock pair = { slot->a, slot->b, table->kind->length };

        if (slot->a < MANY && slot->b < MANY &&
            is_same_run(table, a, slot->a, b, slot->b)) {
            g_array_append_val(pairs, pair);
        }
    }
    if (pairs->len) {
        qsort(pairs->data, pairs->len, sizeof(AlignBlock), compare_pairs);
    }
    return pairs;
}

/* Keep the longest sequence in which @b increases. */
static void keep_agreeing(GArray *pairs)
{
    g_autofree uint32_t *ends = g_new(uint32_t, pairs->len);
    g_autofree uint32_t *before = g_new(uint32_t, pairs->len);
    g_autofree uint8_t *keep = g_new0(uint8_t, pairs->len);
    AlignBlock *list = (AlignBlock *)pairs->data;
    uint32_t length = 0;
    uint32_t kept = 0;
    uint32_t i;

    for (i = 0; i < pairs->len; i++) {
        uint32_t low = 0;
        uint32_t high = length;

        while (low < high) {
            uint32_t middle = low + (high - low) / 2;

            if (list[ends[middle]].b < list[i].b) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        before[i] = low ? ends[low - 1] : NONE;
        ends[low] = i;
        length = MAX(length, low + 1);
    }
    for (i = length ? ends[length - 1] : NONE; i != NONE; i = before[i]) {
        keep[i] = true;
    }
    for (i = 0; i < pairs->len; i++) {
        if (keep[i]) {
            list[kept++] = list[i];
        }
    }
    g_array_set_size(pairs, kept);
}

/* Items beside an anchor that are the same belong to it. */
static void extend(AlignBlock *block, const AlignSide *a, const AlignSide *b,
                   uint32_t end_a, uint32_t end_b)
{
    while (block->a > end_a && block->b > end_b &&
           a->strong[block->a - 1] == b->strong[block->b - 1]) {
        block->a--;
        block->b--;
        block->n++;
    }
    while (block->a + block->n < a->n && block->b + block->n < b->n &&
           a->strong[block->a + block->n] == b->strong[block->b + block->n]) {
        block->n++;
    }
}

static void append(GArray *blocks, const AlignBlock *block)
{
    AlignBlock *last = blocks->len ?
        &g_array_index(blocks, AlignBlock, blocks->len - 1) : NULL;

    if (last && last->a + last->n == block->a &&
        last->b + last->n == block->b) {
        last->n += block->n;
    } else {
        g_array_append_val(blocks, *block);
    }
}

static void add_blocks(const GArray *pairs, const Kind *kind,
                       const AlignSide *a, const AlignSide *b, GArray *blocks)
{
    uint32_t end_a = 0;
    uint32_t end_b = 0;
    guint i;

    for (i = 0; i < pairs->len; i++) {
        AlignBlock block = g_array_index(pairs, AlignBlock, i);

        if (block.a < end_a || block.b < end_b) {
            continue;
        }
        if (!kind->weak) {
            extend(&block, a, b, end_a, end_b);
        }
        append(blocks, &block);
        end_a = block.a + block.n;
        end_b = block.b + block.n;
    }
}

/*
 * @unique: number of runs that are unique
 * @kept: number of those that agree
 */
static bool are_enough(const Kind *kind, guint unique, guint kept, uint32_t n)
{
    return kept && (kind->length >= SHORT_RUN ||
                    (kept >= unique / 2 && kept >= n / SHORT_ITEMS));
}

static bool find(const Kind *kind, const AlignSide *a, const AlignSide *b,
                 GArray *blocks)
{
    Table table = { 0 };
    g_autoptr(GArray) pairs = NULL;
    guint unique;

    init_table(&table, kind, MAX(a->n, b->n));
    put_runs(&table, a, false);
    put_runs(&table, b, true);
    pairs = unique_runs(&table, a, b);
    g_free(table.slots);
    unique = pairs->len;
    keep_agreeing(pairs);
    if (!are_enough(kind, unique, pairs->len, MIN(a->n, b->n))) {
        return false;
    }
    add_blocks(pairs, kind, a, b, blocks);
    return true;
}

bool align_anchors(const AlignSide *a, const AlignSide *b, int64_t *work,
                   GArray *blocks)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (MIN(a->n, b->n) < kinds[i].length) {
            continue;
        }
        if (*work < 0) {
            return false;
        }
        *work -= (int64_t)a->n + b->n;
        if (find(&kinds[i], a, b, blocks)) {
            return true;
        }
    }
    return false;
}
