/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --subtract: what A never has (see subtract.h)
 *
 * Theory of operation
 *
 * Groups of DIFF_SUBTRACT_GRAM tokens of A go into a set of hashes.  A token of
 * B is known if one of the groups that it is in is in the set, which is known
 * when three more tokens were taken.  Tokens in a row that are not known are a
 * sequence.
 */
#include "tools/diff/subtract.h"
#include "tools/diff/hashes.h"

#include <string.h>

#define GRAM DIFF_SUBTRACT_GRAM

/* First number of a hash: what it is of */
enum {
    HASH_GRAM = 1,
    HASH_VALUE,
};

/* What is known of a place */
enum {
    FLAG_SEEN = 1 << 0,         /* A has it */
    FLAG_NO_VALUES = 1 << 1,    /* its values do not count */
};

/**
 * struct DiffSubtract: state
 * @places: places of both logs
 * @taken: takes sequences
 * @opaque: for @taken
 * @hasher: factors of the hashes
 * @flags: by place: FLAG_SEEN and so on
 * @values: written values of A, with their places
 * @grams: groups of A
 * @keys: hashes of the last tokens, the last one at the end
 * @n: number of tokens of the log so far
 * @known: for the last tokens: a group that they are in is in @grams
 * @start: first token of the sequence that is not complete
 * @decided: number behind the last token of which it is known
 * @news: DiffNew
 * @new_of: by place: index in @news + 1, or 0
 */
struct DiffSubtract {
    const DiffPlaces *places;
    DiffSequenceTaken *taken;
    void *opaque;
    DiffHasher hasher;
    GByteArray *flags;
    DiffHashes *values;
    DiffHashes *grams;
    uint64_t keys[GRAM];
    uint64_t n;
    bool known[GRAM];
    uint64_t start;
    uint64_t decided;
    GArray *news;
    GArray *new_of;
};

DiffSubtract *diff_subtract_new(const DiffPlaces *places,
                                DiffSequenceTaken *taken, void *opaque)
{
    DiffSubtract *s = g_new0(DiffSubtract, 1);

    s->places = places;
    s->taken = taken;
    s->opaque = opaque;
    diff_hasher_init(&s->hasher);
    s->flags = g_byte_array_new();
    s->values = diff_hashes_new(DIFF_HASHES_MAX);
    s->grams = diff_hashes_new(DIFF_HASHES_MAX);
    s->news = g_array_new(FALSE, FALSE, sizeof(DiffNew));
    s->new_of = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    return s;
}

void diff_subtract_free(DiffSubtract *s)
{
    if (!s) {
        return;
    }
    g_byte_array_unref(s->flags);
    diff_hashes_free(s->values);
    diff_hashes_free(s->grams);
    g_array_unref(s->news);
    g_array_unref(s->new_of);
    g_free(s);
}

static uint64_t value_hash(const DiffSubtract *s, uint32_t place,
                           uint64_t value)
{
    return diff_hash(&s->hasher, diff_hash(&s->hasher, HASH_VALUE, place),
                     value);
}

/* Return: are there enough tokens for a group? */
static bool push(DiffSubtract *s, uint64_t key, uint64_t *gram)
{
    unsigned i;

    memmove(s->keys, s->keys + 1, sizeof(s->keys) - sizeof(s->keys[0]));
    s->keys[GRAM - 1] = key;
    s->n++;
    *gram = HASH_GRAM;
    for (i = 0; i < GRAM; i++) {
        *gram = diff_hash(&s->hasher, *gram, s->keys[i]);
    }
    return s->n >= GRAM;
}

static void set_flag(DiffSubtract *s, uint32_t place, uint8_t flag)
{
    if (place >= s->flags->len) {
        guint len = s->flags->len;

        g_byte_array_set_size(s->flags, MAX(place + 1,
                                            diff_places_count(s->places)));
        memset(s->flags->data + len, 0, s->flags->len - len);
    }
    s->flags->data[place] |= flag;
}

static bool has_flag(const DiffSubtract *s, uint32_t place, uint8_t flag)
{
    return place < s->flags->len && (s->flags->data[place] & flag);
}

void diff_subtract_ignore(DiffSubtract *s, uint32_t place)
{
    set_flag(s, place, FLAG_NO_VALUES);
}

