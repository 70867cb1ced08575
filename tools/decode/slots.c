/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: kinds of accesses, and the registers' last values (see
 * slots.h)
 */
#include "tools/decode/slots.h"

#include <stdlib.h>
#include <string.h>

G_STATIC_ASSERT(sizeof(DecodeSlot) == 64);

#define SLOTS_FIRST 1024
#define TEXT_BLOCK  (16u << 10)

/**
 * struct CellKey: which register a value is of
 * @region: number of its region
 * @number: RegDbRegister.number + 1, or 0: bytes without a name
 * @offset: its offset in the region
 * @bits: of bytes without a name, how many bits
 * @cell: the value
 */
typedef struct CellKey {
    uint32_t region;
    uint32_t number;
    uint64_t offset;
    unsigned bits;
    DecodeCell cell;
} CellKey;

static guint cell_hash(gconstpointer p)
{
    const CellKey *key = p;
    uint64_t h = key->offset ^ (uint64_t)key->region << 40 ^
                 (uint64_t)key->number << 20 ^ key->bits;

    return h * 0x9e3779b97f4a7c15 >> 32;
}

static gboolean cell_equal(gconstpointer a, gconstpointer b)
{
    const CellKey *one = a, *other = b;

    return one->region == other->region && one->number == other->number &&
           one->offset == other->offset && one->bits == other->bits;
}

/* Each in a line of the processor's cache */
static DecodeSlot *slots_new(size_t n)
{
    DecodeSlot *slots = aligned_alloc(sizeof(DecodeSlot),
                                      n * sizeof(DecodeSlot));

    if (!slots) {
        g_error("out of memory");
    }
    return slots;
}

void decode_slots_init(DecodeSlots *table)
{
    *table = (DecodeSlots) { .mask = SLOTS_FIRST * 2 - 1 };
    table->slots = slots_new(SLOTS_FIRST);
    table->index = g_new0(uint32_t, SLOTS_FIRST * 2);
    table->texts = g_string_chunk_new(TEXT_BLOCK);
    table->cells = g_hash_table_new_full(cell_hash, cell_equal, g_free, NULL);
}

static void free_parts(DecodeSlots *table)
{
    uint32_t i;

    for (i = 0; i < table->n; i++) {
        g_free(table->slots[i].reach);
    }
}

void decode_slots_forget(DecodeSlots *table)
{
    free_parts(table);
    table->n = 0;
    memset(table->index, 0, (table->mask + 1) * sizeof(*table->index));
    g_string_chunk_clear(table->texts);
    g_hash_table_remove_all(table->cells);
}

void decode_slots_clear(DecodeSlots *table)
{
    if (!table->index) {
        return;
    }
    free_parts(table);
    g_string_chunk_free(table->texts);
    g_hash_table_unref(table->cells);
    free(table->slots);
    g_free(table->index);
    *table = (DecodeSlots) { 0 };
}

static void insert(DecodeSlots *table, uint32_t i)
{
    const DecodeSlot *slot = &table->slots[i];
    MmtEntry entry = { .kind = slot->kind, .width = slot->width,
                       .region = slot->region, .offset = slot->offset };
    uint32_t at = decode_slot_hash(&entry) & table->mask;

    while (table->index[at]) {
        at = (at + 1) & table->mask;
    }
    table->index[at] = i + 1;
}

/* Half of the index is free. */
static void grow(DecodeSlots *table)
{
    uint32_t room = (table->mask + 1) * 2;
    DecodeSlot *slots;
    uint32_t i;

    slots = slots_new(room / 2);
    memcpy(slots, table->slots, table->n * sizeof(*slots));
    free(table->slots);
    table->slots = slots;
    g_free(table->index);
    table->index = g_new0(uint32_t, room);
    table->mask = room - 1;
    for (i = 0; i < table->n; i++) {
        insert(table, i);
    }
}

DecodeSlot *decode_slots_add(DecodeSlots *table, const MmtEntry *entry)
{
    DecodeSlot *slot;

    if (table->n == DECODE_SLOTS_MAX) {
        decode_slots_forget(table);
        table->emptied++;
    } else if (table->n == (table->mask + 1) / 2) {
        grow(table);
    }
    slot = &table->slots[table->n];
    *slot = (DecodeSlot) {
        .offset = entry->offset,
        .region = entry->region,
        .kind = entry->kind,
        .width = entry->width,
        .number = table->number++,
    };
    insert(table, table->n++);
    return slot;
}

static DecodeCell *find_cell(DecodeSlots *table, const DecodeSlot *slot,
                             const RegDbPart *part)
{
    CellKey key = { .region = slot->region };
    CellKey *found;

    if (part->reg) {
        key.number = part->reg->number + 1;
        key.offset = slot->reach->base + part->reg->offset;
    } else {
        key.offset = slot->offset + part->shift / 8;
        key.bits = part->bits;
    }
    found = g_hash_table_lookup(table->cells, &key);
    if (!found) {
        found = g_memdup2(&key, sizeof(key));
        g_hash_table_add(table->cells, found);
    }
    return &found->cell;
}

void decode_slots_reach(DecodeSlots *table, DecodeSlot *slot, RegDbView *view,
                        uint64_t base, const RegDbPart *parts, unsigned n)
{
    unsigned i;

    slot->n = n;
    slot->reach = g_malloc(sizeof(DecodeReach) + n * sizeof(DecodePart));
    slot->reach->view = view;
    slot->reach->base = base;
    for (i = 0; i < n; i++) {
        slot->reach->parts[i].part = parts[i];
        slot->reach->parts[i].cell = find_cell(table, slot, &parts[i]);
    }
    slot->cell = slot->reach->parts[0].cell;
    slot->low = parts[0].low;
    slot->bits = parts[0].bits;
}

uint64_t decode_slot_take_parts(DecodeSlot *slot, uint64_t after,
                                bool *all_known)
{
    uint64_t before = 0, known = 0, all = 0;
    unsigned i;

    for (i = 0; i < slot->n; i++) {
        const RegDbPart *part = &slot->reach->parts[i].part;
        DecodeCell *cell = slot->reach->parts[i].cell;
        uint64_t mask = decode_part_mask(part);
        uint64_t value = after >> part->shift & mask;

        before |= (cell->value >> part->low & mask) << part->shift;
        known |= (cell->known >> part->low & mask) << part->shift;
        cell->value = (cell->value & ~(mask << part->low)) | value << part->low;
        cell->known |= mask << part->low;
        all |= mask << part->shift;
    }
    *all_known = known == all;
    return (before & known) | (after & ~known);
}

const char *decode_slots_text(DecodeSlots *table, GString *text)
{
    gsize len = text->len;
    const char *kept;

    g_string_set_size(text, len + DECODE_SLACK);
    memset(text->str + len, 0, DECODE_SLACK);
    kept = g_string_chunk_insert_len(table->texts, text->str, text->len);
    g_string_truncate(text, len);
    return kept;
}
