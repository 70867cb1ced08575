/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: noise (see noise.h)
 *
 * Theory of operation
 *
 * Which values of a register count is known only when all logs were compared.
 * So tokens that are in one log only are kept until then, with some that are
 * beside them.  Then each group of DIFF_NOISE_GRAM tokens in a row that has one
 * of them goes into a set.  A token of a difference is noise if such a group
 * around it is in the set.  Sequences of fewer tokens count alone, too,
 * whatever is beside them.
 */
#include "tools/diff/noise.h"
#include "tools/diff/hashes.h"
#include "tools/diff/moves.h"

/* Tokens beside a difference that belong to it */
#define BESIDE (DIFF_NOISE_GRAM - 1)

/*
 * Tokens of a sequence that may vary in its values: a longer one is more likely
 * some work that one log does not have.
 */
#define VARYING_MAX 16

/* Tokens of a difference in order of which each pair is looked at */
#define ORDER_MAX 64

/* First number of a hash: what it is of */
enum {
    HASH_GRAM = 1,          /* tokens with what is beside them */
    HASH_ALONE,             /* a short sequence, whatever is beside it */
    HASH_PAIR,              /* two tokens whose order varies */
    HASH_SET,               /* tokens whose order varies, in any order */
    HASH_TIME,              /* a poll whose time varies */
};

/**
 * struct Token: a token that is kept
 * @value: its value
 * @place: its place
 */
typedef struct Token {
    uint64_t value;
    uint32_t place;
} Token;

/**
 * struct Value: a value of a place
 * @known: there is one
 * @value: the first one
 */
typedef struct Value {
    bool known;
    uint64_t value;
} Value;

/**
 * struct Piece: tokens that are kept together
 * @kind: kind of the difference
 * @before: number of tokens before it that are beside it
 * @n: number of its own tokens; of DIFF_ORDER, twice as many follow
 * @after: number of tokens behind it
 */
typedef struct Piece {
    DiffKind kind;
    uint32_t before;
    uint32_t n;
    uint32_t after;
} Piece;

/**
 * struct DiffNoise: what was learnt
 * @places: places of all logs
 * @hasher: factors of the hashes
 * @bits: by place, uint64_t: bits that vary
 * @values: by place, Value: of sequences that are in one log only
 * @tokens: Token, those of @pieces
 * @pieces: Piece
 * @much: there were more of them
 * @set: what is noise
 * @a: a log that is compared
 * @b: the other one
 * @to: takes what is not noise
 * @moves: takes out what has moved, before @to
 * @counts: what was noise
 * @keys: hashes of tokens, of the difference that is looked at
 * @key_places: uint32_t, their places
 * @is_noise: bool for each of them
 */
struct DiffNoise {
    const DiffPlaces *places;
    DiffHasher hasher;
    GArray *bits;
    GArray *values;
    GArray *tokens;
    GArray *pieces;
    bool much;
    DiffHashes *set;
    const DiffLog *a;
    const DiffLog *b;
    const DiffSink *to;
    DiffMoves *moves;
    DiffNoiseCounts counts;
    GArray *keys;
    GArray *key_places;
    GArray *is_noise;
};

DiffNoise *diff_noise_new(const DiffPlaces *places)
{
    DiffNoise *noise = g_new0(DiffNoise, 1);

    noise->places = places;
    diff_hasher_init(&noise->hasher);
    noise->bits = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    noise->values = g_array_new(FALSE, TRUE, sizeof(Value));
    noise->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    noise->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    noise->set = diff_hashes_new(DIFF_HASHES_MAX);
    noise->keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    noise->key_places = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    noise->is_noise = g_array_new(FALSE, TRUE, sizeof(bool));
    return noise;
}

void diff_noise_free(DiffNoise *noise)
{
    if (!noise) {
        return;
    }
    diff_moves_free(noise->moves);
    g_array_unref(noise->bits);
    g_array_unref(noise->tokens);
    g_array_unref(noise->pieces);
    g_array_unref(noise->keys);
    g_array_unref(noise->key_places);
    g_array_unref(noise->is_noise);
    g_array_unref(noise->values);
    diff_hashes_free(noise->set);
    g_free(noise);
}

