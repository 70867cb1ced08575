/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: memory that the driver shares with the device (see memory.h)
 *
 * A number is an address if the log has a piece of memory there: where a ring
 * or data begins, or in its page, or some pages before it, where a ring may
 * begin.  Where it has the same place in its page for this driver, it tells of
 * the whole page.
 */
#include "libreplay/memory.h"

#include <string.h>

#define MEMORY_PAGE 4096u

/* Pages before a piece in which a ring may begin that reaches to the piece */
#define MEMORY_BEFORE 16

/* Addresses may have flags below these bits. */
#define MEMORY_FLAGS 0xfu

/* This driver's address is not known. */
#define MEMORY_UNKNOWN UINT64_MAX

/* Writes that are remembered: an address may be written in two halves. */
#define MEMORY_WRITES 8

/**
 * struct MemoryPlace: a page of the log's memory, or where something begins
 * @at: its address
 * @now: where it is in this driver's memory, or MEMORY_UNKNOWN
 */
typedef struct MemoryPlace {
    uint64_t at;
    uint64_t now;
} MemoryPlace;

/**
 * struct MemoryPiece: a piece
 * @at: its address
 * @first: place of its bytes, which move when more come
 * @len: their number
 * @question: number of the driver's piece of which it repeats something
 * @role: how it belongs to a ring
 * @repeat: where in its bytes that is, plus one; of the driver's piece: where
 *          there; 0: nowhere
 * @token: of the driver's piece: what this driver has there
 * @has_token: @token is known
 * @device: the device has written it
 */
typedef struct MemoryPiece {
    uint64_t at;
    uint32_t first;
    uint32_t len;
    uint32_t question;
    ReplayRole role;
    uint16_t repeat;
    uint16_t token;
    bool has_token;
    bool device;
} MemoryPiece;

typedef struct MemoryWrite {
    bool valid;
    unsigned region;
    uint64_t offset;
    uint64_t value;
    uint64_t now;
} MemoryWrite;

/**
 * struct ReplayMemory: the table
 * @pieces: MemoryPiece
 * @bytes: their bytes
 * @pages: MemoryPlace: pages, by address
 * @begins: MemoryPlace: where rings and data begin, by address
 * @known: MemoryPlace pointers: those of both whose @now is known
 * @tokens: numbers of the pieces that have a token
 * @writes: the last writes of 4 bytes
 * @next: the one that is replaced next
 */
struct ReplayMemory {
    GArray *pieces;
    GByteArray *bytes;
    GArray *pages;
    GArray *begins;
    GPtrArray *known;
    GArray *tokens;
    MemoryWrite writes[MEMORY_WRITES];
    unsigned next;
};

ReplayMemory *replay_memory_new(void)
{
    ReplayMemory *memory = g_new0(ReplayMemory, 1);

    memory->pieces = g_array_new(FALSE, FALSE, sizeof(MemoryPiece));
    memory->bytes = g_byte_array_new();
    memory->pages = g_array_new(FALSE, FALSE, sizeof(MemoryPlace));
    memory->begins = g_array_new(FALSE, FALSE, sizeof(MemoryPlace));
    memory->known = g_ptr_array_new();
    memory->tokens = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return memory;
}

void replay_memory_free(ReplayMemory *memory)
{
    if (memory) {
        g_array_unref(memory->pieces);
        g_byte_array_unref(memory->bytes);
        g_array_unref(memory->pages);
        g_array_unref(memory->begins);
        g_ptr_array_unref(memory->known);
        g_array_unref(memory->tokens);
        g_free(memory);
    }
}

uint32_t replay_memory_add(ReplayMemory *memory, uint64_t at,
                           const uint8_t *bytes, uint32_t len, bool device)
{
    MemoryPiece piece = {
        .at = at,
        .first = memory->bytes->len,
        .len = len,
        .device = device,
    };

    if (!len || at + len < at || memory->pieces->len == REPLAY_PIECES_MAX ||
        len > REPLAY_PIECES_BYTES - memory->bytes->len) {
        return UINT32_MAX;
    }
    g_byte_array_append(memory->bytes, bytes, len);
    g_array_append_val(memory->pieces, piece);
    return memory->pieces->len - 1;
}

static MemoryPiece *memory_piece(const ReplayMemory *memory, uint32_t number)
{
    return number < memory->pieces->len
           ? &g_array_index(memory->pieces, MemoryPiece, number) : NULL;
}

void replay_memory_set_role(ReplayMemory *memory, uint32_t number,
                            ReplayRole role)
{
    memory_piece(memory, number)->role = role;
}

void replay_memory_set_device(ReplayMemory *memory, uint32_t number,
                              bool device)
{
    memory_piece(memory, number)->device = device;
}

