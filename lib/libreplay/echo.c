/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: what a device repeats of a driver's entries (see echo.h)
 *
 * Numbers have 16 bits here: the place of one in the answer, and the place in
 * the driver's entry, are those for which the most answers have their number in
 * one of the last entries, and nearest before them.
 */
#include "libreplay/echo.h"

#include <string.h>

/* Words of an entry that are looked at */
#define ECHO_WORDS 32

/* Entries of the driver before an answer that may be meant */
#define ECHO_RECENT 64

/* Answers that are looked at, and how many there must be */
#define ECHO_SAMPLES 128
#define ECHO_SAMPLES_MIN 4

/* Names of rings on either side */
#define ECHO_FAMILIES 4

/**
 * struct EchoRing: entries of rings with one name
 * @family: the name's number
 * @pieces: uint32_t: their numbers
 */
typedef struct EchoRing {
    uint16_t family;
    GArray *pieces;
} EchoRing;

/**
 * struct EchoSide: rings of one side
 * @rings: the rings
 * @n: their number
 */
typedef struct EchoSide {
    EchoRing rings[ECHO_FAMILIES];
    unsigned n;
} EchoSide;

/**
 * struct EchoPlace: where an entry's number is
 * @from: number of the word in the driver's entry
 * @to: number of the word in the answer
 * @hits: answers for which this is right
 * @distance: entries between the answers and what they answer, in all
 */
typedef struct EchoPlace {
    unsigned from;
    unsigned to;
    unsigned hits;
    uint64_t distance;
} EchoPlace;

static bool echo_word(const ReplayPiece *piece, unsigned n, uint16_t *word)
{
    if (2 * n + 2 > piece->len) {
        return false;
    }
    *word = piece->bytes[2 * n] | piece->bytes[2 * n + 1] << 8;
    return true;
}

static void echo_add(EchoSide *side, uint16_t family, uint32_t number)
{
    unsigned i = 0;

    while (i < side->n && side->rings[i].family != family) {
        i++;
    }
    if (i == ECHO_FAMILIES) {
        return;
    }
    if (i == side->n) {
        side->n++;
        side->rings[i].family = family;
        side->rings[i].pieces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    }
    g_array_append_val(side->rings[i].pieces, number);
}

static void echo_clear(EchoSide *side)
{
    unsigned i;

    for (i = 0; i < side->n; i++) {
        g_array_unref(side->rings[i].pieces);
    }
}

static uint32_t echo_number(const EchoRing *ring, guint i)
{
    return g_array_index(ring->pieces, uint32_t, i);
}

