/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the same accesses in another order (see order.h)
 */
#include "tools/diff/order.h"
#include "tools/diff/keys.h"

/*
 * Differences, and tokens of a log, of which one in the order consists at most.
 * Further away, two values that were swapped are more likely noise.
 */
#define PIECES_MAX 16
#define TOKENS_MAX 40

static uint64_t hash_of(uint64_t place, uint64_t value, uint64_t seed)
{
    uint64_t h = (value ^ seed) * 0x9e3779b97f4a7c15;

    h ^= h >> 32;
    h += place;
    h *= 0xd6e8feb86659fd93;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93;
    return h ^ h >> 32;
}

static uint64_t sum_of(const DiffLog *log, uint64_t start, uint64_t end,
                       DiffValues values, uint64_t seed)
{
    const DiffPlaces *places = diff_log_places(log);
    uint64_t sum = 0;
    uint64_t i;

    for (i = start; i < end; i++) {
        const DiffToken *token = diff_log_token(log, i);
        bool counts = diff_value_counts(places, token->place, values);

        sum += hash_of(token->place, counts ? token->value : 0, seed);
    }
    return sum;
}

uint64_t diff_order_sum(const DiffLog *a, const DiffLog *b,
                        const DiffHunk *hunk, DiffValues values, uint64_t seed)
{
    return sum_of(a, hunk->a0, hunk->a1, values, seed) -
           sum_of(b, hunk->b0, hunk->b1, values, seed);
}

guint diff_order_find(const GArray *pieces, guint first)
{
    const DiffPiece *start = &g_array_index(pieces, DiffPiece, first);
    uint64_t sum = 0;
    guint i;

    if (start->hunk.kind == DIFF_ROUNDS) {
        return pieces->len;
    }
    for (i = first; i < pieces->len && i - first < PIECES_MAX; i++) {
        const DiffPiece *piece = &g_array_index(pieces, DiffPiece, i);

        if (piece->hunk.kind == DIFF_POLL_END ||
            piece->hunk.kind == DIFF_POLL_TIME ||
            (i > first && (piece->hunk.a1 - start->hunk.a0 > TOKENS_MAX ||
                           piece->hunk.b1 - start->hunk.b0 > TOKENS_MAX))) {
            break;
        }
        /* rounds between them are no part of the order */
        if (piece->hunk.kind == DIFF_ROUNDS) {
            continue;
        }
        sum += piece->sum;
        if (!sum) {
            return i;
        }
    }
    return pieces->len;
}