void replay_memory_set_answer(ReplayMemory *memory, uint32_t number,
                              unsigned to, uint32_t question, unsigned from)
{
    MemoryPiece *piece = memory_piece(memory, number);
    MemoryPiece *asks = memory_piece(memory, question);

    if (to + 2 <= piece->len && from + 2 <= asks->len) {
        piece->repeat = to + 1;
        piece->question = question;
        asks->repeat = from + 1;
    }
}

static gint memory_by_address(gconstpointer a, gconstpointer b)
{
    const MemoryPlace *x = a;
    const MemoryPlace *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* Each place once */
static void memory_unique(GArray *places)
{
    guint n = 0;
    guint i;

    g_array_sort(places, memory_by_address);
    for (i = 0; i < places->len; i++) {
        if (!n || g_array_index(places, MemoryPlace, i).at !=
                  g_array_index(places, MemoryPlace, n - 1).at) {
            g_array_index(places, MemoryPlace, n++) =
                g_array_index(places, MemoryPlace, i);
        }
    }
    g_array_set_size(places, n);
}

static void memory_add_place(GArray *places, uint64_t at)
{
    MemoryPlace new = { .at = at, .now = MEMORY_UNKNOWN };

    g_array_append_val(places, new);
}

void replay_memory_ready(ReplayMemory *memory)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(MemoryPlace));
    guint i, n;

    for (i = 0; i < memory->pieces->len; i++) {
        const MemoryPiece *piece = memory_piece(memory, i);
        uint64_t last = piece->at + piece->len - 1;

        memory_add_place(pages, piece->at & ~(uint64_t)(MEMORY_PAGE - 1));
        memory_add_place(pages, last & ~(uint64_t)(MEMORY_PAGE - 1));
        memory_add_place(memory->begins, piece->at - piece->role.offset);
    }
    memory_unique(pages);
    for (i = 0; i < pages->len; i++) {
        uint64_t page = g_array_index(pages, MemoryPlace, i).at;

        for (n = 0; n <= MEMORY_BEFORE && page >= n * MEMORY_PAGE; n++) {
            memory_add_place(memory->pages, page - n * MEMORY_PAGE);
        }
    }
    memory_unique(memory->pages);
    memory_unique(memory->begins);
}

bool replay_memory_piece(const ReplayMemory *memory, uint32_t number,
                         ReplayPiece *piece)
{
    const MemoryPiece *p = memory_piece(memory, number);

    if (!p) {
        return false;
    }
    *piece = (ReplayPiece) {
        .at = p->at,
        .bytes = memory->bytes->data + p->first,
        .len = p->len,
        .device = p->device,
        .number = number,
        .role = p->role,
    };
    return true;
}

