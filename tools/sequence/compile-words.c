/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: words of guest memory that are addresses (see
 * compile-words.h)
 */
#include "tools/sequence/compile-words.h"

#include <string.h>

/* Kinds, words of a thing that are looked at one by one, rings */
#define KINDS_MAX 4096
#define PLACES 64
#define BASES_MAX (1u << 16)

/* Where drivers put what devices read: not in the first MiB, in 48 bits */
#define ADDRESS_MIN (1u << 20)
#define ADDRESS_BITS 48

/* Firmware does so below: but small numbers are numbers, even if 0 is known */
#define KNOWN_MIN (1u << 16)

/* Of addresses of memory that the trace does not know: so many, aligned */
#define GUESS_MIN 2
#define GUESS_ALIGN 16

/* Low bits of the address of a ring that are something else */
#define BASE_FLAGS 15

/**
 * struct Place: a word of all things of a kind
 * @last: its last value
 * @count: how often it was not zero
 * @likely: how often it may have been an address
 * @known: how often it was one of known memory
 * @aligned: how often it was aligned
 * @changes: how often it was another one than before
 * @address: it is an address
 * @guess: there is no proof
 */
typedef struct Place {
    uint64_t last;
    uint64_t count;
    uint64_t likely;
    uint64_t known;
    uint64_t aligned;
    uint64_t changes;
    bool address;
    bool guess;
} Place;

/**
 * struct Kind: things that are laid out alike
 * @wide: their words of 8 bytes
 * @narrow: their words of 4 bytes
 * @list: they are elements of lists, whose purpose is to have addresses
 */
typedef struct Kind {
    Place wide[PLACES];
    Place narrow[2 * PLACES];
    bool list;
} Kind;

/**
 * struct CompileWords: the state
 * @kinds: Kind, from COMPILE_WORDS_FIRST on
 * @numbers: name -> its number
 * @bases: set of rings' addresses
 */
struct CompileWords {
    GPtrArray *kinds;
    GHashTable *numbers;
    GHashTable *bases;
};

CompileWords *compile_words_new(void)
{
    CompileWords *words = g_new0(CompileWords, 1);

    words->kinds = g_ptr_array_new_with_free_func(g_free);
    words->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           NULL);
    words->bases = g_hash_table_new_full(compile_address_hash,
                                         g_int64_equal, g_free, NULL);
    return words;
}

uint32_t compile_words_kind(CompileWords *words, const char *name, bool list)
{
    gpointer found = g_hash_table_lookup(words->numbers, name);
    uint32_t number;
    Kind *kind;

    if (found) {
        return GPOINTER_TO_UINT(found);
    }
    if (words->kinds->len >= KINDS_MAX) {
        return COMPILE_WORDS_ANY;
    }
    number = COMPILE_WORDS_FIRST + words->kinds->len;
    kind = g_new0(Kind, 1);
    kind->list = list;
    g_ptr_array_add(words->kinds, kind);
    g_hash_table_insert(words->numbers, g_strdup(name),
                        GUINT_TO_POINTER(number));
    return number;
}

void compile_words_base(CompileWords *words, uint64_t address)
{
    gint64 *key;

    if (address && g_hash_table_size(words->bases) < BASES_MAX) {
        key = g_new(gint64, 1);
        *key = address & ~(uint64_t)BASE_FLAGS;
        g_hash_table_add(words->bases, key);
    }
}

static bool is_base(const CompileWords *words, uint64_t word)
{
    gint64 key = word & ~(uint64_t)BASE_FLAGS;

    return g_hash_table_contains(words->bases, &key);
}

/* --- where words are ----------------------------------------------------- */

/* Return: offset of the first aligned word in a thing */
static uint32_t first_word(const CompileThing *thing, unsigned width)
{
    return -thing->address % width;
}

static uint64_t get_word(const CompileThing *thing, uint32_t at,
                         unsigned width)
{
    uint64_t word = 0;

    memcpy(&word, thing->bytes + at, width);
    return GUINT64_FROM_LE(word);
}

/* Return: the word's place, if it is one of these that count; else NULL */
static Place *find_place(const CompileWords *words, const CompileThing *thing,
                         uint32_t at, unsigned width)
{
    uint32_t number = at / width;
    Kind *kind;

    if (thing->kind < COMPILE_WORDS_FIRST || number >= PLACES * 8 / width) {
        return NULL;
    }
    kind = words->kinds->pdata[thing->kind - COMPILE_WORDS_FIRST];
    return width == 8 ? &kind->wide[number] : &kind->narrow[number];
}

/* --- learning ------------------------------------------------------------ */