static uint64_t bits_of(const DiffNoise *noise, uint32_t place)
{
    return place < noise->bits->len ?
           g_array_index(noise->bits, uint64_t, place) : 0;
}

static void add_bits(DiffNoise *noise, uint32_t place, uint64_t bits)
{
    if (place >= noise->bits->len) {
        g_array_set_size(noise->bits, MAX(place + 1,
                                          diff_places_count(noise->places)));
    }
    g_array_index(noise->bits, uint64_t, place) |= bits;
}

static uint64_t hash_time(const DiffNoise *noise, uint32_t place)
{
    return diff_hash(&noise->hasher, HASH_TIME, place);
}

static void learn_values(DiffNoise *noise, const DiffHunk *hunk)
{
    uint64_t i;

    for (i = 0; i < hunk->a1 - hunk->a0; i++) {
        const DiffToken *a = diff_log_token(noise->a, hunk->a0 + i);
        const DiffToken *b = diff_log_token(noise->b, hunk->b0 + i);

        add_bits(noise, a->place, a->value ^ b->value);
    }
}

/* Do both sides of a poll end with the same register? */
static bool poll_ends(const DiffNoise *noise, const DiffHunk *hunk,
                      const DiffToken **a, const DiffToken **b)
{
    if (hunk->a1 == hunk->a0 || hunk->b1 == hunk->b0) {
        return false;
    }
    *a = diff_log_token(noise->a, hunk->a1 - 1);
    *b = diff_log_token(noise->b, hunk->b1 - 1);
    return (*a)->place == (*b)->place;
}

static void learn_poll_end(DiffNoise *noise, const DiffHunk *hunk)
{
    const DiffToken *a;
    const DiffToken *b;

    if (poll_ends(noise, hunk, &a, &b)) {
        add_bits(noise, a->place, a->value ^ b->value);
    }
}

static void learn_poll_time(DiffNoise *noise, const DiffHunk *hunk)
{
    const DiffToken *a;
    const DiffToken *b;

    if (poll_ends(noise, hunk, &a, &b)) {
        diff_hashes_add(noise->set, hash_time(noise, a->place));
    }
}

static void keep_tokens(DiffNoise *noise, const DiffLog *log, uint64_t from,
                        uint64_t to)
{
    uint64_t i;

    for (i = from; i < to; i++) {
        const DiffToken *token = diff_log_token(log, i);
        Token kept = { .value = token->value, .place = token->place };

        g_array_append_val(noise->tokens, kept);
    }
}

/* The first value of each place, in sequences that are in one log only */
static void learn_varying(DiffNoise *noise, const DiffLog *log, uint64_t from,
                          uint64_t to)
{
    for (; from < to; from++) {
        const DiffToken *token = diff_log_token(log, from);
        Value *value;

        if (token->place >= noise->values->len) {
            g_array_set_size(noise->values,
                             MAX(token->place + 1,
                                 diff_places_count(noise->places)));
        }
        value = &g_array_index(noise->values, Value, token->place);
        if (value->known) {
            add_bits(noise, token->place, value->value ^ token->value);
        } else {
            *value = (Value) { .known = true, .value = token->value };
        }
    }
}

static bool has_room(DiffNoise *noise, uint64_t n)
{
    if (n > DIFF_NOISE_TOKENS - noise->tokens->len) {
        noise->much = true;
        return false;
    }
    return true;
}

static uint64_t before(const DiffLog *log, uint64_t from)
{
    return MIN(BESIDE, from - diff_log_start(log));
}

static uint64_t after(const DiffLog *log, uint64_t to)
{
    return MIN(BESIDE, diff_log_end(log) - to);
}

static void keep_sequence(DiffNoise *noise, const DiffLog *log, uint64_t from,
                          uint64_t to)
{
    Piece piece = {
        .kind = DIFF_ONLY_A,
        .before = before(log, from),
        .n = to - from,
        .after = after(log, to),
    };

    if (has_room(noise, to - from + 2 * BESIDE)) {
        keep_tokens(noise, log, from - piece.before, to + piece.after);
        g_array_append_val(noise->pieces, piece);
    }
    if (to - from <= VARYING_MAX) {
        learn_varying(noise, log, from, to);
    }
}