static MemoryPlace *memory_find(const GArray *places, uint64_t at)
{
    guint low = 0;
    guint high = places->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        MemoryPlace *place = &g_array_index(places, MemoryPlace, middle);

        if (place->at == at) {
            return place;
        }
        if (place->at < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* How many places are not behind an address */
static guint memory_behind(const GArray *places, uint64_t at)
{
    guint low = 0;
    guint high = places->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(places, MemoryPlace, middle).at <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static MemoryPlace *memory_page(const ReplayMemory *memory, uint64_t at)
{
    return memory_find(memory->pages, at & ~(uint64_t)(MEMORY_PAGE - 1));
}

static void memory_know(ReplayMemory *memory, MemoryPlace *place,
                        uint64_t now)
{
    /* All ones: no address, or a place would be in the list again and again. */
    if (now == MEMORY_UNKNOWN) {
        return;
    }
    if (place->now == MEMORY_UNKNOWN) {
        g_ptr_array_add(memory->known, place);
    }
    place->now = now;
}

/* Where the log has one number, this driver has another: addresses? */
static void memory_pair(ReplayMemory *memory, uint64_t value, uint64_t now)
{
    unsigned flags = value & MEMORY_FLAGS;
    MemoryPlace *place;

    if (value < MEMORY_PAGE || now < MEMORY_PAGE) {
        return;
    }
    place = memory_find(memory->begins, value);
    if (place) {
        memory_know(memory, place, now);
    } else if (flags && (now & MEMORY_FLAGS) == flags) {
        place = memory_find(memory->begins, value - flags);
        if (place) {
            memory_know(memory, place, now - flags);
        }
    }
    if ((value ^ now) & (MEMORY_PAGE - 1)) {
        return;
    }
    place = memory_page(memory, value);
    if (place) {
        memory_know(memory, place, now & ~(uint64_t)(MEMORY_PAGE - 1));
    }
}

void replay_memory_wrote(ReplayMemory *memory, unsigned region,
                         uint64_t offset, unsigned width, uint64_t value,
                         uint64_t now)
{
    unsigned i;

    memory_pair(memory, value, now);
    if (width != 4) {
        return;
    }
    for (i = 0; i < MEMORY_WRITES; i++) {
        const MemoryWrite *other = &memory->writes[i];

        if (!other->valid || other->region != region) {
            continue;
        }
        if (other->offset + 4 == offset) {
            memory_pair(memory, value << 32 | other->value,
                        now << 32 | other->now);
        } else if (other->offset == offset + 4) {
            memory_pair(memory, other->value << 32 | value,
                        other->now << 32 | now);
        }
    }
    memory->writes[memory->next] = (MemoryWrite) {
        true, region, offset, value, now,
    };
    memory->next = (memory->next + 1) % MEMORY_WRITES;
}

static uint64_t memory_word(const uint8_t *bytes, unsigned width)
{
    uint64_t word = 0;

    while (width-- > 0) {
        word = word << 8 | bytes[width];
    }
    return word;
}

void replay_memory_compare(ReplayMemory *memory, const ReplayPiece *piece,
                           const uint8_t *now)
{
    MemoryPiece *p = memory_piece(memory, piece->number);
    uint32_t i;

    if (p->repeat) {
        if (!p->has_token) {
            g_array_append_val(memory->tokens, piece->number);
        }
        p->token = memory_word(now + p->repeat - 1, 2);
        p->has_token = true;
    }
    for (i = 0; i + 4 <= piece->len; i += 4) {
        memory_pair(memory, memory_word(piece->bytes + i, 4),
                    memory_word(now + i, 4));
        if (i % 8 == 0 && i + 8 <= piece->len) {
            memory_pair(memory, memory_word(piece->bytes + i, 8),
                        memory_word(now + i, 8));
        }
    }
}

bool replay_memory_address(const ReplayMemory *memory, uint64_t at,
                           uint64_t *now)
{
    const MemoryPlace *place = memory_find(memory->begins, at);
    uint64_t page = at & ~(uint64_t)(MEMORY_PAGE - 1);
    guint i;

    if (place && place->now != MEMORY_UNKNOWN) {
        *now = place->now;
        return true;
    }
    /* One search: what the device writes may be 64 words, each such a number. */
    for (i = memory_behind(memory->pages, at); i-- > 0;) {
        place = &g_array_index(memory->pages, MemoryPlace, i);
        if (page - place->at > MEMORY_BEFORE * (uint64_t)MEMORY_PAGE) {
            break;
        }
        if (place->now != MEMORY_UNKNOWN) {
            *now = place->now + (at - place->at);
            return true;
        }
    }
    return false;
}

bool replay_memory_place(const ReplayMemory *memory, const ReplayPiece *piece,
                         uint64_t *now)
{
    const MemoryPlace *begin = memory_find(memory->begins,
                                           piece->at - piece->role.offset);

    /* Of a part of a piece, the offset may have got too large. */
    if (begin && begin->now != MEMORY_UNKNOWN) {
        *now = begin->now + piece->role.offset;
        return true;
    }
    return replay_memory_address(memory, piece->at, now);
}

static void memory_put(uint8_t *bytes, uint64_t word, unsigned width)
{
    unsigned i;

    for (i = 0; i < width; i++) {
        bytes[i] = word >> (8 * i);
    }
}

void replay_memory_translate(const ReplayMemory *memory,
                             const ReplayPiece *piece, uint8_t *bytes)
{
    const MemoryPiece *p = memory_piece(memory, piece->number);
    const MemoryPiece *asks = memory_piece(memory, p->question);
    uint64_t now;
    uint32_t i;

    memcpy(bytes, piece->bytes, piece->len);
    for (i = 0; i + 8 <= piece->len; i += 8) {
        uint64_t word = memory_word(bytes + i, 8);

        if (word >= MEMORY_PAGE && replay_memory_address(memory, word, &now)) {
            memory_put(bytes + i, now, 8);
        }
    }
    if (p->repeat && asks->has_token) {
        memory_put(bytes + p->repeat - 1, asks->token, 2);
    }
}

void replay_memory_forget(ReplayMemory *memory)
{
    guint i;

    /* A guest may reset the device as often as it likes. */
    for (i = 0; i < memory->known->len; i++) {
        MemoryPlace *place = memory->known->pdata[i];

        place->now = MEMORY_UNKNOWN;
    }
    g_ptr_array_set_size(memory->known, 0);
    for (i = 0; i < memory->tokens->len; i++) {
        memory_piece(memory, g_array_index(memory->tokens, uint32_t,
                                           i))->has_token = false;
    }
    g_array_set_size(memory->tokens, 0);
    memset(memory->writes, 0, sizeof(memory->writes));
}
