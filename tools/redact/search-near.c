/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets in neighbouring registers
 *
 * What was read, and what was written, is kept as two images of each region.
 * Where a byte changes to one that a secret has, the bytes around it are
 * compared with the rest of the secret.
 */
#include "tools/redact/search-internal.h"

#include <string.h>

/* Eight bytes each; a log with more of them pushes out old ones */
#define CELLS (1u << 19)

/**
 * struct Cell: eight bytes of a region
 * @offset: offset of the first one
 * @region: number of the region
 * @op: MmtEntryKind + 1; 0 if the cell is free
 * @known: bits: which bytes are known
 * @bytes: the bytes
 */
typedef struct Cell {
    uint64_t offset;
    uint32_t region;
    uint8_t op;
    uint8_t known;
    uint8_t bytes[8];
} Cell;

/**
 * struct Form: how a secret lies in registers
 * @piece: consecutive bytes
 * @stride: from one piece to the next
 * @swapped: the bytes of a piece are backwards
 */
typedef struct Form {
    uint8_t piece;
    uint8_t stride;
    bool swapped;
} Form;

static const Form forms[] = {
    { 1, 1, false }, { 1, 2, false }, { 1, 4, false }, { 1, 8, false },
    { 2, 2, true },
    { 2, 4, false }, { 2, 4, true }, { 2, 8, false }, { 2, 8, true },
    { 4, 4, true }, { 4, 8, false }, { 4, 8, true }, { 8, 8, true },
};

struct SearchNear {
    Cell cells[CELLS];
};

/* Where the search is */
typedef struct Around {
    SearchNear *near;
    uint32_t region;
    uint8_t op;
} Around;

SearchNear *search_near_new(void)
{
    /* calloc: pages that are not touched take no memory */
    return g_new0(SearchNear, 1);
}

void search_near_free(SearchNear *near)
{
    g_free(near);
}

static Cell *cell_at(const Around *around, uint64_t offset)
{
    uint64_t hash = (offset >> 3 ^ (uint64_t)around->region << 48 ^
                     (uint64_t)around->op << 40) * 0x9e3779b97f4a7c15ull;

    return &around->near->cells[hash >> 45];
}

static bool cell_is(const Cell *cell, const Around *around, uint64_t offset)
{
    return cell->op == around->op && cell->region == around->region &&
           cell->offset == (offset & ~7ull);
}

static bool has_byte(const Around *around, uint64_t offset, uint8_t byte)
{
    const Cell *cell = cell_at(around, offset);

    return cell_is(cell, around, offset) &&
           (cell->known >> offset % 8 & 1) && cell->bytes[offset % 8] == byte;
}

/* Return: did the byte change? */
static bool set_byte(const Around *around, uint64_t offset, uint8_t byte)
{
    Cell *cell = cell_at(around, offset);

    if (!cell_is(cell, around, offset)) {
        *cell = (Cell) {
            .offset = offset & ~7ull, .region = around->region,
            .op = around->op,
        };
    }
    if ((cell->known >> offset % 8 & 1) && cell->bytes[offset % 8] == byte) {
        return false;
    }
    cell->known |= 1 << offset % 8;
    cell->bytes[offset % 8] = byte;
    return true;
}

/* Where byte @i of a secret is, if byte @k is at @offset */
static uint64_t place_of(const Form *form, uint64_t offset, unsigned k,
                         unsigned i)
{
    unsigned piece = form->piece;
    unsigned within = offset % piece;
    unsigned line = form->swapped ? piece - 1 - within : within;
    /* bytes of the first piece before the secret begins */
    unsigned phase = (line + piece - k % piece) % piece;
    uint64_t base = offset - within;
    unsigned at = (i + phase) % piece;

    base += ((uint64_t)((i + phase) / piece) - (k + phase) / piece) *
            form->stride;
    return base + (form->swapped ? piece - 1 - at : at);
}

static bool form_fits(const Around *around, const Form *form, uint64_t offset,
                      const SearchAt *at)
{
    const SearchPattern *pattern = at->pattern;
    unsigned i;

    /* the neighbours first: they are the ones that differ */
    for (i = 1; i < pattern->n; i++) {
        unsigned k = (at->k + i) % pattern->n;

        if (!has_byte(around, place_of(form, offset, at->k, k),
                      pattern->bytes[k])) {
            return false;
        }
    }
    return true;
}

static void note_places(RedactSearch *search, const MmtEntry *entry,
                        const Form *form, uint64_t offset, const SearchAt *at)
{
    const SearchPattern *pattern = at->pattern;
    bool inside = true;
    unsigned i;

    for (i = 0; i < pattern->n; i++) {
        uint64_t place = place_of(form, offset, at->k, i);

        inside &= place >= entry->offset &&
                  place < entry->offset + entry->width;
    }
    for (i = 0; i < pattern->n && !inside; i++) {
        redact_places_add_byte(search->places, entry->region,
                               place_of(form, offset, at->k, i),
                               pattern->secret,
                               pattern->reversed ? pattern->n - 1 - i : i);
    }
}

static RedactSecret *look_around(RedactSearch *search, const Around *around,
                                 const MmtEntry *entry, uint64_t offset,
                                 uint8_t byte)
{
    const GArray *positions = search->positions[byte];
    RedactSecret *found = NULL;
    guint i, k;

    for (i = 0; i < positions->len; i++) {
        const SearchAt *at = &g_array_index(positions, SearchAt, i);

        for (k = 0; k < G_N_ELEMENTS(forms); k++) {
            if (form_fits(around, &forms[k], offset, at)) {
                note_places(search, entry, &forms[k], offset, at);
                found = at->pattern->secret;
            }
        }
    }
    return found;
}

RedactSecret *search_near(RedactSearch *search, const MmtEntry *entry,
                          uint64_t value)
{
    Around around = {
        .near = search->near, .region = entry->region, .op = entry->kind + 1,
    };
    RedactSecret *found = NULL;
    unsigned changed = 0, i;

    /* all of its bytes before any of them is compared */
    for (i = 0; i < entry->width; i++) {
        changed |= set_byte(&around, entry->offset + i, value >> 8 * i) << i;
    }
    for (i = 0; i < entry->width; i++) {
        if (changed >> i & 1) {
            found = look_around(search, &around, entry, entry->offset + i,
                                value >> 8 * i) ?: found;
        }
    }
    return found;
}