static void learn_only_a(DiffNoise *noise, const DiffHunk *hunk)
{
    keep_sequence(noise, noise->a, hunk->a0, hunk->a1);
}

static void learn_only_b(DiffNoise *noise, const DiffHunk *hunk)
{
    keep_sequence(noise, noise->b, hunk->b0, hunk->b1);
}

static void learn_order(DiffNoise *noise, const DiffHunk *hunk)
{
    Piece piece = { .kind = DIFF_ORDER, .n = hunk->a1 - hunk->a0 };

    if (piece.n == hunk->b1 - hunk->b0 && has_room(noise, 2 * piece.n)) {
        keep_tokens(noise, noise->a, hunk->a0, hunk->a1);
        keep_tokens(noise, noise->b, hunk->b0, hunk->b1);
        g_array_append_val(noise->pieces, piece);
    }
}

static void learn(const DiffHunk *hunk, void *opaque)
{
    static void (*const learners[DIFF_KIND__MAX])(DiffNoise *,
                                                  const DiffHunk *) = {
        [DIFF_ONLY_A] = learn_only_a,
        [DIFF_ONLY_B] = learn_only_b,
        [DIFF_VALUE] = learn_values,
        [DIFF_ORDER] = learn_order,
        [DIFF_POLL_END] = learn_poll_end,
        [DIFF_POLL_TIME] = learn_poll_time,
    };

    if (learners[hunk->kind]) {
        learners[hunk->kind](opaque, hunk);
    }
}

DiffSink diff_noise_learner(DiffNoise *noise, const DiffLog *a,
                            const DiffLog *b)
{
    noise->a = a;
    noise->b = b;
    return (DiffSink) { .hunk = learn, .opaque = noise };
}

/* What counts of a token: of reads, the place only */
static uint64_t key_of(const DiffNoise *noise, uint32_t place, uint64_t value)
{
    uint64_t key = diff_hash(&noise->hasher, 0, place);

    return diff_places_is_write(noise->places, place) ?
           diff_hash(&noise->hasher, key, value & ~bits_of(noise, place)) :
           key;
}

static uint64_t key_at(const DiffNoise *noise, size_t i)
{
    return g_array_index(noise->keys, uint64_t, i);
}

static uint32_t place_at(const DiffNoise *noise, size_t i)
{
    return g_array_index(noise->key_places, uint32_t, i);
}

static void clear_keys(DiffNoise *noise)
{
    g_array_set_size(noise->keys, 0);
    g_array_set_size(noise->key_places, 0);
}

static uint64_t hash_keys(const DiffNoise *noise, unsigned what, size_t from,
                          size_t n)
{
    uint64_t hash = what;

    while (n--) {
        hash = diff_hash(&noise->hasher, hash, key_at(noise, from++));
    }
    return hash;
}

static void add_key(DiffNoise *noise, uint32_t place, uint64_t value)
{
    uint64_t key = key_of(noise, place, value);

    g_array_append_val(noise->keys, key);
    g_array_append_val(noise->key_places, place);
}

/* Groups of tokens that have one of @n from @from on */
typedef void Group(DiffNoise *noise, uint64_t hash, size_t from, size_t n);

static void each_group(DiffNoise *noise, size_t from, size_t n, Group *group)
{
    size_t total = noise->keys->len;
    size_t first = from < BESIDE ? 0 : from - BESIDE;
    size_t length;
    size_t i;

    for (i = first; i < from + n && i + DIFF_NOISE_GRAM <= total; i++) {
        group(noise, hash_keys(noise, HASH_GRAM, i, DIFF_NOISE_GRAM), i,
              DIFF_NOISE_GRAM);
    }
    for (length = 1; length < DIFF_NOISE_GRAM; length++) {
        for (i = from; i + length <= from + n; i++) {
            group(noise, hash_keys(noise, HASH_ALONE, i, length), i, length);
        }
    }
}

static void add_group(DiffNoise *noise, uint64_t hash, size_t from, size_t n)
{
    (void)from;
    (void)n;
    diff_hashes_add(noise->set, hash);
}

