/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: polls (see polls.h)
 */
#include "tools/report/polls.h"

#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold.h"
#include "tools/report/access.h"
#include "tools/report/json.h"

/* Reads of a register in a row that are a poll, as for the verb stat */
#define READS_MIN 3

/* Polls that are kept before the shortest are dropped */
#define ROOM (2 * REPORT_POLLS)

/**
 * struct Poll: a poll
 * @region: the register's region
 * @width: of the reads
 * @timed: there are times
 * @next: the read after these ended it
 * @offset: the register's offset
 * @reads: number of reads
 * @polls: number of polls that are one leaf of a block
 * @longest: nanoseconds of the longest one
 * @first_ns: time of the first read
 * @last_ns: time of the last one
 * @first_line: line of the first read
 * @last_line: line of the last one
 * @mask: bits that ended it; 0: it is not known what did
 * @value: their value
 */
typedef struct Poll {
    uint32_t region;
    uint8_t width;
    bool timed;
    bool next;
    uint64_t offset;
    uint64_t reads;
    uint64_t polls;
    uint64_t longest;
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t first_line;
    uint64_t last_line;
    uint64_t mask;
    uint64_t value;
} Poll;

/**
 * struct ReportPolls: polls of a log
 * @fold: finds them
 * @polls: Poll
 * @left_out: polls that were dropped
 */
struct ReportPolls {
    Fold *fold;
    GArray *polls;
    uint64_t left_out;
};

static uint64_t count_reads(const FoldNode *node)
{
    uint64_t reads = 0;
    uint32_t i;

    for (i = 0; i < node->counts.n; i++) {
        FoldCount count = fold_count(&node->counts, i);

        reads += count.count * count.times;
    }
    return reads;
}

/* A register that never changed: what was waited for did not come. */
static bool is_in_vain(const FoldNode *node)
{
    return node->values.counting && !node->values.step &&
           node->counts.n == 1 && node->counts.one.count >= READS_MIN;
}

static int compare_lines(const void *a, const void *b)
{
    const Poll *x = a, *y = b;

    return (x->first_line > y->first_line) - (x->first_line < y->first_line);
}

static int compare_longest(const void *a, const void *b)
{
    const Poll *x = a, *y = b;

    if (x->longest != y->longest) {
        return x->longest < y->longest ? 1 : -1;
    }
    if (x->reads != y->reads) {
        return x->reads < y->reads ? 1 : -1;
    }
    return compare_lines(a, b);
}

static void drop_shortest(ReportPolls *p)
{
    if (p->polls->len > REPORT_POLLS) {
        g_array_sort(p->polls, compare_longest);
        p->left_out += p->polls->len - REPORT_POLLS;
        g_array_set_size(p->polls, REPORT_POLLS);
    }
}

static void take_leaf(ReportPolls *p, const FoldNode *node)
{
    uint64_t value = 0;
    uint64_t mask = node->kind == MMT_ENTRY_READ ? fold_poll(node, &value) : 0;
    Poll poll = {
        .region = node->region,
        .width = node->width,
        .timed = node->timed,
        .next = node->poll.next,
        .offset = node->offset,
        .reads = count_reads(node),
        .polls = MAX(node->poll.polls, 1),
        .longest = node->poll.longest,
        .first_ns = node->first_ns,
        .last_ns = node->last_ns,
        .first_line = node->first_line,
        .last_line = node->last_line,
        .mask = mask,
        .value = value,
    };

    if (!mask && (node->kind != MMT_ENTRY_READ || !is_in_vain(node))) {
        return;
    }
    if (!mask && node->timed && node->last_ns > node->first_ns) {
        poll.longest = node->last_ns - node->first_ns;
    }
    g_array_append_val(p->polls, poll);
    if (p->polls->len == ROOM) {
        drop_shortest(p);
    }
}

static void take_item(void *opaque, const FoldItem *item)
{
    uint32_t i;

    for (i = 0; i < item->n; i++) {
        if (item->nodes[i].kind != FOLD_BLOCK) {
            take_leaf(opaque, &item->nodes[i]);
        }
    }
}

ReportPolls *report_polls_new(void)
{
    ReportPolls *p = g_new0(ReportPolls, 1);

    p->polls = g_array_new(FALSE, FALSE, sizeof(Poll));
    p->fold = fold_new(take_item, p);
    return p;
}

void report_polls_free(ReportPolls *p)
{
    if (p) {
        fold_free(p->fold);
        g_array_unref(p->polls);
        g_free(p);
    }
}

void report_polls_take(ReportPolls *p, const MmtEntry *entry)
{
    fold_access(p->fold, entry);
}

static void put_poll(const Poll *poll, GString *json, const ReportAxis *axis,
                     AnalysisDb *db)
{
    const char *name = analysis_db_name(db, poll->region, poll->offset);

    report_json_open(json, NULL, '{');
    report_json_index(json, "region", poll->region < REPORT_REGIONS
                                      ? poll->region : REPORT_NO_REGION);
    report_json_hex(json, "offset", poll->offset);
    if (name) {
        report_json_text(json, "name", name);
    }
    report_json_number(json, "width", poll->width);
    report_json_number(json, "reads", poll->reads);
    report_json_number(json, "polls", poll->polls);
    report_json_number(json, "from",
                       report_axis_at(axis, poll->timed, poll->first_ns,
                                      poll->first_line));
    report_json_number(json, "to",
                       report_axis_at(axis, poll->timed, poll->last_ns,
                                      poll->last_line));
    report_json_number(json, "longest", poll->longest);
    report_json_number(json, "line", poll->first_line);
    report_json_number(json, "last-line", poll->last_line);
    report_json_hex(json, "mask", poll->mask);
    report_json_hex(json, "value", poll->value);
    report_json_bool(json, "next", poll->next);
    report_json_close(json, '}');
}

void report_polls_put(ReportPolls *p, ReportBlocks *blocks, GString *json,
                      const ReportAxis *axis, AnalysisDb *db)
{
    g_autoptr(GString) text = g_string_new("{\"items\":[");
    guint i;

    fold_flush(p->fold);
    drop_shortest(p);
    g_array_sort(p->polls, compare_lines);
    for (i = 0; i < p->polls->len; i++) {
        put_poll(&g_array_index(p->polls, Poll, i), text, axis, db);
    }
    report_json_close(text, ']');
    report_json_number(text, "left-out", p->left_out);
    report_json_close(text, '}');
    report_block_put_json(blocks, json, "polls", text);
}
