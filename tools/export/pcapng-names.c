/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: definitions of shapes (see pcapng-names.h)
 *
 *      number      32 bits, from 1 up
 *      count       8 bits: registers: each has
 *      shift       8 bits: lowest bit of the access' value that is the
 *                  register's
 *      low         8 bits: lowest bit of the register that is reached
 *      bits        8 bits: number of bits
 *      width       8 bits: bits of the register; 0: only its block is known
 *      offset      64 bits: offset of the bytes in the region
 *      type        32 bits: number of the type, or 0
 *      name        a byte with its length, and as many bytes; none: the bytes
 *                  have no name
 */
#include "tools/export/pcapng-names.h"

#include "tools/export/pcapng-record.h"
#include "tools/export/pcapng-types.h"

/**
 * struct PcapngNames: the state
 * @db: names of the registers
 * @items: where definitions go
 * @types: types
 * @slots: kinds of accesses, and last values of registers; DecodeSlot.number is
 *         the number of the shape here, or 0
 * @changes: analysis_db_changes() of @slots
 * @n: shapes that were defined
 * @left_out: accesses without a shape, beyond the limit
 */
struct PcapngNames {
    AnalysisDb *db;
    GByteArray *items;
    PcapngTypes *types;
    DecodeSlots slots;
    unsigned changes;
    uint32_t n;
    uint64_t left_out;
};

PcapngNames *pcapng_names_new(AnalysisDb *db, GByteArray *items)
{
    PcapngNames *names = g_new0(PcapngNames, 1);

    names->db = db;
    names->items = items;
    names->types = pcapng_types_new(items);
    names->changes = analysis_db_changes(db);
    decode_slots_init(&names->slots);
    return names;
}

void pcapng_names_free(PcapngNames *names)
{
    if (names) {
        pcapng_types_free(names->types);
        decode_slots_clear(&names->slots);
        g_free(names);
    }
}

static void settle(PcapngNames *names)
{
    unsigned changes = analysis_db_changes(names->db);

    if (changes != names->changes) {
        names->changes = changes;
        pcapng_types_forget(names->types);
        decode_slots_forget(&names->slots);
    }
}

/*
 * A database is loaded at the first look at it, and names may change then.
 * Return: number of parts, at least one
 */
static unsigned find_parts(PcapngNames *names, const MmtEntry *entry,
                           RegDbView **view, uint64_t *base, RegDbPart *parts)
{
    uint64_t end;
    unsigned changes, n;

    do {
        changes = analysis_db_changes(names->db);
        *view = analysis_db_view(names->db, entry->region, entry->offset, base,
                                 &end);
        n = *view ? analysis_db_parts(names->db, entry, view, parts) : 0;
    } while (changes != analysis_db_changes(names->db));
    settle(names);
    if (!n) {
        parts[0] = (RegDbPart) { .bits = entry->width * 8 };
    }
    return MAX(n, 1);
}

static bool has_names(const DecodeSlot *slot)
{
    unsigned i;

    for (i = 0; i < slot->n; i++) {
        if (slot->reach->parts[i].part.reg) {
            return true;
        }
    }
    return false;
}

static void put_part(PcapngNames *names, const DecodeSlot *slot, unsigned i,
                     GByteArray *item)
{
    const RegDbPart *part = &slot->reach->parts[i].part;
    const RegDbRegister *reg = part->reg;
    const RegDbType *type = reg ? reg->type : NULL;

    pcapng_put8(item, part->shift);
    pcapng_put8(item, part->low);
    pcapng_put8(item, part->bits);
    pcapng_put8(item, reg ? reg->bits : part->bits);
    pcapng_put64(item, slot->offset + part->shift / 8);
    pcapng_put32(item, pcapng_types_number(names->types, slot->reach->view,
                                           type));
    pcapng_put_name(item, reg ? reg->name : "");
}

static void define(PcapngNames *names, DecodeSlot *slot)
{
    g_autoptr(GByteArray) item = g_byte_array_new();
    unsigned i;

    slot->number = ++names->n;
    pcapng_put32(item, names->n);
    pcapng_put8(item, slot->n);
    for (i = 0; i < slot->n; i++) {
        put_part(names, slot, i, item);
    }
    pcapng_record_item(names->items, PCAPNG_ITEM_SHAPE, item->data, item->len);
}

static DecodeSlot *add_slot(PcapngNames *names, const MmtEntry *entry)
{
    uint64_t base = 0;
    RegDbView *view = NULL;
    RegDbPart parts[REGDB_PARTS_MAX];
    unsigned n = find_parts(names, entry, &view, &base, parts);
    DecodeSlot *slot = decode_slots_add(&names->slots, entry);

    decode_slots_reach(&names->slots, slot, view, base, parts, n);
    slot->number = 0;
    if (has_names(slot)) {
        if (names->n < PCAPNG_SHAPES_MAX) {
            define(names, slot);
        } else {
            slot->flags |= DECODE_SPECIAL;
        }
    }
    return slot;
}

const DecodeSlot *pcapng_names_access(PcapngNames *names,
                                      const MmtEntry *entry, uint64_t *before,
                                      uint32_t *shape)
{
    DecodeSlot *slot;
    bool known;

    settle(names);
    slot = decode_slots_find(&names->slots, entry);
    if (!slot) {
        slot = add_slot(names, entry);
    }
    names->left_out += !!(slot->flags & DECODE_SPECIAL);
    *before = decode_slot_take(slot, entry->value, &known);
    *shape = slot->number;
    return slot;
}

uint64_t pcapng_names_left_out(const PcapngNames *names)
{
    return names->left_out;
}
