/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: accesses that have moved (see moves.h)
 */
#include "tools/diff/moves.h"

/* Tokens of a sequence that may have moved */
#define PIECE_MAX 16

/* Tokens across which it may have moved, and hunks */
#define ACROSS_MAX 64
#define HUNKS_MAX  32

/**
 * struct DiffMoves: state
 * @a: a log
 * @b: the other one
 * @to: takes what has not moved
 * @cross: decides what can be crossed
 * @opaque: for @cross
 * @held: DiffHunk: from a sequence on that may have moved
 * @pieces: number of such sequences in @held
 * @across: tokens in the others
 * @count: sequences that have moved
 */
struct DiffMoves {
    const DiffLog *a;
    const DiffLog *b;
    const DiffSink *to;
    DiffMovesCross *cross;
    void *opaque;
    GArray *held;
    unsigned pieces;
    uint64_t across;
    uint64_t count;
};

/**
 * struct Piece: a sequence in one log
 * @log: the log
 * @from: its first token
 * @to: behind its last one
 */
typedef struct Piece {
    const DiffLog *log;
    uint64_t from;
    uint64_t to;
} Piece;

DiffMoves *diff_moves_new(const DiffLog *a, const DiffLog *b,
                          const DiffSink *to, DiffMovesCross *cross,
                          void *opaque)
{
    DiffMoves *moves = g_new0(DiffMoves, 1);

    moves->a = a;
    moves->b = b;
    moves->to = to;
    moves->cross = cross;
    moves->opaque = opaque;
    moves->held = g_array_new(FALSE, FALSE, sizeof(DiffHunk));
    return moves;
}

void diff_moves_free(DiffMoves *moves)
{
    if (moves) {
        g_array_unref(moves->held);
        g_free(moves);
    }
}

static const DiffHunk *held_at(const DiffMoves *moves, guint i)
{
    return &g_array_index(moves->held, DiffHunk, i);
}

static bool is_side(const DiffHunk *hunk)
{
    return hunk->kind == DIFF_ONLY_A || hunk->kind == DIFF_ONLY_B;
}

static bool is_piece(const DiffHunk *hunk)
{
    return is_side(hunk) &&
           hunk->a1 - hunk->a0 + (hunk->b1 - hunk->b0) <= PIECE_MAX;
}

static Piece piece_of(const DiffMoves *moves, const DiffHunk *hunk)
{
    return hunk->kind == DIFF_ONLY_A ?
           (Piece) { moves->a, hunk->a0, hunk->a1 } :
           (Piece) { moves->b, hunk->b0, hunk->b1 };
}

static bool same_tokens(const Piece *x, const Piece *y)
{
    uint64_t i;

    if (x->to - x->from != y->to - y->from) {
        return false;
    }
    for (i = 0; i < x->to - x->from; i++) {
        const DiffToken *s = diff_log_token(x->log, x->from + i);
        const DiffToken *t = diff_log_token(y->log, y->from + i);

        if (s->place != t->place ||
            (s->value != t->value &&
             diff_places_is_write(diff_log_places(x->log), s->place))) {
            return false;
        }
    }
    return true;
}

/* Sequences in one log only have no order with that one. */
static bool can_cross(const DiffMoves *moves, const Piece *piece,
                      const DiffHunk *hunk)
{
    return is_side(hunk) ||
           (hunk->kind != DIFF_ROUNDS &&
            moves->cross(piece->log, piece->from, piece->to, hunk->a0,
                         hunk->a1, moves->opaque));
}

/* Return: number of the hunk that has the same in the other log, or -1 */
static int find_other(const DiffMoves *moves, const DiffHunk *hunk)
{
    Piece piece = piece_of(moves, hunk);
    guint i = moves->held->len;

    while (i-- > 0) {
        const DiffHunk *other = held_at(moves, i);

        if (is_piece(other) && other->kind != hunk->kind) {
            Piece there = piece_of(moves, other);

            if (same_tokens(&piece, &there)) {
                return i;
            }
        }
        if (!can_cross(moves, &piece, other)) {
            return -1;
        }
    }
    return -1;
}

void diff_moves_flush(DiffMoves *moves)
{
    guint i;

    for (i = 0; i < moves->held->len; i++) {
        moves->to->hunk(held_at(moves, i), moves->to->opaque);
    }
    g_array_set_size(moves->held, 0);
    moves->pieces = 0;
    moves->across = 0;
}

static void hold(DiffMoves *moves, const DiffHunk *hunk)
{
    g_array_append_vals(moves->held, hunk, 1);
    if (is_piece(hunk)) {
        moves->pieces++;
    } else {
        moves->across += hunk->a1 - hunk->a0;
    }
    if (moves->across > ACROSS_MAX || moves->held->len > HUNKS_MAX) {
        diff_moves_flush(moves);
    }
}

void diff_moves_take(DiffMoves *moves, const DiffHunk *hunk)
{
    int other = is_piece(hunk) ? find_other(moves, hunk) : -1;

    if (other >= 0) {
        g_array_remove_index(moves->held, other);
        moves->count++;
        if (!--moves->pieces) {
            diff_moves_flush(moves);
        }
    } else if (moves->held->len || is_piece(hunk)) {
        hold(moves, hunk);
    } else {
        moves->to->hunk(hunk, moves->to->opaque);
    }
}

uint64_t diff_moves_count(const DiffMoves *moves)
{
    return moves->count;
}
