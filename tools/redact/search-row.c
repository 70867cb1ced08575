/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets in rows of values
 *
 * A port gives a secret in pieces: an EEPROM's words, bytes of a FIFO, with
 * polls between them, a status beside them in the same value.  For each
 * register it is kept how much of a secret was seen so far.  The other row is
 * that of consecutive accesses, whatever their registers.
 */
#include "tools/redact/search-internal.h"

#include <string.h>

/* Rows that have begun; new ones push out old ones */
#define STATES (1u << 16)

/*
 * Values of a register that may be between two pieces, if the second one has
 * one byte, two of which one is usual, two, or more
 */
#define GAP_BYTE  4
#define GAP_USUAL 16
#define GAP_PAIR  256
#define GAP_LARGE 65536

/* Repeated values that may be pieces by themselves; a poll has more */
#define REPEATS 8

/* Registers whose values are counted, likewise */
#define COUNTS (1u << 16)

/* Accesses that a row of any registers is traced back through */
#define RING 1024

/* Offset that stands for all registers */
#define ANY_OFFSET UINT64_MAX

/**
 * struct Count: values that a register had
 * @offset: its offset
 * @region: number of its region
 * @op: MmtEntryKind + 1; 0 if it is free
 * @count: changes of its value
 * @accesses: accesses so far
 * @repeats: accesses with this value in a row
 * @value: the last one
 * @recent: hashes of what has begun with the last values, as bits: most bytes
 *          continue nothing, and need no search
 * @older: the same of some values before
 */
typedef struct Count {
    uint64_t offset;
    uint64_t value;
    uint64_t count;
    uint64_t accesses;
    uint64_t recent;
    uint64_t older;
    uint32_t repeats;
    uint32_t region;
    uint8_t op;
} Count;

/**
 * struct State: the beginning of a secret that was seen
 * @offset: offset of the register
 * @count: Count.count of the last piece
 * @access: its Count.accesses
 * @pattern: the secret
 * @region: number of the region
 * @k: bytes of the secret so far
 * @pieces: pieces so far
 * @bits: bits of the values in which they were
 * @shift: lowest bit of the last piece
 * @op: MmtEntryKind + 1
 * @big: the first byte of a piece is the highest
 */
typedef struct State {
    uint64_t offset;
    uint64_t count;
    uint64_t access;
    uint64_t bits;
    const SearchPattern *pattern;
    uint32_t region;
    uint16_t k;
    uint16_t pieces;
    uint8_t shift;
    uint8_t op;
    bool big;
} State;

struct SearchRow {
    State states[STATES];
    Count counts[COUNTS];
    Count any;
    MmtEntry ring[RING];
    uint64_t value[RING];
    uint64_t n;
};

/* A piece of a value that is being looked at */
typedef struct Piece {
    const MmtEntry *entry;
    Count *row;
    uint64_t offset;
    uint64_t count;
    uint64_t bits;
    unsigned size;
    unsigned shift;
} Piece;

SearchRow *search_row_new(void)
{
    return g_new0(SearchRow, 1);
}

void search_row_free(SearchRow *row)
{
    g_free(row);
}

static State *state_at(SearchRow *row, const Piece *piece, const SearchAt *at,
                       unsigned k, unsigned shift)
{
    uint64_t hash = piece->offset * 0x9e3779b97f4a7c15ull;

    hash ^= (uint64_t)piece->entry->region << 32 ^ piece->entry->kind;
    hash = hash * 0xff51afd7ed558ccdull ^ (uintptr_t)at->pattern >> 4 ^
           (uint64_t)k << 32 ^ (uint64_t)shift << 16 ^ at->big;
    return &row->states[hash * 0x9e3779b97f4a7c15ull >> 48];
}

/*
 * How many values of the register may be between a piece and the one before:
 * few if the piece has few bytes that say something, since these occur often
 */