/* How many of a ring's entries are before a piece */
static guint echo_before(const EchoRing *ring, uint32_t number)
{
    guint low = 0;
    guint high = ring->pieces->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (echo_number(ring, middle) < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The last entries before an answer, the nearest one first */
static unsigned echo_recent(const ReplayMemory *memory, const EchoRing *asks,
                            uint32_t answer, ReplayPiece *recent)
{
    guint end = echo_before(asks, answer);
    unsigned n = MIN(end, ECHO_RECENT);
    unsigned i;

    for (i = 0; i < n; i++) {
        replay_memory_piece(memory, echo_number(asks, end - 1 - i),
                            &recent[i]);
    }
    return n;
}

static void echo_look(const ReplayPiece *answer, const ReplayPiece *recent,
                      unsigned n, EchoPlace *place)
{
    uint16_t want, word;
    unsigned i;

    if (!echo_word(answer, place->to, &want)) {
        return;
    }
    for (i = 0; i < n; i++) {
        if (echo_word(&recent[i], place->from, &word) && word == want) {
            place->hits++;
            place->distance += i;
            return;
        }
    }
}

/* Is this word of the answers another one each time, nearly? */
static bool echo_changes(const ReplayMemory *memory, const EchoRing *answers,
                         unsigned n, unsigned to)
{
    unsigned changes = 0;
    uint16_t word, last = 0;
    ReplayPiece piece;
    unsigned i;

    for (i = 0; i < n; i++) {
        replay_memory_piece(memory, echo_number(answers, i), &piece);
        if (!echo_word(&piece, to, &word)) {
            return false;
        }
        changes += !i || word != last;
        last = word;
    }
    return changes * 2 >= n;
}

/* The best place, if one is good enough */
static bool echo_find(const ReplayMemory *memory, const EchoRing *asks,
                      const EchoRing *answers, EchoPlace *best)
{
    unsigned n = MIN(answers->pieces->len, ECHO_SAMPLES);
    ReplayPiece recent[ECHO_RECENT];
    unsigned to, from, i;

    *best = (EchoPlace) { .distance = UINT64_MAX };
    for (to = 0; n >= ECHO_SAMPLES_MIN && to < ECHO_WORDS; to++) {
        EchoPlace places[ECHO_WORDS] = { { 0 } };

        if (!echo_changes(memory, answers, n, to)) {
            continue;
        }
        for (i = 0; i < n; i++) {
            uint32_t number = echo_number(answers, i);
            unsigned m = echo_recent(memory, asks, number, recent);
            ReplayPiece answer;

            replay_memory_piece(memory, number, &answer);
            for (from = 0; from < ECHO_WORDS; from++) {
                places[from].to = to;
                places[from].from = from;
                echo_look(&answer, recent, m, &places[from]);
            }
        }
        for (from = 0; from < ECHO_WORDS; from++) {
            if (places[from].hits >= n - n / 8 &&
                places[from].distance < best->distance) {
                *best = places[from];
            }
        }
    }
    return best->hits > 0;
}

static gpointer echo_key(const ReplayPiece *piece, uint16_t word)
{
    return GUINT_TO_POINTER((unsigned)piece->role.instance << 16 | word);
}

/* Each answer belongs to the last entry that has its number. */
static void echo_answer(ReplayMemory *memory, const EchoRing *asks,
                        const EchoRing *answers, const EchoPlace *place)
{
    g_autoptr(GHashTable) last = g_hash_table_new(NULL, NULL);
    ReplayPiece piece;
    guint ask = 0;
    guint i;

    for (i = 0; i < answers->pieces->len; i++) {
        uint32_t number = echo_number(answers, i);
        uint16_t word;
        gpointer found;

        for (; ask < asks->pieces->len && echo_number(asks, ask) < number;
             ask++) {
            replay_memory_piece(memory, echo_number(asks, ask), &piece);
            if (echo_word(&piece, place->from, &word)) {
                g_hash_table_insert(last, echo_key(&piece, word),
                                    GUINT_TO_POINTER(piece.number + 1));
            }
        }
        replay_memory_piece(memory, number, &piece);
        if (echo_word(&piece, place->to, &word)) {
            found = g_hash_table_lookup(last, echo_key(&piece, word));
            if (found) {
                replay_memory_set_answer(memory, number, 2 * place->to,
                                         GPOINTER_TO_UINT(found) - 1,
                                         2 * place->from);
            }
        }
    }
}

static void echo_learn(ReplayMemory *memory, const EchoSide *driver,
                       const EchoRing *answers)
{
    EchoPlace best = { .distance = UINT64_MAX };
    const EchoRing *asks = NULL;
    unsigned i;

    for (i = 0; i < driver->n; i++) {
        EchoPlace place;

        if (echo_find(memory, &driver->rings[i], answers, &place) &&
            place.distance < best.distance) {
            best = place;
            asks = &driver->rings[i];
        }
    }
    if (asks) {
        echo_answer(memory, asks, answers, &best);
    }
}

void replay_echo_learn(ReplayMemory *memory, const ReplayRings *rings)
{
    EchoSide driver = { .n = 0 };
    EchoSide device = { .n = 0 };
    ReplayPiece piece;
    uint32_t i;

    for (i = 0; replay_memory_piece(memory, i, &piece); i++) {
        if (piece.role.part == REPLAY_PART_ENTRY && piece.role.family) {
            echo_add(replay_rings_device(rings, piece.role.family) ? &device
                                                                   : &driver,
                     piece.role.family, i);
        }
    }
    for (i = 0; i < device.n; i++) {
        echo_learn(memory, &driver, &device.rings[i]);
    }
    echo_clear(&driver);
    echo_clear(&device);
}
