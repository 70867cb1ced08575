/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: values that depend on what was read (see
 * compile-modify.h)
 *
 * Theory of operation
 *
 * The last accesses are in a ring; equal reads in a row have one place in it.
 * A write makes a pair with each register in it that was read.  For each bit of
 * a pair, the trace shows what became of a 0 and what became of a 1.  If that
 * is the same each time, and bits were passed on that varied, the write depends
 * on the read.  What depends on nothing is a constant: a wrong formula would
 * write a wrong value, a constant is what the trace has.
 *
 * Reading a register and writing it back is so common that one instance is
 * enough, if bits were passed on that differ in other reads.
 */
#include "tools/sequence/compile-modify.h"

#include <string.h>

/* Pairs of registers that are kept */
#define PAIRS_MAX (1u << 16)

/*
 * Instances and changes of the value read that make another register's value
 * one that depends on it, and bits that it passes on
 */
#define OTHER_MIN 3
#define OTHER_CHANGES 2
#define OTHER_BITS 4

/* Bits that a driver changes when it writes a register back */
#define CHANGED_FEW 4
#define CHANGED_MAX 8

/**
 * struct Key: a register that is read and one that is written
 * @read: the first one's offset
 * @write: the second one's
 * @read_region: the first one's region
 * @write_region: the second one's
 */
typedef struct Key {
    uint64_t read;
    uint64_t write;
    uint32_t read_region;
    uint32_t write_region;
} Key;

/**
 * struct Pair: how the second one's values depend on the first one's
 * @key: the registers; first, since it is the hash table's key
 * @keep_0: bits that were 0 and were written 0
 * @keep_1: bits that were 1 and were written 1
 * @set: bits that were 0 and were written 1
 * @clear: bits that were 1 and were written 0
 * @last: the value that was read last
 * @add: difference of the values
 * @differs: it was not always the same
 * @n: instances
 * @changes: how often the value that was read was another one
 */
typedef struct Pair {
    Key key;
    uint64_t keep_0;
    uint64_t keep_1;
    uint64_t set;
    uint64_t clear;
    uint64_t last;
    uint64_t add;
    bool differs;
    uint32_t n;
    uint32_t changes;
} Pair;

/**
 * struct Near: one of the last accesses
 * @entry: the access
 * @op: number of its operation
 * @valid: it is a read whose operation has this number
 */
typedef struct Near {
    MmtEntry entry;
    uint32_t op;
    bool valid;
} Near;

/**
 * struct CompileModify: the state
 * @pairs: set of Pair
 * @ring: the last accesses
 * @n: number of accesses that were put into it
 */
struct CompileModify {
    GHashTable *pairs;
    Near ring[COMPILE_MODIFY_NEAR];
    uint64_t n;
};

static guint hash_key(gconstpointer p)
{
    const Key *key = p;
    uint64_t hash = (key->read ^ (uint64_t)key->read_region << 48) *
                    UINT64_C(0x9e3779b97f4a7c15);

    hash = (hash ^ (hash >> 29) ^ key->write ^
            (uint64_t)key->write_region << 48) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash >> 32;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(Key));
}

CompileModify *compile_modify_new(void)
{
    CompileModify *modify = g_new0(CompileModify, 1);

    modify->pairs = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
    return modify;
}

static bool same_register(const MmtEntry *a, const MmtEntry *b)
{
    return a->region == b->region && a->offset == b->offset &&
           a->width == b->width;
}

static uint64_t width_mask(unsigned width)
{
    return width && width < 8 ? (UINT64_C(1) << (width * 8)) - 1 : UINT64_MAX;
}

static Near *near_at(CompileModify *modify, uint64_t i)
{
    return &modify->ring[i % COMPILE_MODIFY_NEAR];
}

static void put(CompileModify *modify, const MmtEntry *entry, uint32_t op)
{
    Near *last = modify->n ? near_at(modify, modify->n - 1) : NULL;
    bool read = entry->kind == MMT_ENTRY_READ;

    if (!last || !read || !last->valid ||
        !same_register(&last->entry, entry)) {
        last = near_at(modify, modify->n++);
    }
    *last = (Near) { .entry = *entry, .op = op, .valid = read };
}

