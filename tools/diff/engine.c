/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from two logs to their differences (see engine.h)
 *
 * Theory of operation
 *
 * Phases of the same name, in the same order, are aligned with each other: they
 * cut the windows of the two logs into sections.  Each section is aligned by
 * align.h, with one round of each poll (collapse.h); differences within a poll
 * are aligned once more, with all rounds (realign.h).  The result becomes hunks
 * in hunks.c.
 */
#include "tools/diff/engine.h"
#include "tools/diff/align.h"
#include "tools/diff/collapse.h"
#include "tools/diff/hunks.h"
#include "tools/diff/keys.h"
#include "tools/diff/phases.h"
#include "tools/diff/read.h"
#include "tools/diff/realign.h"
#include "tools/diff/slide.h"

/* Tokens at the end of a window that is cut which are aligned once more */
#define CUT_SHARE 8

/**
 * struct Compare: a comparison
 * @verb: the verb
 * @a: the first log
 * @b: the second one
 * @options: what is compared
 * @keys: numbers of the tokens in both windows
 * @hunks: makes hunks
 * @said: it was said that the logs are longer than the window
 */
typedef struct Compare {
    const Verb *verb;
    DiffLog *a;
    DiffLog *b;
    const DiffOptions *options;
    DiffKeys *keys;
    DiffHunks *hunks;
    bool said;
} Compare;

/**
 * struct Starts: where something begins
 * @compare: the comparison
 * @section: the section whose tokens are counted
 * @a: those of the first log
 * @b: those of the second one
 */
typedef struct Starts {
    const Compare *compare;
    const DiffSection *section;
    const DiffCollapsed *a;
    const DiffCollapsed *b;
} Starts;

/* A write after a read is often the start of a command, after a poll. */
static bool is_start(unsigned side, uint32_t token, void *opaque)
{
    const Starts *starts = opaque;
    const DiffLog *log = side ? starts->compare->b : starts->compare->a;
    const DiffPlaces *places = diff_log_places(log);
    uint64_t i = diff_log_start(log) +
                 (side ? starts->b : starts->a)->index[token] +
                 (side ? starts->section->b0 : starts->section->a0);

    return !token ||
           (diff_places_is_write(places, diff_log_token(log, i)->place) &&
            !diff_places_is_write(places, diff_log_token(log, i - 1)->place));
}

static void align_section(Compare *c, const DiffSection *s, GArray *blocks)
{
    uint32_t start = blocks->len;
    AlignSide a = diff_keys_side(c->keys, 0, s->a0, s->a1);
    AlignSide b = diff_keys_side(c->keys, 1, s->b0, s->b1);
    DiffCollapsed kept_a;
    DiffCollapsed kept_b;
    Starts starts = { c, s, &kept_a, &kept_b };
    g_autoptr(GArray) gaps = NULL;
    guint i;

    diff_keys_collapse(c->keys, 0, c->a, s->a0, &a, &kept_a);
    diff_keys_collapse(c->keys, 1, c->b, s->b0, &b, &kept_b);
    align_sequences(&a, &b, blocks);
    if (c->options->values == DIFF_VALUES_NONE) {
        a.strong = a.weak;
        b.strong = b.weak;
    }
    diff_slide(&a, &b, is_start, &starts, blocks, start);
    gaps = diff_realign_gaps(&kept_a, &kept_b, blocks, start);
    diff_expand(&kept_a, &kept_b, blocks, start);
    diff_realign(&(DiffRealign) {
        .keys = c->keys, .log = { c->a, c->b }, .kept = { &kept_a, &kept_b },
        .section = s, .gaps = gaps,
    }, blocks, start);
    diff_collapsed_clear(&kept_a);
    diff_collapsed_clear(&kept_b);
    for (i = start; i < blocks->len; i++) {
        g_array_index(blocks, AlignBlock, i).a += s->a0;
        g_array_index(blocks, AlignBlock, i).b += s->b0;
    }
}

static void say_window(Compare *c)
{
    if (!c->said) {
        c->said = true;
        tool_error(c->verb,
                   "note: the logs are compared in parts, since they do not fit into memory: where two parts meet, more may be shown as different than is; --window sets the size of the parts");
    }
}

static bool ended(const Compare *c)
{
    return diff_log_ended(c->a) && diff_log_ended(c->b);
}

/*
 * Leave what is behind the last good pairs of a window for the next one, unless
 * that is too much of it.
 */
static void cut(Compare *c, GArray *blocks, uint32_t *end_a, uint32_t *end_b)
{
    guint i = blocks->len;

    say_window(c);
    while (i--) {
        AlignBlock *block = &g_array_index(blocks, AlignBlock, i);
        uint32_t end = block->a + block->n;

        if (diff_log_ended(c->a) || end >= *end_a / 2) {
            if (diff_log_ended(c->b) || block->b + block->n >= *end_b / 2) {
                if (block->n >= CUT_SHARE) {
                    *end_a = end;
                    *end_b = block->b + block->n;
                    g_array_set_size(blocks, i + 1);
                    return;
                }
                continue;
            }
        }
        return;
    }
}

static void compare_windows(Compare *c)
{
    uint32_t end_a = diff_log_end(c->a) - diff_log_start(c->a);
    uint32_t end_b = diff_log_end(c->b) - diff_log_start(c->b);
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    g_autoptr(GArray) sections = diff_phases_sections(c->a, c->b);
    guint i;

    c->keys = diff_keys_new(c->a, c->b, c->options->values);
    for (i = 0; i < sections->len; i++) {
        align_section(c, &g_array_index(sections, DiffSection, i), blocks);
    }
    g_clear_pointer(&c->keys, diff_keys_free);
    if (!ended(c)) {
        cut(c, blocks, &end_a, &end_b);
    }
    diff_hunks_add(c->hunks, blocks, end_a, end_b);
    diff_log_drop(c->a, diff_log_start(c->a) + end_a);
    diff_log_drop(c->b, diff_log_start(c->b) + end_b);
}

static ToolStatus worst(ToolStatus x, ToolStatus y)
{
    return MAX(x, y);
}

ToolStatus diff_compare(const Verb *verb, DiffLog *a, DiffLog *b,
                        const DiffOptions *options, const DiffSink *sink)
{
    Compare c = { .verb = verb, .a = a, .b = b, .options = options };
    ToolStatus status;
    bool going;
    bool ok;

    c.hunks = diff_hunks_new(a, b, options->values, sink);
    do {
        ok = diff_read_windows(verb, a, b, options->pairs);
        going = ok && !ended(&c);
        if (ok) {
            compare_windows(&c);
        }
    } while (going);
    diff_hunks_free(c.hunks);
    if (!ok) {
        return TOOL_TROUBLE;
    }
    status = diff_read_end(verb, a, options->quiet);
    return worst(status, diff_read_end(verb, b, options->quiet));
}
