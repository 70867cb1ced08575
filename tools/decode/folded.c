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
#include "tools/decode/words.h"

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
    folded->words = decode_words(d);
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
    const DecodeSlot *slot = decode_words_slot(d, entry);

    decode_count(d, decode_region(d, entry->region), slot);
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
