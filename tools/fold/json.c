/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace fold: JSON with an object on each line
 *
 * vfio-trace-fold(1) describes the members.
 */
#include "tools/fold/output.h"

#include <inttypes.h>

#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold-values.h"
#include "tools/analysis/json-line.h"

static const char *const json_ops[] = {
    [MMT_ENTRY_READ] = "read",
    [MMT_ENTRY_WRITE] = "write",
    [MMT_ENTRY_UNKNOWN] = "unknown",
};

static void json_signed(GString *json, int64_t value)
{
    g_string_append_printf(json, "\"%s0x%" PRIx64 "\"", value < 0 ? "-" : "",
                           value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* Where in the trace it is */
static void json_place(GString *json, const FoldNode *node)
{
    if (node->timed) {
        json_line_number(json, "first_ns", node->first_ns);
        json_line_number(json, "last_ns", node->last_ns);
    }
    json_line_number(json, "first_line", node->first_line);
    json_line_number(json, "last_line", node->last_line);
}

/* Pairs: so many rounds, so many times in a row */
static void json_counts(GString *json, const FoldCounts *counts)
{
    uint32_t i;

    g_string_append(json, ", \"rounds\": [");
    for (i = 0; i < counts->n; i++) {
        FoldCount count = fold_count(counts, i);

        g_string_append_printf(json, "%s[%" PRIu64 ", %" PRIu64 "]",
                               i ? ", " : "", count.count, count.times);
    }
    g_string_append_c(json, ']');
}

static void json_strides(GString *json, const FoldNode *leaf)
{
    unsigned i;

    g_string_append(json, ", \"strides\": [");
    for (i = 0; i < leaf->n_strides; i++) {
        g_string_append(json, i ? ", " : "");
        json_signed(json, leaf->stride[i]);
    }
    g_string_append_c(json, ']');
}

static void json_list(GString *json, const FoldValues *values)
{
    uint64_t list[FOLD_LIST_MAX];
    unsigned i, n = fold_list(values, list);

    for (i = 0; i < n; i++) {
        g_string_append_printf(json, "%s\"0x%" PRIx64 "\"",
                               i ? ", " : ", \"list\": [", list[i]);
    }
    g_string_append(json, n ? "]" : "");
}

static void json_values(GString *json, const FoldValues *values)
{
    bool exact;
    uint64_t distinct = fold_distinct(values, &exact);

    g_string_append_printf(json, ", \"values\": {\"n\": %" PRIu64, values->n);
    json_line_number(json, "distinct", distinct);
    json_line_bool(json, "exact", exact);
    json_line_hex(json, "first", values->first);
    json_line_hex(json, "last", values->last);
    json_line_hex(json, "min", values->min);
    json_line_hex(json, "max", values->max);
    if (values->counting && values->n > 1) {
        g_string_append(json, ", \"step\": ");
        json_signed(json, values->step);
    }
    json_list(json, values);
    g_string_append_c(json, '}');
}

static void json_poll(GString *json, const FoldNode *leaf)
{
    uint64_t value, mask = fold_poll(leaf, &value);

    if (mask) {
        g_string_append_printf(json, ", \"poll\": {\"polls\": %" PRIu64,
                               leaf->poll.polls);
        json_line_hex(json, "mask", mask);
        json_line_hex(json, "value", value);
        if (leaf->timed) {
            json_line_number(json, "longest_ns", leaf->poll.longest);
        }
        json_line_bool(json, "next", leaf->poll.next);
        g_string_append_c(json, '}');
    }
}

static void json_leaf(const FoldOutput *out, GString *json,
                      const FoldNode *leaf)
{
    json_line_begin(json, "access");
    json_line_text(json, "op", json_ops[leaf->kind]);
    analysis_json_register(&out->names, leaf->region, leaf->offset, json);
    json_line_number(json, "width", leaf->width);
    json_counts(json, &leaf->counts);
    json_strides(json, leaf);
    json_values(json, &leaf->values);
    json_poll(json, leaf);
    json_place(json, leaf);
}

static void json_node(const FoldOutput *out, GString *json,
                      const FoldNode *node);

static void json_block(const FoldOutput *out, GString *json,
                       const FoldNode *node)
{
    g_autoptr(GString) member = g_string_new(NULL);
    uint32_t i;

    json_line_begin(json, "block");
    json_counts(json, &node->counts);
    json_place(json, node);
    g_string_append(json, ", \"members\": [");
    for (i = 1; i < node->nodes; i += node[i].nodes) {
        json_node(out, member, node + i);
        g_string_append_printf(json, "%s%s}", i > 1 ? ", " : "", member->str);
    }
    g_string_append_c(json, ']');
}

/* Everything but the final brace */
static void json_node(const FoldOutput *out, GString *json,
                      const FoldNode *node)
{
    if (node->kind == FOLD_BLOCK) {
        json_block(out, json, node);
    } else {
        json_leaf(out, json, node);
    }
}

static void json_item(FoldOutput *out, const FoldItem *item)
{
    json_node(out, out->text, item->nodes);
    json_line_print(out->text);
    out->lines++;
}

static void json_mark(FoldOutput *out, const MmtEntry *entry)
{
    size_t len;
    const char *text = mmt_trace_text(out->trace, entry, &len);
    g_autofree char *copy = g_strndup(text, len);

    json_line_text(out->text, "text", copy);
}

static void json_map(FoldOutput *out, const MmtEntry *entry)
{
    analysis_json_region(&out->names, entry->region, out->text);
    json_line_hex(out->text, "address", entry->address);
    json_line_number(out->text, "size", entry->value);
}

static void json_unmap(FoldOutput *out, const MmtEntry *entry)
{
    analysis_json_region(&out->names, entry->region, out->text);
}

static void json_lost(FoldOutput *out, const MmtEntry *entry)
{
    if (entry->value != UINT64_MAX) {
        json_line_number(out->text, "events", entry->value);
    }
}

static const struct {
    const char *type;
    void (*print)(FoldOutput *out, const MmtEntry *entry);
} json_entries[] = {
    [MMT_ENTRY_MARK] = { "mark", json_mark },
    [MMT_ENTRY_MAP] = { "map", json_map },
    [MMT_ENTRY_UNMAP] = { "unmap", json_unmap },
    [MMT_ENTRY_LOST] = { "lost", json_lost },
};

static void json_entry(FoldOutput *out, const MmtEntry *entry)
{
    if (entry->kind >= G_N_ELEMENTS(json_entries) ||
        !json_entries[entry->kind].type) {
        return;
    }
    json_line_begin(out->text, json_entries[entry->kind].type);
    if (entry->flags & MMT_ENTRY_TIMED) {
        json_line_number(out->text, "first_ns", entry->ns);
    }
    json_line_number(out->text, "first_line", entry->line);
    json_entries[entry->kind].print(out, entry);
    json_line_print(out->text);
    out->lines++;
}

const FoldFormat fold_json = {
    .item = json_item,
    .entry = json_entry,
};
