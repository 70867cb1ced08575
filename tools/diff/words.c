/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: names of places, and what values mean (see words.h)
 */
#include "tools/diff/words.h"

#include <inttypes.h>

#include "tools/decode/words.h"

/**
 * struct WordsSide: names of one log
 * @log: the log
 * @decode: state of its names
 * @words: of the folded lines
 * @names: of its registers
 */
typedef struct WordsSide {
    DiffLog *log;
    Decode *decode;
    FoldWords words;
    AnalysisNames names;
} WordsSide;

/**
 * struct WordsChoice: where the words of a region come from
 * @known: is the rest filled in?
 * @side: the log
 * @region: number of the region in its trace, or MMT_NO_REGION
 */
typedef struct WordsChoice {
    bool known;
    WordsSide *side;
    uint32_t region;
} WordsChoice;

/**
 * struct DiffWords: the names
 * @sides: of A and B
 * @choices: WordsChoice, by DiffPlace.region
 * @changes: names of both logs that changed, and regions, when it was made
 * @fold: for folded lines
 * @bare: for lines without meanings
 */
struct DiffWords {
    WordsSide sides[2];
    GArray *choices;
    uint64_t changes;
    FoldWords fold;
    FoldWords bare;
};

/* The texts are taken, not written. */
static bool write_nothing(void *opaque, const char *p, size_t len)
{
    (void)opaque;
    (void)p;
    (void)len;
    return true;
}

static uint64_t count_changes(DiffWords *words)
{
    uint64_t n = 1;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words->sides); i++) {
        AnalysisTrace *trace = diff_log_analysis(words->sides[i].log);

        n += analysis_db_changes(analysis_db(trace)) +
             (uint64_t)mmt_trace_regions(analysis_trace(trace));
    }
    return n;
}

/* More of a log was read: there may be other names. */
static void refresh(DiffWords *words)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words->sides); i++) {
        WordsSide *side = &words->sides[i];
        AnalysisTrace *trace = diff_log_analysis(side->log);

        decode_refresh(side->decode);
        side->names = analysis_names(analysis_trace(trace),
                                     analysis_db(trace));
    }
    g_array_set_size(words->choices, 0);
}

static bool has_names(WordsSide *side, uint32_t region)
{
    return decode_region(side->decode, region)->has_db;
}

static WordsChoice choose(DiffWords *words, uint32_t region)
{
    WordsChoice choice = { .known = true, .side = &words->sides[0],
                           .region = MMT_NO_REGION };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words->sides); i++) {
        WordsSide *side = &words->sides[i];
        uint32_t own = diff_log_region(side->log, region);

        if (own != MMT_NO_REGION && (choice.region == MMT_NO_REGION ||
                                     (!has_names(choice.side, choice.region) &&
                                      has_names(side, own)))) {
            choice.side = side;
            choice.region = own;
        }
    }
    return choice;
}

static WordsChoice choice_of(DiffWords *words, uint32_t region)
{
    uint64_t changes = count_changes(words);
    WordsChoice *choice;

    if (changes != words->changes) {
        refresh(words);
        words->changes = count_changes(words);
    }
    if (region >= words->choices->len) {
        g_array_set_size(words->choices, region + 1);
    }
    choice = &g_array_index(words->choices, WordsChoice, region);
    if (!choice->known) {
        *choice = choose(words, region);
    }
    return *choice;
}

void diff_words_put_register(DiffWords *words, uint32_t region,
                             uint64_t offset, GString *text)
{
    WordsChoice choice = choice_of(words, region);

    analysis_put_register(&choice.side->names, choice.region, offset, text);
}

const char *diff_words_name(DiffWords *words, uint32_t region, uint64_t offset)
{
    WordsChoice choice = choice_of(words, region);

    return choice.region == MMT_NO_REGION ? NULL :
           analysis_db_name(choice.side->names.db, choice.region, offset);
}

static void put_register(void *opaque, const FoldNode *leaf, GString *text)
{
    diff_words_put_register(opaque, leaf->region, leaf->offset, text);
}

