/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: variants in rules-ng-ng (see rnndb-internal.h)
 *
 * What is in an element inherits its prefix, its varset and the variants that
 * it exists in.  Variants are those of the enum that the element's own varset
 * names, else of the prefix' enum, else of the inherited varset.
 */
#include <string.h>

#include "libregdb/hash.h"
#include "libregdb/rnndb-internal.h"

/* What separates variants; a schema of Mesa's says commas */
#define SCOPE_SEPARATORS " ,"

/**
 * struct RegDbRnnVarset: an enum that variants are taken from
 * @set: the database's
 * @places: number + 1 of a variant, by its name
 * @lists: bits of the variants, by the text that lists them
 */
typedef struct RegDbRnnVarset {
    const RegDbVarset *set;
    GHashTable *places;
    GHashTable *lists;
} RegDbRnnVarset;

/**
 * struct RegDbRnnLimit: variants of one set
 * @set: the set
 * @bits: as RegDbCondition.bits
 * @next: those of another set, or NULL
 */
typedef struct RegDbRnnLimit {
    const RegDbVarset *set;
    const uint64_t *bits;
    const struct RegDbRnnLimit *next;
} RegDbRnnLimit;

/* What a scope is made of: its key */
typedef struct ScopeKey {
    const RegDbRnnScope *parent;
    const char *prefix;
    const char *varset;
    const char *variants;
    RegDbRnnScope *scope;
} ScopeKey;

static guint scope_hash(gconstpointer p)
{
    const ScopeKey *key = p;
    uint64_t hash = (uintptr_t)key->parent;

    hash = hash * 0x9e3779b97f4a7c15ull + (uintptr_t)key->prefix;
    hash = hash * 0x9e3779b97f4a7c15ull + (uintptr_t)key->varset;
    hash = hash * 0x9e3779b97f4a7c15ull + (uintptr_t)key->variants;
    return hash * 0x9e3779b97f4a7c15ull >> 32;
}

static gboolean scope_equal(gconstpointer a, gconstpointer b)
{
    const ScopeKey *x = a, *y = b;

    return x->parent == y->parent && x->prefix == y->prefix &&
           x->varset == y->varset && x->variants == y->variants;
}

/* The values of an enum become a set; all of them, for ranges of variants. */
static RegDbRnnVarset *scope_new_varset(RegDbRnn *rnn,
                                        const RegDbRnnNode *from)
{
    RegDbType *type = regdb_build_type(rnn->build, REGDB_ENUM);
    RegDbRnnVarset *varset = regdb_rnn_alloc(rnn, sizeof(*varset));
    const RegDbRnnNode *node;
    unsigned n = 0;

    varset->places = g_hash_table_new(regdb_hash, g_str_equal);
    varset->lists = g_hash_table_new(NULL, NULL);
    g_ptr_array_add(rnn->tables, varset->places);
    g_ptr_array_add(rnn->tables, varset->lists);
    for (node = from->first; node && type; node = node->next) {
        RegDbValue value = {
            .name = node->name,
            .value = node->value,
            .known = node->given & REGDB_RNN_HAS_VALUE,
        };

        if (++n > REGDB_RNN_VARIANTS_MAX) {
            regdb_rnn_fault(rnn, node,
                            "<enum name=\"%s\"> has more than 4096 values: too many for a set of variants",
                            from->name);
            rnn->failed = true;
            return NULL;
        }
        if (!g_hash_table_contains(varset->places, node->name)) {
            g_hash_table_insert(varset->places, (void *)node->name,
                                GUINT_TO_POINTER(n));
        }
        if (!regdb_build_value(rnn->build, type, &value)) {
            type = NULL;
        }
    }
    varset->set = type ? regdb_build_varset(rnn->build, from->name, type) :
                  NULL;
    return varset->set ? varset : regdb_rnn_full(rnn, from);
}

static const RegDbRnnVarset *scope_varset(RegDbRnn *rnn, RegDbRnnNode *from)
{
    if (!from->varset_of) {
        from->varset_of = scope_new_varset(rnn, from);
    }
    return from->varset_of;
}

