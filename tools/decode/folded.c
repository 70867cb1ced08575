/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode --fold
 *
 * The engine and the lines are those of fold, with names and meanings instead
 * of offsets and numbers.
 */
#include "tools/decode/decode.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/analysis/fold.h"
#include "tools/fold/output.h"

/* Silence after which everything pending is printed */
#define SILENCE_MS 1000

/**
 * struct Folded: state
 * @d: state of the command
 * @fold: the engine
 * @format: form of the lines
 * @out: the output
 * @words: names and meanings
 */
typedef struct Folded {
    Decode *d;
    Fold *fold;
    const FoldFormat *format;
    FoldOutput out;
    FoldWords words;
} Folded;

static const DecodeSlot *slot_of(Decode *d, const FoldNode *leaf)
{
    const DecodeRegion *region = decode_region(d, leaf->region);
    MmtEntry entry = { .kind = leaf->kind, .width = leaf->width,
                       .region = leaf->region, .offset = leaf->offset };
    DecodeSlot *slot = decode_slots_find(region->slots, &entry);

    if (!slot) {
        region = decode_ready(d, &entry);
        slot = decode_slots_add(region->slots, &entry);
        decode_slot_fill(d, region, slot);
    }
    return slot;
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

/* Comments go through the other buffer. */
static void run_begin(Folded *folded)
{
    Decode *d = folded->d;

    convert_out_flush(&d->out);
    folded->out.names = d->names;
    folded->out.names.db = d->db;
}

static void take_item(void *opaque, const FoldItem *item)
{
    Folded *folded = opaque;

    run_begin(folded);
    folded->format->item(&folded->out, item);
}

static void *begin(Decode *d, const FoldFormat *format)
{
    Folded *folded = g_new0(Folded, 1);

    folded->d = d;
    folded->format = format;
    folded->out.trace = d->trace;
    folded->out.text = g_string_new(NULL);
    folded->words = (FoldWords) {
        .put_register = put_register,
        .put_meaning = put_meaning,
        .put_condition = put_condition,
        .opaque = d,
    };
    folded->out.words = &folded->words;
    folded->fold = fold_new(take_item, folded);
    return folded;
}

static void *begin_text(Decode *d)
{
    return begin(d, &fold_text);
}

static void *begin_json(Decode *d)
{
    return begin(d, &fold_json);
}

static void take_access(Folded *folded, const MmtEntry *entry)
{
    Decode *d = folded->d;
    FoldNode leaf = { .kind = entry->kind, .width = entry->width,
                      .region = entry->region, .offset = entry->offset };

    decode_count(d, decode_region(d, entry->region), slot_of(d, &leaf));
    fold_access(folded->fold, entry);
}

static void take_other(Folded *folded, const MmtEntry *entry)
{
    Decode *d = folded->d;

    decode_take_other(d, entry);
    if (entry->kind == MMT_ENTRY_OTHER || entry->kind == MMT_ENTRY_DEVICE ||
        (entry->kind == MMT_ENTRY_MARK && !d->marks)) {
        return;
    }
    fold_flush(folded->fold);
    run_begin(folded);
    folded->format->entry(&folded->out, entry);
}

static void folded_entries(Decode *d, void *state, const MmtEntry *entries,
                           size_t n)
{
    size_t i;

    (void)d;
    for (i = 0; i < n; i++) {
        if (decode_is_access(&entries[i])) {
            take_access(state, &entries[i]);
        } else {
            take_other(state, &entries[i]);
        }
    }
}

/* A block that goes on must not hold back for long what was before it. */
static void folded_idle(Decode *d, void *state, unsigned ms)
{
    Folded *folded = state;

    (void)d;
    if (ms >= SILENCE_MS) {
        fold_flush(folded->fold);
    } else {
        fold_settle(folded->fold);
    }
}

static void folded_end(Decode *d, void *state)
{
    Folded *folded = state;

    fold_flush(folded->fold);
    fold_free(folded->fold);
    convert_out_flush(&d->out);
    if (folded->format->comments && d->counts.accesses) {
        printf("# %" PRIu64 " accesses in %" PRIu64 " lines: %.2f %%\n",
               d->counts.accesses, folded->out.lines,
               100.0 * folded->out.lines / d->counts.accesses);
    }
    g_string_free(folded->out.text, TRUE);
    g_free(folded);
}

const DecodeFormat decode_folded = {
    .name = "fold",
    .comments = true,
    .begin = begin_text,
    .entries = folded_entries,
    .idle = folded_idle,
    .end = folded_end,
    .summary = decode_text_summary,
};

const DecodeFormat decode_folded_json = {
    .name = "fold-json",
    .begin = begin_json,
    .entries = folded_entries,
    .idle = folded_idle,
    .end = folded_end,
    .summary = decode_json_summary,
};