/* A register that was written has another value now. */
static void forget_register(CompileModify *modify, const MmtEntry *entry)
{
    unsigned i;

    for (i = 0; i < COMPILE_MODIFY_NEAR; i++) {
        Near *near = &modify->ring[i];

        if (near->entry.region == entry->region &&
            near->entry.offset == entry->offset) {
            near->valid = false;
        }
    }
}

static Key key_of(const MmtEntry *read, const MmtEntry *write)
{
    Key key;

    /* hashed and compared as bytes */
    memset(&key, 0, sizeof(key));
    key.read = read->offset;
    key.write = write->offset;
    key.read_region = read->region;
    key.write_region = write->region;
    return key;
}

static Pair *get_pair(CompileModify *modify, const MmtEntry *read,
                      const MmtEntry *write, bool make)
{
    Key key = key_of(read, write);
    Pair *pair = g_hash_table_lookup(modify->pairs, &key);

    if (!pair && make && g_hash_table_size(modify->pairs) < PAIRS_MAX) {
        pair = g_new0(Pair, 1);
        pair->key = key;
        g_hash_table_add(modify->pairs, pair);
    }
    return pair;
}

static void count(Pair *pair, uint64_t r, uint64_t w, unsigned width)
{
    uint64_t mask = width_mask(width);
    uint64_t add = (w - r) & mask;

    pair->keep_0 |= ~r & ~w & mask;
    pair->keep_1 |= r & w;
    pair->set |= ~r & w;
    pair->clear |= r & ~w;
    pair->differs |= pair->n && add != pair->add;
    pair->changes += pair->n && r != pair->last;
    pair->add = add;
    pair->last = r;
    pair->n++;
}

/* Call @take for the last value of each register that was read, newest first */
static void each_near(CompileModify *modify, const MmtEntry *write,
                      bool (*take)(CompileModify *, const Near *,
                                   const MmtEntry *, void *), void *opaque)
{
    uint64_t i, k;

    for (i = modify->n; i > 0 && i + COMPILE_MODIFY_NEAR > modify->n; i--) {
        const Near *near = near_at(modify, i - 1);
        bool newest = near->valid && near->entry.width == write->width;

        for (k = i; newest && k < modify->n; k++) {
            const Near *later = near_at(modify, k);

            newest = !later->valid ||
                     !same_register(&later->entry, &near->entry);
        }
        if (newest && take(modify, near, write, opaque)) {
            return;
        }
    }
}

static bool learn_pair(CompileModify *modify, const Near *near,
                       const MmtEntry *write, void *opaque)
{
    Pair *pair = get_pair(modify, &near->entry, write, true);

    (void)opaque;
    if (pair) {
        count(pair, near->entry.value, write->value, write->width);
    }
    return false;
}

void compile_modify_learn(CompileModify *modify, const MmtEntry *entry)
{
    if (entry->kind == MMT_ENTRY_WRITE) {
        each_near(modify, entry, learn_pair, NULL);
        forget_register(modify, entry);
    }
    put(modify, entry, 0);
}

void compile_modify_restart(CompileModify *modify)
{
    memset(modify->ring, 0, sizeof(modify->ring));
    modify->n = 0;
}

void compile_modify_read(CompileModify *modify, const MmtEntry *entry,
                         uint32_t op)
{
    put(modify, entry, op);
}

static uint64_t apply(const CompileFormula *f, uint64_t r, unsigned width)
{
    return ((((r & f->and_mask) | f->or_mask) ^ f->xor_mask) + f->add) &
           width_mask(width);
}

/* Each bit is passed on, inverted, or constant. */
static CompileFormula formula_of_bits(const Pair *pair, unsigned width)
{
    uint64_t invert = pair->set & pair->clear;
    uint64_t zero = pair->clear & ~pair->set;
    uint64_t one = pair->set & ~pair->clear;

    return (CompileFormula) {
        .and_mask = width_mask(width) & ~zero & ~one,
        .or_mask = one,
        .xor_mask = invert,
    };
}

