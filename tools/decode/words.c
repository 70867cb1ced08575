/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: names and meanings in folded lines (see words.h)
 */
#include "tools/decode/words.h"

#include <inttypes.h>

const DecodeSlot *decode_words_slot(Decode *d, const MmtEntry *entry)
{
    const DecodeRegion *region = decode_region(d, entry->region);
    DecodeSlot *slot = decode_slots_find(region->slots, entry);

    if (!slot) {
        region = decode_ready(d, entry);
        slot = decode_slots_add(region->slots, entry);
        decode_slot_fill(d, region, slot);
    }
    return slot;
}

static const DecodeSlot *slot_of(Decode *d, const FoldNode *leaf)
{
    MmtEntry entry = { .kind = leaf->kind, .width = leaf->width,
                       .region = leaf->region, .offset = leaf->offset };

    return decode_words_slot(d, &entry);
}

static void put_register(void *opaque, const FoldNode *leaf, GString *text)
{
    Decode *d = opaque;
    const DecodeSlot *slot = slot_of(d, leaf);
    unsigned i;

    g_string_append(text, d->colors->name);
    for (i = 0; i < slot->n; i++) {
        g_string_append(text, i ? ", " : "");
        decode_put_part(d, slot, i, text);
    }
    g_string_append(text, d->colors->reset);
}

/* Do all accesses of a leaf reach the same register? */
static bool is_one(const FoldNode *leaf, const DecodeSlot *slot)
{
    unsigned i;

    for (i = 0; i < leaf->n_strides; i++) {
        if (leaf->stride[i]) {
            return false;
        }
    }
    return slot->n == 1;
}

static void put_meaning(void *opaque, const FoldNode *leaf, uint64_t value,
                        GString *text)
{
    Decode *d = opaque;
    const DecodeSlot *slot = slot_of(d, leaf);

    if (is_one(leaf, slot) && leaf->kind != MMT_ENTRY_UNKNOWN) {
        decode_put_meaning(d, slot, 0, value, text);
    }
}

/**
 * struct Condition: the text of a condition is made
 * @mask: the bits, each of which a field must have
 */
typedef struct Condition {
    Decode *d;
    const RegDbView *view;
    GString *text;
    uint64_t mask;
    bool any;
} Condition;

static void put_field(const RegDbField *field, uint64_t value,
                      const char *name, void *opaque)
{
    Condition *condition = opaque;
    unsigned bits = field ? field->high - field->low + 1 : 0;
    uint64_t mask = field ? decode_mask(bits) << field->low : 0;

    (void)name;
    if (!field || (mask & ~condition->mask)) {
        return;
    }
    g_string_append_printf(condition->text, "%s%s = ",
                           condition->any ? ", " : "", field->name);
    if (field->type->kind == REGDB_BOOLEAN) {
        g_string_append_printf(condition->text, "%" PRIu64, value);
    } else {
        regdb_put_value(condition->view, field->type, value, bits,
                        &regdb_no_colors, condition->text);
    }
    condition->any = true;
}

static void find_mask(const RegDbField *field, uint64_t value,
                      const char *name, void *opaque)
{
    uint64_t *mask = opaque;

    (void)value;
    (void)name;
    if (field) {
        *mask |= decode_mask(field->high - field->low + 1) << field->low;
    }
}

static bool put_condition(void *opaque, const FoldNode *leaf, uint64_t mask,
                          uint64_t value, GString *text)
{
    Decode *d = opaque;
    const DecodeSlot *slot = slot_of(d, leaf);
    const RegDbPart *part = &slot->reach->parts[0].part;
    Condition condition = { .d = d, .view = slot->reach->view, .text = text };
    uint64_t fields = 0;

    if (!is_one(leaf, slot) || !part->reg || !part->reg->type) {
        return false;
    }
    mask <<= part->low;
    regdb_each_field(condition.view, part->reg->type, 0, mask, find_mask,
                     &fields);
    if (!fields || fields != mask) {
        return false;
    }
    condition.mask = mask;
    regdb_each_field(condition.view, part->reg->type, value << part->low, mask,
                     put_field, &condition);
    return condition.any;
}

FoldWords decode_words(Decode *d)
{
    return (FoldWords) {
        .put_register = put_register,
        .put_meaning = put_meaning,
        .put_condition = put_condition,
        .opaque = d,
    };
}