/* Return: number of a variant; -1 after a message */
static int scope_place(RegDbRnn *rnn, RegDbRnnNode *node,
                       const RegDbRnnVarset *varset, const char *name)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(varset->places, name));

    if (!n) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_VARIANTS,
                       "variants=\"%.40s\": the enum '%s' has no value '%.40s'",
                       node->variants, varset->set->name, name);
    }
    return (int)n - 1;
}

/*
 * Add the variants of one word: "A", "A-B" with both ends, "A:B" without the
 * second one; an end may be missing.
 */
static void scope_add_word(RegDbRnn *rnn, RegDbRnnNode *node,
                           const RegDbRnnVarset *varset, char *word,
                           uint64_t *bits)
{
    char *split = strpbrk(word, ":-");
    bool inclusive = split && *split == '-';
    int i, first = 0, end = varset->set->n;

    if (split) {
        *split++ = '\0';
    }
    if (*word) {
        first = scope_place(rnn, node, varset, word);
    }
    if (!split) {
        end = first + 1;
    } else if (*split) {
        end = scope_place(rnn, node, varset, split);
        if (end < 0) {
            return;
        }
        end += inclusive;
    }
    for (i = first; i >= 0 && i < end; i = (i | 63) + 1) {
        bits[i / 64] |= UINT64_MAX << i % 64 &
                        UINT64_MAX >> (63 - MIN(end - 1 - (i & ~63), 63));
    }
}

/*
 * A group may be used a thousand times: its texts are parsed once for each set.
 * Return: NULL at a limit
 */
static const uint64_t *scope_list(RegDbRnn *rnn, RegDbRnnNode *node,
                                  const RegDbRnnVarset *varset, unsigned n)
{
    uint64_t *bits = g_hash_table_lookup(varset->lists, node->variants);
    g_autofree char *text = NULL;
    char *save, *word;

    if (bits) {
        return bits;
    }
    bits = regdb_rnn_alloc(rnn, n * sizeof(*bits));
    text = g_strdup(node->variants);
    for (word = strtok_r(text, SCOPE_SEPARATORS, &save); word;
         word = strtok_r(NULL, SCOPE_SEPARATORS, &save)) {
        if (rnn->n_words++ >= REGDB_RNN_WORDS_MAX) {
            regdb_rnn_fault(rnn, node,
                            "the lists of variants have more than 4194304 words");
            rnn->failed = true;
            return NULL;
        }
        scope_add_word(rnn, node, varset, word, bits);
    }
    g_hash_table_insert(varset->lists, (void *)node->variants, bits);
    return bits;
}

/* The list of conditions, with one of them in another one's place */
static const RegDbRnnLimit *scope_replace(RegDbRnn *rnn,
                                          const RegDbRnnLimit *old,
                                          const RegDbRnnLimit *new)
{
    RegDbRnnLimit *first = regdb_rnn_alloc(rnn, sizeof(*first)), *last = first;

    *first = *new;
    first->next = NULL;
    for (; old; old = old->next) {
        if (old->set != new->set) {
            RegDbRnnLimit *copy = regdb_rnn_alloc(rnn, sizeof(*copy));

            *copy = *old;
            copy->next = NULL;
            last->next = copy;
            last = copy;
        }
    }
    return first;
}

static bool scope_limit(RegDbRnn *rnn, RegDbRnnScope *scope,
                        RegDbRnnNode *node, const RegDbRnnVarset *varset)
{
    unsigned i, n = (varset->set->n + 63) / 64;
    size_t size = MAX(n, 1) * sizeof(uint64_t);
    uint64_t *bits = regdb_rnn_alloc(rnn, size);
    const uint64_t *list = scope_list(rnn, node, varset, MAX(n, 1));
    RegDbRnnLimit new = { varset->set, bits, NULL };
    const RegDbRnnLimit *old;

    if (!list) {
        return false;
    }
    memcpy(bits, list, size);
    for (old = scope->conditions; old; old = old->next) {
        for (i = 0; i < n && old->set == varset->set; i++) {
            bits[i] &= old->bits[i];
        }
    }
    scope->dead = true;
    for (i = 0; i < n; i++) {
        scope->dead = scope->dead && !bits[i];
    }
    scope->conditions = scope_replace(rnn, scope->conditions, &new);
    scope->own = regdb_build_condition(rnn->build, varset->set, bits, NULL);
    return scope->own;
}