/* Long sequences do not tell about each of their tokens alone. */
static void add_long_group(DiffNoise *noise, uint64_t hash, size_t from,
                           size_t n)
{
    if (n == DIFF_NOISE_GRAM) {
        add_group(noise, hash, from, n);
    }
}

static void add_sequence(DiffNoise *noise, const Piece *piece)
{
    each_group(noise, piece->before, piece->n,
               piece->n < DIFF_NOISE_GRAM ? add_group : add_long_group);
}

typedef bool Pair(DiffNoise *noise, size_t i, size_t j);

/* If the order of two registers varies, it does so whatever is written. */
static uint64_t hash_pair(const DiffNoise *noise, uint32_t x, uint32_t y)
{
    uint64_t hash = diff_hash(&noise->hasher, HASH_PAIR, MIN(x, y));

    return diff_hash(&noise->hasher, hash, MAX(x, y));
}

/* Where the tokens from 0 to @n stand among those from @n to 2 * @n */
static void find_positions(const DiffNoise *noise, size_t n, size_t *position)
{
    bool taken[ORDER_MAX] = { false };
    size_t i;
    size_t j;

    for (i = 0; i < n; i++) {
        position[i] = n;
        for (j = 0; j < n && position[i] == n; j++) {
            if (!taken[j] && key_at(noise, n + j) == key_at(noise, i)) {
                position[i] = j;
                taken[j] = true;
            }
        }
    }
}

/* Pairs of tokens whose order is another one.  Return: false if @pair does */
static bool each_pair(DiffNoise *noise, size_t n, Pair *pair)
{
    size_t position[ORDER_MAX];
    size_t i;
    size_t j;

    find_positions(noise, n, position);
    for (i = 0; i < n; i++) {
        for (j = i + 1; j < n; j++) {
            if (position[i] > position[j] && !pair(noise, i, j)) {
                return false;
            }
        }
    }
    return true;
}

static uint64_t hash_set(const DiffNoise *noise, size_t n)
{
    uint64_t sum = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        sum += diff_hash(&noise->hasher, HASH_SET, place_at(noise, i));
    }
    return diff_hash(&noise->hasher, HASH_SET, sum);
}

static bool add_pair(DiffNoise *noise, size_t i, size_t j)
{
    diff_hashes_add(noise->set, hash_pair(noise, place_at(noise, i),
                                          place_at(noise, j)));
    return true;
}

static void add_order(DiffNoise *noise, const Piece *piece)
{
    if (piece->n <= ORDER_MAX) {
        each_pair(noise, piece->n, add_pair);
    } else {
        diff_hashes_add(noise->set, hash_set(noise, piece->n));
    }
}

/* A number varies in all its bits, even if the logs at hand do not show it. */
static void widen_bits(DiffNoise *noise)
{
    guint i;

    for (i = 0; i < noise->bits->len; i++) {
        uint64_t *bits = &g_array_index(noise->bits, uint64_t, i);

        if (__builtin_popcountll(*bits) > DIFF_NOISE_BITS) {
            *bits = UINT64_MAX;
        }
    }
}

bool diff_noise_learned(DiffNoise *noise)
{
    const Token *token = (const Token *)noise->tokens->data;
    guint i;

    widen_bits(noise);
    for (i = 0; i < noise->pieces->len; i++) {
        const Piece *piece = &g_array_index(noise->pieces, Piece, i);
        bool order = piece->kind == DIFF_ORDER;
        size_t n = order ? 2 * (size_t)piece->n :
                   (size_t)piece->before + piece->n + piece->after;

        clear_keys(noise);
        while (n--) {
            add_key(noise, token->place, token->value);
            token++;
        }
        if (order) {
            add_order(noise, piece);
        } else {
            add_sequence(noise, piece);
        }
    }
    g_array_set_size(noise->tokens, 0);
    g_array_set_size(noise->pieces, 0);
    return !noise->much && !diff_hashes_full(noise->set);
}

static void add_keys(DiffNoise *noise, const DiffLog *log, uint64_t from,
                     uint64_t to)
{
    uint64_t i;

    for (i = from; i < to; i++) {
        const DiffToken *token = diff_log_token(log, i);

        add_key(noise, token->place, token->value);
    }
}

