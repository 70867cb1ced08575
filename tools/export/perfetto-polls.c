/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: polls and loops (see perfetto-polls.h)
 *
 * Items of the folder (tools/analysis/fold.h) say of a poll inside a loop how
 * long the longest was, not when each was.  So runs are kept here as well.
 */
#include "tools/export/perfetto-polls.h"

#include <glib.h>
#include <inttypes.h>

#include "tools/analysis/fold-item.h"
#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold.h"
#include "tools/convert/op.h"

/* Accesses that a loop's name lists */
#define LOOP_LEAVES_MAX 6

/* Equal accesses in a row that are worth a slice */
#define LOOP_RUN_MIN 3

/**
 * struct PerfettoPolls: the state
 * @out: the output
 * @tracks: its tracks
 * @trace: the trace
 * @db: names of its registers
 * @fold: the folder
 * @run: the run that grows, or NULL
 */
struct PerfettoPolls {
    PerfettoOut *out;
    PerfettoTracks *tracks;
    const MmtTrace *trace;
    AnalysisDb *db;
    Fold *fold;
    FoldItem *run;
};

static void polls_put_register(const PerfettoPolls *polls,
                               const FoldNode *leaf, GString *text)
{
    const char *name = analysis_db_name(polls->db, leaf->region, leaf->offset);

    if (name) {
        g_string_append(text, name);
    } else {
        g_string_append_printf(text, "%s+0x%" PRIx64,
                               mmt_trace_region(polls->trace,
                                                leaf->region)->name,
                               leaf->offset);
    }
}

static void polls_put_leaf(const PerfettoPolls *polls, const FoldNode *leaf,
                           GString *text)
{
    const MmtEntry entry = { .kind = leaf->kind };
    uint64_t value, mask = fold_poll(leaf, &value);

    g_string_append_printf(text, "%s ", convert_op(&entry));
    polls_put_register(polls, leaf, text);
    if (mask) {
        g_string_append_printf(text, " until &0x%" PRIx64 " == 0x%" PRIx64,
                               mask, value);
    }
}

/* The accesses of a round, the first of them if there are many */
static void polls_put_leaves(const PerfettoPolls *polls, const FoldItem *item,
                             GString *text)
{
    unsigned n = 0;
    uint32_t i;

    for (i = 0; i < item->n; i++) {
        if (item->nodes[i].kind == FOLD_BLOCK) {
            continue;
        }
        if (n++ == LOOP_LEAVES_MAX) {
            g_string_append(text, ", ...");
            return;
        }
        g_string_append(text, n > 1 ? ", " : "");
        polls_put_leaf(polls, &item->nodes[i], text);
    }
}

static void polls_slice(PerfettoPolls *polls, PerfettoEvent *event,
                        const FoldItem *item)
{
    event->ns = item->nodes[0].first_ns;
    perfetto_arg(event, PERFETTO_COUNT, item->accesses);
    perfetto_arg(event, PERFETTO_LINE, item->nodes[0].first_line);
    perfetto_arg(event, PERFETTO_LAST_LINE, item->nodes[0].last_line);
    perfetto_out_slice(polls->out, event, item->nodes[0].last_ns);
}

static void polls_take_item(void *opaque, const FoldItem *item)
{
    PerfettoPolls *polls = opaque;
    g_autoptr(GString) name = g_string_new(NULL);
    PerfettoEvent event = { .category = PERFETTO_LOOP };
    uint64_t value, rounds = fold_count(&item->nodes[0].counts, 0).count;

    if (item->accesses < LOOP_RUN_MIN ||
        (item->n == 1 && fold_poll(item->nodes, &value))) {
        return;
    }
    g_string_printf(name, "%" PRIu64 " x ", rounds);
    polls_put_leaves(polls, item, name);
    event.track = perfetto_tracks_common(polls->tracks, PERFETTO_LOOPS);
    event.name = name->str;
    polls_slice(polls, &event, item);
}

static void polls_write_poll(PerfettoPolls *polls, const FoldItem *run,
                             uint64_t mask, uint64_t value)
{
    const FoldNode *leaf = run->nodes;
    g_autoptr(GString) name = g_string_new("poll ");
    g_autofree char *until = g_strdup_printf("&0x%" PRIx64 " == 0x%" PRIx64,
                                             mask, value);
    PerfettoEvent event = {
        .category = PERFETTO_POLL,
        .track = perfetto_tracks_polls(polls->tracks, leaf->region),
    };

    polls_put_register(polls, leaf, name);
    event.name = name->str;
    perfetto_arg_hex(&event, PERFETTO_OFFSET, leaf->offset);
    perfetto_arg_hex(&event, PERFETTO_VALUE, leaf->values.last);
    perfetto_arg_text(&event, PERFETTO_UNTIL, until);
    polls_slice(polls, &event, run);
}

static void polls_end_run(PerfettoPolls *polls)
{
    uint64_t mask, value;

    if (polls->run) {
        fold_item_end_run(polls->run);
        mask = fold_poll(polls->run->nodes, &value);
        if (mask) {
            polls_write_poll(polls, polls->run, mask, value);
        }
        fold_item_free(polls->run);
        polls->run = NULL;
    }
}

static bool polls_repeats(const FoldItem *run, const MmtEntry *entry)
{
    const FoldNode *leaf = run->nodes;

    return leaf->kind == entry->kind && leaf->width == entry->width &&
           leaf->region == entry->region && leaf->offset == entry->offset;
}

PerfettoPolls *perfetto_polls_new(PerfettoOut *out, PerfettoTracks *tracks,
                                  const MmtTrace *trace, AnalysisDb *db)
{
    PerfettoPolls *polls = g_new0(PerfettoPolls, 1);

    polls->out = out;
    polls->tracks = tracks;
    polls->trace = trace;
    polls->db = db;
    polls->fold = fold_new(polls_take_item, polls);
    return polls;
}

void perfetto_polls_free(PerfettoPolls *polls)
{
    if (polls) {
        fold_free(polls->fold);
        fold_item_free(polls->run);
        g_free(polls);
    }
}

void perfetto_polls_access(PerfettoPolls *polls, const MmtEntry *entry,
                           uint64_t ns)
{
    MmtEntry access = *entry;

    access.ns = ns;
    access.flags |= MMT_ENTRY_TIMED;
    fold_access(polls->fold, &access);
    if (polls->run && polls_repeats(polls->run, &access)) {
        fold_item_repeat(polls->run, &access);
        return;
    }
    polls_end_run(polls);
    if (access.kind == MMT_ENTRY_READ) {
        polls->run = fold_item_new(&access);
    }
}

void perfetto_polls_end(PerfettoPolls *polls)
{
    polls_end_run(polls);
    fold_flush(polls->fold);
}