static uint64_t gap(const Piece *piece, const SearchAt *at)
{
    unsigned rare = 0, i;

    if (piece->offset == ANY_OFFSET) {
        return 1;
    }
    for (i = 0; i < piece->size; i++) {
        uint8_t byte = at->pattern->bytes[at->k + i];

        rare += byte && byte != 0xff;
    }
    if (piece->size == 1) {
        return at->pattern->n < 6 ? 1 : GAP_BYTE;
    }
    return rare < 2 ? GAP_USUAL : rare == 2 ? GAP_PAIR : GAP_LARGE;
}

/* The bit of Count.recent for the first @k bytes of a pattern */
static uint64_t recent_bit(const SearchPattern *pattern, unsigned k)
{
    return 1ull << (((uintptr_t)pattern >> 5 ^ k * 0x9e3779b1u) *
                    0x9e3779b97f4a7c15ull >> 58);
}

/* Another value comes: forget what is too old for pieces that say little */
static void next_value(Count *row)
{
    if (++row->count % GAP_BYTE == 0) {
        row->older = row->recent;
        row->recent = 0;
    }
}

/* Can a piece continue something?  True is not certain. */
static bool may_continue(const Piece *piece, const SearchAt *at)
{
    return ((piece->row->recent | piece->row->older) &
            recent_bit(at->pattern, at->k)) ||
           gap(piece, at) > GAP_BYTE;
}

/* Return: the row that a piece continues, or NULL */
static const State *find_state(SearchRow *row, const Piece *piece,
                               const SearchAt *at, unsigned shift)
{
    const State *s = state_at(row, piece, at, at->k, shift);

    return s->pattern == at->pattern && s->k == at->k && s->shift == shift &&
           s->big == at->big && s->offset == piece->offset &&
           s->region == piece->entry->region &&
           s->op == piece->entry->kind + 1 &&
           s->access < piece->row->accesses && s->count <= piece->count &&
           piece->count - s->count <= gap(piece, at) ? s : NULL;
}

/* Are bytes of a value from @low on the pattern's from @k on? */
static bool piece_is(const SearchPattern *pattern, unsigned k, bool big,
                     uint64_t value, unsigned low, unsigned size)
{
    unsigned i;

    for (i = 0; i < size; i++) {
        unsigned lane = low + (big ? size - 1 - i : i);

        if ((uint8_t)(value >> 8 * lane) != pattern->bytes[k + i]) {
            return false;
        }
    }
    return true;
}

/* Find the largest piece of a value that continues the pattern at @k */
static unsigned find_piece(const SearchPattern *pattern, unsigned k, bool big,
                           uint64_t value, unsigned width, unsigned *low)
{
    unsigned size;

    for (size = 8; size; size /= 2) {
        for (*low = 0; k + size <= pattern->n && *low + size <= width;
             ++*low) {
            if (piece_is(pattern, k, big, value, *low, size)) {
                return size;
            }
        }
    }
    return 0;
}

static void note_piece(RedactSearch *search, const SearchPattern *pattern,
                       unsigned k, bool big, const MmtEntry *entry,
                       unsigned low, unsigned size)
{
    unsigned i;

    for (i = 0; i < size; i++) {
        unsigned lane = low + (big ? size - 1 - i : i);
        unsigned at = k + i;

        redact_places_add_byte(search->places, entry->region,
                               entry->offset + lane, pattern->secret,
                               pattern->reversed ? pattern->n - 1 - at : at);
    }
}

/* Return: are these accesses the pattern, in pieces of whole bytes? */
static bool walk_ring(RedactSearch *search, const SearchPattern *pattern,
                      bool big, uint64_t first, bool note)
{
    SearchRow *row = search->row;
    unsigned k = 0, low, size;
    uint64_t i;

    for (i = first; i < row->n; i++) {
        const MmtEntry *entry = &row->ring[i % RING];

        size = find_piece(pattern, k, big, row->value[i % RING], entry->width,
                          &low);
        if (!size) {
            return false;
        }
        if (note) {
            note_piece(search, pattern, k, big, entry, low, size);
        }
        k += size;
    }
    return k == pattern->n;
}