static void pass(DiffNoise *noise, const DiffHunk *hunk)
{
    diff_moves_take(noise->moves, hunk);
}

static bool value_is_noise(const DiffNoise *noise, const DiffHunk *hunk,
                           uint64_t i)
{
    const DiffToken *a = diff_log_token(noise->a, hunk->a0 + i);
    const DiffToken *b = diff_log_token(noise->b, hunk->b0 + i);

    return !((a->value ^ b->value) & ~bits_of(noise, a->place));
}

/* Pairs in a row that are noise, or are not */
static void filter_values(DiffNoise *noise, const DiffHunk *hunk)
{
    uint64_t n = hunk->a1 - hunk->a0;
    uint64_t from = 0;

    while (from < n) {
        bool same = value_is_noise(noise, hunk, from);
        uint64_t to = from + 1;
        DiffHunk part = *hunk;

        while (to < n && value_is_noise(noise, hunk, to) == same) {
            to++;
        }
        part.a0 = hunk->a0 + from;
        part.b0 = hunk->b0 + from;
        part.a1 = hunk->a0 + to;
        part.b1 = hunk->b0 + to;
        if (same) {
            part.kind = DIFF_SAME;
            noise->counts.values += to - from;
        }
        pass(noise, &part);
        from = to;
    }
}

/* Polls of several accesses may have as many rounds as they like. */
static void filter_poll(DiffNoise *noise, const DiffHunk *hunk, bool is_noise)
{
    DiffHunk part = *hunk;

    if (is_noise) {
        part.kind = hunk->a1 - hunk->a0 == hunk->b1 - hunk->b0 ?
                    DIFF_SAME : DIFF_ROUNDS;
        noise->counts.polls++;
    }
    pass(noise, &part);
}

static void filter_poll_end(DiffNoise *noise, const DiffHunk *hunk)
{
    const DiffToken *a;
    const DiffToken *b;

    filter_poll(noise, hunk,
                poll_ends(noise, hunk, &a, &b) &&
                !((a->value ^ b->value) & ~bits_of(noise, a->place)));
}

static void filter_poll_time(DiffNoise *noise, const DiffHunk *hunk)
{
    const DiffToken *a;
    const DiffToken *b;

    filter_poll(noise, hunk,
                poll_ends(noise, hunk, &a, &b) &&
                diff_hashes_has(noise->set, hash_time(noise, a->place)));
}

static void mark_group(DiffNoise *noise, uint64_t hash, size_t from, size_t n)
{
    if (diff_hashes_has(noise->set, hash)) {
        while (n--) {
            g_array_index(noise->is_noise, bool, from++) = true;
        }
    }
}

/* Find out which tokens of a sequence are noise: in @is_noise, from @from on */
static size_t mark_noise(DiffNoise *noise, const DiffLog *log, uint64_t from,
                         uint64_t to)
{
    size_t beside = before(log, from);

    clear_keys(noise);
    add_keys(noise, log, from - beside, to + after(log, to));
    g_array_set_size(noise->is_noise, 0);
    g_array_set_size(noise->is_noise, noise->keys->len);
    each_group(noise, beside, to - from, mark_group);
    return beside;
}

static void filter_sequence(DiffNoise *noise, const DiffHunk *hunk,
                            const DiffLog *log, uint64_t start, uint64_t end)
{
    size_t beside = mark_noise(noise, log, start, end);
    uint64_t n = end - start;
    /* what is passed on makes other marks */
    g_autofree bool *is_noise =
        g_memdup2(&g_array_index(noise->is_noise, bool, beside),
                  n * sizeof(bool));
    uint64_t from = 0;

    while (from < n) {
        DiffHunk part = *hunk;
        uint64_t to = from + 1;

        while (to < n && is_noise[to] == is_noise[from]) {
            to++;
        }
        if (is_noise[from]) {
            noise->counts.sequences++;
            noise->counts.accesses += to - from;
        } else if (hunk->kind == DIFF_ONLY_A) {
            part.a0 = start + from;
            part.a1 = start + to;
            pass(noise, &part);
        } else {
            part.b0 = start + from;
            part.b1 = start + to;
            pass(noise, &part);
        }
        from = to;
    }
}