static CompileFormula formula_of_sum(const Pair *pair, unsigned width)
{
    return (CompileFormula) {
        .and_mask = width_mask(width), .add = pair->add,
    };
}

/* Bits that were passed on, or inverted, both when they were 0 and 1 */
static uint64_t passed(const Pair *pair)
{
    return (pair->keep_0 & pair->keep_1) | (pair->set & pair->clear);
}

static bool contradicts(const Pair *pair)
{
    return (pair->keep_0 & pair->set) || (pair->keep_1 & pair->clear);
}

/*
 * The register is written back.  What the driver reads of bits that stick is
 * what it wrote: these are constants.
 */
static bool is_written_back(const Pair *pair, const Near *near,
                            const CompileRegister *reg, const MmtEntry *write,
                            CompileFormula *formula)
{
    uint64_t r = near->entry.value, w = write->value, changed = r ^ w;
    uint64_t own = reg ? ~reg->sticks : 0;
    int n = __builtin_popcountll(changed);

    if (pair && pair->n > 1 && pair->changes && !contradicts(pair) &&
        (passed(pair) & own)) {
        *formula = formula_of_bits(pair, write->width);
        return true;
    }
    if (!reg || !(reg->ones & reg->zeros & own & ~changed) || !(r & w) ||
        n > CHANGED_MAX ||
        n > MAX(CHANGED_FEW, __builtin_popcountll(r & w))) {
        return false;
    }
    *formula = (CompileFormula) {
        .and_mask = width_mask(write->width) & ~(r & ~w),
        .or_mask = w & ~r,
    };
    return true;
}

/* Another register gets what was read. */
static bool is_handed_on(const Pair *pair, unsigned width,
                         CompileFormula *formula)
{
    if (!pair || pair->n < OTHER_MIN || pair->changes < OTHER_CHANGES) {
        return false;
    }
    if (!pair->differs) {
        *formula = formula_of_sum(pair, width);
        return true;
    }
    *formula = formula_of_bits(pair, width);
    return !contradicts(pair) &&
           __builtin_popcountll(passed(pair)) >= OTHER_BITS;
}

/**
 * struct Search: argument of try_formula()
 * @registers: what is known of registers
 * @formula: where to store the formula
 * @found: there is one
 */
typedef struct Search {
    CompileRegisters *registers;
    CompileFormula *formula;
    bool found;
} Search;

static bool try_formula(CompileModify *modify, const Near *near,
                        const MmtEntry *write, void *opaque)
{
    Search *search = opaque;
    const Pair *pair = get_pair(modify, &near->entry, write, false);
    const CompileRegister *reg;

    if (same_register(&near->entry, write)) {
        reg = compile_registers_find(search->registers, write->region,
                                     write->offset);
        search->found = is_written_back(pair, near, reg, write,
                                        search->formula);
    } else {
        search->found = is_handed_on(pair, write->width, search->formula);
    }
    search->found = search->found &&
                    apply(search->formula, near->entry.value,
                          write->width) == write->value;
    search->formula->source = near->op;
    return search->found;
}

bool compile_modify_write(CompileModify *modify, CompileRegisters *registers,
                          const MmtEntry *entry, CompileFormula *formula)
{
    Search search = { .registers = registers, .formula = formula };

    each_near(modify, entry, try_formula, &search);
    forget_register(modify, entry);
    put(modify, entry, 0);
    return search.found;
}

void compile_modify_forget(CompileModify *modify, uint32_t first)
{
    unsigned i;

    for (i = 0; i < COMPILE_MODIFY_NEAR; i++) {
        if (modify->ring[i].op >= first) {
            modify->ring[i].valid = false;
        }
    }
}

void compile_modify_free(CompileModify *modify)
{
    if (modify) {
        g_hash_table_destroy(modify->pairs);
        g_free(modify);
    }
}
