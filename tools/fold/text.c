/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace fold: text for people
 *
 * A leaf is one line, with the blocks around it that have no other member:
 * their repetitions follow each other, the innermost one first.  A block with
 * several members has a line of its own, and its members below it are indented.
 * vfio-trace-fold(1) describes the lines.
 */
#include "tools/fold/output.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/analysis/duration.h"
#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold-values.h"
#include "tools/analysis/mark.h"

#define TEXT_TIME_COLUMNS 14
#define TEXT_INDENT       2

static const char *const text_ops[] = {
    [MMT_ENTRY_READ] = "R",
    [MMT_ENTRY_WRITE] = "W",
    [MMT_ENTRY_UNKNOWN] = "?",
};

static void text_signed(GString *text, int64_t value)
{
    g_string_append_printf(text, "%s0x%" PRIx64, value < 0 ? "-" : "",
                           value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static char *text_time(uint64_t ns, uint64_t line, bool timed)
{
    return timed ? g_strdup_printf("%" PRIu64 ".%06" PRIu64, ns / 1000000000,
                                   ns % 1000000000 / 1000) :
                   g_strdup_printf("@%" PRIu64, line);
}

/* The column of times; members of a block have none. */
static void text_begin(FoldOutput *out, const FoldNode *node, unsigned depth)
{
    g_autofree char *time = depth || out->line ? g_strdup("") :
                            text_time(node->first_ns, node->first_line,
                                      node->timed);

    if (!out->line) {
        g_string_append_printf(out->text, "%*s  ", TEXT_TIME_COLUMNS, time);
    }
    g_string_append_printf(out->text, "%*s", depth * TEXT_INDENT, "");
}

static void text_end(FoldOutput *out, const FoldNode *node)
{
    if (out->line) {
        out->line(out->opaque, out->text, out->values, node);
    } else {
        g_string_append_c(out->text, '\n');
        fwrite(out->text->str, 1, out->text->len, stdout);
    }
    g_string_truncate(out->text, 0);
    out->lines++;
}

static void text_counts(GString *text, const FoldCounts *counts)
{
    uint32_t i;

    if (counts->n == 1) {
        g_string_append_printf(text, "%" PRIu64, counts->one.count);
        return;
    }
    for (i = 0; i < counts->n; i++) {
        FoldCount count = fold_count(counts, i);

        g_string_append_printf(text, "%c%" PRIu64, i ? ',' : '(', count.count);
        if (count.times > 1) {
            g_string_append_printf(text, "*%" PRIu64, count.times);
        }
    }
    g_string_append_c(text, ')');
}

/* Repetitions of a leaf and of the @chain of blocks around it */
static void text_repeats(GString *text, const FoldNode *leaf, unsigned chain)
{
    unsigned i;

    if (!fold_once(leaf)) {
        g_string_append(text, " x");
        text_counts(text, &leaf->counts);
    }
    for (i = 0; i < chain; i++) {
        g_string_append(text, " x");
        text_counts(text, &leaf[-1 - (int)i].counts);
        g_string_append(text, " step ");
        text_signed(text, leaf->stride[i]);
    }
}

/* Strides in rounds of the blocks whose members are indented */
static void text_strides(GString *text, const FoldNode *leaf, unsigned chain)
{
    unsigned i, n = leaf->n_strides;

    while (n > chain && !leaf->stride[n - 1]) {
        n--;
    }
    for (i = chain; i < n; i++) {
        g_string_append(text, i == chain ? " each " : ",");
        text_signed(text, leaf->stride[i]);
    }
}

static void text_register(FoldOutput *out, const FoldNode *leaf)
{
    if (out->words) {
        out->words->put_register(out->words->opaque, leaf, out->text);
    } else {
        analysis_put_register(&out->names, leaf->region, leaf->offset,
                              out->text);
    }
}

static void text_list(FoldOutput *out, const FoldNode *leaf,
                      const uint64_t *list, unsigned n)
{
    unsigned i;

    /* One after the other, or in any order? */
    g_string_append(out->text,
                    n == 1 || n == leaf->values.n ? " = " : " in ");
    for (i = 0; i < n; i++) {
        g_string_append_printf(out->text, "%s0x%" PRIx64, i ? ", " : "",
                               list[i]);
        if (out->words) {
            out->words->put_meaning(out->words->opaque, leaf, list[i],
                                    out->text);
        }
    }
}

static void text_values(FoldOutput *out, const FoldNode *leaf)
{
    const FoldValues *values = &leaf->values;
    uint64_t list[FOLD_LIST_MAX];
    unsigned n = fold_list(values, list);
    uint64_t distinct;
    bool exact;

    if (values->counting && values->step && values->n > 2) {
        g_string_append_printf(out->text, " = 0x%" PRIx64 "..0x%" PRIx64
                               " by ", values->first, values->last);
        text_signed(out->text, values->step);
    } else if (n) {
        text_list(out, leaf, list, n);
    } else {
        distinct = fold_distinct(values, &exact);
        g_string_append_printf(out->text, " in %s%" PRIu64 " values 0x%" PRIx64
                               "..0x%" PRIx64, exact ? "" : "about ", distinct,
                               values->min, values->max);
    }
}

static void text_condition(FoldOutput *out, const FoldNode *leaf,
                           uint64_t mask, uint64_t value)
{
    const FoldWords *words = out->words;

    if (!words || !words->put_condition(words->opaque, leaf, mask, value,
                                        out->text)) {
        g_string_append_printf(out->text, "&0x%" PRIx64 " == 0x%" PRIx64,
                               mask, value);
    }
}

static void text_poll(FoldOutput *out, const FoldNode *leaf)
{
    uint64_t value, mask = fold_poll(leaf, &value);

    if (!mask) {
        return;
    }
    g_string_append(out->text, leaf->poll.next ? " until next " : " until ");
    text_condition(out, leaf, mask, value);
    if (leaf->timed && leaf->poll.polls > 1 && !out->line) {
        g_string_append(out->text, ", longest ");
        analysis_put_duration(out->text, leaf->poll.longest);
    }
}

static void text_span(GString *text, const FoldNode *node)
{
    g_autofree char *last = text_time(node->last_ns, node->last_line,
                                      node->timed);

    g_string_append(text, "; ");
    if (node->timed) {
        analysis_put_duration(text, node->last_ns > node->first_ns ?
                                    node->last_ns - node->first_ns : 0);
        g_string_append(text, ", ");
    }
    g_string_append_printf(text, "to %s", last);
}

static void text_leaf(FoldOutput *out, const FoldNode *node, unsigned depth)
{
    const FoldNode *leaf = node;

    while (leaf->kind == FOLD_BLOCK) {
        leaf++;
    }
    text_begin(out, node, depth);
    g_string_append_printf(out->text, "%s%u ", text_ops[leaf->kind],
                           leaf->width);
    text_register(out, leaf);
    text_repeats(out->text, leaf, leaf - node);
    text_strides(out->text, leaf, leaf - node);
    out->values = out->text->len;
    text_values(out, leaf);
    text_poll(out, leaf);
    if (!depth && !out->line && (leaf != node || !fold_once(leaf))) {
        text_span(out->text, node);
    }
    text_end(out, leaf);
}

/* Has a node one leaf only? */
static bool text_is_leaf(const FoldNode *node)
{
    while (node->kind == FOLD_BLOCK && node->members == 1) {
        node++;
    }
    return node->kind != FOLD_BLOCK;
}

static void text_node(FoldOutput *out, const FoldNode *node, unsigned depth)
{
    uint32_t i;

    if (text_is_leaf(node)) {
        text_leaf(out, node, depth);
        return;
    }
    text_begin(out, node, depth);
    text_counts(out->text, &node->counts);
    g_string_append_printf(out->text, " rounds of %u", node->members);
    out->values = out->text->len;
    if (!depth && !out->line) {
        text_span(out->text, node);
    }
    text_end(out, node);
    for (i = 1; i < node->nodes; i += node[i].nodes) {
        text_node(out, node + i, depth + 1);
    }
}

static void text_item(FoldOutput *out, const FoldItem *item)
{
    text_node(out, item->nodes, 0);
}

static void text_mark(FoldOutput *out, const MmtEntry *entry)
{
    size_t len;
    const char *text = mmt_trace_text(out->trace, entry, &len);

    g_string_append(out->text, "mark ");
    analysis_put_mark(text, len, out->text);
}

static void text_map(FoldOutput *out, const MmtEntry *entry)
{
    g_string_append(out->text, "map ");
    analysis_put_region(&out->names, entry->region, out->text);
    g_string_append_printf(out->text, " at 0x%" PRIx64 ", %" PRIu64 " bytes",
                           entry->address, entry->value);
}

static void text_unmap(FoldOutput *out, const MmtEntry *entry)
{
    g_string_append(out->text, "unmap ");
    analysis_put_region(&out->names, entry->region, out->text);
}

static void text_lost(FoldOutput *out, const MmtEntry *entry)
{
    if (entry->value == UINT64_MAX) {
        g_string_append(out->text, "lost events");
    } else {
        g_string_append_printf(out->text, "lost %" PRIu64 " events",
                               entry->value);
    }
}

static void (*const text_entries[])(FoldOutput *, const MmtEntry *) = {
    [MMT_ENTRY_MARK] = text_mark,
    [MMT_ENTRY_MAP] = text_map,
    [MMT_ENTRY_UNMAP] = text_unmap,
    [MMT_ENTRY_LOST] = text_lost,
};

static void text_entry(FoldOutput *out, const MmtEntry *entry)
{
    g_autofree char *time = text_time(entry->ns, entry->line,
                                      entry->flags & MMT_ENTRY_TIMED);

    if (entry->kind < G_N_ELEMENTS(text_entries) && text_entries[entry->kind]) {
        g_string_append_printf(out->text, "%*s  ", TEXT_TIME_COLUMNS, time);
        text_entries[entry->kind](out, entry);
        text_end(out, NULL);
    }
}

const FoldFormat fold_text = {
    .item = text_item,
    .entry = text_entry,
    .comments = true,
};