static void filter_only_a(DiffNoise *noise, const DiffHunk *hunk)
{
    filter_sequence(noise, hunk, noise->a, hunk->a0, hunk->a1);
}

static void filter_only_b(DiffNoise *noise, const DiffHunk *hunk)
{
    filter_sequence(noise, hunk, noise->b, hunk->b0, hunk->b1);
}

/* May a token change its order with all of a sequence? */
static bool may_pass(const DiffNoise *noise, uint32_t place,
                     const DiffLog *log, uint64_t from, uint64_t to)
{
    for (; from < to; from++) {
        uint64_t hash = hash_pair(noise, place,
                                  diff_log_token(log, from)->place);

        if (!diff_hashes_has(noise->set, hash)) {
            return false;
        }
    }
    return true;
}

/* Across what is noise itself, or if such an order varies */
static bool cross(const DiffLog *log, uint64_t from, uint64_t to, uint64_t a0,
                  uint64_t a1, void *opaque)
{
    DiffNoise *noise = opaque;
    size_t beside = mark_noise(noise, noise->a, a0, a1);
    uint64_t i;

    for (i = a0; i < a1; i++) {
        if (!g_array_index(noise->is_noise, bool, beside + (i - a0)) &&
            !may_pass(noise, diff_log_token(noise->a, i)->place, log, from,
                      to)) {
            return false;
        }
    }
    return true;
}

/* In another order is what is noise by itself, or such an order varies. */
static bool has_pair(DiffNoise *noise, size_t i, size_t j)
{
    return g_array_index(noise->is_noise, bool, i) ||
           g_array_index(noise->is_noise, bool, j) ||
           diff_hashes_has(noise->set, hash_pair(noise, place_at(noise, i),
                                                 place_at(noise, j)));
}

static void filter_order(DiffNoise *noise, const DiffHunk *hunk)
{
    uint64_t n = hunk->a1 - hunk->a0;
    DiffHunk part = *hunk;

    clear_keys(noise);
    add_keys(noise, noise->a, hunk->a0, hunk->a1);
    add_keys(noise, noise->b, hunk->b0, hunk->b1);
    g_array_set_size(noise->is_noise, 0);
    g_array_set_size(noise->is_noise, noise->keys->len);
    each_group(noise, 0, n, mark_group);
    if (n == hunk->b1 - hunk->b0 &&
        (n <= ORDER_MAX ? each_pair(noise, n, has_pair) :
         diff_hashes_has(noise->set, hash_set(noise, n)))) {
        part.kind = DIFF_SAME;
        noise->counts.orders++;
    }
    pass(noise, &part);
}

static void filter(const DiffHunk *hunk, void *opaque)
{
    static void (*const filters[DIFF_KIND__MAX])(DiffNoise *,
                                                 const DiffHunk *) = {
        [DIFF_ONLY_A] = filter_only_a,
        [DIFF_ONLY_B] = filter_only_b,
        [DIFF_VALUE] = filter_values,
        [DIFF_ORDER] = filter_order,
        [DIFF_POLL_END] = filter_poll_end,
        [DIFF_POLL_TIME] = filter_poll_time,
    };

    if (filters[hunk->kind]) {
        filters[hunk->kind](opaque, hunk);
    } else {
        pass(opaque, hunk);
    }
}

static void filter_window(void *opaque)
{
    DiffNoise *noise = opaque;

    diff_moves_flush(noise->moves);
    if (noise->to->window) {
        noise->to->window(noise->to->opaque);
    }
}

DiffSink diff_noise_filter(DiffNoise *noise, const DiffLog *a,
                           const DiffLog *b, const DiffSink *to)
{
    noise->a = a;
    noise->b = b;
    noise->to = to;
    noise->moves = diff_moves_new(a, b, to, cross, noise);
    return (DiffSink) {
        .hunk = filter,
        .window = filter_window,
        .opaque = noise,
    };
}

DiffNoiseCounts diff_noise_counts(const DiffNoise *noise)
{
    DiffNoiseCounts counts = noise->counts;

    counts.orders += noise->moves ? diff_moves_count(noise->moves) : 0;
    return counts;
}
