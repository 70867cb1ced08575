/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: search for secrets in the values of accesses (see
 * search.h)
 */
#include "tools/redact/search.h"
#include "tools/redact/search-internal.h"

#include <string.h>

/* Bytes of a piece of a longer secret that is replaced wherever it is */
#define GRAM 4

static void pattern_free(gpointer p)
{
    SearchPattern *pattern = p;

    g_free(pattern->bytes);
    g_free(pattern);
}

static void array_free(gpointer p)
{
    g_array_unref(p);
}

RedactSearch *redact_search_new(const RedactSecrets *secrets,
                                RedactPlaces *places)
{
    RedactSearch *search = g_new0(RedactSearch, 1);
    unsigned i;

    search->secrets = secrets;
    search->places = places;
    search->patterns = g_ptr_array_new_with_free_func(pattern_free);
    search->wholes = g_array_new(FALSE, FALSE, sizeof(SearchWhole));
    search->grams = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                          g_free);
    for (i = 0; i < 256; i++) {
        search->positions[i] = g_array_new(FALSE, FALSE, sizeof(SearchAt));
    }
    for (i = 1; i < 4; i++) {
        search->pieces[i] = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                                  g_free, array_free);
    }
    search->near = search_near_new();
    search->row = search_row_new();
    return search;
}

void redact_search_free(RedactSearch *search)
{
    unsigned i;

    if (!search) {
        return;
    }
    for (i = 0; i < 256; i++) {
        g_array_unref(search->positions[i]);
    }
    for (i = 1; i < 4; i++) {
        g_hash_table_unref(search->pieces[i]);
    }
    g_hash_table_unref(search->grams);
    g_array_unref(search->wholes);
    g_ptr_array_unref(search->patterns);
    search_near_free(search->near);
    search_row_free(search->row);
    g_free(search);
}

static uint64_t number_of(const uint8_t *bytes, unsigned n, bool big)
{
    uint64_t number = 0;
    unsigned i;

    for (i = 0; i < n; i++) {
        number |= (uint64_t)bytes[i] << 8 * (big ? n - 1 - i : i);
    }
    return number;
}

/* Exchange the bytes of each @unit bytes, so that the first becomes the last */
static void swap_units(const uint8_t *in, unsigned n, unsigned unit,
                       uint8_t *out)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        out[i] = in[i / unit * unit + (unit - 1 - i % unit)];
    }
}

/*
 * All orders of bytes that one number can have: as it is, swapped in units of
 * two or four, each forwards and backwards
 */
static void each_order(const uint8_t *from, const uint8_t *to, unsigned n,
                       void (*visit)(RedactSearch *search, RedactSecret *secret,
                                     SearchWhole whole),
                       RedactSearch *search, RedactSecret *secret)
{
    static const unsigned units[] = { 1, 2, 4 };
    unsigned i, big;

    for (i = 0; i < G_N_ELEMENTS(units); i++) {
        uint8_t a[8], b[8];

        if (n % units[i] || n == units[i]) {
            continue;
        }
        swap_units(from, n, units[i], a);
        swap_units(to, n, units[i], b);
        for (big = 0; big < 2; big++) {
            SearchWhole whole = {
                .secret = secret, .from = number_of(a, n, big),
                .to = number_of(b, n, big), .bits = 8 * n,
            };

            visit(search, secret, whole);
        }
    }
}

static void add_whole(RedactSearch *search, RedactSecret *secret,
                      SearchWhole whole)
{
    (void)secret;
    g_array_append_val(search->wholes, whole);
}

/* Four bytes of a secret by themselves must not be a usual value. */
static bool gram_is_rare(const uint8_t *bytes)
{
    unsigned usual = 0, same = 0, i, k;

    for (i = 0; i < GRAM; i++) {
        usual += bytes[i] == 0 || bytes[i] == 0xff;
        for (k = 0; k < i; k++) {
            same += bytes[i] == bytes[k];
        }
    }
    return usual <= 1 && same <= 1;
}

static void add_gram(RedactSearch *search, RedactSecret *secret,
                     SearchWhole whole)
{
    SearchWhole *gram;

    (void)secret;
    if (!g_hash_table_contains(search->grams, &whole.from)) {
        gram = g_new(SearchWhole, 1);
        *gram = whole;
        g_hash_table_insert(search->grams, &gram->from, gram);
    }
}

static void add_grams(RedactSearch *search, RedactSecret *secret)
{
    unsigned k;

    for (k = 0; secret->n > GRAM && k + GRAM <= secret->n; k++) {
        if (gram_is_rare(secret->from + k)) {
            each_order(secret->from + k, secret->to + k, GRAM, add_gram,
                       search, secret);
        }
    }
}