/* The last pieces were these accesses' */
static void note_ring(RedactSearch *search, const SearchPattern *pattern,
                      bool big, unsigned pieces)
{
    SearchRow *row = search->row;
    uint64_t i, first = row->n - MIN(pieces, MIN(row->n, RING));

    if (walk_ring(search, pattern, big, first, false)) {
        walk_ring(search, pattern, big, first, true);
        return;
    }
    for (i = first; i < row->n; i++) {
        const MmtEntry *entry = &row->ring[i % RING];

        redact_places_add_bits(search->places, entry->region, entry->offset,
                               UINT64_MAX);
    }
}

static bool one_register(const SearchRow *row, unsigned pieces)
{
    uint64_t last = row->n - 1, i;

    for (i = 1; i < pieces && i <= last && i < RING; i++) {
        if (row->ring[(last - i) % RING].offset !=
            row->ring[last % RING].offset) {
            return false;
        }
    }
    return true;
}

/* Return: is it complete, and worth a word? */
static bool complete(RedactSearch *search, const Piece *piece,
                     const SearchAt *at, unsigned pieces, uint64_t bits)
{
    if (pieces < 2) {
        /* whole in one value */
        return false;
    }
    if (piece->offset != ANY_OFFSET) {
        redact_places_add_bits(search->places, piece->entry->region,
                               piece->offset, bits);
        return true;
    }
    if (!one_register(search->row, pieces)) {
        note_ring(search, at->pattern, at->big, pieces);
    }
    return true;
}

/* Return: does a piece complete the pattern? */
static bool step(RedactSearch *search, const Piece *piece, const SearchAt *at)
{
    static const unsigned others[] = { 0, 8, 16, 24 };
    const SearchPattern *pattern = at->pattern;
    const State *before = NULL;
    unsigned k = at->k + piece->size, i;
    State next = {
        .offset = piece->offset, .count = piece->count,
        .access = piece->row->accesses, .bits = piece->bits,
        .pattern = pattern, .region = piece->entry->region, .k = k,
        .pieces = 1, .shift = piece->shift, .op = piece->entry->kind + 1,
        .big = at->big,
    };

    if (at->k) {
        if (!may_continue(piece, at)) {
            return false;
        }
        before = find_state(search->row, piece, at, piece->shift);
        for (i = 0; !before && i < G_N_ELEMENTS(others); i++) {
            before = find_state(search->row, piece, at, others[i]);
        }
        if (!before) {
            return false;
        }
        next.pieces += before->pieces;
        next.bits |= before->bits;
    }
    if (k == pattern->n) {
        return complete(search, piece, at, next.pieces, next.bits);
    }
    *state_at(search->row, piece, at, k, piece->shift) = next;
    piece->row->recent |= recent_bit(pattern, k);
    return false;
}

static RedactSecret *take_list(RedactSearch *search, const GArray *list,
                               const Piece *piece)
{
    RedactSecret *found = NULL;
    guint i;

    for (i = list->len; i > 0; i--) {
        const SearchAt *at = &g_array_index(list, SearchAt, i - 1);

        if (step(search, piece, at)) {
            found = at->pattern->secret;
        }
    }
    return found;
}

static RedactSecret *take_bytes(RedactSearch *search, Piece *piece,
                                uint64_t value)
{
    RedactSecret *found = NULL;

    piece->size = 1;
    for (piece->shift = 0; piece->shift < 8u * piece->entry->width;
         piece->shift += 8) {
        const GArray *list = search->positions[value >> piece->shift & 0xff];

        piece->bits = 0xffull << piece->shift;
        if (list->len) {
            RedactSecret *big, *little = take_list(search, list, piece);
            guint i;

            /* the same for rows whose larger pieces are big-endian */
            for (i = list->len, big = NULL; i > 0; i--) {
                SearchAt at = g_array_index(list, SearchAt, i - 1);

                at.big = true;
                if (step(search, piece, &at)) {
                    big = at.pattern->secret;
                }
            }
            found = little ?: big ?: found;
        }
    }
    return found;
}

