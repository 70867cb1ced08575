/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: kinds of accesses, and the registers' last values
 *
 * What the line of an access begins with depends on its operation, region,
 * offset and width only.  A slot keeps it, so that names are looked up once.
 * The tables are bounded: one that is full is emptied.
 */
#ifndef VFIO_TRACE_DECODE_SLOTS_H
#define VFIO_TRACE_DECODE_SLOTS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "libregdb/view.h"

/* Slots of a table */
#define DECODE_SLOTS_MAX (1u << 17)

/* Bytes behind the text of a slot that may be read with it */
#define DECODE_SLACK 32

/**
 * struct DecodeCell: last value of a register
 * @value: the value
 * @known: bits of it that accesses have reached
 */
typedef struct DecodeCell {
    uint64_t value;
    uint64_t known;
} DecodeCell;

/**
 * struct DecodePart: a register that an access reaches
 * @part: the register, or bytes without a name
 * @cell: its last value
 */
typedef struct DecodePart {
    RegDbPart part;
    DecodeCell *cell;
} DecodePart;

/**
 * enum DecodeSlotFlags: what is known of a slot
 */
typedef enum DecodeSlotFlags {
    DECODE_NAMED = 1 << 0,      /* each part is of a register */
    DECODE_PLAIN = 1 << 1,      /* one part, of which the value is a number */
    DECODE_SPECIAL = 1 << 2,    /* the form of output treats it specially */
    DECODE_SEEN = 1 << 3,       /* without a name: counted already */
    DECODE_SPLIT = 1 << 4,      /* four registers of a byte in 32 bits */
} DecodeSlotFlags;

/**
 * struct DecodeReach: what a kind of access reaches
 * @view: where the registers come from, or NULL
 * @base: offset in the region at which @view's domain begins
 * @parts: the registers
 */
typedef struct DecodeReach {
    RegDbView *view;
    uint64_t base;
    DecodePart parts[];
} DecodeReach;

/**
 * struct DecodeSlot: a kind of access; 64 bytes
 * @offset: its offset
 * @region: number of its region
 * @kind: MmtEntryKind
 * @width: its width in bytes
 * @n: number of parts
 * @flags: DecodeSlotFlags
 * @head: text before the value, or NULL as long as it was not made
 * @tail: a further text, or NULL
 * @number: differs from those of all other slots, of earlier ones too
 * @reach: what it reaches
 * @cell: of the only part, its last value
 * @head_len: length of @head
 * @tail_len: length of @tail
 * @low: of the only part, lowest bit of the register
 * @bits: of the only part, number of bits
 */
typedef struct DecodeSlot {
    uint64_t offset;
    uint32_t region;
    uint8_t kind;
    uint8_t width;
    uint8_t n;
    uint8_t flags;
    const char *head;
    const char *tail;
    uint64_t number;
    DecodeReach *reach;
    DecodeCell *cell;
    uint16_t head_len;
    uint16_t tail_len;
    uint8_t low;
    uint8_t bits;
} DecodeSlot;

/**
 * struct DecodeSlots: a table of them
 * @slots: the slots
 * @n: number of them
 * @index: hash table: number of the slot + 1
 * @mask: its size - 1
 * @number: number of the next slot
 * @emptied: how often the table was full
 * @texts: texts of slots
 * @cells: CellKey -> DecodeCell
 */
typedef struct DecodeSlots {
    DecodeSlot *slots;
    uint32_t n;
    uint32_t *index;
    uint32_t mask;
    uint64_t number;
    unsigned emptied;
    GStringChunk *texts;
    GHashTable *cells;
} DecodeSlots;

/**
 * decode_slots_init() - begin with an empty table
 * @table: the table
 */
void decode_slots_init(DecodeSlots *table);

/**
 * decode_slots_forget() - empty a table: names have changed
 * @table: the table
 */
void decode_slots_forget(DecodeSlots *table);

/**
 * decode_slots_clear() - free what a table has allocated
 * @table: the table
 */
void decode_slots_clear(DecodeSlots *table);

/**
 * decode_slots_add() - add a slot
 * @table: the table
 * @entry: an access of which there is none
 *
 * Return: the slot, valid until another is added
 */
DecodeSlot *decode_slots_add(DecodeSlots *table, const MmtEntry *entry);

/**
 * decode_slots_reach() - set the parts of a slot
 * @table: the table
 * @slot: the slot
 * @view: view of the registers, or NULL
 * @base: offset in the region at which the view's domain begins
 * @parts: the parts
 * @n: number of them
 */
void decode_slots_reach(DecodeSlots *table, DecodeSlot *slot, RegDbView *view,
                        uint64_t base, const RegDbPart *parts, unsigned n);

/**
 * decode_slots_text() - keep a text
 * @table: the table
 * @text: the text
 *
 * Return: a copy of it, with DECODE_SLACK bytes behind it
 */
const char *decode_slots_text(DecodeSlots *table, GString *text);

static inline uint32_t decode_slot_hash(const MmtEntry *entry)
{
    /* bits 32 and up of the product depend on the lower ones of the key only */
    uint64_t key = entry->offset << 6 ^ entry->kind << 4 ^ entry->width ^
                   entry->region * 0xc2b2ae3d27d4eb4f;

    return key * 0x9e3779b97f4a7c15 >> 32;
}

static inline bool decode_slot_is(const DecodeSlot *slot,
                                  const MmtEntry *entry)
{
    return slot->offset == entry->offset && slot->region == entry->region &&
           slot->kind == entry->kind && slot->width == entry->width;
}

/**
 * decode_slots_find() - find the slot of an access
 * @table: the table
 * @entry: the access
 *
 * Return: the slot, valid until one is added; NULL if there is none
 */
static inline DecodeSlot *decode_slots_find(DecodeSlots *table,
                                            const MmtEntry *entry)
{
    uint32_t at = decode_slot_hash(entry) & table->mask;

    while (table->index[at]) {
        DecodeSlot *slot = &table->slots[table->index[at] - 1];

        if (decode_slot_is(slot, entry)) {
            return slot;
        }
        at = (at + 1) & table->mask;
    }
    return NULL;
}

static inline uint64_t decode_mask(unsigned bits)
{
    return UINT64_MAX >> (64 - bits);
}

/* Bits of a part, at bit 0 */
static inline uint64_t decode_part_mask(const RegDbPart *part)
{
    return decode_mask(part->bits);
}

/* decode_slot_take() for several parts */
uint64_t decode_slot_take_parts(DecodeSlot *slot, uint64_t after,
                                bool *all_known);

/**
 * decode_slot_take() - note an access' value in the registers
 * @slot: the slot, with its parts
 * @after: the value
 * @all_known: where to store whether the values of all were known
 *
 * Return: the value that the registers had before, as the access would have
 *         read it; bits that were not known are those of @after
 */
static inline uint64_t decode_slot_take(DecodeSlot *slot, uint64_t after,
                                        bool *all_known)
{
    DecodeCell *cell = slot->cell;
    uint64_t mask = decode_mask(slot->bits);
    uint64_t before, known;

    if (slot->n != 1) {
        return decode_slot_take_parts(slot, after, all_known);
    }
    before = cell->value >> slot->low;
    known = cell->known >> slot->low & mask;
    cell->value = (cell->value & ~(mask << slot->low)) |
                  (after & mask) << slot->low;
    cell->known |= mask << slot->low;
    *all_known = known == mask;
    return (before & known) | (after & ~known);
}

#endif /* VFIO_TRACE_DECODE_SLOTS_H */
