/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences of which there are many (see repeats.h)
 */
#include "tools/diff/repeats.h"

#include <inttypes.h>

/* How often a difference is shown: one line each, or a whole sequence */
#define SHOWN_VALUES    8
#define SHOWN_SEQUENCES 3

/* How many groups that are alike are shown */
#define ALIKE_MAX 24

/* Pairs of a group that can be like another one */
#define ALIKE_PAIRS 4

/* Kinds of differences that are known; others are always shown */
#define KNOWN_MAX (1u << 20)

/* Lines of the list at the end */
#define LISTED_MAX 10

/**
 * struct Repeat: a kind of differences
 * @key: what they have in common
 * @kind: DiffKind
 * @place: of the first access
 * @tokens: how many tokens each of them has
 * @shown: how many of them were shown
 * @hidden: how many were not
 * @first: line of the first one that was not shown, of A if it is in A
 * @last: line of the last one
 */
typedef struct Repeat {
    uint64_t key;
    DiffKind kind;
    uint32_t place;
    uint64_t tokens;
    uint64_t shown;
    uint64_t hidden;
    uint64_t first;
    uint64_t last;
} Repeat;

/**
 * struct DiffRepeats: state
 * @report: the report
 * @known: Repeat.key -> Repeat
 * @shapes: what groups look like -> how many of them were shown
 * @more: differences that are neither shown nor known
 * @last: shape of the group that was shown last, or 0
 */
struct DiffRepeats {
    DiffReport *report;
    GHashTable *known;
    GHashTable *shapes;
    uint64_t more;
    uint64_t last;
};

DiffRepeats *diff_repeats_new(DiffReport *report)
{
    DiffRepeats *repeats = g_new0(DiffRepeats, 1);

    repeats->report = report;
    repeats->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                           g_free);
    repeats->shapes = g_hash_table_new_full(g_int64_hash, g_int64_equal,
                                            g_free, NULL);
    return repeats;
}

