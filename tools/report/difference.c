/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the difference of two logs (see difference.h)
 */
#include "tools/report/difference.h"

#include "tools/analysis/trace.h"
#include "tools/diff/engine.h"
#include "tools/diff/words.h"
#include "tools/report/json.h"

/* Tokens of a log in memory: fewer than those of the verb diff */
#define WINDOW (4u << 20)

static const char *const ops[] = {
    [MMT_ENTRY_READ] = "r",
    [MMT_ENTRY_WRITE] = "w",
    [MMT_ENTRY_UNKNOWN] = "?",
};

/**
 * struct Hunks: differences are collected
 * @logs: the logs
 * @words: names of registers
 * @list: the differences, in JSON
 * @n: their number
 * @left_out: those that were too many
 */
typedef struct Hunks {
    DiffLog *logs[2];
    DiffWords *words;
    GString *list;
    uint32_t n;
    uint64_t left_out;
} Hunks;

static void put_token(const Hunks *hunks, DiffLog *log, uint64_t i)
{
    const DiffToken *token = diff_log_token(log, i);
    const DiffRun *run = diff_log_run(log, i);
    const DiffPlaces *places = diff_log_places(log);
    const DiffPlace *place = diff_places_get(places, token->place);
    const DiffRegion *region = diff_places_region(places, place->region);
    g_autoptr(GString) reg = g_string_new(NULL);

    diff_words_put_register(hunks->words, place->region, place->offset, reg);
    report_json_open(hunks->list, NULL, '{');
    report_json_number(hunks->list, "line", diff_log_line(log, i));
    report_json_text(hunks->list, "op", ops[place->op]);
    report_json_number(hunks->list, "width", place->width);
    report_json_text(hunks->list, "region", region->name);
    report_json_hex(hunks->list, "offset", place->offset);
    report_json_text(hunks->list, "register", reg->str);
    report_json_hex(hunks->list, "value", token->value);
    if (run) {
        report_json_number(hunks->list, "reads", run->rounds);
    }
    report_json_close(hunks->list, '}');
}

static void put_side(const Hunks *hunks, const char *name, DiffLog *log,
                     uint64_t first, uint64_t end)
{
    uint64_t i;

    report_json_open(hunks->list, name, '{');
    report_json_number(hunks->list, "n", end - first);
    if (first < end) {
        report_json_number(hunks->list, "line", diff_log_line(log, first));
        report_json_number(hunks->list, "last-line",
                           diff_log_last_line(log, end - 1));
    }
    report_json_open(hunks->list, "accesses", '[');
    for (i = first; i < end && i - first < REPORT_HUNK_TOKENS; i++) {
        put_token(hunks, log, i);
    }
    report_json_close(hunks->list, ']');
    report_json_close(hunks->list, '}');
}

static void take_hunk(const DiffHunk *hunk, void *opaque)
{
    Hunks *hunks = opaque;

    if (!diff_kind_name(hunk->kind)) {
        return;
    }
    if (hunks->n == REPORT_HUNKS ||
        hunks->list->len > REPORT_HUNKS_TEXT) {
        hunks->left_out++;
        return;
    }
    hunks->n++;
    report_json_open(hunks->list, NULL, '{');
    report_json_text(hunks->list, "kind", diff_kind_name(hunk->kind));
    put_side(hunks, "a", hunks->logs[0], hunk->a0, hunk->a1);
    put_side(hunks, "b", hunks->logs[1], hunk->b0, hunk->b1);
    report_json_number(hunks->list, "rounds-a", hunk->rounds_a);
    report_json_number(hunks->list, "rounds-b", hunk->rounds_b);
    report_json_number(hunks->list, "ns-a", hunk->ns_a);
    report_json_number(hunks->list, "ns-b", hunk->ns_b);
    report_json_close(hunks->list, '}');
}

/* What the other log can not have is not compared: that is no difference. */
static void put_left(const Hunks *hunks, unsigned side)
{
    static const char *const sides[] = { "a", "b" };
    unsigned i;

    for (i = 0; i < DIFF_CLASS__MAX; i++) {
        uint64_t n = diff_log_left_out(hunks->logs[side], i);

        if (n) {
            report_json_open(hunks->list, NULL, '{');
            report_json_text(hunks->list, "side", sides[side]);
            report_json_text(hunks->list, "what", diff_class_name(i));
            report_json_number(hunks->list, "accesses", n);
            report_json_close(hunks->list, '}');
        }
    }
}

static void put_all(Hunks *hunks, ReportBlocks *blocks, GString *json)
{
    report_json_close(hunks->list, ']');
    report_json_number(hunks->list, "left-out", hunks->left_out);
    report_json_open(hunks->list, "not-compared", '[');
    put_left(hunks, 0);
    put_left(hunks, 1);
    report_json_close(hunks->list, ']');
    report_json_close(hunks->list, '}');
    report_block_put_json(blocks, json, "diff", hunks->list);
}

ToolStatus report_difference_put(const Verb *verb, char *const paths[2],
                                 ReportBlocks *blocks, GString *json)
{
    const DiffOptions options = { .values = DIFF_VALUES_WRITES, .quiet = true };
    g_autoptr(DiffPlaces) places = diff_places_new();
    g_autoptr(DiffLog) a = diff_log_open(verb, paths[0], places, WINDOW);
    g_autoptr(DiffLog) b = a ? diff_log_open(verb, paths[1], places, WINDOW)
                             : NULL;
    g_autoptr(GString) list = g_string_new("{\"hunks\":[");
    Hunks hunks = { .logs = { a, b }, .list = list };
    const DiffSink sink = { .hunk = take_hunk, .opaque = &hunks };
    ToolStatus status;

    if (!b) {
        return TOOL_TROUBLE;
    }
    hunks.words = diff_words_new(a, b);
    status = diff_compare(verb, a, b, &options, &sink);
    if (status != TOOL_TROUBLE && !analysis_interrupted()) {
        put_all(&hunks, blocks, json);
    }
    diff_words_free(hunks.words);
    return status;
}