/* An enum that is missing may be named a thousand times: one message. */
static void scope_tell_missing(RegDbRnn *rnn, const RegDbRnnScope *scope,
                               RegDbRnnNode *node)
{
    if (!scope->varset) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_VARIANTS,
                       "variants=\"%.40s\", but neither varset nor prefix names an enum",
                       node->variants);
    } else if (!rnn->quiet &&
               g_hash_table_add(rnn->missing, (void *)scope->varset)) {
        regdb_rnn_tell(rnn, node, REGDB_RNN_TOLD_VARIANTS,
                       "variants=\"%.40s\": there is no enum '%.40s': what depends on it is taken to exist always",
                       node->variants, scope->varset);
    }
}

static RegDbRnnScope *scope_new(RegDbRnn *rnn, const RegDbRnnScope *parent,
                                RegDbRnnNode *node)
{
    RegDbRnnScope *scope = regdb_rnn_alloc(rnn, sizeof(*scope));
    const RegDbRnnVarset *varset;
    RegDbRnnNode *from;

    scope->prefix = !node->prefix ? parent->prefix :
                    regdb_rnn_find(rnn, REGDB_RNN_ENUM, node->prefix);
    scope->varset = node->varset ?: scope->prefix ? NULL : parent->varset;
    scope->conditions = parent->conditions;
    scope->own = parent->own;
    if (!node->variants) {
        return scope;
    }
    from = scope->varset ? regdb_rnn_find(rnn, REGDB_RNN_ENUM, scope->varset) :
           (RegDbRnnNode *)scope->prefix;
    if (!from) {
        scope_tell_missing(rnn, scope, node);
        return scope;
    }
    varset = scope_varset(rnn, from);
    if (!varset) {
        return NULL;
    }
    return scope_limit(rnn, scope, node, varset) ? scope :
           regdb_rnn_full(rnn, node);
}

const RegDbRnnScope *regdb_rnn_scope(RegDbRnn *rnn,
                                     const RegDbRnnScope *parent,
                                     RegDbRnnNode *node)
{
    ScopeKey key = { parent, node->prefix, node->varset, node->variants };
    ScopeKey *found;

    if (!node->prefix && !node->varset && !node->variants &&
        !(parent->prefix && parent->varset)) {
        return parent;
    }
    found = g_hash_table_lookup(rnn->scopes, &key);
    if (found) {
        return found->scope;
    }
    if (g_hash_table_size(rnn->scopes) >= REGDB_RNN_SCOPES_MAX) {
        regdb_rnn_fault(rnn, node,
                        "the database has more than 65536 different conditions");
        rnn->failed = true;
        return NULL;
    }
    key.scope = scope_new(rnn, parent, node);
    if (key.scope) {
        found = g_new(ScopeKey, 1);
        *found = key;
        g_hash_table_add(rnn->scopes, found);
    }
    return key.scope;
}

const RegDbCondition *regdb_rnn_scope_all(RegDbRnn *rnn,
                                          const RegDbRnnScope *scope)
{
    const RegDbCondition *all = NULL;
    const RegDbRnnLimit *limit;

    if (scope->conditions && !scope->conditions->next) {
        return scope->own;
    }
    for (limit = scope->conditions; limit; limit = limit->next) {
        all = regdb_build_condition(rnn->build, limit->set, limit->bits, all);
        if (!all) {
            return NULL;
        }
    }
    return all;
}

void regdb_rnn_scope_begin(RegDbRnn *rnn)
{
    rnn->root = regdb_rnn_alloc(rnn, sizeof(*rnn->root));
    rnn->scopes = g_hash_table_new_full(scope_hash, scope_equal, g_free, NULL);
    rnn->missing = g_hash_table_new(NULL, NULL);
    rnn->tables = g_ptr_array_new_with_free_func((GDestroyNotify)
                                                 g_hash_table_unref);
}

void regdb_rnn_scope_end(RegDbRnn *rnn)
{
    g_hash_table_unref(rnn->scopes);
    g_hash_table_unref(rnn->missing);
    g_ptr_array_unref(rnn->tables);
}