static bool has_value(const DiffSubtract *s, uint32_t place)
{
    return diff_places_is_write(s->places, place) &&
           !has_flag(s, place, FLAG_NO_VALUES);
}

static uint64_t key_of(const DiffSubtract *s, uint32_t place, uint64_t value)
{
    return has_value(s, place) ? value_hash(s, place, value) :
                                 diff_hash(&s->hasher, 0, place);
}

void diff_subtract_learn(DiffSubtract *s, uint32_t place, uint64_t value)
{
    uint64_t gram;

    set_flag(s, place, FLAG_SEEN);
    if (has_value(s, place)) {
        diff_hashes_add(s->values, value_hash(s, place, value));
    }
    if (push(s, key_of(s, place, value), &gram)) {
        diff_hashes_add(s->grams, gram);
    }
}

static DiffNew *get_new(DiffSubtract *s, uint32_t place, uint64_t line)
{
    DiffNew new = { .place = place, .first = line,
                    .new_place = !has_flag(s, place, FLAG_SEEN) };
    uint32_t *number;

    if (place >= s->new_of->len) {
        g_array_set_size(s->new_of, MAX(place + 1,
                                        diff_places_count(s->places)));
    }
    number = &g_array_index(s->new_of, uint32_t, place);
    if (!*number) {
        g_array_append_val(s->news, new);
        *number = s->news->len;
    }
    return &g_array_index(s->news, DiffNew, *number - 1);
}

static void add_value(DiffNew *new, uint64_t value)
{
    unsigned i;

    for (i = 0; i < new->n_values; i++) {
        if (new->values[i] == value) {
            return;
        }
    }
    if (new->n_values < DIFF_SUBTRACT_VALUES) {
        new->values[new->n_values++] = value;
    } else {
        new->more_values = true;
    }
}

bool diff_subtract_is_new(const DiffSubtract *s, uint32_t place,
                          uint64_t value)
{
    return !has_flag(s, place, FLAG_SEEN) ||
           (has_value(s, place) &&
            !diff_hashes_has(s->values, value_hash(s, place, value)));
}

static void find_new(DiffSubtract *s, uint32_t place, uint64_t value,
                     uint64_t accesses, uint64_t line)
{
    DiffNew *new;

    if (diff_subtract_is_new(s, place, value)) {
        new = get_new(s, place, line);
        new->count += accesses;
        new->last = line;
        add_value(new, value);
    }
}

void diff_subtract_begin(DiffSubtract *s)
{
    s->n = 0;
}

static void end_sequence(DiffSubtract *s)
{
    if (s->decided > s->start) {
        s->taken(s->start, s->decided, s->opaque);
    }
    s->start = s->decided;
}

/* It is decided now whether the next token is known: it is the first one. */
static void decide(DiffSubtract *s)
{
    if (s->known[0]) {
        end_sequence(s);
        s->start++;
    }
    s->decided++;
}

static void shift_known(DiffSubtract *s)
{
    memmove(s->known, s->known + 1, sizeof(s->known) - sizeof(s->known[0]));
    s->known[GRAM - 1] = false;
}

void diff_subtract_take(DiffSubtract *s, uint32_t place, uint64_t value,
                        uint64_t accesses, uint64_t line)
{
    uint64_t gram;

    find_new(s, place, value, accesses, line);
    if (s->n >= GRAM) {
        decide(s);
    }
    shift_known(s);
    if (push(s, key_of(s, place, value), &gram) &&
        diff_hashes_has(s->grams, gram)) {
        memset(s->known, true, sizeof(s->known));
    }
}

uint64_t diff_subtract_start(const DiffSubtract *s)
{
    return s->start;
}

void diff_subtract_cut(DiffSubtract *s)
{
    end_sequence(s);
}

void diff_subtract_end(DiffSubtract *s)
{
    if (s->n < GRAM) {
        return;
    }
    while (s->decided < s->n) {
        decide(s);
        shift_known(s);
    }
    end_sequence(s);
}

const GArray *diff_subtract_news(const DiffSubtract *s)
{
    return s->news;
}

bool diff_subtract_full(const DiffSubtract *s)
{
    return diff_hashes_full(s->grams) || diff_hashes_full(s->values);
}