static void add_piece(RedactSearch *search, unsigned size, uint64_t number,
                      SearchAt at)
{
    GHashTable *table = search->pieces[size];
    GArray *list = g_hash_table_lookup(table, &number);

    if (!list) {
        uint64_t *key = g_new(uint64_t, 1);

        *key = number;
        list = g_array_new(FALSE, FALSE, sizeof(SearchAt));
        g_hash_table_insert(table, key, list);
    }
    g_array_append_val(list, at);
    if (size == 1) {
        search->pairs[number / 8] |= 1 << number % 8;
    }
}

static void add_pieces(RedactSearch *search, const SearchPattern *pattern)
{
    unsigned size, k, big;

    for (k = 0; k < pattern->n; k++) {
        SearchAt at = { .pattern = pattern, .k = k };

        g_array_append_val(search->positions[pattern->bytes[k]], at);
    }
    for (size = 1; size < 4; size++) {
        unsigned n = 1 << size;

        for (k = 0; k + n <= pattern->n; k++) {
            for (big = 0; big < 2; big++) {
                SearchAt at = { .pattern = pattern, .k = k, .big = big };

                add_piece(search, size, number_of(pattern->bytes + k, n, big),
                          at);
            }
        }
    }
}

static void add_pattern(RedactSearch *search, RedactSecret *secret,
                        bool reversed)
{
    SearchPattern *pattern = g_new0(SearchPattern, 1);
    unsigned i;

    pattern->secret = secret;
    pattern->n = secret->n;
    pattern->reversed = reversed;
    pattern->bytes = g_malloc(secret->n);
    for (i = 0; i < pattern->n; i++) {
        pattern->bytes[i] = secret->from[reversed ? pattern->n - 1 - i : i];
    }
    g_ptr_array_add(search->patterns, pattern);
    add_pieces(search, pattern);
}

static void update_index(RedactSearch *search)
{
    for (; search->indexed < search->secrets->list->len; search->indexed++) {
        RedactSecret *secret = search->secrets->list->pdata[search->indexed];

        if (secret->n <= 8) {
            each_order(secret->from, secret->to, secret->n, add_whole, search,
                       secret);
        }
        add_grams(search, secret);
        add_pattern(search, secret, false);
        add_pattern(search, secret, true);
    }
}

static uint64_t low_bits(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

/* Replace a whole secret, at any bit of the value */
static bool replace_whole(const SearchWhole *whole, unsigned bits,
                          uint64_t *value)
{
    uint64_t mask = low_bits(whole->bits);
    unsigned shift;

    for (shift = 0; shift + whole->bits <= bits; shift++) {
        if ((*value >> shift & mask) == whole->from) {
            *value = (*value & ~(mask << shift)) | whole->to << shift;
            return true;
        }
    }
    return false;
}

static RedactSecret *replace_gram(const RedactSearch *search, unsigned shift,
                                  uint64_t *value)
{
    uint64_t half = *value >> shift & UINT32_MAX;
    const SearchWhole *gram = g_hash_table_lookup(search->grams, &half);

    if (!gram) {
        return NULL;
    }
    *value = (*value & ~((uint64_t)UINT32_MAX << shift)) | gram->to << shift;
    return gram->secret;
}

RedactSecret *redact_search_value(const RedactSearch *search, unsigned width,
                                  uint64_t *value)
{
    RedactSecret *found = NULL;
    guint i;

    if (search->indexed < search->secrets->list->len) {
        update_index((RedactSearch *)search);
    }
    if (width < REDACT_SECRET_MIN || !*value) {
        return NULL;
    }
    for (i = 0; i < search->wholes->len; i++) {
        const SearchWhole *whole = &g_array_index(search->wholes, SearchWhole,
                                                  i);

        if (whole->bits <= 8 * width &&
            replace_whole(whole, 8 * width, value)) {
            found = whole->secret;
        }
    }
    if (width >= GRAM) {
        found = replace_gram(search, 0, value) ?: found;
    }
    if (width == 2 * GRAM) {
        found = replace_gram(search, 8 * GRAM, value) ?: found;
    }
    return found;
}

RedactSecret *redact_search_access(RedactSearch *search,
                                   const MmtEntry *entry, uint64_t value)
{
    RedactSecret *near, *row;

    update_index(search);
    near = search_near(search, entry, value);
    row = search_row(search, entry, value);
    return near ?: row;
}