void diff_repeats_free(DiffRepeats *repeats)
{
    if (repeats) {
        g_hash_table_unref(repeats->known);
        g_hash_table_unref(repeats->shapes);
        g_free(repeats);
    }
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

static uint64_t hash_tokens(const DiffLog *log, uint64_t hash, uint64_t from,
                            uint64_t to)
{
    for (; from < to; from++) {
        const DiffToken *token = diff_log_token(log, from);
        bool write = diff_places_is_write(diff_log_places(log), token->place);

        hash = mix(mix(hash, token->place), write ? token->value : 0);
    }
    return hash;
}

/* Does a difference count by its place, whatever the values are? */
static bool is_of_place(DiffKind kind)
{
    return kind == DIFF_VALUE || kind == DIFF_POLL_END ||
           kind == DIFF_POLL_TIME;
}

/**
 * struct Part: a difference, as it is counted
 */
typedef struct Part {
    const DiffLog *log;
    DiffKind kind;
    uint64_t from;
    uint64_t to;
    uint64_t key;
} Part;

static Part part_of(const DiffRepeats *repeats, const DiffHunk *hunk,
                    uint64_t i)
{
    bool is_b = hunk->kind == DIFF_ONLY_B;
    Part part = {
        .log = is_b ? repeats->report->b : repeats->report->a,
        .kind = hunk->kind,
        .from = is_b ? hunk->b0 : hunk->a0,
        .to = is_b ? hunk->b1 : hunk->a1,
        .key = mix(1, hunk->kind),
    };

    if (hunk->kind == DIFF_VALUE) {
        part.from += i;
        part.to = part.from + 1;
    }
    if (is_of_place(hunk->kind)) {
        part.key = mix(part.key, diff_log_token(part.log, part.from)->place);
    } else {
        part.key = hash_tokens(part.log, part.key, part.from, part.to);
    }
    return part;
}

static Repeat *find(DiffRepeats *repeats, const Part *part)
{
    Repeat *repeat = g_hash_table_lookup(repeats->known, &part->key);

    if (!repeat && g_hash_table_size(repeats->known) < KNOWN_MAX) {
        repeat = g_new0(Repeat, 1);
        repeat->key = part->key;
        repeat->kind = part->kind;
        repeat->place = diff_log_token(part->log, part->from)->place;
        repeat->tokens = part->to - part->from;
        g_hash_table_insert(repeats->known, &repeat->key, repeat);
    }
    return repeat;
}

typedef bool Each(DiffRepeats *repeats, const Part *part);

/* Call a function for each difference, until it returns false. */
static bool each(DiffRepeats *repeats, const GArray *group, Each *call)
{
    uint64_t k, n;
    guint i;

    for (i = 0; i < group->len; i++) {
        const DiffHunk *hunk = &g_array_index(group, DiffHunk, i);

        if (hunk->kind == DIFF_SAME || hunk->kind == DIFF_ROUNDS) {
            continue;
        }
        n = hunk->kind == DIFF_VALUE ? hunk->a1 - hunk->a0 : 1;
        for (k = 0; k < n; k++) {
            Part part = part_of(repeats, hunk, k);

            if (!call(repeats, &part)) {
                return false;
            }
        }
    }
    return true;
}

static bool is_known(DiffRepeats *repeats, const Part *part)
{
    const Repeat *repeat = find(repeats, part);

    return repeat && repeat->shown >= (part->kind == DIFF_VALUE ?
                                       SHOWN_VALUES : SHOWN_SEQUENCES);
}

static bool count_shown(DiffRepeats *repeats, const Part *part)
{
    Repeat *repeat = find(repeats, part);

    if (repeat) {
        repeat->shown++;
    }
    return true;
}

static bool count_hidden(DiffRepeats *repeats, const Part *part)
{
    Repeat *repeat = find(repeats, part);

    if (!repeat) {
        repeats->more++;
        return true;
    }
    repeat->last = diff_log_line(part->log, part->from);
    if (!repeat->hidden++) {
        repeat->first = repeat->last;
    }
    return true;
}

/* An access as seen from another one, wherever that is */
static uint64_t mix_access(uint64_t hash, const DiffPlace *place,
                           const DiffPlace *from)
{
    bool near = from && place->region == from->region;

    hash = mix(hash, place->op << 8 | place->width);
    return mix(mix(hash, place->region),
               from ? near ? place->offset - from->offset : 1 : 0);
}

/* What the accesses of a hunk look like, as seen from the place of the first */
static uint64_t mix_hunk(const DiffLog *log, uint64_t hash,
                         const DiffHunk *hunk, DiffPlace *from, bool *any)
{
    uint64_t i;

    for (i = hunk->a0; i < hunk->a1; i++) {
        DiffPlace place = *diff_report_place(log, i);

        hash = mix_access(hash, &place, *any ? from : NULL);
        *from = *any ? *from : place;
        *any = true;
    }
    return mix(hash, hunk->kind);
}

/*
 * Shape of a group with few pairs of other values: these and what follows, but
 * not where it is; 0 for another group
 */
static uint64_t shape_of(const DiffRepeats *repeats, const GArray *group)
{
    uint64_t hash = 1, pairs = 0;
    DiffPlace from = { 0 };
    bool any = false;
    guint i;

    for (i = 0; i < group->len; i++) {
        const DiffHunk *hunk = &g_array_index(group, DiffHunk, i);

        if (hunk->kind == DIFF_VALUE) {
            pairs += hunk->a1 - hunk->a0;
        } else if (hunk->kind != DIFF_SAME) {
            return 0;
        }
        if (pairs > ALIKE_PAIRS) {
            return 0;
        }
        if (pairs) {
            hash = mix_hunk(repeats->report->a, hash, hunk, &from, &any);
        }
    }
    return hash | 1;
}

static DiffShow choose(DiffRepeats *repeats, const GArray *group)
{
    uint64_t shape = repeats->report->full ? 0 : shape_of(repeats, group);
    uint64_t last = repeats->last;
    uintptr_t n = 0;

    repeats->last = shape;
    if (!shape) {
        return DIFF_SHOW_FULL;
    }
    n = GPOINTER_TO_SIZE(g_hash_table_lookup(repeats->shapes, &shape));
    if (n || g_hash_table_size(repeats->shapes) < KNOWN_MAX) {
        g_hash_table_insert(repeats->shapes, g_memdup2(&shape, sizeof(shape)),
                            GSIZE_TO_POINTER(n + 1));
    }
    return !n ? DIFF_SHOW_FULL : n >= ALIKE_MAX ? DIFF_SHOW_NOTHING :
           last == shape ? DIFF_SHOW_NEXT : DIFF_SHOW_BRIEF;
}

DiffShow diff_repeats_take(DiffRepeats *repeats, const GArray *group)
{
    DiffShow show = DIFF_SHOW_NOTHING;

    if (repeats->report->full || !each(repeats, group, is_known)) {
        show = choose(repeats, group);
    }
    each(repeats, group,
         show == DIFF_SHOW_NOTHING ? count_hidden : count_shown);
    return show;
}

static int compare(gconstpointer x, gconstpointer y)
{
    const Repeat *a = *(Repeat *const *)x, *b = *(Repeat *const *)y;

    if (a->hidden != b->hidden) {
        return a->hidden > b->hidden ? -1 : 1;
    }
    return a->first < b->first ? -1 : a->first > b->first;
}

static GPtrArray *find_hidden(DiffRepeats *repeats)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, repeats->known);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((Repeat *)value)->hidden) {
            g_ptr_array_add(list, value);
        }
    }
    g_ptr_array_sort(list, compare);
    return list;
}