/* Nothing is known to lie so far beyond all memory that is known. */
static uint64_t address_max(const CompileAreas *areas)
{
    uint64_t end = compile_areas_end(areas), max = UINT64_C(1) << 32;

    while (max < end && max < UINT64_C(1) << ADDRESS_BITS) {
        max <<= 1;
    }
    return max;
}

static bool is_likely(const CompileAreas *areas, uint64_t word)
{
    return word >= ADDRESS_MIN &&
           (compile_areas_has_ranges(areas) ?
            compile_areas_in_range(areas, word) :
            word < address_max(areas));
}

static void add_word(Place *place, const CompileAreas *areas, uint64_t word)
{
    bool known = word >= KNOWN_MIN && compile_areas_find(areas, word);

    if (!word) {
        return;
    }
    place->count++;
    place->known += known;
    place->likely += known || is_likely(areas, word);
    place->aligned += !(word % GUESS_ALIGN);
    place->changes += word != place->last;
    place->last = word;
}

void compile_words_learn(CompileWords *words, const CompileAreas *areas,
                         const CompileThing *thing)
{
    uint32_t at;
    unsigned width;

    for (width = 4; width <= 8; width += 4) {
        for (at = first_word(thing, width); at + width <= thing->len;
             at += width) {
            Place *place = find_place(words, thing, at, width);

            if (!place) {
                break;
            }
            add_word(place, areas, get_word(thing, at, width));
        }
    }
}

/* --- deciding ------------------------------------------------------------ */

/* All are addresses, and one of them of memory that is known. */
static bool is_proved(const Place *place)
{
    return place->known && place->likely == place->count;
}

/* Half of a word, with something else in the other half: more proof. */
static bool is_proved_narrow(const Place *place)
{
    return place->known >= 2 && place->known == place->count &&
           place->changes >= 2;
}

static bool is_guess(const Place *place, uint64_t min)
{
    return place->count >= min && place->changes > place->count / 2 &&
           place->likely == place->count && place->aligned == place->count;
}

/* Without an address, an entry would be of no use: the first that may be one */
static void guess_place(Kind *kind)
{
    unsigned i;

    for (i = 0; i < PLACES; i++) {
        if (is_guess(&kind->wide[i], kind->list ? 1 : GUESS_MIN)) {
            kind->wide[i].address = true;
            kind->wide[i].guess = true;
            return;
        }
    }
}

static void decide(Kind *kind)
{
    bool proved = false;
    unsigned i;

    for (i = 0; i < PLACES; i++) {
        kind->wide[i].address = is_proved(&kind->wide[i]);
        proved |= kind->wide[i].address;
    }
    for (i = 0; i < 2 * PLACES; i++) {
        kind->narrow[i].address = !kind->wide[i / 2].address &&
                                  is_proved_narrow(&kind->narrow[i]);
        proved |= kind->narrow[i].address;
    }
    if (!proved) {
        guess_place(kind);
    }
}

void compile_words_decide(CompileWords *words)
{
    guint i;

    for (i = 0; i < words->kinds->len; i++) {
        decide(words->kinds->pdata[i]);
    }
}

/* --- finding ------------------------------------------------------------- */

static bool is_address(const CompileWords *words, const CompileAreas *areas,
                       const CompileThing *thing, uint32_t at,
                       CompileWord *word)
{
    const Place *place = find_place(words, thing, at, word->width);

    word->at = thing->address + at;
    word->value = get_word(thing, at, word->width);
    word->offset = at;
    word->placed = place && place->address;
    word->guess = place && place->guess;
    if (!word->value || word->placed || word->width == 4) {
        return word->value && word->placed;
    }
    return thing->kind == COMPILE_WORDS_DATA ?
           is_base(words, word->value) :
           word->value >= ADDRESS_MIN &&
           compile_areas_find(areas, word->value);
}

void compile_words_find(const CompileWords *words, const CompileAreas *areas,
                        const CompileThing *thing, CompileWordTake *take,
                        void *opaque)
{
    uint32_t at = first_word(thing, 4);

    /* A thing may begin or end with half of an aligned word of 8 bytes. */
    while (at + 4 <= thing->len) {
        bool wide = (thing->address + at) % 8 == 0 && at + 8 <= thing->len;
        CompileWord word = { .width = 8 };

        if (wide && is_address(words, areas, thing, at, &word)) {
            take(opaque, &word);
            at += 8;
            continue;
        }
        word.width = 4;
        if (is_address(words, areas, thing, at, &word)) {
            take(opaque, &word);
        }
        at += 4;
    }
}

void compile_words_free(CompileWords *words)
{
    if (words) {
        g_ptr_array_unref(words->kinds);
        g_hash_table_destroy(words->numbers);
        g_hash_table_destroy(words->bases);
        g_free(words);
    }
}