/* Pieces of two bytes may be at any bit: a status is beside them. */
static RedactSecret *take_pairs(RedactSearch *search, Piece *piece,
                                uint64_t value)
{
    RedactSecret *found = NULL;
    unsigned end = 8 * piece->entry->width;

    piece->size = 2;
    for (piece->shift = 0; piece->shift + 16 <= end; piece->shift++) {
        uint64_t pair = value >> piece->shift & 0xffff;

        if (search->pairs[pair / 8] >> pair % 8 & 1) {
            piece->bits = 0xffffull << piece->shift;
            found = take_list(search,
                              g_hash_table_lookup(search->pieces[1], &pair),
                              piece) ?: found;
        }
    }
    return found;
}

static RedactSecret *take_large(RedactSearch *search, Piece *piece,
                                unsigned size, uint64_t value)
{
    unsigned bits = 8 << size;
    RedactSecret *found = NULL;

    piece->size = 1 << size;
    for (piece->shift = 0; piece->shift + bits <= 8u * piece->entry->width;
         piece->shift += bits) {
        uint64_t mask = bits == 64 ? UINT64_MAX : UINT32_MAX;
        uint64_t number = value >> piece->shift & mask;
        const GArray *list = g_hash_table_lookup(search->pieces[size],
                                                 &number);

        if (list) {
            piece->bits = mask << piece->shift;
            found = take_list(search, list, piece) ?: found;
        }
    }
    return found;
}

static RedactSecret *take_value(RedactSearch *search, Piece *piece,
                                uint64_t value)
{
    RedactSecret *found;

    found = take_large(search, piece, 3, value);
    found = take_large(search, piece, 2, value) ?: found;
    found = take_pairs(search, piece, value) ?: found;
    return take_bytes(search, piece, value) ?: found;
}

static Count *count_of(SearchRow *row, const MmtEntry *entry)
{
    uint64_t hash = (entry->offset ^ (uint64_t)entry->region << 48 ^
                     (uint64_t)entry->kind << 40) * 0x9e3779b97f4a7c15ull;
    Count *count = &row->counts[hash >> 48];

    if (count->op != entry->kind + 1 || count->region != entry->region ||
        count->offset != entry->offset) {
        *count = (Count) {
            .offset = entry->offset, .region = entry->region,
            .op = entry->kind + 1, .count = 1,
        };
    }
    return count;
}

RedactSecret *search_row(RedactSearch *search, const MmtEntry *entry,
                         uint64_t value)
{
    SearchRow *row = search->row;
    Count *count = count_of(row, entry);
    uint64_t last = (row->n - 1) % RING;
    Piece piece = { .entry = entry, .row = count, .offset = entry->offset };
    RedactSecret *found = NULL;

    count->accesses++;
    if (count->count == 1 || count->value != value) {
        count->value = value;
        count->repeats = 0;
        next_value(count);
    }
    /* a poll's repeated values are one, but a secret may repeat itself, too */
    if (count->repeats++ < REPEATS) {
        piece.count = count->count;
        found = take_value(search, &piece, value);
    }
    if (row->n && row->ring[last].offset == entry->offset &&
        row->ring[last].region == entry->region && row->value[last] == value) {
        return found;
    }
    row->ring[row->n % RING] = *entry;
    row->value[row->n % RING] = value;
    row->n++;
    next_value(&row->any);
    row->any.accesses++;
    piece.row = &row->any;
    piece.offset = ANY_OFFSET;
    piece.count = row->any.count;
    return take_value(search, &piece, value) ?: found;
}