/* "... 17 more like this: W4 bar0+0x100 (dma), other values; A 700 to 31000" */
static void put_repeat(DiffRepeats *repeats, const Repeat *repeat,
                       GString *text)
{
    static const char *const names[DIFF_KIND__MAX] = {
        [DIFF_ONLY_A] = "only in A",
        [DIFF_ONLY_B] = "only in B",
        [DIFF_VALUE] = "other value",
        [DIFF_ORDER] = "other order",
        [DIFF_POLL_END] = "poll with another end",
        [DIFF_POLL_TIME] = "poll of another length",
    };
    DiffReport *report = repeats->report;
    const char *class = diff_ignore_class(report->ignore, repeat->place);
    DiffPlace place = *diff_places_get(diff_log_places(report->a),
                                       repeat->place);

    g_string_printf(text, ". ... %" PRIu64 " more like this: ",
                    repeat->hidden);
    diff_words_put_place(report->words, &place, text);
    if (repeat->tokens > 1 && !is_of_place(repeat->kind)) {
        g_string_append_printf(text, " and %" PRIu64 " access%s behind it",
                               repeat->tokens - 1,
                               repeat->tokens == 2 ? "" : "es");
    }
    g_string_append_printf(text, ": %s%s%s%s; %s %" PRIu64, names[repeat->kind],
                           class ? " (" : "", class ?: "", class ? ")" : "",
                           repeat->kind == DIFF_ONLY_B ? "B" : "A",
                           repeat->first);
    if (repeat->last > repeat->first) {
        g_string_append_printf(text, " to %" PRIu64, repeat->last);
    }
}

void diff_repeats_each(DiffRepeats *repeats,
                       void (*line)(const char *text, void *opaque),
                       void *opaque)
{
    g_autoptr(GPtrArray) list = find_hidden(repeats);
    g_autoptr(GString) text = g_string_new(NULL);
    uint64_t rest = repeats->more;
    guint i;

    for (i = 0; i < list->len; i++) {
        const Repeat *repeat = list->pdata[i];

        if (i >= LISTED_MAX) {
            rest += repeat->hidden;
            continue;
        }
        put_repeat(repeats, repeat, text);
        line(text->str, opaque);
    }
    if (rest) {
        g_string_printf(text, ". ... %" PRIu64
                        " more at other places (--full shows all)", rest);
        line(text->str, opaque);
    }
}