static void put_meaning(void *opaque, const FoldNode *leaf, uint64_t value,
                        GString *text)
{
    WordsChoice choice = choice_of(opaque, leaf->region);
    FoldNode own = *leaf;

    own.region = choice.region;
    choice.side->words.put_meaning(choice.side->decode, &own, value, text);
}

static void put_no_meaning(void *opaque, const FoldNode *leaf, uint64_t value,
                           GString *text)
{
    (void)opaque;
    (void)leaf;
    (void)value;
    (void)text;
}

static bool put_condition(void *opaque, const FoldNode *leaf, uint64_t mask,
                          uint64_t value, GString *text)
{
    WordsChoice choice = choice_of(opaque, leaf->region);
    FoldNode own = *leaf;

    own.region = choice.region;
    return choice.side->words.put_condition(choice.side->decode, &own, mask,
                                            value, text);
}

DiffWords *diff_words_new(DiffLog *a, DiffLog *b)
{
    DiffWords *words = g_new0(DiffWords, 1);
    DiffLog *const logs[] = { a, b };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        AnalysisTrace *trace = diff_log_analysis(logs[i]);
        WordsSide *side = &words->sides[i];

        side->log = logs[i];
        side->decode = decode_new(analysis_trace(trace), analysis_db(trace),
                                  write_nothing, NULL);
        side->words = decode_words(side->decode);
    }
    words->choices = g_array_new(FALSE, TRUE, sizeof(WordsChoice));
    words->fold = (FoldWords) {
        .put_register = put_register,
        .put_meaning = put_meaning,
        .put_condition = put_condition,
        .opaque = words,
    };
    words->bare = words->fold;
    words->bare.put_meaning = put_no_meaning;
    return words;
}

void diff_words_free(DiffWords *words)
{
    if (words) {
        decode_free(words->sides[0].decode);
        decode_free(words->sides[1].decode);
        g_array_unref(words->choices);
        g_free(words);
    }
}

const FoldWords *diff_words_fold(DiffWords *words, bool meanings)
{
    return meanings ? &words->fold : &words->bare;
}

void diff_words_put_place(DiffWords *words, const DiffPlace *place,
                          GString *text)
{
    static const char ops[] = {
        [MMT_ENTRY_READ] = 'R',
        [MMT_ENTRY_WRITE] = 'W',
        [MMT_ENTRY_UNKNOWN] = '?',
    };

    g_string_append_printf(text, "%c%u ", ops[place->op], place->width);
    diff_words_put_register(words, place->region, place->offset, text);
}

static FoldNode leaf_of(const DiffPlace *place)
{
    return (FoldNode) { .kind = place->op, .width = place->width,
                        .region = place->region, .offset = place->offset };
}

void diff_words_put_meaning(DiffWords *words, const DiffPlace *place,
                            uint64_t value, GString *text)
{
    FoldNode leaf = leaf_of(place);

    put_meaning(words, &leaf, value, text);
}

void diff_words_put_change(DiffWords *words, const DiffPlace *place,
                           uint64_t before, uint64_t after, GString *text)
{
    WordsChoice choice = choice_of(words, place->region);
    const MmtEntry entry = { .kind = place->op, .width = place->width,
                             .region = choice.region,
                             .offset = place->offset };
    const DecodeSlot *slot;
    unsigned i;

    if (choice.region == MMT_NO_REGION || place->op == MMT_ENTRY_UNKNOWN) {
        return;
    }
    slot = decode_words_slot(choice.side->decode, &entry);
    for (i = 0; i < slot->n; i++) {
        if (!(slot->flags & DECODE_PLAIN)) {
            decode_put_change(choice.side->decode, slot, i, before, after,
                              text);
        }
    }
}

void diff_words_json(DiffWords *words, const DiffPlace *place, GString *json)
{
    WordsChoice choice = choice_of(words, place->region);

    analysis_json_register(&choice.side->names, choice.region, place->offset,
                           json);
}
