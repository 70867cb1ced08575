/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: memory that the driver shares with the device (see memory.h)
 *
 * Addresses are compared by pages.  Only pages that have a piece count, and
 * some before each of these, where a ring may begin: so a number that is no
 * address is taken for one only if it looks like one of the log's.
 */
#include "libreplay/memory.h"

#include <string.h>

#define MEMORY_PAGE 4096u

/* Pages before a piece in which a ring may begin that reaches to the piece */
#define MEMORY_BEFORE 16

/* This driver's page is not known. */
#define MEMORY_UNKNOWN UINT64_MAX

/* Writes that are remembered: an address may be written in two halves. */
#define MEMORY_WRITES 8

/**
 * struct MemoryPage: a page of the log's memory
 * @page: its address
 * @now: where it is in this driver's memory, or MEMORY_UNKNOWN
 */
typedef struct MemoryPage {
    uint64_t page;
    uint64_t now;
} MemoryPage;

/* A piece; its bytes are by their place, as they move when more come. */
typedef struct MemoryPiece {
    uint64_t at;
    uint32_t first;
    uint32_t len;
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
 * @pages: MemoryPage, by address
 * @known: numbers of the pages whose @now is known
 * @writes: the last writes of 4 bytes
 * @next: the one that is replaced next
 */
struct ReplayMemory {
    GArray *pieces;
    GByteArray *bytes;
    GArray *pages;
    GArray *known;
    MemoryWrite writes[MEMORY_WRITES];
    unsigned next;
};

ReplayMemory *replay_memory_new(void)
{
    ReplayMemory *memory = g_new0(ReplayMemory, 1);

    memory->pieces = g_array_new(FALSE, FALSE, sizeof(MemoryPiece));
    memory->bytes = g_byte_array_new();
    memory->pages = g_array_new(FALSE, FALSE, sizeof(MemoryPage));
    memory->known = g_array_new(FALSE, FALSE, sizeof(guint));
    return memory;
}

void replay_memory_free(ReplayMemory *memory)
{
    if (memory) {
        g_array_unref(memory->pieces);
        g_byte_array_unref(memory->bytes);
        g_array_unref(memory->pages);
        g_array_unref(memory->known);
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

static gint memory_by_page(gconstpointer a, gconstpointer b)
{
    const MemoryPage *x = a;
    const MemoryPage *y = b;

    return (x->page > y->page) - (x->page < y->page);
}

/* Each page once */
static void memory_unique(GArray *pages)
{
    guint n = 0;
    guint i;

    g_array_sort(pages, memory_by_page);
    for (i = 0; i < pages->len; i++) {
        if (!n || g_array_index(pages, MemoryPage, i).page !=
                  g_array_index(pages, MemoryPage, n - 1).page) {
            g_array_index(pages, MemoryPage, n++) =
                g_array_index(pages, MemoryPage, i);
        }
    }
    g_array_set_size(pages, n);
}

static void memory_add_page(GArray *pages, uint64_t page)
{
    MemoryPage new = { .page = page, .now = MEMORY_UNKNOWN };

    g_array_append_val(pages, new);
}

void replay_memory_ready(ReplayMemory *memory)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(MemoryPage));
    guint i, n;

    for (i = 0; i < memory->pieces->len; i++) {
        const MemoryPiece *p = &g_array_index(memory->pieces, MemoryPiece, i);
        uint64_t last = p->at + p->len - 1;

        memory_add_page(pages, p->at & ~(uint64_t)(MEMORY_PAGE - 1));
        memory_add_page(pages, last & ~(uint64_t)(MEMORY_PAGE - 1));
    }
    memory_unique(pages);
    for (i = 0; i < pages->len; i++) {
        uint64_t page = g_array_index(pages, MemoryPage, i).page;

        for (n = 0; n <= MEMORY_BEFORE && page >= n * MEMORY_PAGE; n++) {
            memory_add_page(memory->pages, page - n * MEMORY_PAGE);
        }
    }
    memory_unique(memory->pages);
}

bool replay_memory_piece(const ReplayMemory *memory, uint32_t number,
                         ReplayPiece *piece)
{
    const MemoryPiece *p;

    if (number >= memory->pieces->len) {
        return false;
    }
    p = &g_array_index(memory->pieces, MemoryPiece, number);
    *piece = (ReplayPiece) {
        .at = p->at,
        .bytes = memory->bytes->data + p->first,
        .len = p->len,
        .device = p->device,
    };
    return true;
}

static MemoryPage *memory_page(const ReplayMemory *memory, uint64_t at)
{
    uint64_t page = at & ~(uint64_t)(MEMORY_PAGE - 1);
    guint low = 0;
    guint high = memory->pages->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        MemoryPage *p = &g_array_index(memory->pages, MemoryPage, middle);

        if (p->page == page) {
            return p;
        }
        if (p->page < page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* Where the log has one number, this driver has another: addresses? */
static void memory_pair(ReplayMemory *memory, uint64_t value, uint64_t now)
{
    MemoryPage *page;

    if (value < MEMORY_PAGE || now < MEMORY_PAGE ||
        (value ^ now) & (MEMORY_PAGE - 1)) {
        return;
    }
    page = memory_page(memory, value);
    if (page) {
        if (page->now == MEMORY_UNKNOWN) {
            guint i = page - (MemoryPage *)(void *)memory->pages->data;

            g_array_append_val(memory->known, i);
        }
        page->now = now & ~(uint64_t)(MEMORY_PAGE - 1);
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
    uint32_t i;

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
    uint64_t n;

    for (n = 0; n <= MEMORY_BEFORE && at >= n * MEMORY_PAGE; n++) {
        const MemoryPage *page = memory_page(memory, at - n * MEMORY_PAGE);

        if (page && page->now != MEMORY_UNKNOWN) {
            *now = page->now + n * MEMORY_PAGE + (at & (MEMORY_PAGE - 1));
            return true;
        }
    }
    return false;
}

void replay_memory_forget(ReplayMemory *memory)
{
    guint i;

    /* A guest may reset the device as often as it likes. */
    for (i = 0; i < memory->known->len; i++) {
        g_array_index(memory->pages, MemoryPage,
                      g_array_index(memory->known, guint, i)).now =
            MEMORY_UNKNOWN;
    }
    g_array_set_size(memory->known, 0);
    memset(memory->writes, 0, sizeof(memory->writes));
}
